"""The one door from the calculators to the rule book: what a rule says on a day."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import date
from decimal import Decimal
from typing import Any

from toujiao import clock
from toujiao.calculators.inputs import decimal
from toujiao.rules.in_use import in_use

_recorded: ContextVar[dict[str, None] | None] = ContextVar("recorded_rules", default=None)


@contextmanager
def recording() -> Iterator[dict[str, None]]:
    """Collect the ids of all rules read inside the block, in order: what a sum rests on."""
    used: dict[str, None] = {}
    token = _recorded.set(used)
    try:
        yield used
    finally:
        _recorded.reset(token)


def rule_number(rule_id: str, field: str, as_of: date | None = None) -> Decimal:
    """Return the number `field` of rule `rule_id` in force on `as_of` (default: today in China).

    Raises `ToujiaoError` when no version of the rule was in force that day.
    """
    return decimal(rule_value(rule_id, field, as_of))


def rule_value(rule_id: str, field: str, as_of: date | None = None) -> Any:
    """Return `field` of a rule as it stands in the rule file; otherwise like `rule_number`."""
    if (used := _recorded.get()) is not None:
        used[rule_id] = None
    return in_use().at(rule_id, on=as_of or clock.today()).fields[field]


def has_rule(rule_id: str) -> bool:
    """Return whether the rule book in use holds a rule of this id."""
    return rule_id in in_use()
