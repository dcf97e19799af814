"""Chooses the cards for a question, with the conversation so far in mind."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from toujiao.assistant.prompt import Message
from toujiao.knowledge.search import CardIndex, Hit, core_words, terms

# A card covers the question when score + weight x coverage reaches this (docs/experiments.md:
# chosen on the development questions).
CONFIDENT, COVERAGE_WEIGHT = 12.0, 10.0
# A second card joins when its score is at least this share of the first one's.
NEAR = 0.6
MOST_CARDS = 3
_POINTING = re.compile(
    r"它|那个|这个|那么|前面|上面|刚才|刚刚|这种|那种|^那|^还有|^为什么|^怎么|^咋"
)


@dataclass(frozen=True)
class Retrieved:
    """The cards found, best first; empty when none covers the question. `near` are the also-rans."""

    hits: tuple[Hit, ...]
    near: tuple[Hit, ...]


def is_confident(hit: Hit) -> bool:
    """Whether the card may be taken to answer the question."""
    return hit.score + COVERAGE_WEIGHT * hit.coverage >= CONFIDENT


def retrieve(question: str, history: Sequence[Message], index: CardIndex) -> Retrieved:
    """Cards for the question; one that only points back (“那它呢？”) is read with the one before."""
    hits = index.search(question, limit=MOST_CARDS)
    before = [m["content"] for m in history if m["role"] == "user"]
    if before and _POINTING.search(question) and not (hits and is_confident(hits[0])):
        hits = _search_with_topic(question, before[-1], index)
    if not hits or not is_confident(hits[0]):
        return Retrieved((), tuple(hits))
    kept = tuple(hit for hit in hits if hit.score >= NEAR * hits[0].score)
    return Retrieved(kept, tuple(hits[len(kept) :]))


def _search_with_topic(question: str, before: str, index: CardIndex) -> list[Hit]:
    topic = index.search(before, limit=1)
    if not topic or not is_confident(topic[0]):
        return index.search(question, limit=MOST_CARDS)
    title = topic[0].card.title
    if not terms(core_words(question)):
        return topic
    return index.search(f"{title}，{question}", limit=MOST_CARDS)
