"""One day held for all spoken sums: a Friday, with the calendar of 2026 known."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable

import pytest
from hypothesis import HealthCheck, settings

from toujiao import clock
from toujiao.assistant.calculate import AskBack, Outcome, calculate
from toujiao.calculators.forms.form import Calculation

TODAY = dt.date(2026, 10, 9)
# The types of the fixtures below, and the settings of property tests that use them.
Ask = Callable[[str], Outcome | None]
Value = Callable[[str, str], float]
Asked = Callable[[str], str]
SHARED = settings(
    max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)


def worked_out(question: str, *earlier: str) -> Calculation:
    """The sum of a question that has to be worked out, on the day of the clock."""
    result = calculate(question, earlier=earlier)
    assert isinstance(result, Calculation), (question, result)
    return result


@pytest.fixture
def ask() -> Ask:
    """Asks a question; `//` parts the turns of one chat."""

    def run(question: str) -> Outcome | None:
        *earlier, last = question.split("//")
        with clock.fixed(TODAY):
            return calculate(last, None, earlier)

    return run


@pytest.fixture
def value(ask: Ask) -> Value:
    """The named result of a question that has to be worked out."""

    def run(question: str, key: str) -> float:
        done = ask(question)
        assert isinstance(done, Calculation), done
        return done.results[key]

    return run


@pytest.fixture
def asked_back(ask: Ask) -> Asked:
    """The question back."""

    def run(question: str) -> str:
        back = ask(question)
        assert isinstance(back, AskBack), back
        return back.text

    return run
