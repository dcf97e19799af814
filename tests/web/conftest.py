"""A small bot with the assistant's interface, for tests of the page's own logic."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest

from toujiao.assistant.prompt import Message
from toujiao.clock import today
from toujiao.errors import ToujiaoError
from toujiao.feedback.store import FeedbackStore
from toujiao.knowledge.folders import ours
from toujiao.records import Answer, CitedCard, Kind

LABEL = "本回答由人工智能生成（AI生成内容）。仅供学习，不构成投资建议。"


class ScriptedBot:
    """Answers every question in three pieces; some questions make it fail."""

    def __init__(self) -> None:
        self.knowledge = ours()
        self.asked: list[tuple[str, list[Message]]] = []
        self.closed = 0

    def stream(
        self, question: str, history: Sequence[Message] | None = None
    ) -> Iterator[str | Answer]:
        self.asked.append((question, list(history or [])))
        if question == "用户的错":
            raise ToujiaoError("请换个问法。")
        try:
            yield "第一句。"
            if question == "我们的错":
                raise ZeroDivisionError("our bug")
            yield "第二句。"
            yield f"\n\n{LABEL}"
            yield answer_to(question)
        finally:
            self.closed += 1


def answer_to(question: str, cards: Sequence[str] = ("moving-average", "stamp-duty")) -> Answer:
    return Answer(
        question=question,
        kind=Kind.ANSWER,
        answer=f"第一句。第二句。\n\n{LABEL}",
        cards=tuple(CitedCard(id=card, title=f"卡片 {card}") for card in cards),
        as_of=today(),
        grounded=1.0,
        backend="scripted",
        model="tiny#1",
        adapter="lora#2",
        seconds=0.1,
        first_token_seconds=0.1,
    )


@pytest.fixture
def bot() -> ScriptedBot:
    return ScriptedBot()


@pytest.fixture
def store(tmp_path: Path) -> Iterator[FeedbackStore]:
    store = FeedbackStore(home=tmp_path / "home")
    yield store
    store.close()
