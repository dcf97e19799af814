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

from rapidfuzz import fuzz, process

from toujiao.assistant import roles
from toujiao.assistant.figures import LIST_MARK, TIME, Figure, read_figures
from toujiao.assistant.spots import PARENTHESIS, SUBJECT_GROUPS, Spot, spots_of, word_parts

END_MARKS = "。！？\n"
_SENTENCE = re.compile(rf"[^{END_MARKS}]*[{END_MARKS}]+[”’）)]*|[^{END_MARKS}]+")
_NOISE = re.compile(r"(?:[\s“”‘’《》（）()，。！？；：、!?;:\0*#`]|[,.](?!\d)|(?<!\d)[,.])+")
_CLAUSES = re.compile(r"[，。；！？\n：]+")
HOLE = "◆"
_NEAR, _FREE = 86.0, 72.0
_SEVERAL = 2
_SHORTEST_CLAUSE = 3
_WEIGHTS = (3.0, 1.0, 2.0, 1.5)  # left, right, clause, sentence
_BESIDE, _OTHERS = 2.5, 1.5  # figures of the same clause, of the same sentence
_LOOKS_THE_SAME = 0.6
_MARGIN = 0.0
_FEWEST_SHARED = 0.55
# The head of a card may stand for these: they need not be said again.
_OF_HEAD = ("费", "品种", "人")
_LIMIT = re.compile(r"涨跌幅|涨停|跌停|限\s*$|上限|幅度")
_LAW = re.compile(r"施行|执行|实行|实施|生效|调整|下调|修订|改")
_ENUMERATION = frozenset(("步", "句", "件", "样", "组", "把", "队", "点"))
_HOLDS = re.compile(
    r"[你您][^，。]{0,8}(?:卖|买|持|有|投|花|亏|赚|成本|存|押|借)|(?:如果|假如|要是|若)[^，。]{0,8}(?:卖|买|持|投|花|成本)"
)
_RULE_WORDS = re.compile(
    r"最低|最高|至少|最多|不超过|起点|必须|规定|门槛|标准|限|佣金|税|费|率|需要|要有|够|就能|就可以|可以|符合|满足|"
    r"达标|不用|免|收取|收\s*$|涨停|跌停|幅|起征|开通|权限"
)


def sentences(text: str) -> list[str]:
    """Sentences with their end marks and line breaks, nothing lost."""
    return _SENTENCE.findall(text)


def masked(text: str, figures: Sequence[Figure]) -> str:
    """The text with a hole for every figure, without space and punctuation."""
    for figure in reversed(figures):
        text = f"{text[: figure.start]}{HOLE}{text[figure.end :]}"
    return _NOISE.sub("", text)


@dataclass(frozen=True)
class Copy:
    """A sentence or clause of the material: its figures, and whether it is a quoted claim."""

    figures: tuple[Figure, ...]
    quoted: bool
    roles: tuple[str, ...] = ()
    core: tuple[str, ...] = ()

    def says(self, figures: Sequence[Figure]) -> bool:
        """Whether these are the same figures in the same order, words like 一个 aside."""
        if self._same(figures, self.figures):
            return True
        return self._same(_counting(figures), _counting(self.figures))

    @staticmethod
    def _same(said: Sequence[Figure], own: Sequence[Figure]) -> bool:
        return len(said) == len(own) and all(
            one.fits(fact) for one, fact in zip(said, own, strict=True)
        )

    def says_more(self, figures: Sequence[Figure]) -> bool:
        """Whether these figures stand here in this order, with others between them."""
        if len(figures) >= len(self.figures):
            return False
        own = iter(_counting(self.figures))
        return all(any(one.fits(fact) for fact in own) for one in _counting(figures))


def _counting(figures: Sequence[Figure]) -> list[Figure]:
    return [figure for figure in figures if not (figure.idle and figure.value == 1)]


@dataclass
class Facts:
    """All figures of one text in their roles, and the sentences they stand in."""

    spots: list[Spot] = field(default_factory=list)
    whole: dict[str, list[Copy]] = field(default_factory=dict)
    clauses: dict[str, list[Copy]] = field(default_factory=dict)
    head: str = ""


@lru_cache(maxsize=512)
def facts_of(text: str) -> Facts:
    """The facts of a text (a card is read once, not for every question)."""
    facts = Facts()
    for line in text.split("\n"):
        before: list[str] = []
        for sentence in sentences(line):
            facts.spots += spots_of(sentence, before, facts.head)
            _add_copies(facts, sentence)
            if (short := PARENTHESIS.sub("", sentence)) != sentence:
                _add_copies(facts, short)
            facts.head = facts.head or sentence
            before.append(sentence)
    return facts


def _add_copies(facts: Facts, sentence: str) -> None:
    figures = read_figures(sentence)
    if not figures:
        return
    copy = Copy(figures, is_quoted(sentence), roles.signature(sentence), roles.core_signature(sentence))
    facts.whole.setdefault(masked(sentence, figures), []).append(copy)
    for part in clause_texts(sentence):
        if found := read_figures(part):
            facts.clauses.setdefault(masked(part, found), []).append(
                Copy(found, copy.quoted, roles.signature(part))
            )


def clause_texts(sentence: str) -> list[str]:
    """The clauses of a sentence as texts."""
    return [part for part in _CLAUSES.split(sentence) if part.strip()]


def is_quoted(sentence: str) -> bool:
    """Whether the sentence is all in quotation marks: a claim, mostly a wrong one."""
    return sentence.strip().startswith(("“", "「")) and sentence.strip().endswith(("”", "」"))


class Tracer:
    """Traces sentences to the material of one question."""

    def __init__(self, question: str, material: Iterable[str]) -> None:
        texts = list(material)
        read = [facts_of(text) for text in texts]
        read += [facts_of(joined) for text in texts if (joined := text.replace("\n", "")) != text]
        self._spots = [spot for facts in read[: len(texts)] for spot in facts.spots]
        self._in_sentence: dict[str, list[Spot]] = {}
        for spot in self._spots:
            self._in_sentence.setdefault(spot.sentence, []).append(spot)
        self._whole: dict[str, list[Copy]] = {}
        self._clauses: dict[str, list[Copy]] = {}
        for facts in read:
            for key, copies in facts.whole.items():
                self._whole.setdefault(key, []).extend(copies)
            for key, copies in facts.clauses.items():
                self._clauses.setdefault(key, []).extend(copies)
        self._head = read[0].head if read else ""
        self._question = question
        self._asked = read_figures(question)
        self._said: list[str] = []

    def remember(self, sentence: str) -> None:
        """The sentence was shown: what follows may lean on it."""
        self._said.append(sentence)

    def fault(self, sentence: str) -> str:
        """Why a figure of the sentence may not be shown; "" when all are traced."""
        body = LIST_MARK.sub("", sentence)
        figures = read_figures(body)
        if not figures or self._is_copy(body, figures):
            return ""
        if fault := self._near_copy(body, figures):
            return fault
        if roles.AGREED.search(body.strip()) and self._repeats_question(figures):
            return "agrees with a figure of the question"
        spots = spots_of(body, [self._question, *self._said[-2:]])
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
            if together and not any(
                not conflict(one, f, self._head) and not conflict(other, g, self._head)
                for f, g in together
            ):
                return f"{one.figure.text} and {other.figure.text} do not go together"
        return ""

    def _is_copy(self, sentence: str, figures: Sequence[Figure]) -> bool:
        copies = self._whole.get(masked(sentence, figures), ())
        quoted = is_quoted(sentence)
        return any(copy.says(figures) and (quoted or not copy.quoted) for copy in copies)

    def _near_copy(self, sentence: str, figures: Sequence[Figure]) -> str:
        """A sentence or clause almost as in the material has to have its figures."""
        parts = [(sentence, tuple(figures), self._whole)]
        parts += [(part, read_figures(part), self._clauses) for part in clause_texts(sentence)]
        for text, found, copies in parts:
            key = masked(text, found)
            if not found or len(key) < _SHORTEST_CLAUSE:
                continue
            near = process.extract(key, copies.keys(), scorer=fuzz.ratio, score_cutoff=_NEAR, limit=8)
            of = [c for name, _, _ in near for c in copies[name]]
            same = [c for c in of if c.says(found)]
            if of and not same and not any(c.says_more(found) for c in of):
                return f"numbers differ from the material: {text.strip()}"
            if same and roles.signature(text) not in [copy.roles for copy in same]:
                return f"words of a role differ from the material: {text.strip()}"
        return self._free_copy(sentence, figures)

    def _free_copy(self, sentence: str, figures: Sequence[Figure]) -> str:
        """The same figures in the same order in much the same words: then of the same sides."""
        if sum(not figure.idle for figure in figures) < _SEVERAL:
            return ""
        key = masked(sentence, figures)
        near = process.extract(
            key, self._whole.keys(), scorer=fuzz.ratio, score_cutoff=_FREE, limit=5
        )
        same = [c for name, _, _ in near for c in self._whole[name] if c.says(figures)]
        core = roles.core_signature(sentence)
        if same and core not in [copy.core for copy in same]:
            return f"words of a role differ from the material: {sentence.strip()}"
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
        for fact in self._spots:
            if fact.figure.kind != spot.figure.kind or spot.figure.fits(fact.figure):
                continue
            score = likeness(spot, fact)
            rival = score > best + _MARGIN or (score == best and fact.sentence != closest.sentence)
            if rival and not conflict(spot, fact, self._head):
                return f"{spot.figure.text}: the material has {fact.figure.text} here"
        return ""


def likeness(said: Spot, fact: Spot) -> float:
    """How well the words around the two figures agree."""
    left, right, clause, sentence = _WEIGHTS
    score = left * _alike(said.words[0], fact.words[0]) + right * _alike(said.words[1], fact.words[1])
    score += clause * _alike(said.words[2], fact.words[2])
    score += sentence * _covered(said.words[3], fact.words[3])
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


def conflict(said: Spot, fact: Spot, head: str) -> str:
    """Why the two cannot be the same statement; "" when they can."""
    for check in (_time_conflict, _claim_conflict, _bound_conflict, _subject_conflict, _manner_conflict):
        if reason := check(said, fact, head):
            return reason
    return ""


def _time_conflict(said: Spot, fact: Spot, head: str) -> str:
    if said.old != fact.old:
        return "old and new are mixed up"
    if said.when == fact.when:
        return ""
    if said.figure.kind == TIME:
        return "before and after are mixed up" if fact.when in ("前", "起") and said.when else ""
    if {said.when, fact.when} == {"", "起"}:
        lawful = said.when == "" or _LAW.search(fact.sentence)
        return "" if lawful else "no day from which something holds"
    return "before and after are mixed up"


def _claim_conflict(said: Spot, fact: Spot, head: str) -> str:
    if fact.quoted and not (said.quoted or roles.DENIED.search(said.sentence)):
        return "a claim is said as a fact"
    if not fact.example or said.example:
        return ""
    known = (*fact.others, *fact.around)
    if any(other.fits(one) for other in said.others for one in known):
        return ""
    return "an example is said as a rule"


def _bound_conflict(said: Spot, fact: Spot, head: str) -> str:
    if said.bound == fact.bound:
        return ""
    if not fact.bound and fact.old and said.bound in roles.bounds_in(fact.sentence):
        return ""  # 现在最低 100%，之前是 80%
    if not fact.bound and said.bound == "<=" and _LIMIT.search(fact.clause):
        return ""
    if not said.bound and fact.bound == "<=" and _LIMIT.search(said.clause):
        return ""
    return f"{said.bound or '='} instead of {fact.bound or '='}"


def _subject_conflict(said: Spot, fact: Spot, head: str) -> str:
    for group in SUBJECT_GROUPS:
        one, one_far = said.subjects.get(group, (frozenset[str](), 9))
        other, other_far = fact.subjects.get(group, (frozenset[str](), 9))
        if group == "所":
            one, other = one - {"沪深"}, other - {"沪深"}
        if one and other and _within(one, other, said) and not (other_far == 0 < one_far and _names_subject(said)):
            continue
        if one and (one_far < 2 or other_far < 2) and (other or one_far < 2):
            return f"{'/'.join(sorted(one))} instead of {'/'.join(sorted(other)) or 'nothing'}"
        if other and other_far < 2 and not (group in _OF_HEAD and other & _in_head(head, group)):
            return f"does not say {'/'.join(sorted(other))}"
    return ""


def _within(one: frozenset[str], other: frozenset[str], said: Spot) -> bool:
    """Whether the subject is one of the fact's; of a total, all have to be named."""
    return one == other if "合" in said.manners.get("单位", ()) else one <= other


def _names_subject(said: Spot) -> bool:
    """Whether a board or a kind of paper stands beside the figure: then all that matters has to."""
    return any(said.subjects.get(group, ((), 9))[1] == 0 for group in ("板", "品种", "所"))


@lru_cache(maxsize=1024)
def _in_head(head: str, group: str) -> set[str]:
    return roles.values(roles.roles_in(head), group)


def _manner_conflict(said: Spot, fact: Spot, head: str) -> str:
    nearby = roles.roles_in(fact.near)
    for group in set(said.manners) | set(fact.manners):
        one, other = said.manners.get(group, frozenset()), fact.manners.get(group, frozenset())
        if one and other and not one & other:
            return f"{'/'.join(sorted(one))} instead of {'/'.join(sorted(other))}"
        if one and not other and not one <= roles.values(nearby, group):
            return f"adds {'/'.join(sorted(one))}"
        if group == "否" and bool(one) != bool(other):
            return "a negation is added or lost"
    names = roles.latin_words(said.left)
    known = roles.latin_words(fact.near) | roles.latin_words(head)
    return f"names {'/'.join(sorted(names - known))}" if names - known else ""
