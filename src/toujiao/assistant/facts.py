"""Traces the figures of a sentence to the material: same value, same unit, same role.

A figure counts as traced only where the material says it of the same subject, and where no other
figure of the material fits the words around it better (that one should have been said).
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from functools import lru_cache

from toujiao.assistant import roles
from toujiao.assistant.conflicts import conflict
from toujiao.assistant.copies import Copies, sentences
from toujiao.assistant.figure import Figure
from toujiao.assistant.figures import LIST_MARK, read_figures
from toujiao.assistant.spots import Spot, spots_of, word_parts

_WEIGHTS = (3.0, 1.0, 2.0, 1.5, 3.0)  # left, right, clause, sentence, up to the next figure
_BESIDE, _OTHERS = 2.5, 1.5  # figures of the same clause, of the same sentence
_LOOKS_THE_SAME = 0.6
_BETTER = 0.1  # a fact so much nearer that contradicts was meant
_FEWEST_SHARED = 0.65
_ENUMERATION = frozenset(("步", "句", "件", "样", "组", "把", "队", "点"))
_HOLDS = re.compile(
    r"[你您][^，。]{0,8}(?:卖|买|持|有|投|花|亏|赚|成本|存|押|借)|(?:如果|假如|要是|若)[^，。]{0,8}(?:卖|买|持|投|花|成本)"
)
_RULE_WORDS = re.compile(
    r"最低|最高|至少|最多|不超过|起点|必须|规定|门槛|标准|限|佣金|税|费|率|需要|要有|够|就能|就可以|可以|符合|满足|"
    r"达标|不用|免|收取|收\s*$|涨停|跌停|幅|起征|开通|权限"
)


@dataclass
class Facts:
    """All figures of one text in their roles, and the sentences they stand in."""

    spots: list[Spot] = field(default_factory=list)
    head: str = ""


@lru_cache(maxsize=512)
def facts_of(text: str) -> Facts:
    """The facts of a text (a card is read once, not for every question)."""
    facts = Facts()
    for line in text.split("\n"):
        before: list[str] = []
        for sentence in sentences(line):
            facts.spots += spots_of(sentence, before, facts.head)
            facts.head = facts.head or sentence
            before.append(sentence)
    return facts


@lru_cache(maxsize=512)
def copies_of(text: str) -> Copies:
    """The sentences of a text, also across its line breaks: an answer joins the lines."""
    copies = Copies()
    for whole in dict.fromkeys((text, text.replace("\n", ""))):
        for sentence in sentences(whole):
            copies.add(sentence)
    return copies


class Tracer:
    """Traces sentences to the material of one question."""

    def __init__(self, question: str, material: Iterable[str]) -> None:
        texts = list(material)
        read = [facts_of(text) for text in texts]
        self._spots = [spot for facts in read for spot in facts.spots]
        self._in_sentence: dict[str, list[Spot]] = {}
        for spot in self._spots:
            self._in_sentence.setdefault(spot.sentence, []).append(spot)
        self._copies = Copies()
        for text in texts:
            self._copies.join(copies_of(text))
        self._head = read[0].head if read else ""
        self._question = question
        self._asked = read_figures(question)

    def fault(self, sentence: str, said: Sequence[str] = ()) -> str:
        """Why a figure of the sentence may not be shown; "" when all are traced.

        `said` are the sentences shown before it, which it may lean on.
        """
        body = LIST_MARK.sub("", sentence)
        figures = read_figures(body)
        if not figures or self._copies.has(body, figures):
            return ""
        if roles.AGREED.search(body.strip()) and self._repeats_question(figures):
            return self._fault_of_agreement(body)
        return self._copies.fault(body, figures) or self._fault_of_figures(body, figures, said)

    def _fault_of_agreement(self, sentence: str) -> str:
        """“对，” before a figure of the question: only where the material says so word for word."""
        rest = roles.AGREED.sub("", sentence.strip(), count=1)
        right = self._copies.has(rest, read_figures(rest))
        return "" if right else "agrees with a figure of the question"

    def _fault_of_figures(self, body: str, figures: Sequence[Figure], said: Sequence[str]) -> str:
        spots = spots_of(body, [self._question, *said[-2:]])
        if any(figure.idle for figure in figures):
            idle = [spot for spot in spots_of(body, idle=True) if spot.figure.idle]
            if fault := next((fault for spot in idle if (fault := self._fault_of_idle(spot))), ""):
                return fault
            spots += [spot for spot in idle if spot.bound]  # 满一天
        loose = [spot for spot in spots if not self._known(spot)]
        if loose:
            return f"untraced numbers: {', '.join(spot.figure.text for spot in loose)}"
        fault = next((fault for spot in spots if (fault := self._fault_of(spot))), "")
        return fault or self._fault_together(spots)

    def _fault_together(self, spots: Sequence[Spot]) -> str:
        """Two figures that the material says in one sentence must both be right in one sentence."""
        for one, other in itertools.pairwise(spots):
            together = [
                (f, g)
                for f in self._spots
                if one.figure.fits(f.figure)
                for g in self._in_sentence[f.sentence]
                if g is not f and other.figure.fits(g.figure)
            ]
            if together and _turned_round(one, other, together):
                return f"{one.figure.text} and {other.figure.text} are turned round"
            if together and not any(
                not conflict(one, f, self._head) and not conflict(other, g, self._head)
                for f, g in together
            ):
                return f"{one.figure.text} and {other.figure.text} do not go together"
        return ""

    def _repeats_question(self, figures: Sequence[Figure]) -> bool:
        return any(figure.fits(asked) for figure in figures for asked in self._asked)

    def _known(self, spot: Spot) -> bool:
        figure = spot.figure
        if any(figure.fits(fact.figure) for fact in self._spots) or self._is_own(spot):
            return True
        # 三步, 两句话: how the answer counts its own parts.
        return figure.kind in _ENUMERATION and not any(
            fact.figure.kind == figure.kind for fact in self._spots
        )

    def _is_own(self, spot: Spot) -> bool:
        """The user's own amount, said as theirs and not as a rule."""
        if not any(spot.figure.fits(asked) for asked in self._asked):
            return False
        return bool(_HOLDS.search(spot.clause)) and not _RULE_WORDS.search(spot.sentence)

    def _fault_of_idle(self, spot: Spot) -> str:
        """一次, 一天: free, unless the material counts the same thing in the same words."""
        for fact in self._spots:
            same = fact.figure.kind == spot.figure.kind and not spot.figure.fits(fact.figure)
            if same and _alike(spot.words[2], fact.words[2]) >= _LOOKS_THE_SAME:
                return f"{spot.figure.text}: the material has {fact.figure.text} here"
        return ""

    def _fault_of(self, spot: Spot) -> str:
        facts = [fact for fact in self._spots if spot.figure.fits(fact.figure)]
        if self._is_own(spot) or not facts:
            return ""
        reasons = [(conflict(spot, fact, self._head), fact) for fact in facts]
        fitting = [fact for reason, fact in reasons if not reason]
        if not fitting:
            return f"{spot.figure.text}: {reasons[0][0]}"
        best, closest = max(((likeness(spot, fact), fact) for fact in fitting), key=lambda x: x[0])
        if shared(spot, closest, self._head) < _FEWEST_SHARED:
            return f"{spot.figure.text}: said of something else"
        for reason, fact in reasons:
            if reason and likeness(spot, fact) > best + _BETTER:
                return f"{spot.figure.text}: {reason}"
        return self._rival_of(spot, closest, best)

    def _rival_of(self, spot: Spot, closest: Spot, best: float) -> str:
        """Whether another figure of the kind stands in the material where this one is said."""
        for fact in self._spots:
            if fact.figure.kind != spot.figure.kind or spot.figure.fits(fact.figure):
                continue
            score = likeness(spot, fact)
            rival = score > best or (score == best and fact.sentence != closest.sentence)
            if rival and not conflict(spot, fact, self._head):
                return f"{spot.figure.text}: the material has {fact.figure.text} here"
        return ""


def _turned_round(one: Spot, other: Spot, together: Sequence[tuple[Spot, Spot]]) -> bool:
    """Whether two figures of a kind stand in a clause in the opposite order of the material."""
    if one.figure.kind != other.figure.kind or other.figure not in one.beside:
        return False
    return all(f.figure.start > g.figure.start and g.figure in f.beside for f, g in together)


def likeness(said: Spot, fact: Spot) -> float:
    """How well the words around the two figures agree."""
    left, right, clause, sentence, tail = _WEIGHTS
    score = left * _alike(said.words[0], fact.words[0]) + right * _alike(
        said.words[1], fact.words[1]
    )
    score += clause * _alike(said.words[2], fact.words[2])
    score += sentence * _covered(said.words[3], fact.words[3])
    score += tail * _alike(said.words[4], fact.words[4])
    score += _OTHERS * _found(said.others, (*fact.others, *fact.around))
    return score + _BESIDE * _found(said.beside, fact.beside)


def _found(said: Sequence[Figure], known: Sequence[Figure]) -> float:
    return sum(any(one.fits(k) for k in known) for one in said) / len(said) if said else 0.0


def _alike(one: frozenset[str], other: frozenset[str]) -> float:
    if not one and not other:
        return 1.0
    return 2 * len(one & other) / (len(one) + len(other))


def _covered(said: frozenset[str], fact: frozenset[str]) -> float:
    return len(said & fact) / len(said) if said else 1.0


def shared(said: Spot, fact: Spot, head: str) -> float:
    """Share of the clause's word parts that stand near the fact or in the head of the card."""
    known = word_parts(fact.near) | word_parts(head)
    return max(_covered(said.words[2], known), _covered(said.words[3], known))
