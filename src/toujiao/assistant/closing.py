"""The lines under an answer: cards, rules with their dates, the AI label, education only."""

from __future__ import annotations

from collections.abc import Sequence

from toujiao.assistant import texts
from toujiao.knowledge.dates import how_sure, since
from toujiao.knowledge.knowledge import Knowledge
from toujiao.records import CitedRule, Kind

MOST_RULES = 3


def closing(
    kind: Kind, titles: Sequence[str], rules: Sequence[CitedRule], knowledge: Knowledge
) -> str:
    """The closing block, starting with a blank line; every shown answer ends with it."""
    lines = []
    if titles:
        name = "learn_more" if kind in (Kind.REFUSAL, Kind.SCAM_WARNING) else "cards_lead"
        lines.append(texts.text(name, titles="、".join(titles)))
    if kind in (Kind.ANSWER, Kind.CALCULATION):
        lines += [_rule_line(rule) for rule in rules[:MOST_RULES]]
        if len(rules) > MOST_RULES:
            lines.append(texts.text("more_rules"))
        if rules:
            lines.append(knowledge.text("latest_rules"))
    lines.append(texts.text("ai_label") + knowledge.text("education_only"))
    return "\n\n" + "\n".join(lines)


def _rule_line(rule: CitedRule) -> str:
    dated = rule.effective_from or not rule.operative
    return texts.text(
        "rule_line" if dated else "rule_line_undated",
        title=rule.title,
        value=rule.value,
        since=since(rule),
        source=rule.source.name,
        checked=how_sure(rule),
    )
