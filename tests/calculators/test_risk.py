"""Drawdown, volatility, Sharpe ratio, Kelly, expectation, beta and correlation."""

from __future__ import annotations

import math
import statistics
from collections.abc import Callable

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from toujiao.calculators import risk
from toujiao.errors import ToujiaoError

paths = st.lists(st.floats(0.01, 1000), min_size=2, max_size=60)
return_lists = st.lists(st.floats(-0.1, 0.1), min_size=2, max_size=40)


def test_max_drawdown_by_hand() -> None:
    fall = risk.max_drawdown([100, 120, 90, 110, 130, 104])
    assert fall.ratio == pytest.approx(0.25)
    assert (fall.peak, fall.trough) == (120, 90)
    assert (fall.peak_index, fall.trough_index) == (1, 2)


def test_a_rise_has_no_drawdown() -> None:
    assert risk.max_drawdown([1, 2, 3]).ratio == 0


@given(paths)
def test_max_drawdown_is_the_worst_pair(values: list[float]) -> None:
    fall = risk.max_drawdown(values)
    pairs = [1 - later / values[i] for i in range(len(values)) for later in values[i:]]
    assert 0 <= fall.ratio < 1
    assert fall.ratio == pytest.approx(max(pairs))
    assert fall.ratio == pytest.approx(1 - fall.trough / fall.peak)
    assert fall.peak_index <= fall.trough_index


def test_volatility_is_the_sample_deviation_of_a_year() -> None:
    returns = [0.01, -0.02, 0.03, 0.0]
    expected = statistics.stdev(returns) * math.sqrt(252)
    assert risk.volatility(returns) == pytest.approx(expected)
    assert risk.volatility(returns, periods=1) == pytest.approx(statistics.stdev(returns))
    assert risk.volatility([0.01, 0.01, 0.01]) == pytest.approx(0)


def test_sharpe_by_hand() -> None:
    # mean 0.01, sample deviation 0.02
    returns = [-0.01, 0.01, 0.03]
    assert risk.sharpe(returns, periods=1) == pytest.approx(0.5)
    assert risk.sharpe(returns, risk_free=0.005, periods=1) == pytest.approx(0.25)
    assert risk.sharpe(returns, periods=4) == pytest.approx(1)
    assert risk.sharpe_ratio(0.12, 0.02, 0.2) == pytest.approx(0.5)


@given(return_lists, st.floats(0, 0.05))
def test_sharpe_is_the_ratio_of_the_yearly_figures(returns: list[float], free: float) -> None:
    assume(statistics.stdev(returns) > 1e-6)
    yearly = statistics.fmean(returns) * 252
    ratio = risk.sharpe_ratio(yearly, free, risk.volatility(returns))
    assert risk.sharpe(returns, free) == pytest.approx(ratio)


def test_kelly_by_hand() -> None:
    assert risk.kelly(0.6, 1) == pytest.approx(0.2)
    assert risk.kelly(0.5, 2) == pytest.approx(0.25)
    assert risk.kelly(0.4, 1) == pytest.approx(-0.2)


@given(st.floats(0, 1), st.floats(0.01, 100))
def test_kelly_is_positive_exactly_when_the_bet_pays(win_rate: float, payoff: float) -> None:
    value = risk.expectation(win_rate, payoff, 1)
    assume(abs(value) > 1e-9)
    share = risk.kelly(win_rate, payoff)
    assert (share > 0) == (value > 0)
    assert share <= 1


def test_expectation_by_hand() -> None:
    assert risk.expectation(0.4, 300, 100) == pytest.approx(60)
    assert risk.expectation(0.8, 50, 300) == pytest.approx(-20)


def test_beta_and_correlation_by_hand() -> None:
    market = [0.01, -0.02, 0.03, 0.0]
    assert risk.beta([2 * move + 0.001 for move in market], market) == pytest.approx(2)
    assert risk.correlation([-move for move in market], market) == pytest.approx(-1)
    # deviations (-1, 0, 1) and (-1, 1, 0): covariance 0.5, both variances 1
    assert risk.beta([1, 3, 2], [1, 2, 3]) == pytest.approx(0.5)
    assert risk.correlation([1, 3, 2], [1, 2, 3]) == pytest.approx(0.5)


def test_figures_that_are_known_already_by_hand() -> None:
    # 0.02 x sqrt(100) and 0.05 x sqrt(4)
    assert risk.annual_volatility(0.02, 100) == pytest.approx(0.2)
    assert risk.annual_volatility(0.05, 4) == pytest.approx(0.1)
    assert risk.beta_from_covariance(0.03, 0.02) == pytest.approx(1.5)
    assert risk.beta_from_correlation(0.6, 0.3, 0.2) == pytest.approx(0.9)
    assert risk.correlation_from_covariance(0.03, 0.3, 0.2) == pytest.approx(0.5)
    assert risk.correlation_from_covariance(-0.06004, 0.3, 0.2001) == -1


@given(st.lists(st.tuples(st.floats(-1, 1), st.floats(-1, 1)), min_size=2, max_size=40))
def test_known_figures_give_what_the_series_give(pairs: list[tuple[float, float]]) -> None:
    first, second = zip(*pairs, strict=True)
    assume(statistics.pstdev(first) > 1e-3)
    assume(statistics.pstdev(second) > 1e-3)
    covariance = statistics.covariance(first, second)
    sizes = statistics.stdev(first), statistics.stdev(second)
    related = risk.correlation_from_covariance(covariance, *sizes)
    beta = risk.beta(first, second)
    assert related == pytest.approx(risk.correlation(first, second), abs=1e-6)
    assert risk.beta_from_covariance(covariance, sizes[1] ** 2) == pytest.approx(beta, abs=1e-6)
    assert risk.beta_from_correlation(related, *sizes) == pytest.approx(beta, abs=1e-6)
    assert risk.annual_volatility(sizes[0], 252) == pytest.approx(risk.volatility(first))


@given(st.lists(st.tuples(st.floats(-1, 1), st.floats(-1, 1)), min_size=2, max_size=40))
def test_correlation_is_symmetric_and_bounded(pairs: list[tuple[float, float]]) -> None:
    first, second = zip(*pairs, strict=True)
    assume(statistics.pstdev(first) > 1e-6)
    assume(statistics.pstdev(second) > 1e-6)
    assert -1 <= risk.correlation(first, second) <= 1
    assert risk.correlation(first, second) == pytest.approx(risk.correlation(second, first))


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: risk.max_drawdown([1]), "至少要有 2 个数，现在只有 1 个"),
        (lambda: risk.max_drawdown([1, 0, 2]), "净值要全部大于 0"),
        (lambda: risk.volatility([0.1]), "收益率至少"),
        (lambda: risk.volatility([0.1, 0.2], periods=0), "每年期数"),
        (lambda: risk.sharpe([0.01, 0.01, 0.01]), "没有波动"),
        (lambda: risk.sharpe_ratio(0.1, 0, 0), "年化波动率"),
        (lambda: risk.annual_volatility(-0.1, 252), "每期波动率"),
        (lambda: risk.annual_volatility(0.1, 0), "每年期数"),
        (lambda: risk.beta_from_covariance(0.1, 0), "市场的方差"),
        (lambda: risk.beta_from_correlation(1.2, 0.1, 0.1), "相关系数要在 -1 到 1 之间"),
        (lambda: risk.beta_from_correlation(0.5, 0.1, 0), "市场波动率"),
        (lambda: risk.correlation_from_covariance(0.1, 0.1, 0.1), "对不上"),
        (lambda: risk.correlation_from_covariance(1, 1e-300, 1e-300), "对不上"),
        (lambda: risk.correlation_from_covariance(0.1, 0, 0.1), "第一个波动率"),
        (lambda: risk.kelly(1.2, 1), "胜率"),
        (lambda: risk.kelly(0.5, 0), "盈亏比"),
        (lambda: risk.expectation(0.5, 1, -1), "平均亏损"),
        (lambda: risk.beta([1, 2], [1, 2, 3]), "资产收益率 2 个、市场收益率 3 个"),
        (lambda: risk.beta([1, 2], [1, 1]), "市场收益率每期都一样"),
        (lambda: risk.correlation([1, 1], [1, 2]), "第一串数据每期都一样"),
    ],
)
def test_bad_input_is_explained(call: Callable[[], object], message: str) -> None:
    with pytest.raises(ToujiaoError, match=message):
        call()
