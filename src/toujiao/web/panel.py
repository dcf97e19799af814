"""The texts of the panel beside the answer: a card, its rules with dates, its sources."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable

from toujiao.clock import today
from toujiao.knowledge.dates import chinese_date, how_sure
from toujiao.knowledge.knowledge import Knowledge
from toujiao.records import Card, CitedRule, Source
from toujiao.web.texts import text

_LIST_ITEM = re.compile(r"\s*([-*+]|\d+[.)])\s")


def card_markdown(knowledge: Knowledge, card_id: str, on: dt.date | None = None) -> str:
    """The whole card as Markdown, with its rules, sources and related cards.

    `on` is the day whose rules hold; None (or today) is today.
    """
    card = knowledge.cards.get(card_id)
    rendered = knowledge.render(card_id, None if on == today() else on)
    parts = [f"### {card.title}", rendered.summary]
    parts += [f"#### {name}\n{_flow(body)}" for name, body in rendered.sections]
    if rendered.rules:
        parts.append(f"#### {text('rules_heading')}\n{rules_markdown(rendered.rules)}")
    parts.append(f"#### {text('sources_heading')}\n{_sources(card)}")
    known = knowledge.cards
    if related := [known.get(i).title for i in card.header.related if i in known]:
        parts.append(text("related", titles="、".join(related)))
    return "\n\n".join(parts)


def rules_markdown(rules: Iterable[CitedRule]) -> str:
    """One list entry per rule: title, statement, since when, source with link."""
    return "\n".join(_rule(rule) for rule in rules)


def cards_of(knowledge: Knowledge, category: str) -> list[tuple[str, str]]:
    """(title, id) of the cards of a category, easy ones first."""
    cards = [card for card in knowledge.cards if card.header.category == category]
    cards.sort(key=lambda card: card.header.level)
    return [(card.title, card.id) for card in cards]


def categories(knowledge: Knowledge) -> list[tuple[str, str]]:
    """(name, key) of the categories that have cards."""
    return [(name, key) for key, name in knowledge.categories.items()]


def _flow(body: str) -> str:
    """One paragraph out of lines that only end where the author's line was full; lists stay."""
    lines = body.splitlines()
    return body if any(_LIST_ITEM.match(line) for line in lines) else "".join(lines)


def _rule(rule: CitedRule) -> str:
    source = text("rule_source", source=_link(rule.source))
    said = f"{_since(rule)}。{how_sure(rule)}。{source}"
    return f"- **{rule.title}**：{rule.value}。{said}"


def _since(rule: CitedRule) -> str:
    if not rule.operative:
        return text("rule_not_in_force")
    day = rule.effective_from
    if day is None:
        return text("rule_undated")
    name = "rule_since" if day <= today() else "rule_from_future"
    return text(name, day=chinese_date(day))


def _sources(card: Card) -> str:
    lines = []
    for source in card.header.sources:
        note = f"（{source.note}）" if source.note else ""
        lines.append(f"- {_link(source)}{note}")
    return "\n".join(lines)


def _link(source: Source) -> str:
    return f"[{source.name}]({source.url})" if source.url else source.name
