"""What fills a slot: one quantity, a list of numbers in a row, or a date, all with one face."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from toujiao.calculators.units import Unit
from toujiao.understand.day import DateMention
from toujiao.understand.quantities import Quantity

# Between two numbers of one list.
_GAP = re.compile(r"\s*(?:[、,，;；/]|和|跟|再?到|→|->|然后|接着是?|又|，?再)?\s*")


@dataclass(frozen=True)
class Item:
    """A quantity, a list or a date as slots take it."""

    value: Decimal
    unit: Unit
    start: int
    end: int
    text: str
    bound: str = ""
    vague: bool = False
    idle: bool = False
    values: tuple[Decimal, ...] = ()
    first: dt.date | None = None
    last: dt.date | None = None

    @property
    def is_list(self) -> bool:
        return bool(self.values)


def item_of(quantity: Quantity) -> Item:
    """A quantity as an item."""
    return Item(
        quantity.value,
        quantity.unit,
        quantity.start,
        quantity.end,
        quantity.text,
        quantity.bound,
        quantity.vague,
        quantity.idle,
    )


def date_item(mention: DateMention) -> Item:
    """A date as an item; it never has to be used, the day of the question is known anyway."""
    return Item(
        Decimal(0),
        Unit.DATE,
        mention.start,
        mention.end,
        mention.text,
        idle=True,
        first=mention.first,
        last=mention.last,
    )


def with_lists(items: Sequence[Item], text: str, fewest: int = 2) -> list[Item]:
    """The items with every run of numbers of one unit joined into a list.

    The unit may stand behind the last number only: 10、11、12元.
    """
    result: list[Item] = []
    run: list[Item] = []
    for item in items:
        if run and not _goes_on(run, item, text):
            result += _close(run, text, fewest)
            run = []
        run.append(item)
    return result + _close(run, text, fewest)


_LISTABLE = (Unit.NONE, Unit.YUAN, Unit.RATIO, Unit.POINTS, Unit.SHARES, Unit.TIMES)


def _goes_on(run: list[Item], item: Item, text: str) -> bool:
    gap = text[run[-1].end : item.start]
    units = {member.unit for member in (*run, item)} - {Unit.NONE}
    alike = len(units) <= 1 and item.unit in _LISTABLE and run[-1].unit in _LISTABLE
    return alike and bool(gap) and _GAP.fullmatch(gap) is not None


def _close(run: list[Item], text: str, fewest: int) -> list[Item]:
    if len(run) < fewest:
        return run
    unit = next((item.unit for item in run if item.unit is not Unit.NONE), Unit.NONE)
    start, end = run[0].start, run[-1].end
    values = tuple(item.value for item in run)
    vague = any(item.vague for item in run)
    return [Item(values[0], unit, start, end, text[start:end], vague=vague, values=values)]
