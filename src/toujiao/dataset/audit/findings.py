"""What the audit found: one kind of problem, how bad it is, in which rows, and the repair."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

from toujiao.dataset.audit.texts import FINDINGS

# A problem in more rows than this share ruins the run.
RUINED_SHARE = 0.2
_SHOWN = 5


class Severity(StrEnum):
    """STOP = training on this would be wasted; WARN = look at it, then decide."""

    STOP = "stop"
    WARN = "warn"


@dataclass(frozen=True)
class Finding:
    """One kind of problem. `rows` are row numbers from 1, as `toujiao dataset show --row` counts."""

    code: str
    severity: Severity
    message: str
    repair: str
    rows: tuple[int, ...] = ()


def finding(code: str, severity: Severity, rows: Iterable[int] = (), **values: object) -> Finding:
    """The finding `code` with its texts filled in; the texts may use {count} and {where}."""
    numbers = tuple(rows)
    message, repair = FINDINGS[code]
    values = {"count": len(numbers), "where": name_rows(numbers), **values}
    return Finding(code, severity, message.format(**values), repair.format(**values), numbers)


def by_share(count: int, total: int) -> Severity:
    """STOP when more than one row in five has the problem."""
    return Severity.STOP if count > RUINED_SHARE * total else Severity.WARN


def name_rows(numbers: Iterable[int]) -> str:
    """“第 3、8 行”, at most five of them by number."""
    found = list(numbers)
    shown = "、".join(str(number) for number in found[:_SHOWN])
    return f"第 {shown} 行{'等' if len(found) > _SHOWN else ''}"


def examples(items: Iterable[str]) -> str:
    """The first three, joined for a message."""
    found = list(items)
    return "；".join(found[:3]) + ("……" if len(found) > 3 else "")
