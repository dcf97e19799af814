"""All that an assistant knows, as one object: cards, rules, search index, profile and words.

Whoever needs a card, a rule or a word of the subject is handed a `Knowledge`; `folders.py` opens
one.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from types import MappingProxyType

from toujiao.clock import today
from toujiao.knowledge.answers import AnswerIndex, all_answers
from toujiao.knowledge.cards import CardDeck
from toujiao.knowledge.profile import Example, Profile, RuleContact, neutral_words
from toujiao.knowledge.render import RenderedCard, render_card
from toujiao.knowledge.search import CardIndex
from toujiao.knowledge.texts import join_folded
from toujiao.knowledge.wording import Wording, read_wording
from toujiao.records import Card
from toujiao.rules.rulebook import RuleBook

SHIPPED = Path(__file__).parent
MOST_EXAMPLES = 4
_NOBODY_NAMED = "先问把这个助手交给你的人。"


@dataclass(frozen=True, eq=False)
class Knowledge:
    """Cards and rules with everything that belongs to them; two are never equal.

    `folders` are where they came from, the leading one first: name, words, guard and wording are
    its own.
    """

    cards: CardDeck
    rules: RuleBook
    profile: Profile = field(default_factory=Profile)
    folders: tuple[Path, ...] = ()

    @cached_property
    def index(self) -> CardIndex:
        """The search index, built when it is first asked for and kept."""
        return CardIndex(self.cards)

    @cached_property
    def answers(self) -> AnswerIndex:
        """The short answers of cards and rules by their questions, built once."""
        return AnswerIndex(all_answers(self.cards, self.rules), self.cards)

    @cached_property
    def wording(self) -> Wording:
        """The words that cards and answers may not use, and those that need an explanation."""
        return read_wording(self.file("wording.yaml"))

    @property
    def name(self) -> str:
        return self.profile.name

    @property
    def system_prompt(self) -> str:
        return self.profile.system_prompt

    @property
    def is_ours(self) -> bool:
        """Whether it is what ships with the package, and nothing else."""
        return self.folders == (SHIPPED,)

    def file(self, name: str) -> Path | None:
        """A file of the leading folder that a folder may have or not (guard.yaml, seeds.yaml)."""
        path = self.folders[0] / name if self.folders else None
        return path if path and path.is_file() else None

    def adds(self, card: Card) -> bool:
        """Whether the card comes from a folder after the leading one."""
        return any(Path(card.path).is_relative_to(folder) for folder in self.folders[1:])

    def text(self, name: str, **values: object) -> str:
        """The sentence called `name` in words.yaml, as this knowledge words it."""
        words = self.profile.words.get(name, neutral_words()[name])
        return join_folded(words).format(**{**self.values, **values})

    @property
    def values(self) -> Mapping[str, object]:
        """What every sentence may name: name, subject, contacts, the fields of their rules."""
        lines = self.contact_lines
        found: dict[str, object] = {
            "name": self.profile.name,
            "subject": self.profile.subject,
            "contacts": "；".join(lines),
            "contacts_list": "\n".join(f"- {line}" for line in lines or (_NOBODY_NAMED,)),
        }
        for contact in self._rule_contacts:
            found |= self.rules.current_or_latest(contact.rule, today()).fields
        return MappingProxyType(found)

    @property
    def contact_lines(self) -> tuple[str, ...]:
        """Whom to ask, one line each."""
        return tuple(
            contact
            if isinstance(contact, str)
            else self.rules.current_or_latest(contact.rule, today()).value
            for contact in self.profile.contacts
        )

    @property
    def _rule_contacts(self) -> list[RuleContact]:
        return [c for c in self.profile.contacts if isinstance(c, RuleContact)]

    @property
    def elsewhere(self) -> str:
        """Where else to ask when no card answers; empty when the knowledge names nobody."""
        named = self.profile.contacts or "unknown_elsewhere" in self.profile.words
        return self.text("unknown_elsewhere") if named else ""

    @cached_property
    def categories(self) -> Mapping[str, str]:
        """The Chinese name of every category with cards; a folder's name where none is declared."""
        used = dict.fromkeys(card.header.category for card in self.cards)
        declared = self.profile.categories
        order = [key for key in declared if key in used] + [k for k in used if k not in declared]
        return {key: declared.get(key, key) for key in order}

    @cached_property
    def examples(self) -> Sequence[Example]:
        """Questions for the first screen; a question of some easy cards where none are given."""
        if self.profile.examples:
            return self.profile.examples
        easy = sorted(self.cards, key=lambda card: card.header.level)[:MOST_EXAMPLES]
        questions = (card.header.questions[0] for card in easy)
        return tuple(Example(label=question, question=question) for question in questions)

    def render(self, card_id: str, on: dt.date | None = None) -> RenderedCard:
        """One card as it reads on a day (today when None); an unknown id is a ToujiaoError."""
        return render_card(self.cards.get(card_id), self.rules, on)

    def render_all(self, card_ids: Iterable[str], on: dt.date) -> tuple[RenderedCard, ...]:
        """The cards of these ids as they read on a day; unknown ids are left out."""
        return tuple(self.render(i, on) for i in card_ids if i in self.cards)
