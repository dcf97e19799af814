"""Checks at the door of every calculator: bad input becomes a clear `ToujiaoError`."""

from __future__ import annotations

import math
from collections.abc import Sequence
from datetime import date, datetime
from decimal import ROUND_CEILING, ROUND_HALF_UP, Decimal
from typing import Any

import numpy as np
from numpy.typing import NDArray

from toujiao.errors import ToujiaoError

FloatArray = NDArray[np.float64]
Series = Sequence[float] | FloatArray

# One fen: the unit fees are rounded to and the price step of A-shares (rule `tick-size`).
FEN = Decimal("0.01")
# Far above any real amount, and far below the 28 digits that Decimal keeps.
MONEY_LIMIT = Decimal(10) ** 20


def number(value: Any, name: str) -> float:
    """Return `value` as a finite float."""
    try:
        result = float(value)
    except (TypeError, ValueError):
        raise ToujiaoError(f"{name}要填数字，收到的是“{value}”。") from None
    if not math.isfinite(result):
        raise ToujiaoError(f"{name}要填一个普通的数，收到的是“{value}”。")
    return result


def positive(value: Any, name: str) -> float:
    """Return `value` as a float above zero."""
    result = number(value, name)
    if result <= 0:
        raise ToujiaoError(f"{name}必须大于 0，收到的是 {value}。请检查后重填。")
    return result


def not_negative(value: Any, name: str) -> float:
    """Return `value` as a float of zero or more."""
    result = number(value, name)
    if result < 0:
        raise ToujiaoError(f"{name}不能是负数，收到的是 {value}。请检查后重填。")
    return result


def fraction(value: Any, name: str) -> float:
    """Return `value` as a float from 0 to 1."""
    result = number(value, name)
    if not 0 <= result <= 1:
        raise ToujiaoError(f"{name}要在 0 到 1 之间（例如一半写成 0.5），收到的是 {value}。")
    return result


def whole(value: Any, name: str) -> int:
    """Return `value` as an integer of one or more."""
    result = positive(value, name)
    if result != int(result):
        raise ToujiaoError(f"{name}要填整数，收到的是 {value}。")
    return int(result)


def above_minus_one(value: Any, name: str) -> float:
    """Return a rate of return above -100 % (nothing can be compounded from total loss)."""
    result = number(value, name)
    if result <= -1:
        raise ToujiaoError(f"{name}必须大于 -1（也就是 -100%），收到的是 {value}。")
    return result


def calendar_day(value: Any, name: str) -> date:
    """Return `value` as a plain date; a moment gives its day."""
    if isinstance(value, datetime):
        return value.date()
    if isinstance(value, date):
        return value
    raise ToujiaoError(f"{name}要填日期（年、月、日），收到的是“{value}”。")


def series(values: Any, name: str, at_least: int = 1) -> FloatArray:
    """Return `values` as a one-dimensional float array without gaps."""
    try:
        array = np.asarray(values, dtype=np.float64)
    except (TypeError, ValueError):
        raise ToujiaoError(f"{name}要填一串数字。") from None
    if array.ndim != 1:
        raise ToujiaoError(f"{name}要填一串数字，例如 [10, 11, 12]。")
    if len(array) < at_least:
        raise ToujiaoError(
            f"{name}至少要有 {at_least} 个数，现在只有 {len(array)} 个。请补充数据。"
        )
    if not np.isfinite(array).all():
        raise ToujiaoError(f"{name}里有缺失或无效的数，请先补齐或删掉。")
    return array


def same_length(*named: tuple[str, FloatArray]) -> None:
    """Raise unless all the named arrays have one length."""
    if len({len(array) for _, array in named}) > 1:
        counts = "、".join(f"{name} {len(array)} 个" for name, array in named)
        raise ToujiaoError(f"几串数据的个数要一样，现在是：{counts}。")


def decimal(value: float | Decimal) -> Decimal:
    """Return the decimal a person would write for `value` (0.1 stays 0.1)."""
    return value if isinstance(value, Decimal) else Decimal(str(value))


def round_fen(value: Decimal) -> Decimal:
    """Round half-up to one fen, as brokers and exchanges do (not banker's rounding)."""
    return _to_fen(value, ROUND_HALF_UP)


def ceil_fen(value: Decimal) -> Decimal:
    """Round up to the next price step."""
    return _to_fen(value, ROUND_CEILING)


def _to_fen(value: Decimal, rounding: str) -> Decimal:
    if abs(value) >= MONEY_LIMIT:
        raise ToujiaoError("金额太大了，算不了。请检查价格、数量或比例是不是多写了零。")
    return value.quantize(FEN, rounding)
