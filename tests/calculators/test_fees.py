"""Bills by hand, bills on the days a rule changed, and what must hold for every bill."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from toujiao import clock
from toujiao.calculators.fees import TradeCost, round_trip, trade_cost
from toujiao.errors import ToujiaoError

DAY = date(2026, 10, 9)

prices = st.integers(1, 300_000).map(lambda fen: fen / 100)
share_counts = st.integers(1, 2_000_000)
boards = st.sampled_from(["main", "chinext", "star", "bse"])
commission_rates = st.integers(0, 300).map(lambda points: points / 100_000)
minimums = st.sampled_from([None, 0, 0.01, 5, 12.5])


def test_buying_for_ten_thousand_yuan_by_hand() -> None:
    cost = trade_cost(10, 1000, "buy", as_of=DAY)
    # 10000 x 0.00025 = 2.5, below the minimum of 5; transfer 10000 x 0.00001 = 0.1
    assert cost.amount == 10_000
    assert cost.commission == 5
    assert cost.stamp_duty == 0
    assert cost.transfer_fee == 0.1
    assert cost.total == 5.1
    # inside the commission: 10000 x 0.0000341 and 10000 x 0.00002
    assert cost.handling_fee == 0.34
    assert cost.regulatory_fee == 0.2


def test_selling_a_hundred_thousand_yuan_by_hand() -> None:
    cost = trade_cost(20, 5000, "sell", as_of=DAY)
    assert cost.commission == 25
    assert cost.stamp_duty == 50
    assert cost.transfer_fee == 1
    assert cost.total == 76


def test_the_north_exchange_has_its_own_handling_fee() -> None:
    assert trade_cost(10, 1000, board="bse", as_of=DAY).handling_fee == 1.25


def test_fees_are_rounded_half_up() -> None:
    # 500 x 0.00001 = 0.005, which banker's rounding would take to 0; 499 is just below
    assert trade_cost(5, 100, as_of=DAY).transfer_fee == 0.01
    assert trade_cost(4.99, 100, as_of=DAY).transfer_fee == 0


@pytest.mark.parametrize(
    ("day", "duty", "handling"),
    [(date(2023, 8, 27), 10, 0.49), (date(2023, 8, 28), 5, 0.34), (DAY, 5, 0.34)],
)
def test_stamp_duty_was_halved_on_2023_08_28(day: date, duty: float, handling: float) -> None:
    cost = trade_cost(10, 1000, "sell", as_of=day)
    assert cost.stamp_duty == duty
    assert cost.handling_fee == handling


def test_a_day_without_rules_is_an_error() -> None:
    with pytest.raises(ToujiaoError, match="没有查到，或者那时还没有"):
        trade_cost(10, 1000, as_of=date(1995, 1, 3))


def test_today_is_the_default_day() -> None:
    with clock.fixed(date(2023, 8, 27)):
        assert trade_cost(10, 1000, "sell").stamp_duty == 10
        assert trade_cost(10, 1000, "sell", as_of=DAY).stamp_duty == 5


def test_the_minimum_can_be_the_brokers_own() -> None:
    assert trade_cost(10, 1000, commission_minimum=0, as_of=DAY).commission == 2.5
    assert trade_cost(10, 1000, commission_minimum=1, as_of=DAY).commission == 2.5
    assert trade_cost(10, 1000, commission_minimum=9.9, as_of=DAY).commission == 9.9


def test_commission_is_never_below_the_fees_it_contains() -> None:
    free = trade_cost(10, 1000, commission_rate=0, commission_minimum=0, as_of=DAY)
    assert free.commission == 0.54
    assert "不低于经手费和证管费之和" in free.steps[1]


def test_the_steps_show_the_working() -> None:
    assert trade_cost(10, 1000, "sell", as_of=DAY).steps == (
        "成交金额：10 元 × 1000 股 = 10000 元",
        "佣金：10000 元 × 0.025% = 2.5 元，不足 5 元，按 5 元收"
        "（已含经手费 0.34 元、证管费 0.2 元）",
        "印花税：10000 元 × 0.05% = 5 元",
        "过户费：10000 元 × 0.001% = 0.1 元",
        "费用合计：10.1 元",
    )
    assert trade_cost(10, 1000, "buy", as_of=DAY).steps[2] == "印花税：买入不收"
    assert "收 25 元" in trade_cost(20, 5000, "buy", as_of=DAY).steps[1]


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"price": -1}, "价格必须大于 0"),
        ({"price": 0}, "价格必须大于 0"),
        ({"price": float("nan")}, "普通的数"),
        ({"price": "十元"}, "要填数字"),
        ({"price": 1e200}, "金额太大"),
        ({"shares": 0}, "股数必须大于 0"),
        ({"shares": 10.5}, "股数要填整数"),
        ({"side": "hold"}, "买卖方向"),
        ({"board": "nasdaq"}, "没有“nasdaq”这个板块"),
        ({"board": ["main"]}, "这个板块"),
        ({"commission_rate": -0.1}, "佣金费率不能是负数"),
        ({"commission_rate": 0.25}, "超过了规定的上限 0.3%"),
        ({"commission_minimum": -5}, "最低佣金不能是负数"),
    ],
)
def test_bad_input_is_explained(changes: dict[str, object], message: str) -> None:
    arguments: dict[str, Any] = {"price": 10, "shares": 1000, "as_of": DAY, **changes}
    with pytest.raises(ToujiaoError, match=message):
        trade_cost(**arguments)


def test_a_round_trip_by_hand() -> None:
    trip = round_trip(10, 11, 1000, as_of=DAY)
    # buy 5 + 0.1; sell 5 + 11000 x 0.0005 + 11000 x 0.00001
    assert trip.buy.total == 5.1
    assert trip.sell.total == 10.61
    assert trip.total_fees == 15.71
    assert trip.gross_profit == 1000
    assert trip.net_profit == 984.29
    # 10005.10 paid, 10.11 to sell at 10.02 (10020 - 10.11 = 10009.89); at 10.01 it is a loss
    assert trip.break_even_price == 10.02
    assert trip.steps[-2:] == (
        "扣费后的结果：1000 − 15.71 = 984.29 元",
        "不亏的最低卖出价：10.02 元",
    )


def test_standing_still_loses_the_fees() -> None:
    assert round_trip(10, 10, 1000, as_of=DAY).net_profit == -15.2


def test_a_round_trip_was_dearer_before_the_duty_was_halved() -> None:
    before = round_trip(10, 11, 1000, as_of=date(2023, 8, 27))
    assert before.total_fees == 21.21


LAST_FULL_DUTY, FIRST_HALF_DUTY = date(2023, 8, 27), date(2023, 8, 28)


def test_each_side_pays_by_its_own_day() -> None:
    trip = round_trip(10, 11, 1000, buy_day=LAST_FULL_DUTY, sell_day=FIRST_HALF_DUTY)
    # handling fee 0.00487 % before the day, 0.00341 % from then on; duty 0.1 % and 0.05 %
    assert trip.buy.handling_fee == 0.49
    assert (trip.sell.handling_fee, trip.sell.stamp_duty) == (0.38, 5.5)
    assert trip.steps[0] == "费率按成交当天的规定：买入在2023年8月27日，卖出在2023年8月28日"
    # sold a day earlier the duty is whole: 11000 x 0.001
    assert round_trip(10, 11, 1000, sell_day=LAST_FULL_DUTY).sell.stamp_duty == 11


def test_the_break_even_price_is_that_of_the_day_of_sale() -> None:
    dear = round_trip(20, 21, 10_000, buy_day=LAST_FULL_DUTY, sell_day=LAST_FULL_DUTY)
    cheap = round_trip(20, 21, 10_000, buy_day=LAST_FULL_DUTY, sell_day=FIRST_HALF_DUTY)
    # 200052 paid; at 20.03 a sale brings 200300 - 252.38 with the whole duty: too little,
    # and 200300 - 152.23 with half of it
    assert (dear.break_even_price, cheap.break_even_price) == (20.04, 20.03)


def test_a_missing_day_is_as_of_or_today() -> None:
    with clock.fixed(DAY):
        bought_before = round_trip(10, 11, 1000, buy_day=LAST_FULL_DUTY)
        assert bought_before.sell.stamp_duty == 5.5
    sold_before = round_trip(10, 11, 1000, as_of=DAY, sell_day=LAST_FULL_DUTY)
    assert "买入在2023年8月27日" in sold_before.steps[0]
    planned = round_trip(10, 11, 1000, as_of=DAY, buy_day=date(2026, 11, 2))
    assert "卖出在2026年11月2日" in planned.steps[0]


def test_days_of_a_round_trip_are_checked() -> None:
    with pytest.raises(ToujiaoError, match="卖出日 2023-08-27 不能早于买入日 2023-08-28"):
        round_trip(10, 11, 1000, buy_day=FIRST_HALF_DUTY, sell_day=LAST_FULL_DUTY)
    wrong: Any = "2023-08-28"
    with pytest.raises(ToujiaoError, match="买入日要填日期"):
        round_trip(10, 11, 1000, buy_day=wrong)
    moment = datetime(2023, 8, 28, 9, 30)
    assert round_trip(10, 11, 1000, buy_day=moment, sell_day=moment).sell.stamp_duty == 5.5


@given(prices, prices, share_counts, boards, st.dates(FIRST_HALF_DUTY, DAY))
def test_both_days_the_same_is_as_of(
    buy: float, sell: float, shares: int, board: str, day: date
) -> None:
    plain = round_trip(buy, sell, shares, board, as_of=day)
    dated = round_trip(buy, sell, shares, board, buy_day=day, sell_day=day)
    assert replace(dated, steps=dated.steps[1:]) == plain


def cents(value: float) -> Decimal:
    """The exact number of fen, or a failure when there is a fraction of one."""
    exact = Decimal(str(value)) * 100
    assert exact == exact.to_integral_value()
    return exact


def check_bill(cost: TradeCost) -> None:
    assert cents(cost.total) == sum(
        map(cents, (cost.commission, cost.stamp_duty, cost.transfer_fee))
    )
    assert cents(cost.commission) >= cents(cost.handling_fee) + cents(cost.regulatory_fee)


@given(prices, prices, share_counts, boards, commission_rates, minimums)
def test_every_round_trip_adds_up(
    buy: float, sell: float, shares: int, board: str, rate: float, minimum: float | None
) -> None:
    trip = round_trip(buy, sell, shares, board, rate, minimum, as_of=DAY)
    check_bill(trip.buy)
    check_bill(trip.sell)
    assert trip.buy.stamp_duty == 0
    assert cents(trip.total_fees) == cents(trip.buy.total) + cents(trip.sell.total)
    assert cents(trip.gross_profit) - cents(trip.total_fees) == cents(trip.net_profit)


@given(prices, share_counts, boards, commission_rates, minimums)
def test_break_even_is_the_lowest_price_without_a_loss(
    buy: float, shares: int, board: str, rate: float, minimum: float | None
) -> None:
    lowest = round_trip(buy, buy, shares, board, rate, minimum, as_of=DAY).break_even_price
    assert round_trip(buy, lowest, shares, board, rate, minimum, as_of=DAY).net_profit >= 0
    below = float(Decimal(str(lowest)) - Decimal("0.01"))
    # A single share at one fen can be sold where it was bought: no fee reaches half a fen.
    assume(below > 0)
    assert round_trip(buy, below, shares, board, rate, minimum, as_of=DAY).net_profit < 0


@given(prices, prices, share_counts)
def test_a_larger_sale_never_costs_less(first: float, second: float, shares: int) -> None:
    low, high = sorted((first, second))
    cheaper = trade_cost(low, shares, "sell", as_of=DAY).total
    assert cheaper <= trade_cost(high, shares, "sell", as_of=DAY).total
