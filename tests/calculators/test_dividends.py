"""The tax on dividends by days and by dates, and the yield from a payout ratio."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from toujiao.calculators.dividends import dividend_tax, dividend_yield_from_payout
from toujiao.calculators.valuation import dividend_yield
from toujiao.errors import ToujiaoError
from toujiao.rules.in_use import in_use

DAY = date(2026, 10, 9)


@pytest.mark.parametrize(
    ("days", "rate", "tax"),
    [(1, 0.2, 100), (30, 0.2, 100), (31, 0.1, 50), (365, 0.1, 50), (366, 0, 0), (4000, 0, 0)],
)
def test_dividend_tax_by_holding_time(days: int, rate: float, tax: float) -> None:
    result = dividend_tax(500, days, as_of=DAY)
    assert (result.rate, result.tax, result.net) == (rate, tax, 500 - tax)
    assert f"持股 {days} 天" in result.steps[0]


def test_dividend_tax_is_rounded_half_up_to_the_fen() -> None:
    assert dividend_tax(0.05, 100, as_of=DAY).tax == 0.01


def test_long_holding_was_taxed_before_2015_09_08() -> None:
    earlier = in_use().at("dividend-tax", on=date(2015, 9, 7)).fields["rate_over_1_year"]
    assert dividend_tax(500, 400, as_of=date(2015, 9, 7)).rate == earlier > 0


@pytest.mark.parametrize(("dividend", "days"), [(0, 10), (-1, 10), (100, 0), (100, -3), (100, 1.5)])
def test_bad_dividends_are_explained(dividend: float, days: int) -> None:
    with pytest.raises(ToujiaoError, match=r"分红金额|持股天数"):
        dividend_tax(dividend, days, as_of=DAY)


@pytest.mark.parametrize(
    ("bought", "sold", "rate"),
    [
        # the examples of the clearing house: one month, more, one year, more
        (date(2017, 1, 8), date(2017, 2, 8), 0.2),
        (date(2017, 1, 8), date(2017, 2, 9), 0.1),
        (date(2017, 1, 8), date(2018, 1, 8), 0.1),
        (date(2017, 1, 8), date(2018, 1, 9), 0),
        (date(2017, 1, 28), date(2017, 2, 28), 0.2),
        (date(2017, 1, 31), date(2017, 2, 28), 0.2),
        (date(2017, 1, 31), date(2017, 3, 1), 0.1),
        (date(2017, 1, 31), date(2018, 1, 31), 0.1),
        # a leap day, the turn of a year, and the shortest time there is
        (date(2024, 2, 29), date(2025, 2, 28), 0.1),
        (date(2024, 2, 29), date(2025, 3, 1), 0),
        (date(2025, 12, 15), date(2026, 1, 15), 0.2),
        (date(2026, 10, 8), date(2026, 10, 9), 0.2),
    ],
)
def test_dates_are_counted_in_calendar_months(bought: date, sold: date, rate: float) -> None:
    assert dividend_tax(500, bought=bought, sold=sold).rate == rate


def test_the_steps_say_where_the_limits_are() -> None:
    within = dividend_tax(500, bought=date(2026, 1, 8), sold=date(2026, 2, 9))
    assert within.steps == (
        "2026年1月8日买入，2026年2月9日卖出，从买入当天算到卖出前一天，持股 32 天；"
        "2026年2月8日以后、2027年1月8日以前（含当天）卖出，超过 1 个月、不超过 1 年，税率 10%",
        "红利税：500 元 × 10% = 50 元",
        "税后到手：500 − 50 = 450 元",
    )
    early = dividend_tax(500, bought=date(2026, 1, 8), sold=date(2026, 1, 9))
    assert "2026年2月8日以前（含当天）卖出，不超过 1 个月，税率 20%" in early.steps[0]
    late = dividend_tax(500, bought=date(2026, 1, 8), sold=date(2027, 1, 9))
    assert "2027年1月8日以后卖出，超过 1 年，税率 0%" in late.steps[0]
    assert dividend_tax(500, 31, as_of=DAY).steps[0] == (
        "持股 31 天，超过 1 个月、不超过 1 年，税率 10%"
    )


def test_the_rates_are_those_of_the_sale_unless_a_day_is_given() -> None:
    bought, sold = date(2014, 1, 6), date(2015, 3, 6)
    earlier = in_use().at("dividend-tax", on=sold).fields["rate_over_1_year"]
    assert dividend_tax(500, bought=bought, sold=sold).rate == earlier > 0
    assert dividend_tax(500, as_of=DAY, bought=bought, sold=sold).rate == 0


@given(st.dates(date(2016, 1, 1), date(2026, 1, 1)), st.integers(1, 800))
def test_days_and_dates_agree_away_from_the_limits(bought: date, days: int) -> None:
    # A month is 28 to 31 days, and a year 365 or 366.
    if days in range(28, 32) or days in range(365, 367):
        return
    sold = bought + timedelta(days=days)
    by_dates = dividend_tax(500, bought=bought, sold=sold, as_of=DAY)
    assert by_dates.rate == dividend_tax(500, days, as_of=DAY).rate


def test_the_end_of_the_calendar_is_no_surprise() -> None:
    last = date(9999, 12, 31)
    assert dividend_tax(500, as_of=DAY, bought=date(9999, 12, 30), sold=last).rate == 0.2


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: dividend_tax(500), "天数，或者买入日和卖出日"),
        (lambda: dividend_tax(500, 3, bought=DAY), "两种填一种"),
        (lambda: dividend_tax(500, bought=DAY), "卖出日要填日期"),
        (lambda: dividend_tax(500, sold=DAY), "买入日要填日期"),
        (lambda: dividend_tax(500, bought=DAY, sold=DAY), "必须晚于买入日"),
        (lambda: dividend_yield_from_payout(-1, 0.3, 10), "每股收益"),
        (lambda: dividend_yield_from_payout(1, -0.3, 10), "分红比例"),
        (lambda: dividend_yield_from_payout(1, 0.3, 0), "股价"),
    ],
)
def test_bad_input_is_explained(call: Callable[[], object], message: str) -> None:
    with pytest.raises(ToujiaoError, match=message):
        call()


def test_yield_from_a_payout_by_hand() -> None:
    # 1.5 x 40 % = 0.6 a share, 0.6 / 12
    assert dividend_yield_from_payout(1.5, 0.4, 12) == 0.05
    assert dividend_yield_from_payout(1.5, 0.4, 12) == pytest.approx(dividend_yield(0.6, 12))
    assert dividend_yield_from_payout(1, 0, 10) == 0
