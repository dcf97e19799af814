"""One figure of a text: what it counts, its value, its place; and when two say the same."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

Parts = tuple[int | None, ...]
Value = Decimal | str | Parts
DATE, TIME, NAME, BARE = "日期", "时刻", "名", ""


@dataclass(frozen=True)
class Figure:
    """One figure: what it counts, its value, its place.

    `idle` is a word like 一天 that often says nothing: it is compared in a near copy only.
    """

    kind: str
    value: Value
    start: int
    end: int
    text: str
    idle: bool = False

    def fits(self, fact: Figure) -> bool:
        """Whether this figure says the same as one of the material, perhaps with less detail."""
        said, other = self.value, fact.value
        if isinstance(said, tuple) and isinstance(other, tuple) and self.kind == fact.kind:
            return _date_fits(said, other) if self.kind == DATE else _time_fits(said, other)
        return said == other and _same_kind(self.kind, fact.kind)


def _date_fits(said: Parts, fact: Parts) -> bool:
    return all(part is None or part == of for part, of in zip(said, fact, strict=True))


def _time_fits(said: Parts, fact: Parts) -> bool:
    """Minutes of the day; three o'clock without “afternoon” may be fifteen o'clock."""
    one, other = said[0] or 0, fact[0] or 0
    sure = said[1] and fact[1]
    return one == other or (not sure and one % 720 == other % 720)


_COUNTERS = frozenset(("个", "只", "家", "人", "项", "条", "种", "类"))


def _same_kind(one: str, other: str) -> bool:
    return one == other or ("个" in (one, other) and {one, other} <= _COUNTERS)
