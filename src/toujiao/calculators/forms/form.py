"""What a calculator needs to be asked: slots, choices, and the work that turns them into a sum.

A form is data: the assistant fills it from a spoken question, the page draws it, the service
publishes it as a schema. It parses nothing itself; the words around a slot are regular
expressions that `understand.fill` applies.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from toujiao.calculators.forms.wording import entry
from toujiao.calculators.units import Unit

Values = Mapping[str, Any]


@dataclass(frozen=True, eq=False)
class Slot:
    """One number that a calculator needs.

    `before` and `after` are the words beside the number (regular expressions without anchors).
    `alone` says that a number of a fitting unit may fill the slot without such words. `least` and
    `most` bound what can be meant (a share price of 50,000 is an amount). `many` takes a list of
    numbers; `between` are words that may stand between two of them, `signed` gives a rate that is
    said to have fallen its minus. `rule` names the rule that gives the default. `exact` takes a
    date only when it is one day, not a month or a year.
    """

    name: str
    label: str
    units: tuple[Unit, ...]
    ask: str = ""
    before: str = ""
    after: str = ""
    never_before: str = ""
    never_after: str = ""
    alone: bool = False
    required: bool = True
    anchor: bool = True
    many: bool = False
    exact: bool = False
    fewest: int = 2
    between: str = ""
    signed: bool = False
    least: float | None = None
    most: float | None = None
    rule: str | None = None


@dataclass(frozen=True, eq=False)
class Choice:
    """Something that is chosen by a word, not a number: the board, the side, up or down.

    `options` maps each value to the words that name it, tried in order. Without a `default` it has
    to be asked for; `said` is the line of the texts that tells of a default.
    """

    name: str
    label: str
    options: Mapping[Any, str]
    default: Any = None
    required: bool = False
    ask: str = ""
    said: Mapping[Any, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Calculation:
    """A finished sum: what went in, what came out (units in the keys), and the working.

    The last step is the answer in words. `rules` are the ids of the rules that the numbers rest on.
    """

    name: str
    title: str
    card_id: str
    inputs: dict[str, Any]
    results: dict[str, float]
    steps: tuple[str, ...]
    rules: tuple[str, ...] = ()

    def record(self) -> dict[str, object]:
        """What the Answer keeps of it."""
        told = {"name": self.name, "inputs": self.inputs, "results": self.results}
        return {**told, "steps": list(self.steps)}


@dataclass(frozen=True, eq=False)
class Form:
    """A calculator as it is asked for.

    `cue` are the words without which no question means this sum, `unless` those with which none
    does. `work(values, day)` gets every filled slot and choice by name (absent ones are missing)
    and returns the sum; it raises `ToujiaoError` for numbers that make no sense. `same_day` is
    False when the form reads its own days (bought then, sold later). `needs(choices)` names choices
    that have to be made besides (the side of a trade, when all its fees are asked for). `named`
    says that the cue is the name of a figure (乖离率, 股息率): where it stands no general sum of
    prices competes.
    `plan` says that its numbers told in a row are a question by themselves (每月1000，年化6%，十年).
    `opened` are words that want this sum of the user's own money before any number is told.
    """

    name: str
    cue: str
    slots: tuple[Slot, ...]
    work: Callable[[Values, date], Calculation]
    choices: tuple[Choice, ...] = ()
    unless: str = ""
    needs: Callable[[Mapping[str, Any]], tuple[str, ...]] = lambda choices: ()
    priority: int = 0
    named: bool = False
    uses_rules: bool = False
    plan: bool = False
    opened: str = ""

    def slot(self, name: str) -> Slot:
        """The slot of that name."""
        return next(slot for slot in self.slots if slot.name == name)


def finish(
    name: str,
    inputs: Mapping[str, Any],
    results: Mapping[str, float],
    steps: Sequence[str],
    card_id: str | None = None,
) -> Calculation:
    """A `Calculation` with the title and card that the texts gives it."""
    texts = entry(name)
    return Calculation(
        name=name,
        title=texts["title"],
        card_id=card_id or texts["card"],
        inputs={key: value for key, value in inputs.items() if value is not None},
        results=dict(results),
        steps=tuple(steps),
    )
