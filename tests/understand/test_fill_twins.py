"""Slots that the same words name: their numbers are taken in reading order."""

from __future__ import annotations

from datetime import date

from toujiao.calculators.forms.form import Calculation, Form, Slot, Values
from toujiao.calculators.units import Unit
from toujiao.understand.fill import fill
from toujiao.understand.items import item_of
from toujiao.understand.quantities import read_quantities


def _work(values: Values, day: date) -> Calculation:
    raise NotImplementedError


def _form(*slots: Slot) -> Form:
    return Form("made_up", cue="跌", slots=slots, work=_work)


def test_two_falls_in_reading_order() -> None:
    form = _form(*(Slot(f"fall{i}", "跌幅", (Unit.RATIO,), before="跌") for i in (1, 2)))
    text = "先跌20%再跌10%"
    filled = fill(form, text, [item_of(q) for q in read_quantities(text)])
    assert filled.complete
    assert [float(filled.items[name].value) for name in ("fall1", "fall2")] == [0.2, 0.1]


def test_without_words_they_stay_unclear() -> None:
    form = _form(*(Slot(f"fall{i}", "跌幅", (Unit.RATIO,), alone=True) for i in (1, 2)))
    text = "20%和10%"
    assert fill(form, text, [item_of(q) for q in read_quantities(text)]).unclear
