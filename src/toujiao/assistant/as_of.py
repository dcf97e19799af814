"""Finds the day that a question is about: “2026年7月1日”, “2023-08-01”, “2023年8月”, “2022年”."""

from __future__ import annotations

import datetime as dt
import re

# “2000年化5%” is an amount and a yearly rate; “2000-3000元” and “2023.5元” are no dates.
_DATE = re.compile(
    r"(?<![\d.])(?P<year>(?:19|20)\d\d)"
    r"(?:\s*年(?![化息利均限期])(?:\s*(?P<month>\d{1,2})\s*月(?:\s*(?P<day>\d{1,2})(?!\d))?)?"
    r"|(?P<mark>[-/.])(?P<month2>\d{1,2})(?P=mark)(?P<day2>\d{1,2})(?!\d))"
)


def day_in(question: str) -> dt.date | None:
    """The first date in the text; a month or a year alone means its first day; None without one."""
    for match in _DATE.finditer(question):
        found = match.groupdict()
        month, day = found["month"] or found["month2"], found["day"] or found["day2"]
        try:
            return dt.date(int(found["year"]), int(month or 1), int(day or 1))
        except ValueError:
            continue
    return None
