"""Asks the whole assistant the evaluation questions and counts what can be checked by program.

Whether an explanation is right in every word is judged by people; the answers are written out.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from toujiao.assistant.pipeline import Assistant
from toujiao.assistant.verify import numbers
from toujiao.evaluate.questions import EXPECTED_KINDS, Question
from toujiao.records import Answer, Kind

_TOLERANCE = 0.006


@dataclass(frozen=True)
class Graded:
    """One answer with what was checked."""

    question: Question
    answer: Answer
    kind_right: bool
    card_right: bool
    own_words: bool
    result_right: bool
    untraced: tuple[str, ...]

    def as_row(self) -> dict[str, Any]:
        """For the JSONL file that people read."""
        return {
            "id": self.question.id,
            "group": self.question.group,
            "question": self.question.question,
            "expects": self.question.expects,
            "right_cards": list(self.question.cards),
            "cards": [card.id for card in self.answer.cards],
            "kind": self.answer.kind,
            "backend": self.answer.backend,
            "kind_right": self.kind_right,
            "card_right": self.card_right,
            "own_words": self.own_words,
            "result_right": self.result_right,
            "untraced_numbers": list(self.untraced),
            "grounded": self.answer.grounded,
            "answer": self.answer.answer,
            "seconds": self.answer.seconds,
            "first_token_seconds": self.answer.first_token_seconds,
        }


def grade(bot: Assistant, question: Question) -> Graded:
    """Ask one question and check kind, first card, result and numbers."""
    answer = bot.ask(question.question)
    first = answer.cards[0].id if answer.cards else None
    return Graded(
        question=question,
        answer=answer,
        kind_right=answer.kind in EXPECTED_KINDS[question.group],
        card_right=first in question.cards,
        own_words=answer.kind == Kind.ANSWER and answer.backend == bot.backend.name != "cards",
        result_right=_result_right(question, answer),
        untraced=_untraced(bot, question, answer),
    )


def _result_right(question: Question, answer: Answer) -> bool:
    """Whether a computed result stands (within rounding) among the numbers expected."""
    if not answer.calculation:
        return False
    expected = [float(n) for n in numbers(question.expects)]
    results = [v for v in answer.calculation["results"].values() if isinstance(v, int | float)]
    values = [scale * value for value in results for scale in (1, 100, 1e-4)]
    return any(abs(v - e) <= _TOLERANCE * max(abs(e), 1e-9) for v in values for e in expected if e)


def _untraced(bot: Assistant, question: Question, answer: Answer) -> tuple[str, ...]:
    """Numbers of an explanation that stand in none of its cards, its rules or the question."""
    if answer.kind != Kind.ANSWER:
        return ()
    known = set(numbers(question.question))
    for card in bot.knowledge.render_all([card.id for card in answer.cards], answer.as_of):
        known |= set(numbers(f"{card.title}{card.text}"))
    for rule in answer.rules:
        dates = f"{rule.effective_from} {rule.checked_on}"
        known |= set(numbers(f"{rule.value}{rule.source.name}{dates}"))
        known |= {part.lstrip("0") for part in re.split(r"\D", dates) if part}
    return tuple(sorted(set(numbers(answer.answer)) - known))


def run(
    bot: Assistant, questions: Iterable[Question], report: Callable[[Graded], None]
) -> list[Graded]:
    """Grade all questions in order."""
    graded = []
    for question in questions:
        result = grade(bot, question)
        report(result)
        graded.append(result)
    return graded


def summary(graded: list[Graded]) -> dict[str, Any]:
    """Shares by group, and for the card questions: right card, own words, untraced numbers."""
    by_group: dict[str, list[Graded]] = {}
    for item in graded:
        by_group.setdefault(item.question.group, []).append(item)
    table: dict[str, Any] = {
        group: {"count": len(items), "kind_right": sum(i.kind_right for i in items)}
        for group, items in by_group.items()
    }
    if cards := by_group.get("card"):
        table["card"] |= {
            "card_right": sum(i.card_right for i in cards),
            "own_words": sum(i.own_words for i in cards),
            "untraced_numbers": sum(len(i.untraced) for i in cards),
        }
    if sums := by_group.get("calculation"):
        table["calculation"]["result_right"] = sum(i.result_right for i in sums)
    return table
