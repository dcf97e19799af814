"""What has to be said about the day of an answer: a change within the period, a day to come.

What held on a single earlier day is said by the card itself (`knowledge.render`).
"""

from __future__ import annotations

import datetime as dt

from toujiao.assistant import texts
from toujiao.clock import chinese_date
from toujiao.knowledge.knowledge import Knowledge
from toujiao.knowledge.render import RenderedCard
from toujiao.records import Card, Rule
from toujiao.rules.rulebook import RuleBook
from toujiao.understand.day import Day


def note(card: RenderedCard, knowledge: Knowledge, day: Day, today: dt.date) -> str:
    """The sentences to lead the answer with, empty when there is nothing to say.

    For a month or a year in which a rule of the card changed: both values and the day of the
    change. For a day after today: that only what is published today is known, and which published
    rules are not in force yet.
    """
    rules = knowledge.rules
    own = [rules.get(cited.id) for cited in card.rules if cited.id in rules]
    lines = [line for rule in own for line in _changes(rule, rules, day)] if day.is_period else []
    if day.on > today:
        lines.append(knowledge.text("known_today", day=chinese_date(today)))
        lines += [
            texts.text("announced", title=rule.title, value=version.value.rstrip("。"))
            for rule in own
            for version in rule.versions
            if not version.operative
        ]
    return "".join(lines)


def before_change(card: Card, rules: RuleBook, day: Day) -> Day:
    """The day before the newest change of a rule that the card states."""
    own = [rule_id for rule_id in card.header.rules if rule_id in rules]
    changes = rules.changes(own, dt.date.min, day.on)
    eve = changes[-1] - dt.timedelta(days=1) if changes else day.on
    return Day(eve, eve, stated=True)


def _changes(rule: Rule, rules: RuleBook, day: Day) -> list[str]:
    """One sentence for each change of the rule within the period."""
    lines = []
    for change in rules.changes([rule.id], day.first, day.last):
        before = rules.in_force(rule.id, change - dt.timedelta(days=1))
        after = rules.in_force(rule.id, change)
        if before and after:
            lines.append(
                texts.text(
                    "changed_within",
                    title=rule.title,
                    day=chinese_date(change),
                    before=before.value.rstrip("。"),
                    after=after.value.rstrip("。"),
                )
            )
    return lines
