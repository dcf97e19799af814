"""What day it is: the one place that asks, always in the time zone of the exchanges.

A server that runs in UTC would otherwise apply yesterday's rules until eight in the morning.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

# China keeps UTC+8 all year (no daylight saving since 1991), so no time-zone database is needed.
SHANGHAI = dt.timezone(dt.timedelta(hours=8), "Asia/Shanghai")
_fixed: ContextVar[dt.date | None] = ContextVar("fixed_day", default=None)


def today() -> dt.date:
    """The calendar day in Shanghai, whatever the time zone of this machine."""
    return _fixed.get() or dt.datetime.now(SHANGHAI).date()


@contextmanager
def fixed(day: dt.date) -> Iterator[None]:
    """Within the block `today()` is `day` (for tests and for answers that must repeat)."""
    token = _fixed.set(day)
    try:
        yield
    finally:
        _fixed.reset(token)


def chinese_date(day: dt.date) -> str:
    """2026-07-06 -> 2026年7月6日"""
    return f"{day.year}年{day.month}月{day.day}日"
