"""The second convention: what TA-Lib (0.8) computes, in a few lines of numpy.

Differences from `indicators`: recursive averages start with a simple mean of the first n
values, the MACD histogram is not doubled, Bollinger bands use the population standard
deviation, Williams %R runs from -100 to 0, ATR is Wilder's, and no movement gives 0.
"""

from __future__ import annotations

import numpy as np

from toujiao.calculators import indicators
from toujiao.calculators.indicators import Boll, Kdj, Macd
from toujiao.calculators.inputs import FloatArray, Series, series, whole
from toujiao.errors import ToujiaoError

# Bars after which the two conventions agree, for the usual parameters (EMA 12, MACD 12/26/9,
# KDJ 9/3/3, RSI up to 14): where nothing is recursive the first value is good at once, else the
# bar by which the seed has faded (measured against TA-Lib, see the tests). The two ATRs are
# there from day 15 and stay different for ever.
_WARMUP_BARS = {
    "ma": 1,
    "ema": 100,
    "macd": 200,
    "kdj": 60,
    "rsi": 200,
    "boll": 20,
    "wr": 10,
    "bias": 6,
    "atr": 15,
    "obv": 1,
}


def warmup_bars(indicator: str) -> int:
    """Return how many bars an indicator (usual parameters) needs before it can be trusted.

    Errors: `ToujiaoError` for an unknown indicator. Source: comparison with TA-Lib 0.8.
    """
    try:
        return _WARMUP_BARS[indicator.lower()]
    except KeyError:
        known = "、".join(_WARMUP_BARS)
        raise ToujiaoError(f"没有指标“{indicator}”的预热天数，可以填：{known}。") from None


def ema(prices: Series, n: int) -> FloatArray:
    """EMA whose first value, on day n, is the mean of the first n prices."""
    length = whole(n, "周期")
    return _seeded(series(prices, "价格"), length, 2 / (length + 1))


def rma(values: Series, n: int) -> FloatArray:
    """Wilder's smoothing, alpha = 1 / n, started with the mean of the first n values."""
    length = whole(n, "周期")
    return _seeded(series(values, "数据"), length, 1 / length)


def macd(prices: Series, fast: int = 12, slow: int = 26, signal: int = 9) -> Macd[FloatArray]:
    """macd, macdsignal and macdhist = macd - macdsignal; first values on day 34.

    Both averages start on the same day: the seed of the fast one is the mean of the `fast`
    days that end on day `slow`. TA-Lib shows nothing before the signal line exists.
    Errors: `ToujiaoError` unless fast < slow.
    """
    values = series(prices, "价格")
    quick, slow_length = whole(fast, "快线周期"), whole(slow, "慢线周期")
    length = whole(signal, "信号线周期")
    if quick >= slow_length:
        raise ToujiaoError(f"快线周期 {fast} 要小于慢线周期 {slow}。")
    dif = _seeded(values, quick, 2 / (quick + 1), start=slow_length - quick)
    dif = dif - _seeded(values, slow_length, 2 / (slow_length + 1))
    dea = _seeded(dif, length, 2 / (length + 1), start=slow_length - 1)
    return Macd(_hidden_until(dea, dif), dea, dif - dea)


def kdj(
    high: Series, low: Series, close: Series, n: int = 9, m1: int = 3, m2: int = 3
) -> Kdj[FloatArray]:
    """KDJ as added in TA-Lib 0.8: both smoothings are Wilder's; first values on day 13."""
    length, first, second = whole(n, "周期"), whole(m1, "K 的周期"), whole(m2, "D 的周期")
    distance, extent = indicators.place_in_range(high, low, close, length)
    rsv = _percent_or_zero(extent - distance, extent)
    k = _seeded(rsv, first, 1 / first, start=length - 1)
    d = _seeded(k, second, 1 / second, start=length + first - 2)
    k = _hidden_until(d, k)
    return Kdj(k, d, 3 * k - 2 * d)


def rsi(prices: Series, n: int = 14) -> FloatArray:
    """Wilder's RSI, first value on day n + 1; 0 where nothing moves."""
    changes = np.diff(series(prices, "价格", at_least=2))
    rises, falls = rma(np.maximum(changes, 0), n), rma(np.maximum(-changes, 0), n)
    return np.concatenate(([np.nan], _percent_or_zero(rises, rises + falls)))


def boll(prices: Series, n: int = 20, width: float = 2) -> Boll[FloatArray]:
    """Bollinger bands with the population standard deviation (ddof = 0)."""
    return indicators.bands(prices, n, width, ddof=0)


def willr(high: Series, low: Series, close: Series, n: int = 14) -> FloatArray:
    """Williams %R from -100 to 0, default 14 days; 0 where nothing moves."""
    distance, extent = indicators.place_in_range(high, low, close, whole(n, "周期"))
    return -_percent_or_zero(distance, extent)


def atr(high: Series, low: Series, close: Series, n: int = 14) -> FloatArray:
    """Wilder's ATR: first value on day n + 1, smoothed with alpha = 1 / n after it."""
    return np.concatenate(([np.nan], rma(indicators.true_range(high, low, close), n)))


def obv(close: Series, volume: Series) -> FloatArray:
    """OBV that starts with the first day's volume instead of 0."""
    return indicators.obv(close, volume) + series(volume, "成交量")[0]


def _seeded(values: FloatArray, n: int, alpha: float, start: int = 0) -> FloatArray:
    """y = alpha x + (1 - alpha) y' from `start` on; the first y is the mean of n values."""
    result = np.full(len(values), np.nan)
    first = start + n - 1
    if len(values) <= first:
        return result
    current = values[start : first + 1].mean()
    result[first] = current
    for index in range(first + 1, len(values)):
        current = alpha * values[index] + (1 - alpha) * current
        result[index] = current
    return result


def _hidden_until(shown: FloatArray, values: FloatArray) -> FloatArray:
    return np.where(np.isnan(shown), np.nan, values)


def _percent_or_zero(part: FloatArray, total: FloatArray) -> FloatArray:
    """part / total x 100; 0 where the total is zero and NaN where it does not exist yet."""
    share = np.where(np.isnan(total), np.nan, 0.0)
    np.divide(part, total, out=share, where=total > 0)
    return share * 100
