"""Finds the cards for a question: exact names first, then BM25 over words and character pairs.

Works on the cards' own text (titles, aliases, questions, body), so it needs no model.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache

import numpy as np

from toujiao.knowledge.cards import CardDeck, load_cards
from toujiao.records import Card

_TEMPLATE = re.compile(r"\{\{.*?\}\}|\{%.*?%\}", re.DOTALL)
_LATIN = re.compile(r"[a-z][a-z0-9&+]*|\d+")
_HAN = re.compile(r"[\u4e00-\u9fff]+")
# Question words and politeness: they say nothing about the subject.
_FILLER = re.compile(
    r"请问|请你|请用|请|大白话|通俗|简单|解释一?下?|介绍一?下?|讲讲|说说|告诉我|我想知道|我想|想问|问一?下|"
    r"什么是|是什么意思|啥意思|什么意思|是什么|是啥|什么|怎么回事|怎么样|怎么|如何|为什么|为啥|具体|到底|"
    r"指的是|指|吗|呢|啊|呀|吧|嘛|的话|这个|那个|它的|它|咋|一般|通常|实际|炒股"
)
NAME_BONUS = 6.0
QUESTION_WEIGHT = 8.0


@dataclass(frozen=True)
class Hit:
    """A card found, with its score (higher is better; comparable within one search only)."""

    card: Card
    score: float


def terms(text: str) -> list[str]:
    """Index terms: Latin words, single Han characters' pairs and, for one-character runs, the character."""
    lowered = text.lower()
    found = _LATIN.findall(lowered)
    for run in _HAN.findall(lowered):
        found += [run[i : i + 2] for i in range(len(run) - 1)] or [run]
    return found


def core_words(question: str) -> str:
    """The question without its question words; the question itself when nothing else is left."""
    return _FILLER.sub(" ", question).strip(" ？?！!，,。.") or question


class CardIndex:
    """A search index over a deck of cards."""

    def __init__(self, deck: CardDeck) -> None:
        import bm25s

        self._cards = list(deck)
        self._names = [
            (name.lower(), position)
            for position, card in enumerate(self._cards)
            for name in {card.title, *card.header.aliases}
            if len(name) > 1
        ]
        self._questions = [
            (set(terms(core_words(question))), position)
            for position, card in enumerate(self._cards)
            for question in card.header.questions
        ]
        self._bm25 = bm25s.BM25(k1=1.2, b=0.6)
        self._bm25.index([self._document(card) for card in self._cards], show_progress=False)

    @staticmethod
    def _document(card: Card) -> list[str]:
        header = card.header
        names = " ".join([header.title, *header.aliases])
        body = _TEMPLATE.sub(" ", card.body)
        return terms(names) * 3 + terms(" ".join(header.questions)) * 2 + terms(body)

    def search(self, question: str, limit: int = 3) -> list[Hit]:
        """The best `limit` cards, best first; cards with score 0 are left out."""
        core = core_words(question)
        query = terms(core)
        scores = np.zeros(len(self._cards))
        known = [term for term in query if term in self._bm25.vocab_dict]
        if known:
            scores += self._bm25.get_scores(known)
        scores += self._name_scores(question.lower()) + self._question_scores(set(query))
        order = np.argsort(-scores, kind="stable")[:limit]
        return [Hit(self._cards[i], float(scores[i])) for i in order if scores[i] > 0]

    def _name_scores(self, question: str) -> np.ndarray:
        """A title or alias that stands in the question counts by its length."""
        scores = np.zeros(len(self._cards))
        for name, position in self._names:
            if _stands_in(name, question):
                scores[position] = max(scores[position], NAME_BONUS + 1.5 * min(len(name), 8))
        return scores

    def _question_scores(self, query: set[str]) -> np.ndarray:
        """How much the question overlaps with the nearest question written on the card (Dice)."""
        scores = np.zeros(len(self._cards))
        for known, position in self._questions:
            if shared := len(query & known):
                dice = 2 * shared / (len(query) + len(known))
                scores[position] = max(scores[position], QUESTION_WEIGHT * dice)
        return scores


def _stands_in(name: str, question: str) -> bool:
    """Whether `name` occurs in `question`; Latin names only as whole words ("MA" not in "MACD")."""
    if name not in question:
        return False
    if not name.isascii():
        return True
    return re.search(rf"(?<![a-z0-9]){re.escape(name)}(?![a-z0-9])", question) is not None


@cache
def load_index() -> CardIndex:
    """The index over the cards that ship with the package (built once per process)."""
    return CardIndex(load_cards())
