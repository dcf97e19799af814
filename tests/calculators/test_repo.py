"""The interest of a reverse repo, its days, and the trading calendar they rest on."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from toujiao.calculators.repo import repo_days, repo_days_by_weekday, reverse_repo
from toujiao.calculators.trading_calendar import is_trading_day, next_trading_day
from toujiao.errors import ToujiaoError
from toujiao.rules.in_use import in_use

DAY = date(2026, 10, 9)
FIRST, LAST = date(2026, 1, 1), date(2026, 12, 31)

terms = st.sampled_from([1, 2, 3, 4, 7, 14, 28, 91, 182])


def test_reverse_repo_by_hand() -> None:
    # 100000 x 2 % x 3 / 365 = 16.438...
    result = reverse_repo(100_000, 0.02, 3, DAY)
    assert result.interest == 16.44
    assert result.steps == ("利息：100000 元 × 2% × 3 天 ÷ 365 天 = 16.44 元",)
    assert reverse_repo(1_000, 0.02, 1, DAY).interest == 0.05


def test_reverse_repo_starts_at_the_minimum_of_the_rule() -> None:
    with pytest.raises(ToujiaoError, match="1000 元起"):
        reverse_repo(999, 0.02, 1, DAY)


def test_the_exchanges_are_closed_at_weekends_and_on_holidays() -> None:
    assert is_trading_day(date(2026, 9, 30))
    assert not is_trading_day(date(2026, 10, 1))
    assert not is_trading_day(date(2026, 10, 7))
    assert is_trading_day(date(2026, 10, 8))
    # a Saturday on which offices work in exchange for a holiday
    assert not is_trading_day(date(2026, 10, 10))
    assert is_trading_day(datetime(2026, 10, 9, 9, 30))


def test_the_next_trading_day_is_never_the_day_itself() -> None:
    assert next_trading_day(date(2026, 10, 8)) == date(2026, 10, 9)
    assert next_trading_day(date(2026, 9, 30)) == date(2026, 10, 8)
    assert next_trading_day(date(2026, 10, 3)) == date(2026, 10, 8)
    assert next_trading_day(date(2026, 2, 13)) == date(2026, 2, 24)


def test_the_closed_days_are_those_that_the_rule_states() -> None:
    version = in_use().at("trading-calendar-2026", DAY)
    stated = []
    for month, first, last in re.findall(r"(\d+)月(\d+)-(\d+)日", version.value):
        stated.append([date(2026, int(month), int(day)) for day in (first, last)])
    assert version.fields["closed"] == stated
    assert len(stated) == 7


def test_2026_has_242_trading_days() -> None:
    days = (FIRST + timedelta(days=n) for n in range((LAST - FIRST).days + 1))
    # 261 weekdays less 19 that are holidays: 2 + 6 + 1 + 3 + 1 + 1 + 5
    assert sum(is_trading_day(day) for day in days) == 242


@pytest.mark.parametrize("day", [date(2025, 12, 31), date(2027, 1, 4)])
def test_a_year_that_is_not_known_is_an_error(day: date) -> None:
    with pytest.raises(ToujiaoError, match=f"没有 {day.year} 年的休市安排"):
        is_trading_day(day)


@pytest.mark.parametrize(
    ("term", "traded", "days"),
    [
        (1, date(2026, 11, 23), 1),  # Monday
        (1, date(2026, 11, 26), 3),  # Thursday: from Friday to Monday
        (1, date(2026, 11, 27), 1),  # Friday: from Monday to Tuesday
        (2, date(2026, 11, 25), 4),  # Wednesday: from Thursday, due on Friday, paid on Monday
        (7, date(2026, 11, 26), 7),
        (1, date(2026, 9, 29), 8),  # two days before the holidays: from 30 September to 8 October
        (1, date(2026, 9, 30), 1),  # the last day before: from 8 to 9 October
        (7, date(2026, 9, 29), 9),  # due on 6 October, moved to the 8th, paid on the 9th
        (14, date(2026, 9, 29), 14),
        (1, date(2026, 2, 12), 11),  # spring festival: from 13 to 24 February
    ],
)
def test_days_of_interest_by_hand(term: int, traded: date, days: int) -> None:
    assert repo_days(term, traded).days == days


def test_the_steps_name_every_day() -> None:
    result = repo_days(7, date(2026, 9, 29))
    assert result.first_settlement == date(2026, 9, 30)
    assert result.maturity == date(2026, 10, 8)
    assert result.second_settlement == date(2026, 10, 9)
    assert result.steps == (
        "成交日：2026年9月29日（周二），借出 7 天",
        "首次交收日：2026年9月30日（周三），从这天起算利息",
        "到期日：2026年10月8日（周四）（成交日加 7 天，不开市就顺延）",
        "到期交收日：2026年10月9日（周五），从这天起钱可以取走",
        "占款天数：从首次交收日算到到期交收日的前一天，一共 9 天",
    )


@pytest.mark.parametrize(
    ("term", "weekday", "days"),
    [(1, 1, 1), (1, 2, 1), (1, 3, 1), (1, 4, 3), (1, 5, 1), (2, 3, 4), (7, 4, 7), (3, 4, 4)],
)
def test_days_of_interest_by_weekday(term: int, weekday: int, days: int) -> None:
    result = repo_days_by_weekday(term, weekday)
    assert result.days == days
    assert result.first_settlement is result.maturity is result.second_settlement is None
    assert "没有算节假日" in result.steps[-1]
    assert result.steps[0].startswith(f"成交日：周{'一二三四五'[weekday - 1]}")


@given(st.dates(date(2026, 5, 6), date(2026, 6, 5)).filter(is_trading_day), st.integers(1, 7))
def test_without_holidays_the_weekday_is_enough(day: date, term: int) -> None:
    # Six weeks without a holiday in between.
    assert repo_days(term, day).days == repo_days_by_weekday(term, day.isoweekday()).days


@given(st.dates(FIRST, date(2026, 6, 15)).filter(is_trading_day), terms)
def test_the_three_days_are_trading_days_in_order(day: date, term: int) -> None:
    result = repo_days(term, day)
    first, maturity, second = result.first_settlement, result.maturity, result.second_settlement
    assert first is not None
    assert maturity is not None
    assert second is not None
    assert day < first <= maturity < second
    assert all(map(is_trading_day, (first, maturity, second)))
    assert result.days == (second - first).days >= 1


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: reverse_repo(10_000, 0.02, 0, DAY), "占款天数"),
        (lambda: reverse_repo(10_000, -0.02, 1, DAY), "年化利率"),
        (lambda: repo_days(0, DAY), "借出天数"),
        (lambda: repo_days(400, DAY), "最长不到一年"),
        (lambda: repo_days(1, date(2026, 10, 1)), "2026年10月1日不开市"),
        (lambda: repo_days(1, "2026-10-09"), "成交日要填日期"),
        (lambda: repo_days(7, date(2026, 12, 28)), "没有 2027 年的休市安排"),
        (lambda: repo_days_by_weekday(1, 6), "周末不开市"),
        (lambda: repo_days_by_weekday(1, 0), "星期几"),
        (lambda: next_trading_day(date.max), "没有 9999 年的休市安排"),
        (lambda: is_trading_day(None), "日期要填日期"),
    ],
)
def test_bad_input_is_explained(call: Callable[[], object], message: str) -> None:
    with pytest.raises(ToujiaoError, match=message):
        call()
