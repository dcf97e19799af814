"""Sentences and clauses that stand in the material almost as they are said.

A near copy has to have the figures of its source, in their order, and its role words: a changed
digit, unit, side or bound in an otherwise known sentence is never shown.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field

from rapidfuzz import fuzz, process

from toujiao.assistant import roles
from toujiao.assistant.figure import Figure
from toujiao.assistant.figures import read_figures
from toujiao.assistant.spots import PARENTHESIS

END_MARKS = "。！？\n"
_SENTENCE = re.compile(rf"[^{END_MARKS}]*[{END_MARKS}]+[”’）)]*|[^{END_MARKS}]+")
_NOISE = re.compile(r"(?:[\s“”‘’《》（）()，。！？；：、!?;:\0*#`]|[,.](?!\d)|(?<!\d)[,.])+")
_CLAUSES = re.compile(r"[，。；！？\n：]+")
HOLE = "◆"
# From here on a clause or sentence is a copy; from _FREE on one in freer words.
_NEAR, _FREE = 86.0, 72.0
_SEVERAL = 2
_SAME_CLAUSE = 50.0
_SHORTEST_CLAUSE = 3


def sentences(text: str) -> list[str]:
    """Sentences with their end marks and line breaks, nothing lost."""
    return _SENTENCE.findall(text)


def masked(text: str, figures: Sequence[Figure]) -> str:
    """The text with a hole for every figure, without space and punctuation."""
    for figure in reversed(figures):
        text = f"{text[: figure.start]}{HOLE}{text[figure.end :]}"
    return _NOISE.sub("", text)


def _keeps(text: str, said: frozenset[str], source: frozenset[str], copy: Copy) -> bool:
    """Whether all roles are kept, apart from those of whole clauses that were left out."""
    if not said <= source:
        return False
    lost = source - said
    told = clause_texts(text) if lost else []
    gone = [
        own
        for clause, own in copy.optional
        if not any(fuzz.ratio(clause, part) >= _SAME_CLAUSE for part in told)
    ]
    may_go = {role.split("#")[0] for own in gone for role in own}
    return all(role.split("#")[0] in may_go for role in lost)


def _blanked(text: str, figures: Sequence[Figure]) -> str:
    for figure in figures:
        text = text[: figure.start] + "\0" * (figure.end - figure.start) + text[figure.end :]
    return text


def signature(text: str, figures: Sequence[Figure]) -> frozenset[str]:
    """The role words of a text that are no part of a figure (下午 of 下午三点)."""
    return roles.signature(_blanked(text, figures))


def core_signature(text: str, figures: Sequence[Figure]) -> frozenset[str]:
    """Those that also a freer copy has to keep."""
    return roles.core_signature(_blanked(text, figures))


@dataclass(frozen=True)
class Copy:
    """A sentence or clause of the material: its figures, and whether it is a quoted claim."""

    figures: tuple[Figure, ...]
    quoted: bool
    roles: frozenset[str] = frozenset()
    core: frozenset[str] = frozenset()
    optional: tuple[tuple[str, frozenset[str]], ...] = ()  # clauses without a figure: their roles

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


def clause_texts(sentence: str) -> list[str]:
    """The clauses of a sentence as texts."""
    return [part for part in _CLAUSES.split(sentence) if part.strip()]


def is_quoted(sentence: str) -> bool:
    """Whether the sentence is all in quotation marks: a claim, mostly a wrong one."""
    return sentence.strip().startswith(("“", "「")) and sentence.strip().endswith(("”", "」"))


def _without_asides(match: re.Match[str]) -> str:
    """Nothing for an explanation in parentheses; a sum in parentheses stays."""
    return match.group() if _counting(read_figures(match.group())) else ""


@dataclass
class Copies:
    """The sentences and clauses of the material that hold figures, by their text with holes."""

    whole: dict[str, list[Copy]] = field(default_factory=dict)
    clauses: dict[str, list[Copy]] = field(default_factory=dict)

    def add(self, sentence: str) -> None:
        """A sentence of the material, also as it reads without its parentheses."""
        self._add(sentence)
        if (short := PARENTHESIS.sub(_without_asides, sentence)) != sentence:
            self._add(short)

    def join(self, other: Copies) -> None:
        """Take over all of the other's."""
        for mine, theirs in ((self.whole, other.whole), (self.clauses, other.clauses)):
            for key, copies in theirs.items():
                mine.setdefault(key, []).extend(copies)

    def _add(self, sentence: str) -> None:
        figures = read_figures(sentence)
        if not figures:
            return
        without = [part for part in clause_texts(sentence) if not _counting(read_figures(part))]
        copy = Copy(
            figures,
            is_quoted(sentence),
            signature(sentence, figures),
            core_signature(sentence, figures),
            tuple((part, roles.signature(part)) for part in without),
        )
        self.whole.setdefault(masked(sentence, figures), []).append(copy)
        for part in clause_texts(sentence):
            if found := read_figures(part):
                self.clauses.setdefault(masked(part, found), []).append(
                    Copy(found, copy.quoted, signature(part, found))
                )

    def has(self, sentence: str, figures: Sequence[Figure]) -> bool:
        """Whether the sentence stands in the material, its numbers perhaps written otherwise."""
        quoted = is_quoted(sentence)
        return any(
            copy.says(figures) and (quoted or not copy.quoted)
            for copy in self.whole.get(masked(sentence, figures), ())
        )

    def fault(self, sentence: str, figures: Sequence[Figure]) -> str:
        """What a sentence or clause almost as in the material has changed of it; "" for nothing."""
        parts = [(sentence, tuple(figures), self.whole)]
        parts += [(part, read_figures(part), self.clauses) for part in clause_texts(sentence)]
        for text, found, copies in parts:
            if found and (fault := _near_fault(text, found, copies)):
                return fault
        return self._free_fault(sentence, figures)

    def _free_fault(self, sentence: str, figures: Sequence[Figure]) -> str:
        """The same figures in the same order in much the same words: then of the same sides."""
        if sum(not figure.idle for figure in figures) < _SEVERAL:
            return ""
        same = [c for c in _close(sentence, figures, self.whole, _FREE) if c.says(figures)]
        core = core_signature(sentence, figures)
        if same and not any(_keeps(sentence, core, c.core, c) for c in same):
            return f"words of a role differ from the material: {sentence.strip()}"
        return ""


def _near_fault(text: str, figures: Sequence[Figure], copies: dict[str, list[Copy]]) -> str:
    near = _close(text, figures, copies, _NEAR)
    same = [c for c in near if c.says(figures)]
    if near and not same and not any(c.says_more(figures) for c in near):
        return f"numbers differ from the material: {text.strip()}"
    said = signature(text, figures)
    if same and not any(_keeps(text, said, c.roles, c) for c in same):
        return f"words of a role differ from the material: {text.strip()}"
    return ""


def _close(
    text: str, figures: Sequence[Figure], copies: dict[str, list[Copy]], at_least: float
) -> list[Copy]:
    """The copies whose words are that close to those of the text."""
    key = masked(text, figures)
    if len(key) < _SHORTEST_CLAUSE:
        return []
    found = process.extract(key, copies.keys(), scorer=fuzz.ratio, score_cutoff=at_least, limit=8)
    return [copy for name, _, _ in found for copy in copies[name]]
