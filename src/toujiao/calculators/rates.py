"""The one door from the calculators to the rule book: a number of a rule on a day."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from toujiao.calculators.inputs import decimal


def rule_number(rule_id: str, field: str, as_of: date | None = None) -> Decimal:
    """Return the number `field` of rule `rule_id` in force on `as_of` (default: today).

    Raises `ToujiaoError` when no version of the rule was in force that day.
    """
    # Imported here: the cards' renderer in `knowledge` imports the calculators in turn.
    from toujiao.knowledge.rulebook import load_rules

    version = load_rules().at(rule_id, on=as_of or date.today())
    return decimal(version.fields[field])
