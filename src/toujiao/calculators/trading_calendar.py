"""The days on which the exchanges trade, from the holidays of the rule book.

Each year has a rule of its own (`trading-calendar-2026`), because the exchanges publish their
closed days late in the year before. A year without that rule is an error, never a guess.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta

from toujiao.calculators.inputs import calendar_day
from toujiao.calculators.rates import has_rule, rule_value
from toujiao.errors import ToujiaoError

_SATURDAY = 5


def is_trading_day(day: date) -> bool:
    """Return whether the exchanges trade on `day`.

    Errors: `ToujiaoError` for a year whose closed days the rule book does not hold.
    Source: rules trading-calendar-<year>, field `closed` (first and last day of each holiday);
    Saturdays and Sundays are always closed, also those that offices work on.
    """
    on = calendar_day(day, "日期")
    rule_id = f"trading-calendar-{on.year}"
    if not has_rule(rule_id):
        raise ToujiaoError(
            f"规则库里没有 {on.year} 年的休市安排，{on} 开不开市还不知道。"
            "请看交易所的公告，或者只按星期几来算。"
        )
    closed = rule_value(rule_id, "closed", on)
    return is_weekday(on) and not any(first <= on <= last for first, last in closed)


def next_trading_day(day: date) -> date:
    """Return the first trading day after `day` (never `day` itself). Errors as above."""
    one = timedelta(days=1)
    # The last day that Python knows is in a year that no rule knows.
    return open_from(min(calendar_day(day, "日期"), date.max - one) + one, is_trading_day)


def is_weekday(day: date) -> bool:
    """Return whether `day` is one of Monday to Friday."""
    return day.weekday() < _SATURDAY


def open_from(day: date, is_open: Callable[[date], bool]) -> date:
    """Return `day` if it is open, else the next day that is."""
    while not is_open(day):
        day += timedelta(days=1)
    return day
