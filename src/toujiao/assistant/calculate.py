"""Works out the sum that a question asks for, or says what is still missing for it.

`understand.sums` decides which number is which; here the sum is run with the rules of its day. A
period in which a rule changed gives both results and the day of the change.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

from toujiao.calculators.forms.form import Calculation, Choice, Slot
from toujiao.calculators.forms.wording import line
from toujiao.calculators.rates import recording
from toujiao.calculators.units import Length, Unit
from toujiao.clock import chinese_date, today
from toujiao.errors import ToujiaoError
from toujiao.rules.in_use import in_use
from toujiao.understand.day import Day
from toujiao.understand.fill import Filled
from toujiao.understand.items import Item
from toujiao.understand.sums import Wanted, read_sum

_LENGTHS = (Unit.DAYS, Unit.WEEKS, Unit.MONTHS, Unit.YEARS)


@dataclass(frozen=True)
class AskBack:
    """One short question back: what is missing or unclear, in words, and the names of it."""

    text: str
    missing: tuple[str, ...]
    card_id: str | None = None


@dataclass(frozen=True)
class NotOurs:
    """A sum of another trade, which is not computed here."""

    text: str


Outcome = Calculation | AskBack | NotOurs


def calculate(
    question: str, on: dt.date | None = None, earlier: Sequence[str] = ()
) -> Outcome | None:
    """The worked sum that `question` asks for, what to ask first, or None when it asks for none.

    The rules are those in use (`rules/in_use.py`). `on` is the day that the caller fixed (--as-of);
    a date in the question counts only without it. `earlier` are the user's questions before this
    one, oldest first.
    """
    wanted = read_sum(question, earlier, today(), on)
    if wanted is None:
        return None
    if wanted.elsewhere:
        return NotOurs(line("not_ours"))
    assert wanted.filled is not None
    if not wanted.filled.complete:
        return _ask(wanted.filled)
    try:
        return _run(wanted)
    except ToujiaoError as error:
        # The first sentence says what is wrong; the rest is for whoever fills in a form.
        reason = str(error).split("。")[0]
        return AskBack(line("cannot", reason=reason), (), None)
    except OverflowError:
        return None


def _ask(filled: Filled) -> AskBack:
    """The question back, after what was understood, so that a mishearing is seen."""
    heard = "，".join(
        f"{filled.form.slot(name).label} {item.text.strip()}" for name, item in filled.items.items()
    )
    lead = line("heard", heard=heard) if heard else ""
    if filled.unclear:
        said = "、".join(f"“{item.text}”" for item in filled.unclear)
        vague = all(item.vague for item in filled.unclear)
        return AskBack(
            lead + line("vague" if vague else "unclear", said=said),
            tuple(i.text for i in filled.unclear),
        )
    if filled.missing:
        first = filled.missing[0]
        others = [part.label for part in filled.missing[1:]]
        text = (
            line("missing_one", ask=_question(first))
            if not others
            else line(
                "missing_more",
                ask=_question(first),
                others="、".join(others),
                count=len(others) + 1,
            )
        )
        if filled.unused:
            text += line("also_unclear", said="、".join(f"“{i.text}”" for i in filled.unused))
        return AskBack(lead + text, tuple(part.label for part in filled.missing))
    said = "、".join(f"“{item.text}”" for item in filled.unused)
    return AskBack(lead + line("unused", said=said), tuple(i.text for i in filled.unused))


def _question(part: Slot | Choice) -> str:
    return part.ask or line("how_much", label=part.label)


def _run(wanted: Wanted) -> Calculation:
    filled = wanted.filled
    assert filled is not None
    values = {**filled.choices, **_values(filled)}
    day = wanted.day
    period = _period(filled, day)
    with recording() as used:
        last = _work(filled, values, period.last, day, period)
    if day.before_change and (eve := _eve_of_change(used, day.on)):
        return _run(replace(wanted, day=Day(eve, eve, stated=True)))
    changes = in_use().changes(used, period.first, period.last)
    results = [last]
    for change in reversed(changes):
        eve = change - dt.timedelta(days=1)
        results.insert(0, _work(filled, values, eve, day, period))
    steps = [*_notes(filled, day, used=bool(used)), *last.steps]
    if changes and len({tuple(r.results.items()) for r in results}) > 1:
        steps = [
            *_notes(filled, replace(day, stated=False), used=bool(used)),
            *_both(results, changes),
        ]
    return replace(last, steps=tuple(steps), rules=tuple(used))


def _eve_of_change(used: Iterable[str], day: dt.date) -> dt.date | None:
    """The day before the newest change of a rule that the sum rests on."""
    changes = in_use().changes(used, dt.date.min, day)
    return changes[-1] - dt.timedelta(days=1) if changes else None


def _period(filled: Filled, day: Day) -> Day:
    """The days that the result may differ on: of a dated leg, else of the question."""
    for item in filled.items.values():
        if item.unit is Unit.DATE and item.first != item.last and item.first and item.last:
            return Day(item.first, item.last, stated=True, text=item.text)
    return day


def _work(
    filled: Filled, values: Mapping[str, Any], tried: dt.date, day: Day, period: Day
) -> Calculation:
    """Run the form for the day that is tried; a leg dated by a period takes it for itself alone."""
    legs = {
        name: tried
        for name, item in filled.items.items()
        if item.unit is Unit.DATE and (item.first, item.last) == (period.first, period.last)
    }
    return filled.form.work({**values, **legs}, day.on if legs else tried)


def _both(results: list[Calculation], changes: list[dt.date]) -> list[str]:
    """The results before and after each change of a rule, the newest last."""
    steps = []
    for result, change in zip(results, changes, strict=False):
        eve = change - dt.timedelta(days=1)
        steps += [line("until", day=chinese_date(eve)), *result.steps]
    steps += [line("since", day=chinese_date(changes[-1])), *results[-1].steps]
    said = "；".join(
        line("until_result", day=chinese_date(change), result=result.steps[-1])
        for result, change in zip(results, changes, strict=False)
    )
    return [
        *steps,
        line("both", before=said, day=chinese_date(changes[-1]), after=results[-1].steps[-1]),
    ]


def _notes(filled: Filled, day: Day, used: bool) -> list[str]:
    """What was taken for granted: the day of the rules, choices that the question left open."""
    notes = []
    if used and day.stated and not any(i.unit is Unit.DATE for i in filled.items.values()):
        notes.append(line("rules_of", day=chinese_date(day.on)))
    if used and day.on > today():
        notes.append(line("rules_known_today", day=chinese_date(today())))
    for choice in filled.defaults:
        if said := choice.said.get(choice.default):
            notes.append(line(said))
    return notes


def _values(filled: Filled) -> dict[str, Any]:
    """Every slot by name; a period of time gives its first day, too, as `<name>_from`."""
    values = {name: _value(item) for name, item in filled.items.items()}
    spans = {n: i for n, i in filled.items.items() if i.unit is Unit.DATE and i.first != i.last}
    return {**values, **{f"{name}_from": item.first for name, item in spans.items()}}


def _value(item: Item) -> Any:
    if item.unit is Unit.DATE:
        return item.last
    if item.unit is Unit.CODE:
        return item.text
    if item.is_list:
        return [float(value) for value in item.values]
    if item.unit in _LENGTHS:
        return Length(float(item.value), item.unit, item.bound)
    if item.unit in (Unit.SHARES, Unit.COUNT, Unit.WEEKDAY, Unit.PERIOD) and item.value == int(
        item.value
    ):
        return int(item.value)
    return float(item.value)
