"""The short answer of the store to a question, and what belongs right behind it.

`say` and `then` are shown as they stand in the store; after them come only the sections of the card
that belong to the kind of question.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

from toujiao.assistant.compose import short_form
from toujiao.assistant.retrieve import MOST_CARDS, NEAR
from toujiao.knowledge.answers import Found, render_answer
from toujiao.knowledge.cards import CardDeck
from toujiao.knowledge.knowledge import Knowledge
from toujiao.knowledge.render import RenderedCard, checked_through, render_card
from toujiao.knowledge.search import Hit
from toujiao.records import Card, Rule
from toujiao.rules.rulebook import RuleBook

# An answer of a card is given when the search for cards knows the card, too; a question that is
# the stored one to the letter needs no second opinion.
TO_THE_LETTER = 0.97


@dataclass(frozen=True)
class ShortReply:
    """What is shown: the short answer, the sections behind it, the cards and rules it rests on."""

    short: str
    more: str
    cards: tuple[RenderedCard, ...]
    rules: tuple[str, ...]


def short_reply(
    question: str,
    hits: Sequence[Hit],
    knowledge: Knowledge,
    day: dt.date,
    today: dt.date,
) -> ShortReply | None:
    """The reply to `question` on `day`, or None where the store has none that surely fits."""
    deck, rules = knowledge.cards, knowledge.rules
    best = max((hit.score for hit in hits), default=1.0)
    found = knowledge.answers.find(question, {hit.card.id: hit.score / best for hit in hits})
    if found is None or not _agreed(found, hits):
        return None
    owner, kind = found.owned.owner, found.owned.answer.kind
    written = max(today, checked_through(rules))  # answers are written with these rules, like cards
    spoken = render_answer(found.owned, rules, written)
    if _changed(spoken.rules, rules, day, written):
        return None  # the card says what held on that day
    if isinstance(owner, Rule):
        cards = _cards_of(owner, hits, deck, rules, day)
        return ShortReply(spoken.text, "", _with_more(cards, hits, rules, day), spoken.rules)
    card = render_card(deck.get(owner.id), rules, day)
    cards = _with_more((card,), hits, rules, day)
    return ShortReply(spoken.text, short_form(card, kind), cards, spoken.rules)


def _with_more(
    cards: tuple[RenderedCard, ...], hits: Sequence[Hit], rules: RuleBook, day: dt.date
) -> tuple[RenderedCard, ...]:
    """The cards and, to read on, those that the search holds for nearly as good as its best."""
    own = {card.id for card in cards}
    best = max((hit.score for hit in hits), default=0.0)
    more = [h.card for h in hits if h.score >= NEAR * best and h.card.id not in own]
    return (*cards, *(render_card(card, rules, day) for card in more))[:MOST_CARDS]


def _agreed(found: Found, hits: Sequence[Hit]) -> bool:
    if found.score >= TO_THE_LETTER or not isinstance(found.owned.owner, Card):
        return True
    return found.owned.owner.id in {hit.card.id for hit in hits[:MOST_CARDS]}


def _changed(rule_ids: Sequence[str], rules: RuleBook, day: dt.date, today: dt.date) -> bool:
    """Whether a rule of the answer was another on the day asked about."""
    known = [i for i in rule_ids if i in rules]
    return any(rules.in_force(i, day) != rules.in_force(i, today) for i in known)


def _cards_of(
    rule: Rule, hits: Sequence[Hit], deck: CardDeck, rules: RuleBook, day: dt.date
) -> tuple[RenderedCard, ...]:
    """The card to read on: of those that state the rule the one nearest to the question."""
    ranks = {hit.card.id: rank for rank, hit in enumerate(hits)}
    stating = [card for card in deck if rule.id in card.header.rules]
    stating.sort(key=lambda c: (c.id != rule.id, ranks.get(c.id, len(ranks)), len(c.header.rules)))
    return tuple(render_card(card, rules, day) for card in stating[:1])
