"""Valuation ratios and bond arithmetic."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from toujiao.calculators import valuation
from toujiao.errors import ToujiaoError


@pytest.mark.parametrize(
    ("result", "expected"),
    [
        (lambda: valuation.pe(20, 0.8), 25),
        (lambda: valuation.pb(20, 8), 2.5),
        (lambda: valuation.peg(30, 20), 1.5),
        (lambda: valuation.eps(5e8, 1e9), 0.5),
        (lambda: valuation.eps(-5e8, 1e9), -0.5),
        (lambda: valuation.roe(15, 100), 0.15),
        (lambda: valuation.dupont(0.1, 0.8, 2.5), 0.2),
        (lambda: valuation.dividend_yield(0.6, 12), 0.05),
        (lambda: valuation.debt_ratio(60, 100), 0.6),
        (lambda: valuation.gross_margin(100, 65), 0.35),
        (lambda: valuation.gross_margin(100, 130), -0.3),
        (lambda: valuation.market_value(10, 2_000_000_000), 2e10),
        (lambda: valuation.conversion_value(100, 8, 10), 125),
        (lambda: valuation.conversion_premium(150, 125), 0.2),
        (lambda: valuation.conversion_premium(100, 125), -0.2),
    ],
)
def test_ratios_by_hand(result: Callable[[], float], expected: float) -> None:
    assert result() == pytest.approx(expected)


def test_dupont_is_roe_taken_apart() -> None:
    profit, revenue, assets, equity = 12.0, 150.0, 200.0, 80.0
    taken_apart = valuation.dupont(profit / revenue, revenue / assets, assets / equity)
    assert taken_apart == pytest.approx(valuation.roe(profit, equity))


def test_percentile_counts_what_was_lower() -> None:
    history = [10, 20, 30, 40]
    assert valuation.percentile(5, history) == 0
    assert valuation.percentile(30, history) == 0.5
    assert valuation.percentile(31, history) == 0.75
    assert valuation.percentile(99, history) == 1


@given(st.lists(st.floats(-100, 100), min_size=1), st.floats(-100, 100), st.floats(0, 50))
def test_a_dearer_value_has_no_lower_percentile(
    history: list[float], value: float, more: float
) -> None:
    low, high = valuation.percentile(value, history), valuation.percentile(value + more, history)
    assert 0 <= low <= high <= 1


def test_bond_price_by_hand() -> None:
    # 3 / 1.05 + 103 / 1.05^2 = 2.857 + 93.424
    assert valuation.bond_price(100, 0.03, 0.05, 2) == pytest.approx(96.2812, abs=1e-4)
    assert valuation.bond_price(100, 0.03, 0, 2) == pytest.approx(106)


@given(st.floats(0, 0.3), st.floats(-0.2, 0.5), st.integers(1, 60))
def test_bond_price_is_the_sum_of_what_it_pays(coupon: float, market: float, length: int) -> None:
    paid = sum(100 * coupon / (1 + market) ** year for year in range(1, length + 1))
    paid += 100 / (1 + market) ** length
    assert valuation.bond_price(100, coupon, market, length) == pytest.approx(paid, rel=1e-9)


@given(st.floats(0.001, 0.3), st.integers(1, 60))
def test_a_bond_that_pays_the_market_rate_costs_its_face(rate: float, length: int) -> None:
    assert valuation.bond_price(100, rate, rate, length) == pytest.approx(100)


@given(st.floats(0, 0.2), st.floats(0, 0.2), st.floats(0.001, 0.1), st.integers(1, 40))
def test_bond_prices_fall_when_rates_rise(
    coupon: float, market: float, rise: float, length: int
) -> None:
    before = valuation.bond_price(100, coupon, market, length)
    assert valuation.bond_price(100, coupon, market + rise, length) < before


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: valuation.pe(20, 0), "市盈率没有意义"),
        (lambda: valuation.pe(20, -1), "市盈率没有意义"),
        (lambda: valuation.pe(0, 1), "股价"),
        (lambda: valuation.pb(20, -3), "市净率没有意义"),
        (lambda: valuation.peg(20, 0), "利润增长率"),
        (lambda: valuation.eps(1, 0), "总股数"),
        (lambda: valuation.roe(1, 0), "净资产"),
        (lambda: valuation.dupont(0.1, -1, 2), "总资产周转率"),
        (lambda: valuation.dupont(0.1, 1, 0.5), "权益乘数"),
        (lambda: valuation.dividend_yield(-1, 10), "每股分红"),
        (lambda: valuation.debt_ratio(1, 0), "总资产"),
        (lambda: valuation.gross_margin(0, 1), "营业收入"),
        (lambda: valuation.percentile(1, []), "至少要有 1 个数"),
        (lambda: valuation.percentile(1, [1, float("nan")]), "缺失"),
        (lambda: valuation.percentile(1, [[1, 2]]), "一串数字"),
        (lambda: valuation.percentile(1, ["a"]), "一串数字"),
        (lambda: valuation.bond_price(100, 0.03, -1, 2), "市场利率"),
        (lambda: valuation.bond_price(100, 0.03, 0.05, 1.5), "整数"),
        (lambda: valuation.bond_price(100, 0.03, -0.9, 10**6), "太大"),
        (lambda: valuation.conversion_value(100, 0, 10), "转股价"),
        (lambda: valuation.conversion_premium(100, 0), "转股价值"),
    ],
)
def test_bad_input_is_explained(call: Callable[[], object], message: str) -> None:
    with pytest.raises(ToujiaoError, match=message):
        call()
