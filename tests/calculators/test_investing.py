"""Regular investing at the start or the end of a period, and on top of a lump sum."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from toujiao.calculators.investing import (
    TRADING_DAYS_PER_YEAR,
    WEEKS_PER_YEAR,
    lump_sum_plus_regular,
    regular_investing,
)
from toujiao.calculators.returns import compound
from toujiao.errors import ToujiaoError

amounts = st.integers(1, 5_000)
rates = st.floats(-0.5, 0.5)
lengths = st.integers(1, 30)
periods = st.sampled_from([1, 4, 12])


def test_regular_investing_by_hand() -> None:
    # two payments of 100 at 10 % each: 100 x 1.1^2 + 100 x 1.1 = 231
    result = regular_investing(100, 0.1, 2, times_per_year=1)
    assert (result.paid, result.value, result.gain) == (200, 231, 31)
    assert result.steps[0] == "一共投入：100 元 × 2 期 = 200 元"
    assert result.steps[-1] == "其中收益：231 − 200 = 31 元"


def test_regular_investing_without_a_return_gives_the_money_back() -> None:
    result = regular_investing(500, 0, 3)
    assert (result.paid, result.value, result.gain) == (18_000, 18_000, 0)


@given(st.integers(1, 5_000), st.floats(-0.5, 0.5), st.integers(1, 30), st.sampled_from([1, 4, 12]))
def test_regular_investing_is_every_payment_compounded(
    amount: int, rate: float, length: int, times: int
) -> None:
    count = length * times
    paid_in_turn = sum(amount * (1 + rate / times) ** left for left in range(1, count + 1))
    result = regular_investing(amount, rate, length, times)
    assert result.paid == amount * count
    assert result.value == pytest.approx(paid_in_turn, rel=1e-9, abs=0.006)


def test_paying_at_the_end_by_hand() -> None:
    # two payments of 100 at 10 %: 100 x 1.1 + 100 = 210
    result = regular_investing(100, 0.1, 2, times_per_year=1, when="end")
    assert (result.paid, result.value, result.gain) == (200, 210, 10)
    assert result.steps == (
        "一共投入：100 元 × 2 期 = 200 元",
        "每期收益率：10% ÷ 1 = 10%，每期期末投入，收益滚进本金",
        "期末总额：210 元",
        "其中收益：210 − 200 = 10 元",
    )


@given(amounts, rates, lengths, periods)
def test_the_end_of_a_period_is_one_period_of_growth_less(
    amount: int, rate: float, length: int, times: int
) -> None:
    start = regular_investing(amount, rate, length, times)
    end = regular_investing(amount, rate, length, times, when="end")
    assert end.paid == start.paid
    assert end.value * (1 + rate / times) == pytest.approx(start.value, rel=1e-9, abs=0.02)


def test_every_week_and_every_trading_day_by_hand() -> None:
    weekly = regular_investing(100, 0, 1, WEEKS_PER_YEAR)
    daily = regular_investing(10, 0, 2, TRADING_DAYS_PER_YEAR)
    assert (weekly.paid, daily.paid) == (5_200, 5_000)
    steps = regular_investing(100, 0.052, 1, WEEKS_PER_YEAR).steps
    assert steps[1].startswith("每期收益率：5.2% ÷ 52 = 0.1%")
    # 26 weeks: 100 x 1.001 x (1.001^26 - 1) / 0.001
    assert regular_investing(100, 0.052, 0.5, WEEKS_PER_YEAR).value == 2635.39


def test_a_lump_sum_and_ten_additions_by_hand() -> None:
    # 100000 x 1.06^10 = 179084.77 and 20000 x (1.06^10 - 1) / 0.06 = 263615.90
    result = lump_sum_plus_regular(100_000, 20_000, 0.06, 10)
    assert (result.paid, result.value, result.gain) == (300_000, 442_700.67, 142_700.67)
    assert (result.lump_value, result.regular_value) == (179_084.77, 263_615.9)
    assert result.steps == (
        "一共投入：100000 元 + 20000 元 × 10 期 = 300000 元",
        "每期收益率：6% ÷ 1 = 6%，每期期末追加，收益滚进本金",
        "一次投入的部分变成：100000 元 × (1 + 6%) 的 10 次方 = 179084.77 元",
        "每期追加的部分变成：20000 元 × ((1 + 6%) 的 10 次方 − 1) ÷ 6% = 263615.9 元",
        "期末总额：179084.77 + 263615.9 = 442700.67 元",
        "其中收益：442700.67 − 300000 = 142700.67 元",
    )


def test_a_lump_sum_without_a_return_gives_the_money_back() -> None:
    result = lump_sum_plus_regular(10_000, 100, 0, 2, 12)
    assert (result.paid, result.value, result.gain) == (12_400, 12_400, 0)
    assert result.steps[3] == "每期追加的部分没有收益，还是 2400 元"


def test_a_yearly_loss_is_written_with_its_sign() -> None:
    result = lump_sum_plus_regular(1_000, 100, -0.1, 1)
    assert (result.value, result.gain) == (1_000, -100)
    assert result.steps[2].endswith("× (1 − 10%) 的 1 次方 = 900 元")


@given(st.integers(1, 1_000_000), amounts, rates, lengths, periods)
def test_the_two_parts_are_what_they_are_alone(
    lump: int, amount: int, rate: float, length: int, times: int
) -> None:
    both = lump_sum_plus_regular(lump, amount, rate, length, times)
    alone = regular_investing(amount, rate, length, times, when="end")
    grown = compound(lump, rate / times, length * times)
    assert both.value == pytest.approx(grown + alone.value, rel=1e-9, abs=0.011)
    assert round(both.lump_value + both.regular_value - both.value, 4) == 0
    assert both.paid == lump + alone.paid


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: regular_investing(0, 0.1, 1), "每期金额"),
        (lambda: regular_investing(100, 0.1, 1.03), "总期数"),
        (lambda: regular_investing(100, 5, 300), "太大"),
        (lambda: regular_investing(100, 0.1, 1, 12, "middle"), "start（期初）或 end（期末）"),
        (lambda: lump_sum_plus_regular(0, 100, 0.1, 1), "一次投入的金额"),
        (lambda: lump_sum_plus_regular(100, 0, 0.1, 1), "每期金额"),
        (lambda: lump_sum_plus_regular(100, 1, -1, 1), "年收益率"),
        (lambda: lump_sum_plus_regular(100, 1, 0.1, 0), "年数"),
        (lambda: lump_sum_plus_regular(100, 1, 0.1, 1, 0), "每年次数"),
    ],
)
def test_bad_input_is_explained(call: Callable[[], object], message: str) -> None:
    with pytest.raises(ToujiaoError, match=message):
        call()
