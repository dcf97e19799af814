"""Which form a question fills: the one that uses every number, else the one that comes nearest."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache

from toujiao.calculators.forms.all import FIGURE_NAMES, FORMS
from toujiao.calculators.forms.form import Form
from toujiao.calculators.units import Unit
from toujiao.understand.day import Day
from toujiao.understand.fill import Filled, fill
from toujiao.understand.items import Item, with_lists

_FIGURE = re.compile(FIGURE_NAMES, re.I)


@dataclass(frozen=True)
class Reading:
    """A question made ready: its text without dates, its numbers and dates, its day, as `said`.

    `base` is the day without any date of the question: today, or the day that was given.
    """

    text: str
    items: tuple[Item, ...]
    day: Day
    base: Day
    said: str = ""

    @property
    def numbers(self) -> tuple[Item, ...]:
        return tuple(item for item in self.items if item.unit is not Unit.DATE)


def best_form(reading: Reading) -> Filled | None:
    """The form that uses every number; else the one that comes nearest."""
    fitting = [form for form in FORMS if cued(form, reading.text)]
    outcomes = [filled_form(form, reading.text, reading.items) for form in fitting]
    outcomes = [o for o in outcomes if o.anchored]
    if _FIGURE.search(reading.text):  # a sum that says nothing of the figure is not what is asked
        named = [o for o in outcomes if o.form.named]
        spare = [o for o in outcomes if o.unused and not o.missing and not o.form.named]
        return _nearest(named) or _nearest(spare)
    return _nearest(outcomes)


def _nearest(outcomes: Sequence[Filled]) -> Filled | None:
    """The best complete one, else the one with the fewest gaps if it is worth a question back."""
    complete = [o for o in outcomes if o.complete]
    if complete:
        return max(complete, key=lambda o: (o.form.priority, o.score))
    nearest = min(outcomes, key=_distance, default=None)
    return nearest if nearest and _worth_asking(nearest) else None


def _worth_asking(filled: Filled) -> bool:
    """Whether enough is there to take the question for a sum: at most one more gap than numbers."""
    gaps = len(filled.missing) + len(filled.unused)
    return 0 < filled.weight >= gaps - 1


def _distance(filled: Filled) -> tuple[int, int, float]:
    gaps = len(filled.missing) + len(filled.unused) + len(filled.unclear)
    return gaps, -filled.form.priority, -filled.score


def filled_form(
    form: Form, text: str, items: Sequence[Item], known: Mapping[str, Item] | None = None
) -> Filled:
    ready = _listed(form, text, items)
    filled = fill(form, text, ready, known)
    vague = tuple(item for item in filled.items.values() if item.vague)
    return replace(filled, unclear=(*filled.unclear, *vague)) if vague else filled


def _listed(form: Form, text: str, items: Sequence[Item]) -> list[Item]:
    """The numbers as the form takes them: runs of numbers as lists, if it asks for any."""
    lists = [slot for slot in form.slots if slot.many]
    if not lists:
        return list(items)
    between = "|".join(slot.between for slot in lists if slot.between)
    fewest, signed = min(slot.fewest for slot in lists), any(slot.signed for slot in lists)
    return with_lists(items, text, fewest, between, signed)


def cued(form: Form, text: str) -> bool:
    cue, unless = _patterns(form)
    return cue.search(text) is not None and not (unless and unless.search(text))


@cache
def _patterns(form: Form) -> tuple[re.Pattern[str], re.Pattern[str] | None]:
    return re.compile(form.cue, re.I), re.compile(form.unless, re.I) if form.unless else None
