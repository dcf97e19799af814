"""The calendar day in China: the one door to "today" for everything that depends on rules.

A rule is in force on a day of Chinese time, wherever the program runs. Tests and repeatable
runs hold the day with `with fixed(date(2026, 10, 9)):`.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import date, datetime, timedelta, timezone

# China has had one time zone and no daylight saving since 1991, so no time zone data is needed.
SHANGHAI = timezone(timedelta(hours=8), "Asia/Shanghai")

_fixed_day: ContextVar[date | None] = ContextVar("toujiao_fixed_day", default=None)


def today() -> date:
    """Return the day it is in China now, or the day held by `fixed`."""
    held = _fixed_day.get()
    return datetime.now(SHANGHAI).date() if held is None else held


@contextmanager
def fixed(day: date) -> Iterator[date]:
    """Hold `today()` at `day` inside the block; blocks may be nested.

    The day is held for this context only: a thread started inside the block does not see it.
    """
    token = _fixed_day.set(day)
    try:
        yield day
    finally:
        _fixed_day.reset(token)


def chinese_date(day: date) -> str:
    """2026-07-06 -> 2026年7月6日"""
    return f"{day.year}年{day.month}月{day.day}日"
