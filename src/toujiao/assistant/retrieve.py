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
# Words that point back, and words about how to tell it: neither names a subject of its own.
_POINTING = re.compile(
    r"它|他|那个|这个|那么|这样|前面|上面|上一个|刚才|刚刚|这种|那种|那些|这些|那|这|还有"
)
_MANNER = re.compile(
    r"为什么|为啥|怎么|咋|如何|算|看|用|做|例子|举个?例?子?|再|简单|通俗|详细|具体|一点|点儿?|些|靠谱|准|真的|假的|"
    r"有用|有什么|有啥|区别|不同|风险|误区|比方|打个|多少|所以|然后|继续|说|讲|呢|吗|了|的|是|会|要|能|可以|"
    r"好|不|有|没|什么|啥|意思|举|两个|一个|个|两"
)


@dataclass(frozen=True)
class Retrieved:
    """The cards found, best first; empty when none covers the question. `near` are the also-rans."""

    hits: tuple[Hit, ...]
    near: tuple[Hit, ...]


def is_confident(hit: Hit) -> bool:
    """Whether the card may be taken to answer the question."""
    return hit.score + COVERAGE_WEIGHT * hit.coverage >= CONFIDENT


def points_back(question: str) -> bool:
    """Whether the question names no subject of its own (“那它怎么算呢？”, “举个例子”)."""
    left = _MANNER.sub("", _POINTING.sub("", core_words(question)))
    return not terms(left)


def retrieve(question: str, history: Sequence[Message], index: CardIndex) -> Retrieved:
    """Cards for the question; one that only points back is about the last subject talked of."""
    hits = index.search(question, limit=MOST_CARDS)
    if points_back(question):
        hits = _last_subject(history, index) or hits
    elif _POINTING.search(question) and not (hits and is_confident(hits[0])):
        topic = _last_subject(history, index)
        title = f"{topic[0].card.title}，" if topic else ""
        hits = index.search(title + question, limit=MOST_CARDS)
    if not hits or not is_confident(hits[0]):
        return Retrieved((), tuple(hits))
    kept = tuple(hit for hit in hits if hit.score >= NEAR * hits[0].score)
    return Retrieved(kept, tuple(hits[len(kept) :]))


def led_by_the_subject(question: str, card_ids: Sequence[str], index: CardIndex) -> tuple[str, ...]:
    """The cards of a refusal or warning, the one that the question is about first.

    As many as `card_ids`, so nothing is added to a reply that goes without cards.
    """
    found = retrieve(question, [], index).hits[:1] if card_ids else ()
    about = [hit.card.id for hit in found if hit.card.id not in card_ids[:1]]
    return tuple(dict.fromkeys((*about, *card_ids)))[: len(card_ids)]


def _last_subject(history: Sequence[Message], index: CardIndex) -> list[Hit]:
    """The best card for the newest question before this one that names a subject."""
    for message in reversed(history):
        if message["role"] != "user" or points_back(message["content"]):
            continue
        best = index.search(message["content"], limit=1)
        if best and is_confident(best[0]):
            return best
    return []
