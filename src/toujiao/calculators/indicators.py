"""Technical indicators in the 通达信 (TDX) convention: arrays in, arrays of equal length out.

Where a value does not exist yet the array holds NaN. A window without any price movement has
no strength or weakness: KDJ, RSI and WR give the neutral 50 there (0 would read as oversold).
The western convention is in `talib_convention`. Source of the formulas: the formula editor of
通达信 as copied in MyTT; see docs for the differences.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Generic, TypeVar

import numpy as np
from numpy.lib.stride_tricks import sliding_window_view

from toujiao.calculators.inputs import FloatArray, Series, same_length, series, whole
from toujiao.errors import ToujiaoError

NEUTRAL = 50.0

Value = TypeVar("Value")


@dataclass(frozen=True)
class Macd(Generic[Value]):
    """MACD lines; `bar` is the histogram of the convention used."""

    dif: Value
    dea: Value
    bar: Value


@dataclass(frozen=True)
class Kdj(Generic[Value]):
    """KDJ lines; J may leave the range 0 to 100."""

    k: Value
    d: Value
    j: Value


@dataclass(frozen=True)
class Boll(Generic[Value]):
    """Bollinger bands."""

    mid: Value
    upper: Value
    lower: Value


def ma(prices: Series, n: int) -> FloatArray:
    """Moving average MA(X,N): mean of the last n values; NaN for the first n - 1."""
    return _rolling_mean(series(prices, "价格"), whole(n, "周期"))


def ema(prices: Series, n: int) -> FloatArray:
    """EMA(X,N): y = (2 x + (n - 1) y') / (n + 1), started with the first value."""
    return _recursive(series(prices, "价格"), 2 / (whole(n, "周期") + 1))


def sma_cn(values: Series, n: int, m: int = 1) -> FloatArray:
    """Chinese SMA(X,N,M): y = (m x + (n - m) y') / n, started with the first value.

    Not a simple average: with m = 1 it is Wilder's smoothing. Errors: `ToujiaoError` if m > n.
    """
    length, weight = whole(n, "周期"), whole(m, "权重")
    if weight > length:
        raise ToujiaoError(f"SMA 的权重 {weight} 不能大于周期 {length}。")
    return _recursive(series(values, "数据"), weight / length)


def macd(prices: Series, fast: int = 12, slow: int = 26, signal: int = 9) -> Macd[FloatArray]:
    """MACD: DIF = EMA12 - EMA26, DEA = EMA(DIF, 9), bar = 2 x (DIF - DEA).

    The doubling is the Chinese habit. Errors: `ToujiaoError` unless fast < slow.
    """
    if whole(fast, "快线周期") >= whole(slow, "慢线周期"):
        raise ToujiaoError(f"快线周期 {fast} 要小于慢线周期 {slow}。")
    dif = ema(prices, fast) - ema(prices, slow)
    dea = ema(dif, signal)
    return Macd(dif, dea, 2 * (dif - dea))


def kdj(
    high: Series, low: Series, close: Series, n: int = 9, m1: int = 3, m2: int = 3
) -> Kdj[FloatArray]:
    """KDJ: RSV = place of the close in the n-day range x 100, K = SMA(RSV, m1, 1),
    D = SMA(K, m2, 1), J = 3K - 2D.

    Before n bars exist the range is that of the bars there are; no range gives RSV = 50.
    """
    highs, lows, closes = bars(high, low, close)
    length = whole(n, "周期")
    # Padding lets the first windows be shorter, as the software does.
    padding = np.full(length - 1, np.nan)
    top = np.nanmax(sliding_window_view(np.concatenate((padding, highs)), length), axis=1)
    bottom = np.nanmin(sliding_window_view(np.concatenate((padding, lows)), length), axis=1)
    rsv = _percent_of(closes - bottom, top - bottom)
    k = sma_cn(rsv, m1)
    d = sma_cn(k, m2)
    return Kdj(k, d, 3 * k - 2 * d)


def rsi(prices: Series, n: int = 6) -> FloatArray:
    """RSI: SMA(rises, n, 1) / SMA(|changes|, n, 1) x 100; NaN on the first day."""
    changes = np.diff(series(prices, "价格", at_least=2))
    rises = sma_cn(np.maximum(changes, 0), n)
    return _after(1, _percent_of(rises, sma_cn(np.abs(changes), n)))


def boll(prices: Series, n: int = 20, width: float = 2) -> Boll[FloatArray]:
    """Bollinger bands: MA(n) plus and minus `width` sample standard deviations (ddof = 1)."""
    return bands(prices, n, width, ddof=1)


def wr(high: Series, low: Series, close: Series, n: int = 10) -> FloatArray:
    """Williams %R from 0 to 100: (highest - close) / (highest - lowest) x 100."""
    return _percent_of(*place_in_range(high, low, close, whole(n, "周期")))


def bias(prices: Series, n: int = 6) -> FloatArray:
    """BIAS in percent: (close - MA) / MA x 100."""
    values = series(prices, "价格")
    average = _rolling_mean(values, whole(n, "周期"))
    if (average == 0).any():
        raise ToujiaoError("均线等于 0，乖离率算不出来，请检查价格。")
    return (values - average) / average * 100


def atr(high: Series, low: Series, close: Series, n: int = 14) -> FloatArray:
    """ATR = MA(TR, n): a simple mean, so it never agrees with Wilder's. First value on day n+1."""
    return _after(1, _rolling_mean(true_range(high, low, close), whole(n, "周期")))


def obv(close: Series, volume: Series) -> FloatArray:
    """OBV from 0: add the volume on a rise, take it off on a fall, nothing when unchanged."""
    closes, volumes = series(close, "收盘价"), series(volume, "成交量")
    same_length(("收盘价", closes), ("成交量", volumes))
    if (volumes < 0).any():
        raise ToujiaoError("成交量不能是负数，请检查数据。")
    direction = np.sign(np.diff(closes, prepend=closes[0]))
    return np.asarray(np.cumsum(direction * volumes))


def true_range(high: Series, low: Series, close: Series) -> FloatArray:
    """True range from the second day on: the largest of high - low and the two gaps."""
    highs, lows, closes = bars(high, low, close)
    before = closes[:-1]
    spread = np.maximum(highs[1:] - lows[1:], np.abs(highs[1:] - before))
    return np.maximum(spread, np.abs(lows[1:] - before))


def bars(high: Series, low: Series, close: Series) -> tuple[FloatArray, FloatArray, FloatArray]:
    """Return the three series as arrays; raise unless low <= close <= high on every day."""
    highs, lows = series(high, "最高价"), series(low, "最低价")
    closes = series(close, "收盘价")
    same_length(("最高价", highs), ("最低价", lows), ("收盘价", closes))
    wrong = np.flatnonzero((lows > closes) | (closes > highs))
    if len(wrong):
        raise ToujiaoError(f"第 {wrong[0] + 1} 天的收盘价不在最低价和最高价之间，请检查数据。")
    return highs, lows, closes


def bands(prices: Series, n: int, width: float, ddof: int) -> Boll[FloatArray]:
    """Mean of n values plus and minus `width` standard deviations, in either convention."""
    values, length = series(prices, "价格"), whole(n, "周期")
    if length < 2:
        raise ToujiaoError("布林带的周期至少是 2。")
    mid = _rolling_mean(values, length)
    spread = np.full(len(values), np.nan)
    if len(values) >= length:
        spread[length - 1 :] = np.std(sliding_window_view(values, length), axis=1, ddof=ddof)
    return Boll(mid, mid + width * spread, mid - width * spread)


def place_in_range(
    high: Series, low: Series, close: Series, n: int
) -> tuple[FloatArray, FloatArray]:
    """Distance of the close below the n-day high, and the n-day range; NaN for n - 1 days."""
    highs, lows, closes = bars(high, low, close)
    distance, extent = np.full(len(closes), np.nan), np.full(len(closes), np.nan)
    if len(closes) >= n:
        top = sliding_window_view(highs, n).max(axis=1)
        extent[n - 1 :] = top - sliding_window_view(lows, n).min(axis=1)
        distance[n - 1 :] = top - closes[n - 1 :]
    return distance, extent


def _rolling_mean(values: FloatArray, n: int) -> FloatArray:
    if len(values) < n:
        return np.full(len(values), np.nan)
    return _after(n - 1, sliding_window_view(values, n).mean(axis=1))


def _recursive(values: FloatArray, alpha: float) -> FloatArray:
    """y = alpha x + (1 - alpha) y', started with the first value."""
    result = np.empty_like(values)
    current = values[0]
    for index, value in enumerate(values):
        current = alpha * value + (1 - alpha) * current
        result[index] = current
    return result


def _percent_of(part: FloatArray, total: FloatArray) -> FloatArray:
    """part / total x 100; the neutral 50 where the total is zero, NaN where it is NaN."""
    share = np.where(np.isnan(total), np.nan, NEUTRAL / 100)
    np.divide(part, total, out=share, where=total > 0)
    return share * 100


def _after(count: int, values: FloatArray) -> FloatArray:
    """Put `count` NaN in front, so that the output is as long as the input."""
    return np.concatenate((np.full(count, np.nan), values))
