"""Asks the store development questions: the right card or rule first, and does the first sentence answer.

The questions (data/retrieval-*.jsonl) were written from the names of the concepts only, by someone
who had not seen the cards. `fact` lists spellings of which one must stand in the first sentence.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from toujiao.assistant.pipeline import Assistant
from toujiao.evaluate.questions import DATA_DIR, read_known
from toujiao.records import Answer, Record

QUESTIONS = DATA_DIR / "retrieval-dev.jsonl"
PAIRS = DATA_DIR / "retrieval-pairs.jsonl"
RULES = DATA_DIR / "retrieval-rules.jsonl"
FIRST_THREE = 3
_SENTENCE_END = re.compile(r"[。！？\n]")


class Asked(Record):
    """One question: `cards` and `rules` are right sources, `never` belongs to its twin."""

    id: str = ""
    question: str
    pointed: bool = True
    kind: str = ""
    cards: tuple[str, ...] = ()
    rules: tuple[str, ...] = ()
    rule: str = ""
    fact: tuple[str, ...] = ()
    never: tuple[str, ...] = ()


@dataclass(frozen=True)
class Looked:
    """One answer and what was found right in it."""

    asked: Asked
    answer: Answer
    first: bool
    in_three: bool
    sentence: str
    says_fact: bool
    says_twin: bool


def load(path: Path) -> list[Asked]:
    """The questions of a file, one JSON object a line; a pair is two lines (p001a, p001b)."""
    return read_known(path, Asked)


def look(bot: Assistant, asked: Asked) -> Looked:
    """Ask one question and see where the answer comes from and what its first sentence says."""
    answer = bot.ask(asked.question)
    cards = [card.id for card in answer.cards]
    cited = {rule.id for rule in answer.rules}
    stated = cited if answer.short else set()
    wanted = {*asked.rules, asked.rule} - {""}
    by_rule = bool(wanted & stated)
    sentence = first_sentence(answer)
    return Looked(
        asked=asked,
        answer=answer,
        first=bool(cards and cards[0] in asked.cards) or by_rule,
        in_three=bool(set(cards[:FIRST_THREE]) & set(asked.cards)) or bool(wanted & cited),
        sentence=sentence,
        says_fact=any(_says(sentence, fact) for fact in asked.fact),
        says_twin=_twin_first(sentence, asked),
    )


def first_sentence(answer: Answer) -> str:
    """The first sentence that is shown (both of a short answer)."""
    text = answer.short or answer.answer
    return text if answer.short else _SENTENCE_END.split(text, maxsplit=1)[0]


def _place(sentence: str, words: str) -> int:
    """Where the words stand, -1 for nowhere; a number not within a longer one (1% in 11%)."""
    wanted = re.escape(_plain(words))
    pattern = rf"(?<![\d.]){wanted}(?![\d.]\d*)" if words[:1].isdigit() else wanted
    found = re.search(pattern, _plain(sentence))
    return found.start() if found else -1


def _says(sentence: str, words: str) -> bool:
    return _place(sentence, words) >= 0


def _twin_first(sentence: str, asked: Asked) -> bool:
    """Whether the twin's value is said and the own one is not, or only after it."""
    twins = [place for words in asked.never if (place := _place(sentence, words)) >= 0]
    own = [place for words in asked.fact if (place := _place(sentence, words)) >= 0]
    return bool(twins) and (not own or min(twins) < min(own))


def _plain(text: str) -> str:
    text = re.sub(r"\s", "", text).lower()
    return re.sub(r"(?<=\d)[,，](?=\d{3}(?!\d))", "", text)  # 20,000; not “100%，10 天”


def run(bot: Assistant, questions: Iterable[Asked]) -> list[Looked]:
    """Look at every question."""
    return [look(bot, asked) for asked in questions]


def summary(looked: Sequence[Looked]) -> dict[str, Any]:
    """Counts and shares: first right, in the first three, first sentence answers, twin's answer."""
    sourced = [item for item in looked if item.asked.cards or item.asked.rules or item.asked.rule]
    pointed = [item for item in looked if item.asked.pointed and item.asked.fact]
    return {
        "questions": len(looked),
        "first_right": _share(item.first for item in sourced),
        "first_three": _share(item.in_three for item in sourced),
        "pointed": len(pointed),
        "first_sentence_answers": _share(item.says_fact for item in pointed),
        "twin_answers": sum(item.says_twin for item in looked),
    }


def _share(hits: Iterable[bool]) -> float:
    counted = list(hits)
    return round(sum(counted) / len(counted), 4) if counted else 0.0


def misses(looked: Sequence[Looked]) -> list[dict[str, Any]]:
    """The questions that went wrong, for people to read."""
    return [
        {
            "id": item.asked.id,
            "question": item.asked.question,
            "wanted": [*item.asked.cards, *item.asked.rules, item.asked.rule],
            "cards": [card.id for card in item.answer.cards],
            "kind": item.answer.kind,
            "first": item.first,
            "fact": list(item.asked.fact),
            "says_fact": item.says_fact,
            "sentence": item.sentence,
        }
        for item in looked
        if not item.first
        or item.says_twin
        or (item.asked.pointed and item.asked.fact and not item.says_fact)
    ]
