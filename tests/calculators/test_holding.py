"""Floating profit and loss, with and without the fees of a sale now."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from toujiao import clock
from toujiao.calculators.fees import trade_cost
from toujiao.calculators.holding import holding_by_amount, holding_result
from toujiao.errors import ToujiaoError

DAY = date(2026, 10, 9)

prices = st.integers(1, 300_000).map(lambda fen: fen / 100)


def test_a_loss_by_hand() -> None:
    held = holding_result(10, 9.37, 1000)
    assert (held.cost, held.value, held.gross, held.ratio) == (10_000, 9_370, -630, -0.063)
    assert (held.fees, held.net) == (None, -630)
    assert held.steps == (
        "成本：10 元 × 1000 股 = 10000 元",
        "现在的市值：9.37 元 × 1000 股 = 9370 元",
        "浮动盈亏：9370 − 10000 = −630 元",
        "盈亏比例：−630 ÷ 10000 = −6.3%",
    )


def test_a_cost_price_may_have_more_than_two_decimals() -> None:
    held = holding_result(10.123, 12, 300)
    # 3600 - 3036.9, and 1.877 / 10.123
    assert held.gross == 563.1
    assert held.ratio == pytest.approx(0.185419, abs=1e-6)
    assert held.steps[-1] == "盈亏比例：563.1 ÷ 3036.9 ≈ 18.54%"


def test_selling_now_costs_what_a_sale_costs() -> None:
    held = holding_result(10, 11, 1000, with_fees=True, as_of=DAY)
    # 5 minimum commission + 11000 x 0.0005 + 11000 x 0.00001
    assert (held.gross, held.fees, held.net) == (1000, 10.61, 989.39)
    assert held.steps[4] == "如果现在全部卖出，成交金额 11000 元，费用是："
    assert held.steps[-2:] == (
        "扣掉卖出费用后的结果：1000 − 10.61 = 989.39 元",
        "成本里如果没有算进买入时的费用，还要再减去那一笔",
    )


def test_the_fees_are_those_of_the_day_and_the_broker() -> None:
    with clock.fixed(date(2023, 8, 27)):
        assert holding_result(10, 11, 1000, with_fees=True).fees == 16.11
    agreed = holding_result(10, 11, 1000, True, "bse", 0.0003, 0, as_of=DAY)
    assert agreed.fees == trade_cost(11, 1000, "sell", "bse", 0.0003, 0, DAY).total == 8.91


def test_an_amount_that_moved_by_hand() -> None:
    held = holding_by_amount(30_000, -0.12)
    assert (held.cost, held.value, held.gross, held.ratio) == (30_000, 26_400, -3_600, -0.12)
    assert held.steps == (
        "现在的市值：30000 元 × (1 − 12%) = 26400 元",
        "浮动盈亏：26400 − 30000 = −3600 元",
        "盈亏比例：−3600 ÷ 30000 = −12%",
    )
    assert holding_by_amount(30_000, 0.05).steps[0].endswith("× (1 + 5%) = 31500 元")


@given(prices, prices, st.integers(1, 100_000))
def test_both_ways_of_asking_agree(cost: float, now: float, shares: int) -> None:
    by_shares = holding_result(cost, now, shares, with_fees=True, as_of=DAY)
    again = holding_by_amount(by_shares.cost, by_shares.ratio, with_fees=True, as_of=DAY)
    assert (again.value, again.gross) == (by_shares.value, by_shares.gross)
    assert (again.fees, again.net) == (by_shares.fees, by_shares.net)
    assert by_shares.fees == trade_cost(now, shares, "sell", as_of=DAY).total


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: holding_result(0, 10, 100), "成本价"),
        (lambda: holding_result(10, 0, 100), "现价"),
        (lambda: holding_result(10, 10, 1.5), "股数"),
        (lambda: holding_result(0.001, 10, 1), "不到 1 分钱"),
        (lambda: holding_result(10, 11, 100, True, "nasdaq"), "板块"),
        (lambda: holding_by_amount(0, 0.1), "投入金额"),
        (lambda: holding_by_amount(100, -1), "涨跌幅必须大于 -1"),
        (lambda: holding_by_amount(100, "一成"), "涨跌幅要填数字"),
    ],
)
def test_bad_input_is_explained(call: Callable[[], object], message: str) -> None:
    with pytest.raises(ToujiaoError, match=message):
        call()
