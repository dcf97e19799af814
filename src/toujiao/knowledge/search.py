"""Finds the cards for a question: BM25 over the whole card, likeness to its questions, its names.

Works on the cards' own text, so it needs no model. The weights were chosen by leaving each card's
questions out in turn and on the development questions (docs/experiments.md).
"""

from __future__ import annotations

import math
import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np

from toujiao.knowledge.cards import CardDeck
from toujiao.records import Card

_TEMPLATE = re.compile(r"\{\{.*?\}\}|\{%.*?%\}", re.DOTALL)
_LATIN = re.compile(r"[a-z][a-z0-9&+]*|\d+")
_HAN = re.compile(r"[\u4e00-\u9fff]+")
# Question words and politeness: they say nothing about the subject.
_FILLER = re.compile(
    r"\d{4}年\d{1,2}月\d{1,2}[日号](?=.{6})|请问|请你|请用|请|大白话|通俗|简单|解释一?下?|介绍一?下?|讲讲|说说|告诉我|我想知道|我想|想问|问一?下|"
    r"什么是|是什么意思|啥意思|什么意思|是什么|是啥|什么|怎么回事|怎么样|怎么|如何|为什么|为啥|具体|到底|"
    r"what is an?|what are|what's|what is|what does|mean|how do|how to|how does|explain|tell me about|please|"
    r"指的是|(?<!股)指(?![数标期令定导引])|吗|呢|啊|呀|吧|嘛|的话|这个|那个|它的|它|咋|一般|通常|实际|"
    r"炒股(?!票|软件)|老?听[人别]*[讲说]|完全小白|我?是?个?小白|咋回事|咋弄|是个?什么东西|东西|嘛",
    re.IGNORECASE,
)
# Words that say the same thing in a question: each pattern is read as the word behind it.
_SAME = [
    (re.compile(pattern), word)
    for pattern, word in (
        (r"t加(?=[01])", "t+"),
        (r"集合竟价", "集合竞价"),
        (r"688(?:股票|开头的?(?:股票)?|的)?", "科创板"),
        (r"30[01]?开头的?(?:股票)?", "创业板"),
        (r"920开头的?(?:股票)?|北证(?!50)", "北交所"),
        (r"(?<!可)转债", "可转债"),
        (r"两融", "融资融券"),
        (r"贷款市场报价利率", "lpr"),
        (r"一年期", "1年期"),
        (r"五年期", "5年期"),
        (r"单日|每天|每日|每一天", "一天"),
        (r"上限|至多|(?<!史)最高(?![价点])", "最多"),
        (r"下限|至少|起码|最低(?![价点])", "最少"),
        (r"门槛|要求", "条件"),
        (r"啥时候?|何时|哪天|哪一天|几号|哪年|几时", "什么时候"),
        (r"实行|实施|生效|执行|开始施行", "施行"),
        (r"不一样|差别|不同|差异|差在哪", "区别"),
        (r"弃购|放弃缴款|没缴款|没交钱|不交钱", "不缴款"),
        (r"披星|戴星", "*st"),
        (r"戴帽", "st"),
        (r"营收|营业收入", "收入"),
        (r"购买|买进", "买入"),
        (r"(?:多少|几)(?:钱|块钱?|元)", "多少"),
        (r"幅度", "幅"),
        (r"头一天|第一天", "首日"),
        (r"合约乘数", "每点乘数"),
        (r"咋办|如何办", "怎么办"),
        (r"咋|如何", "怎么"),
        (r"啥", "什么"),
    )
]
BM25_WEIGHT, LIKENESS_WEIGHT, NAME_WEIGHT, COVERAGE_WEIGHT = 0.6, 5.0, 0.5, 10.0
LONGEST_NAME = 8
# A name that stands in the questions of more than this share of the other cards is the subject of
# them all (公积金 among cards on 公积金): it counts less the more of them there are.
COMMON_NAME = 0.08


@dataclass(frozen=True)
class Hit:
    """A card found: its score (higher is better) and how much of the question it speaks of.

    `coverage` is the share, weighted by rarity, of the question's words that stand in the card.
    """

    card: Card
    score: float
    coverage: float


def same_words(text: str) -> str:
    """The text (in small letters) with each word that has another spelling read as that one."""
    for pattern, word in _SAME:
        text = pattern.sub(word, text)
    return text


def terms(text: str) -> list[str]:
    """Index terms: Latin words, single Han characters and pairs of them."""
    lowered = same_words(text.lower())
    found = _LATIN.findall(lowered)
    for run in _HAN.findall(lowered):
        found += [run[i : i + 2] for i in range(len(run) - 1)]
        found += list(run)
    return found


def core_words(question: str) -> str:
    """The question without its question words; the question itself when nothing else is left."""
    return _FILLER.sub(" ", question).strip(" ？?！!，,。.") or question


class Likeness:
    """Cosine likeness (terms weighted by rarity) to the nearest of each owner's texts."""

    def __init__(self, owners_and_texts: Iterable[tuple[int, str]], size: int) -> None:
        self._size = size
        entries = [(owner, set(terms(core_words(text)))) for owner, text in owners_and_texts]
        frequency = Counter(term for _, found in entries for term in found)
        self._rarity = {t: math.log(1 + len(entries) / (1 + n)) for t, n in frequency.items()}
        self._unseen = math.log(1 + len(entries))
        self._owners = np.array([owner for owner, _ in entries])
        self._norms = np.array([self._norm(found) for _, found in entries])
        lists: dict[str, list[int]] = defaultdict(list)
        for number, (_, found) in enumerate(entries):
            for term in found:
                lists[term].append(number)
        self._postings = {term: np.array(numbers) for term, numbers in lists.items()}

    def _norm(self, found: set[str]) -> float:
        return math.sqrt(sum(self._rarity.get(t, self._unseen) ** 2 for t in found)) or 1.0

    def covered(self, query: set[str], document: set[str]) -> float:
        """Share of the query's weight that stands in the document."""
        weights = {term: self._rarity.get(term, self._unseen) for term in query}
        total = sum(weights.values())
        return sum(w for t, w in weights.items() if t in document) / total if total else 0.0

    def scores(self, query: set[str]) -> np.ndarray:
        """Likeness in 0..1 for every owner, shape (owners,)."""
        products = np.zeros(len(self._owners))
        for term in query & self._postings.keys():
            products[self._postings[term]] += self._rarity[term] ** 2
        best = np.zeros(self._size)
        np.maximum.at(best, self._owners, products / (self._norms * self._norm(query)))
        return best


class CardIndex:
    """A search index over a deck of cards."""

    def __init__(self, deck: CardDeck) -> None:
        import bm25s

        self._cards = list(deck)
        names = [(i, name) for i, c in enumerate(self._cards) for name in _names(c)]
        questions = [(i, q) for i, c in enumerate(self._cards) for q in _asked(c)]
        self._names = [(name.lower(), i) for i, name in names if len(name) > 1]
        self._tellings = _tellings(self._names, self._cards)
        self._likeness = Likeness([*questions, *names], len(self._cards))
        documents = [_document(card) for card in self._cards]
        self._vocabularies = [set(document) for document in documents]
        self._bm25 = bm25s.BM25(k1=1.2, b=0.6)
        self._bm25.index(documents, show_progress=False)

    def search(self, question: str, limit: int = 3) -> list[Hit]:
        """The best `limit` cards, best first; cards with score 0 are left out."""
        core = core_words(question)
        query = terms(core)
        scores = LIKENESS_WEIGHT * self._likeness.scores(set(query))
        if known := [term for term in query if term in self._bm25.vocab_dict]:
            scores += BM25_WEIGHT * self._bm25.get_scores(known)
        scores += self._name_scores(question.lower(), len(core.replace(" ", "")))
        order = np.argsort(-scores, kind="stable")[:limit]
        return [self._hit(i, float(scores[i]), set(query)) for i in order if scores[i] > 0]

    def _hit(self, i: int, score: float, query: set[str]) -> Hit:
        coverage = self._likeness.covered(query, self._vocabularies[i])
        return Hit(self._cards[i], score, coverage)

    def _name_scores(self, question: str, length: int) -> np.ndarray:
        """Names that stand in the question: longer ones, and those that cover it, count more.

        A name inside a longer name that also stands there does not count (“PE” in “PEG”).
        """
        scores = np.zeros(len(self._cards))
        found = [(name, i) for name, i in self._names if _stands_in(name, question)]
        for name, i in found:
            if any(name != other and name in other for other, _ in found):
                continue
            coverage = len(name) / max(length, len(name))
            score = NAME_WEIGHT * min(len(name), LONGEST_NAME) + COVERAGE_WEIGHT * coverage
            scores[i] = max(scores[i], score * self._tellings[name, i])
        return scores


def _tellings(
    names: Sequence[tuple[str, int]], cards: Sequence[Card]
) -> dict[tuple[str, int], float]:
    """How much each name tells about its card, 0 to 1: little where many others speak of it."""
    wanted, few = {name for name, _ in names}, max(1.0, COMMON_NAME * len(cards))
    lengths = {len(name) for name in wanted}
    spoken_of: list[set[str]] = []
    for card in cards:
        asked = "\n".join(card.header.questions).lower()
        pieces = {asked[i : i + n] for n in lengths for i in range(len(asked) - n + 1)}
        spoken_of.append({name for name in pieces & wanted if _stands_in(name, asked)})
    counts = Counter(name for found in spoken_of for name in found)
    others = {(name, owner): counts[name] - (name in spoken_of[owner]) for name, owner in names}
    return {key: min(1.0, few / count) ** 2 if count else 1.0 for key, count in others.items()}


def _names(card: Card) -> Sequence[str]:
    return sorted({card.title, *card.header.aliases})


def _asked(card: Card) -> Sequence[str]:
    """The card's questions, and the words in which its short answers are asked for."""
    return [*card.header.questions, *(ask for a in card.header.answers for ask in a.ask)]


def _document(card: Card) -> list[str]:
    questions = terms(" ".join(_asked(card)))
    return terms(" ".join(_names(card))) * 3 + questions * 2 + terms(_TEMPLATE.sub(" ", card.body))


def _stands_in(name: str, question: str) -> bool:
    """Whether `name` occurs in `question`; Latin names only as whole words ("MA" not in "MACD")."""
    if name not in question:
        return False
    if not name.isascii():
        return True
    return re.search(rf"(?<![a-z0-9]){re.escape(name)}(?![a-z0-9])", question) is not None
