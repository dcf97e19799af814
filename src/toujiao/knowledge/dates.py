"""How the dates of a rule are said: since when it holds, and when it was checked."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from typing import Protocol

from toujiao import clock
from toujiao.knowledge import texts

_UNREAD = ("中K", "低", "K")


class Dated(Protocol):
    """A rule version, or a citation of one."""

    @property
    def effective_from(self) -> dt.date | None: ...

    @property
    def operative(self) -> bool: ...

    @property
    def confidence(self) -> str: ...

    @property
    def checked_on(self) -> str | None: ...


def chinese_date(value: dt.date | str | None) -> str:
    """2026-07-06 -> 2026年7月6日, also as text; a date that nobody knows is said to be unknown."""
    if value is None:
        return texts.DATE_UNKNOWN
    return clock.chinese_date(dt.date.fromisoformat(value) if isinstance(value, str) else value)


def since(version: Dated) -> str:
    """“2026年7月6日起”, or that the first day was not found, or that it is not in force."""
    if not version.operative:
        return texts.NOT_IN_FORCE
    if version.effective_from is None:
        return texts.START_UNKNOWN
    return texts.SINCE.format(day=chinese_date(version.effective_from))


def checked_date(value: str | None) -> str:
    """2026-10-09 -> 截至2026年10月9日, 2026-04 -> 资料截至2026年4月, 2026 -> 资料年份2026年"""
    if value is None:
        return texts.NEVER_CHECKED
    parts = [int(part) for part in value.split("-")]
    if len(parts) == 3:
        return texts.CHECKED_ON_DAY.format(day=chinese_date(value))
    name = texts.CHECKED_IN_MONTH if len(parts) == 2 else texts.CHECKED_IN_YEAR
    return name.format(year=parts[0], month=parts[-1])


def unread(version: Dated) -> bool:
    """Whether nobody has opened the original of this rule (中K, 低, K)."""
    return version.confidence in _UNREAD


def how_sure(version: Dated) -> str:
    """When the rule was checked, and, where it is so, that nobody has opened the original."""
    said = checked_date(version.checked_on)
    return f"{said}，{texts.ORIGINAL_UNREAD}" if unread(version) else said


def dates_of(stated: Iterable[tuple[str, Dated]], earlier_unread: bool = False) -> str:
    """The checking date of every rule of a card: (title, version) in the order they are stated.

    Rules checked on the same day share it. `earlier_unread`: the card also names a former value
    whose original nobody has opened.
    """
    by_date: dict[str, list[str]] = {}
    for title, version in stated:
        by_date.setdefault(how_sure(version), []).append(title)
    if len(by_date) == 1:
        lines = list(by_date)
    else:
        lines = [f"{'、'.join(titles)}（{said}）" for said, titles in by_date.items()]
    if earlier_unread:
        lines.append(texts.EARLIER_UNREAD)
    return "；".join(lines)
