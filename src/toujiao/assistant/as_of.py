"""Finds the day that a question is about: “2026年7月1日”, “2023-08-01”, “2023年8月”, “2022年”."""

from __future__ import annotations

import datetime as dt
import re

_DATE = re.compile(
    r"(19\d\d|20\d\d)\s*(?:年|[-/.])\s*(?:(\d{1,2})\s*(?:月|[-/.])\s*(?:(\d{1,2})\s*[日号]?)?)?"
)


def day_in(question: str) -> dt.date | None:
    """The first date in the text; a month or a year alone means its first day; None without one."""
    for match in _DATE.finditer(question):
        year, month, day = (int(part) if part else 1 for part in match.groups())
        try:
            return dt.date(year, month, day)
        except ValueError:
            continue
    return None
