"""Risk figures: drawdown, volatility, Sharpe ratio, Kelly, beta. Numpy only."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from toujiao.calculators.inputs import (
    FloatArray,
    Series,
    fraction,
    not_negative,
    number,
    positive,
    same_length,
    series,
    whole,
)
from toujiao.errors import ToujiaoError


@dataclass(frozen=True)
class MaxDrawdown:
    """The deepest fall from an earlier high; `ratio` is positive (0.3 = fell by 30 %)."""

    ratio: float
    peak: float
    trough: float
    peak_index: int
    trough_index: int


def max_drawdown(values: Series) -> MaxDrawdown:
    """Return the deepest fall of a series of prices or net values.

    Formula: max over t of 1 - value(t) / highest value up to t. A series that never falls has
    ratio 0. Errors: `ToujiaoError` unless there are two values or more, all positive.
    """
    path = series(values, "净值", at_least=2)
    if (path <= 0).any():
        raise ToujiaoError("净值要全部大于 0，才能算最大回撤。")
    highs = np.maximum.accumulate(path)
    drawdowns = 1 - path / highs
    trough = int(np.argmax(drawdowns))
    peak = int(np.argmax(path[: trough + 1]))
    return MaxDrawdown(
        ratio=float(drawdowns[trough]),
        peak=float(path[peak]),
        trough=float(path[trough]),
        peak_index=peak,
        trough_index=trough,
    )


def volatility(returns: Series, periods: int = 252) -> float:
    """Return the yearly volatility of per-period returns, as a fraction.

    Formula: sample standard deviation (ddof=1) x sqrt(periods). `periods` is the number of
    returns in a year: 252 is the usual western figure, China has about 243 trading days.
    Errors: `ToujiaoError` for fewer than two returns.
    """
    changes = series(returns, "收益率", at_least=2)
    return float(np.std(changes, ddof=1)) * math.sqrt(whole(periods, "每年期数"))


def annual_volatility(period_volatility: float, periods: int = 252) -> float:
    """Return the yearly volatility from that of one period: volatility x sqrt(periods).

    Units: fractions; `periods` in a year as in `volatility` (daily about 243 in China, weekly
    52, monthly 12). Errors: `ToujiaoError` for a negative volatility or no periods.
    """
    return not_negative(period_volatility, "每期波动率") * math.sqrt(whole(periods, "每年期数"))


def sharpe(returns: Series, risk_free: float = 0.0, periods: int = 252) -> float:
    """Return the yearly Sharpe ratio of per-period returns.

    Formula: (mean return x periods - risk_free) / yearly volatility; `risk_free` is a yearly
    fraction. Errors: `ToujiaoError` for fewer than two returns or returns without variation.
    Source: William Sharpe, 1994.
    """
    changes = series(returns, "收益率", at_least=2)
    _must_vary(changes, "收益率")
    yearly = float(np.mean(changes)) * whole(periods, "每年期数")
    return (yearly - number(risk_free, "无风险利率")) / volatility(changes, periods)


def sharpe_ratio(annual_return: float, risk_free: float, annual_volatility: float) -> float:
    """Return (annual return - risk free) / annual volatility, all yearly fractions."""
    excess = number(annual_return, "年化收益率") - number(risk_free, "无风险利率")
    return excess / positive(annual_volatility, "年化波动率")


def kelly(win_rate: float, payoff: float) -> float:
    """Return the Kelly fraction of a bet repeated many times.

    Formula: p - (1 - p) / b, where b = average win / average loss. Negative or zero means the
    bet loses money on average. Errors: `ToujiaoError` unless 0 <= p <= 1 and b > 0.
    Source: J. L. Kelly, 1956. True odds are never known, so the formula shows the idea only.
    """
    win = fraction(win_rate, "胜率")
    return win - (1 - win) / positive(payoff, "盈亏比")


def expectation(win_rate: float, average_win: float, average_loss: float) -> float:
    """Return the average result of one trade: p x win - (1 - p) x loss.

    Units: yuan or fractions, the same for both; the loss is given as a positive figure.
    """
    win = fraction(win_rate, "胜率")
    gained = not_negative(average_win, "平均盈利")
    return win * gained - (1 - win) * not_negative(average_loss, "平均亏损（填正数）")


def beta(asset_returns: Series, market_returns: Series) -> float:
    """Return covariance(asset, market) / variance(market).

    Errors: `ToujiaoError` for different lengths, fewer than two returns, or a market that
    never moves.
    """
    asset, market = _pair(asset_returns, market_returns, "资产收益率", "市场收益率")
    _must_vary(market, "市场收益率")
    return float(np.cov(asset, market, ddof=1)[0, 1] / np.var(market, ddof=1))


def beta_from_covariance(covariance: float, market_variance: float) -> float:
    """Return covariance(asset, market) / variance(market), where both are known already.

    Errors: `ToujiaoError` for a variance that is not positive.
    """
    return number(covariance, "协方差") / positive(market_variance, "市场的方差")


def beta_from_correlation(
    correlation: float, asset_volatility: float, market_volatility: float
) -> float:
    """Return correlation x asset volatility / market volatility; the same beta.

    Errors: `ToujiaoError` for a correlation outside -1 to 1, a negative volatility of the
    asset, or one of the market that is not positive.
    """
    related = number(correlation, "相关系数")
    if not -1 <= related <= 1:
        raise ToujiaoError(f"相关系数要在 -1 到 1 之间，收到的是 {correlation}。")
    asset = not_negative(asset_volatility, "资产波动率")
    return related * asset / positive(market_volatility, "市场波动率")


def correlation_from_covariance(
    covariance: float, first_volatility: float, second_volatility: float
) -> float:
    """Return covariance / (first volatility x second volatility).

    Errors: `ToujiaoError` for a volatility that is not positive, or figures that do not belong
    together because the result leaves -1 to 1.
    """
    first = positive(first_volatility, "第一个波动率")
    second = positive(second_volatility, "第二个波动率")
    related = number(covariance, "协方差") / first / second
    # Figures rounded by hand may pass the limit by a little.
    if abs(related) > 1 + 1e-3:
        raise ToujiaoError("协方差比两个波动率的乘积还大，这几个数对不上，请检查。")
    return max(-1.0, min(1.0, related))


def correlation(a: Series, b: Series) -> float:
    """Return the Pearson correlation of two series, -1 to 1. Errors as `beta`, both sides."""
    first, second = _pair(a, b, "第一串数据", "第二串数据")
    _must_vary(first, "第一串数据")
    _must_vary(second, "第二串数据")
    return float(np.clip(np.corrcoef(first, second)[0, 1], -1.0, 1.0))


def _pair(a: Series, b: Series, name_a: str, name_b: str) -> tuple[FloatArray, FloatArray]:
    first, second = series(a, name_a, at_least=2), series(b, name_b, at_least=2)
    same_length((name_a, first), (name_b, second))
    return first, second


def _must_vary(values: FloatArray, name: str) -> None:
    if np.ptp(values) == 0:
        raise ToujiaoError(f"{name}每期都一样，没有波动，这个指标算不出来。")
