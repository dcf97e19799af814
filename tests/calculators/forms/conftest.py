"""One day held for all spoken sums: a Friday, with the calendar of 2026 known."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable

import pytest

from toujiao import clock
from toujiao.assistant.calculate import AskBack, Outcome, calculate
from toujiao.calculators.forms.form import Calculation

TODAY = dt.date(2026, 10, 9)


@pytest.fixture
def ask() -> Callable[[str], Outcome | None]:
    """Asks a question; `//` parts the turns of one chat."""

    def run(question: str) -> Outcome | None:
        *earlier, last = question.split("//")
        with clock.fixed(TODAY):
            return calculate(last, None, earlier)

    return run


@pytest.fixture
def value(ask: Callable[[str], Outcome | None]) -> Callable[[str, str], float]:
    """The named result of a question that has to be worked out."""

    def run(question: str, key: str) -> float:
        done = ask(question)
        assert isinstance(done, Calculation), done
        return done.results[key]

    return run


@pytest.fixture
def asked_back(ask: Callable[[str], Outcome | None]) -> Callable[[str], str]:
    """The question back."""

    def run(question: str) -> str:
        back = ask(question)
        assert isinstance(back, AskBack), back
        return back.text

    return run
