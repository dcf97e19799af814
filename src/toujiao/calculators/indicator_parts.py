"""Indicators from ready parts, in the 通达信 convention: one day's figures instead of a list.

Decimal arithmetic keeps what a person would write: 2 x (0.35 - 0.28) is 0.14.
"""

from __future__ import annotations

from decimal import Decimal

from toujiao.calculators.indicators import NEUTRAL, Kdj
from toujiao.calculators.inputs import decimal, number
from toujiao.errors import ToujiaoError


def macd_bar(dif: float, dea: float) -> float:
    """Return the MACD bar 2 x (DIF - DEA); the doubling is the Chinese habit."""
    return float(2 * (_exact(dif, "DIF") - _exact(dea, "DEA")))


def kdj_rsv(close: float, lowest: float, highest: float) -> float:
    """Return RSV = (close - lowest) / (highest - lowest) x 100, the start of every KDJ.

    `lowest` and `highest` are those of the n days (usually 9) up to the close. Days without any
    movement give the neutral 50. Errors: `ToujiaoError` unless lowest <= close <= highest.
    """
    price, low, high = _exact(close, "收盘价"), _exact(lowest, "最低价"), _exact(highest, "最高价")
    if not low <= price <= high:
        raise ToujiaoError("收盘价不在最低价和最高价之间，请检查数据。")
    return NEUTRAL if high == low else float((price - low) / (high - low) * 100)


def kdj_j(k: float, d: float) -> float:
    """Return J = 3 x K - 2 x D; it may leave the range 0 to 100."""
    return float(3 * _exact(k, "K 值") - 2 * _exact(d, "D 值"))


def kdj_next(k_before: float, d_before: float, rsv: float) -> Kdj[float]:
    """Return K, D and J of a day from those of the day before and the day's RSV.

    Formula (9, 3, 3): K = 2/3 x K before + 1/3 x RSV, D = 2/3 x D before + 1/3 x K,
    J = 3K - 2D. Where there is no day before, textbooks take 50 for both.
    Errors: `ToujiaoError` for K, D or RSV outside 0 to 100.
    """
    before_k, before_d = (
        _percentage(k_before, "前一天的 K 值"),
        _percentage(d_before, "前一天的 D 值"),
    )
    k = (2 * before_k + _percentage(rsv, "RSV")) / 3
    d = (2 * before_d + k) / 3
    return Kdj(float(k), float(d), float(3 * k - 2 * d))


def _exact(value: float, name: str) -> Decimal:
    return decimal(number(value, name))


def _percentage(value: float, name: str) -> Decimal:
    exact = _exact(value, name)
    if not 0 <= exact <= 100:
        raise ToujiaoError(f"{name}要在 0 到 100 之间，收到的是 {value}。")
    return exact
