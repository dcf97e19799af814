"""Decides which questions are not answered as asked: hints, scams, other subjects.

Patterns and wording stand in the `guard.yaml` of the knowledge, on top of the basics that every
assistant has (`guard_basics.yaml`); this module only applies them. A question about a rule or a
concept gets no verdict: its card answers it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from pydantic import Field

from toujiao.errors import ToujiaoError
from toujiao.knowledge.knowledge import Knowledge
from toujiao.records import Kind, Record
from toujiao.yaml_file import read_record

_BASICS = Path(__file__).parent / "guard_basics.yaml"
_FRAGMENT = re.compile(r"\{([a-z_]+)\}")
# Of a long text only both ends are read: what is wanted stands there, and some patterns take
# time that grows with the square of the length.
_END = 300
# A fragment that says whether money is gone already; the paragraphs that a warning is made of.
_LOST, _STOP, _PHONES, _PHONES_LOST = "lost", "stop", "phones", "phones_lost"


class _Row(Record):
    """One row of `rules` as it is written; `first` rows are tried before a folder's own."""

    reply: str
    when: tuple[str, ...] = Field(min_length=1)
    unless: tuple[str, ...] = ()
    spare_concepts: bool = False
    first: bool = False


class Reply(Record):
    """What is said instead: paragraphs, or for a scam a lead and its signs."""

    kind: Kind
    cards: tuple[str, ...] = ()
    text: tuple[str, ...] = ()
    lead: str = ""
    signs: tuple[str, ...] = ()


class _File(Record):
    """A guard.yaml."""

    fragments: dict[str, str] = Field(default_factory=dict)
    rules: tuple[_Row, ...] = ()
    paragraphs: dict[str, str] = Field(default_factory=dict)
    replies: dict[str, Reply] = Field(default_factory=dict)


@dataclass(frozen=True)
class Verdict:
    """What to say instead of an answer, and the cards that help."""

    kind: Kind
    text: str
    card_ids: tuple[str, ...]


@dataclass(frozen=True)
class _Rule:
    """One row of `rules`: holds when a `when` is found and no `unless` is."""

    reply: str
    when: tuple[re.Pattern[str], ...]
    unless: tuple[re.Pattern[str], ...]
    spare_concepts: bool

    def found(self, question: str) -> bool:
        return any(pattern.search(question) for pattern in self.when) and not any(
            pattern.search(question) for pattern in self.unless
        )


@lru_cache(maxsize=8)
def guard_of(knowledge: Knowledge) -> Guard:
    """The guard of this knowledge (compiled once)."""
    return Guard(knowledge)


class Guard:
    """The basics and the guard.yaml of one knowledge, compiled."""

    def __init__(self, knowledge: Knowledge) -> None:
        self._knowledge = knowledge
        self._names = _card_names(knowledge)
        basics = read_record(_BASICS, _File)
        path = knowledge.file("guard.yaml") or _BASICS
        own = _File() if path == _BASICS else read_record(path, _File)
        self.replies: Mapping[str, Reply] = {**basics.replies, **own.replies}
        self._paragraphs = {**basics.paragraphs, **own.paragraphs}
        fragments = {**basics.fragments, **own.fragments}
        compiler = _Compiler({n: _unfold(text) for n, text in fragments.items()}, path)
        rows = sorted(basics.rules, key=lambda row: not row.first)
        first = sum(row.first for row in rows)
        rows[first:first] = own.rules
        self._rules = tuple(self._rule(row, compiler, path) for row in rows)
        (self._lost,) = compiler.compile(["{lost}" if _LOST in fragments else "(?!)"])
        self._check_replies(path)

    def _rule(self, row: _Row, compiler: _Compiler, path: Path) -> _Rule:
        if row.reply not in self.replies:
            raise ToujiaoError(f"{path}：rules 用了 {row.reply}，replies 里却没有它。")
        when, unless = compiler.compile(row.when), compiler.compile(row.unless)
        return _Rule(row.reply, when, unless, row.spare_concepts)

    def _check_replies(self, path: Path) -> None:
        """Raise ToujiaoError for a reply that names what nobody fills in."""
        for name in self.replies:
            try:
                self.verdict_for(name, "")
            except (KeyError, ValueError, IndexError) as error:
                raise ToujiaoError(f"{path}：replies 的 {name} 里有填不上的 {error}。") from error

    def judge(self, question: str) -> Verdict | None:
        """The verdict on a cleaned question, or None when it should be answered."""
        reply = self.matching_reply(question)
        return None if reply is None else self.verdict_for(reply, question)

    def matching_reply(self, question: str) -> str | None:
        """The name of the reply that fits the question (the subtype), or None."""
        read = question if len(question) <= 2 * _END else f"{question[:_END]}。{question[-_END:]}"
        return next((rule.reply for rule in self._rules if self._holds(rule, read)), None)

    def warns(self, reply: str | None) -> bool:
        """Whether the reply of that name warns of a swindle."""
        return reply is not None and self.replies[reply].kind == Kind.SCAM_WARNING

    def _holds(self, rule: _Rule, question: str) -> bool:
        return rule.found(question) and not (rule.spare_concepts and self._names_a_card(question))

    def _names_a_card(self, question: str) -> bool:
        lowered = question.lower()
        return any(name in lowered for name in self._names)

    def verdict_for(self, name: str, question: str) -> Verdict:
        """The verdict with the reply called `name`, worded for this question."""
        reply = self.replies[name]
        example = self._knowledge.examples[0].question.rstrip("？?。")
        values = {**self._knowledge.values, "example": example}
        shared = {key: text.format(**values) for key, text in self._paragraphs.items()}
        if reply.kind == Kind.SCAM_WARNING:
            paragraphs = self._warning(reply, lost=self._lost.search(question) is not None)
        else:
            paragraphs = list(reply.text)
        text = "\n\n".join(paragraph.format(**shared, **values) for paragraph in paragraphs)
        return Verdict(reply.kind, text, reply.cards)

    def _warning(self, reply: Reply, lost: bool) -> list[str]:
        """Red flags, what to do, whom to call; who lost money reads the police number first."""
        signs = "\n".join(f"{number}. {sign}。" for number, sign in enumerate(reply.signs, start=1))
        told = [_LOST] if lost else []
        after = [_STOP, _PHONES_LOST if lost else _PHONES]
        return [
            reply.lead,
            *(f"{{{name}}}" for name in told if name in self._paragraphs),
            f"这几处最可疑：\n{signs}",
            *(f"{{{name}}}" for name in after if name in self._paragraphs),
        ]


def _card_names(knowledge: Knowledge) -> tuple[str, ...]:
    """Titles and aliases of all cards; one-letter names would be found everywhere."""
    headers = (card.header for card in knowledge.cards)
    names = (name.lower() for header in headers for name in (header.title, *header.aliases))
    return tuple(name for name in names if len(name) > 1)


@dataclass(frozen=True)
class _Compiler:
    """Turns the patterns of one file into regular expressions."""

    fragments: Mapping[str, str]
    path: Path

    def compile(self, patterns: Iterable[str]) -> tuple[re.Pattern[str], ...]:
        return tuple(self._compiled(pattern) for pattern in patterns)

    def _compiled(self, pattern: str) -> re.Pattern[str]:
        try:
            return re.compile(self._expand(pattern), re.IGNORECASE)
        except re.error as error:
            raise ToujiaoError(f"{self.path}：不对的正则表达式 {pattern}（{error}）。") from error

    def _expand(self, pattern: str) -> str:
        """Put the fragments in place, also those inside fragments."""
        while match := _FRAGMENT.search(pattern):
            if match.group(1) not in self.fragments:
                raise ToujiaoError(f"{self.path}：fragments 里没有 {match.group(1)}。")
            inner = f"(?:{self.fragments[match.group(1)]})"
            pattern = pattern[: match.start()] + inner + pattern[match.end() :]
        return pattern


def _unfold(text: str) -> str:
    """A long fragment is folded over several lines; the line breaks mean nothing."""
    return re.sub(r"\s+", "", text)
