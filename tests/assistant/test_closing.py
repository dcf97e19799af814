"""The lines under an answer: every kind ends with the AI label and the education line."""

from __future__ import annotations

import datetime as dt

import pytest

from toujiao.assistant.closing import MOST_RULES, closing
from toujiao.knowledge.folders import ours
from toujiao.records import CitedRule, Kind, Source

LABEL = "本回答由人工智能生成（AI生成内容）。仅供学习，不构成投资建议。"


def rule(number: int, since: str | None = "2026-07-06") -> CitedRule:
    return CitedRule(
        id=f"rule-{number}",
        title=f"第{number}条",
        value=f"收 {number}%",
        effective_from=dt.date.fromisoformat(since) if since else None,
        source=Source(name="示例来源"),
        checked_on="2026-10-09",
    )


@pytest.mark.parametrize("kind", list(Kind))
@pytest.mark.parametrize("titles", [[], ["印花税", "佣金"]])
@pytest.mark.parametrize("count", [0, 1, MOST_RULES + 2])
def test_every_answer_ends_with_the_label(kind: Kind, titles: list[str], count: int) -> None:
    text = closing(kind, titles, [rule(n) for n in range(count)], ours())
    assert text.startswith("\n\n")
    assert text.endswith(f"\n{LABEL}")
    assert text.count(LABEL) == 1


@pytest.mark.parametrize(
    ("kind", "line"),
    [
        (Kind.ANSWER, "参考卡片：印花税、佣金"),
        (Kind.CALCULATION, "参考卡片：印花税、佣金"),
        (Kind.REFUSAL, "想弄明白，可以先看这些卡片：印花税、佣金"),
        (Kind.SCAM_WARNING, "想弄明白，可以先看这些卡片：印花税、佣金"),
    ],
)
def test_cards_are_a_reference_or_something_to_learn(kind: Kind, line: str) -> None:
    assert line in closing(kind, ["印花税", "佣金"], [], ours()).splitlines()


def test_a_rule_is_stated_with_its_day_and_source() -> None:
    text = closing(Kind.ANSWER, [], [rule(3)], ours())
    assert "第3条——收 3%（2026年7月6日起，示例来源，截至2026年10月9日）" in text
    assert "最新公告为准" in text


def test_a_rule_without_a_known_day_names_none() -> None:
    text = closing(Kind.ANSWER, [], [rule(3, since=None)], ours())
    assert "收 3%（示例来源，截至2026年10月9日）" in text
    assert "None" not in text


def test_an_announced_rule_is_said_not_to_be_in_force() -> None:
    announced = rule(3, since=None).model_copy(update={"operative": False})
    assert "收 3%（已经公布，还没有看到施行，示例来源" in closing(
        Kind.ANSWER, [], [announced], ours()
    )


def test_many_rules_are_cut_and_said_to_be() -> None:
    rules = [rule(n) for n in range(MOST_RULES + 1)]
    lines = closing(Kind.ANSWER, [], rules, ours()).splitlines()
    assert sum("示例来源" in line for line in lines) == MOST_RULES
    assert len(closing(Kind.ANSWER, [], rules[:MOST_RULES], ours()).splitlines()) == len(lines) - 1


@pytest.mark.parametrize("kind", [Kind.REFUSAL, Kind.SCAM_WARNING, Kind.UNKNOWN, Kind.OFF_TOPIC])
def test_what_states_no_rule_lists_none(kind: Kind) -> None:
    assert "示例来源" not in closing(kind, [], [rule(1)], ours())
