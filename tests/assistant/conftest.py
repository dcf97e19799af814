"""A backend that says what a test tells it, and an assistant on the real cards."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator, Sequence
from functools import cache

import pytest

from toujiao.assistant.backends.cards import CardsBackend
from toujiao.assistant.pipeline import Assistant
from toujiao.assistant.prompt import Message
from toujiao.knowledge.folders import ours
from toujiao.knowledge.render import RenderedCard, render_card

TODAY = dt.date(2026, 11, 23)


class Scripted:
    """Streams its script, a few characters at a time, and keeps what it was asked."""

    name = "scripted"
    model: str | None = "script"
    adapter: str | None = "none"

    def __init__(self, script: str | Iterable[str], strict: bool = True) -> None:
        self.script = script
        self.strict = strict
        self.asked: list[list[Message]] = []

    def stream(self, messages: Sequence[Message]) -> Iterator[str]:
        self.asked.append(list(messages))
        if isinstance(self.script, str):
            return (self.script[i : i + 3] for i in range(0, len(self.script), 3))
        return iter(self.script)


@pytest.fixture(scope="session")
def bot() -> Assistant:
    """The assistant without a model."""
    return Assistant(CardsBackend())


@cache
def rendered(card_id: str) -> RenderedCard:
    """A real card as it reads on the day of these tests."""
    return render_card(ours().cards.get(card_id), ours().rules, TODAY)
