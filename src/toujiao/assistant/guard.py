"""Decides which questions are not answered as asked: hints, scams, other subjects.

Patterns and wording stand in `guard.yaml`; this module only applies them. A question about a
rule or a concept gets no verdict: its card answers it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from toujiao.knowledge.cards import load_cards
from toujiao.records import Kind
from toujiao.rules.in_use import shipped as load_rules
from toujiao.yaml_file import load_yaml

_PATH = Path(__file__).parents[1] / "knowledge" / "guard.yaml"
_FRAGMENT = re.compile(r"\{([a-z_]+)\}")
# Of a long text only both ends are read: what is wanted stands there, and some patterns take
# time that grows with the square of the length.
_END = 300


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

    def holds(self, question: str) -> bool:
        if not any(pattern.search(question) for pattern in self.when):
            return False
        if any(pattern.search(question) for pattern in self.unless):
            return False
        return not (self.spare_concepts and _names_a_card(question))


@dataclass(frozen=True)
class _Guard:
    """guard.yaml, compiled."""

    rules: tuple[_Rule, ...]
    lost: re.Pattern[str]
    paragraphs: Mapping[str, str]
    replies: Mapping[str, Mapping[str, Any]]


def judge(question: str) -> Verdict | None:
    """The verdict on a cleaned question, or None when it should be answered."""
    reply = matching_reply(question)
    return None if reply is None else verdict_for(reply, question)


def matching_reply(question: str) -> str | None:
    """The name of the reply in `guard.yaml` that fits the question (the subtype), or None."""
    read = question if len(question) <= 2 * _END else f"{question[:_END]}。{question[-_END:]}"
    return next((rule.reply for rule in _guard().rules if rule.holds(read)), None)


def replies() -> Mapping[str, Mapping[str, Any]]:
    """All replies of `guard.yaml` by name."""
    return _guard().replies


def verdict_for(name: str, question: str) -> Verdict:
    """The verdict with the reply called `name`, worded for this question."""
    guard = _guard()
    reply = guard.replies[name]
    card_ids = tuple(reply["cards"])
    values = _phone_numbers()
    shared = {key: text.format(**values) for key, text in guard.paragraphs.items()}
    if reply["kind"] == Kind.SCAM_WARNING:
        paragraphs = _warning(reply, lost=guard.lost.search(question) is not None)
    else:
        paragraphs = reply["text"]
    text = "\n\n".join(paragraph.format(**shared, **values) for paragraph in paragraphs)
    return Verdict(Kind(reply["kind"]), text, card_ids)


def _warning(reply: Mapping[str, Any], lost: bool) -> list[str]:
    """Red flags, what to do, whom to call; whoever lost money reads the police number first."""
    signs = "\n".join(f"{number}. {sign}。" for number, sign in enumerate(reply["signs"], start=1))
    first = ["{lost}"] if lost else []
    phones = "{phones_lost}" if lost else "{phones}"
    return [reply["lead"], *first, f"这几处最可疑：\n{signs}", "{stop}", phones]


def _phone_numbers() -> dict[str, str]:
    """The hotline numbers, from the newest version of their rule."""
    fields = load_rules().get("hotline-12386").versions[-1].fields
    return {name: str(fields[name]) for name in ("number", "police", "anti_fraud")}


def _names_a_card(question: str) -> bool:
    lowered = question.lower()
    return any(name in lowered for name in _card_names())


@cache
def _card_names() -> tuple[str, ...]:
    """Titles and aliases of all cards; one-letter names would be found everywhere."""
    headers = (card.header for card in load_cards())
    names = (name.lower() for header in headers for name in (header.title, *header.aliases))
    return tuple(name for name in names if len(name) > 1)


@cache
def _guard() -> _Guard:
    data = load_yaml(_PATH.read_text(encoding="utf-8"), _PATH)
    fragments = {name: _unfold(text) for name, text in data["fragments"].items()}
    rules = tuple(
        _Rule(
            reply=row["reply"],
            when=_compile(row["when"], fragments),
            unless=_compile(row.get("unless", ()), fragments),
            spare_concepts=row.get("spare_concepts", False),
        )
        for row in data["rules"]
    )
    (lost,) = _compile(["{lost}"], fragments)
    return _Guard(rules, lost, data["paragraphs"], data["replies"])


def _compile(patterns: Iterable[str], fragments: Mapping[str, str]) -> tuple[re.Pattern[str], ...]:
    return tuple(re.compile(_expand(pattern, fragments), re.IGNORECASE) for pattern in patterns)


def _expand(pattern: str, fragments: Mapping[str, str]) -> str:
    """Put the fragments in place, also those inside fragments."""
    while match := _FRAGMENT.search(pattern):
        inner = f"(?:{fragments[match.group(1)]})"
        pattern = pattern[: match.start()] + inner + pattern[match.end() :]
    return pattern


def _unfold(text: str) -> str:
    """A long fragment is folded over several lines; the line breaks mean nothing."""
    return re.sub(r"\s+", "", text)
