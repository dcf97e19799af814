"""The panel's texts: every card opens, with rule dates and linked sources."""

from __future__ import annotations

import datetime as dt

from toujiao.clock import today
from toujiao.knowledge.folders import ours
from toujiao.records import CitedRule, Source
from toujiao.web.panel import card_markdown, cards_of, categories, rules_markdown


def test_every_card_opens() -> None:
    for card in ours().cards:
        shown = card_markdown(ours(), card.id)
        assert shown.startswith(f"### {card.title}\n")
        assert "#### 卡片来源" in shown
        assert ("#### 规则与日期" in shown) == bool(card.header.rules)
        assert "<" not in shown.replace("<=", "")


def test_a_rule_shows_value_date_and_linked_source() -> None:
    shown = card_markdown(ours(), "stamp-duty")
    assert "自2023年8月28日起施行" in shown
    assert "](https://" in shown


def test_a_card_of_an_earlier_day_shows_the_rule_of_that_day() -> None:
    assert "0.1%" in card_markdown(ours(), "stamp-duty", dt.date(2020, 1, 2)).split("规则与日期")[1]
    assert card_markdown(ours(), "stamp-duty", today()) == card_markdown(ours(), "stamp-duty")


def test_dates_that_are_unknown_or_still_to_come() -> None:
    source = Source(name="某通知")
    future = today() + dt.timedelta(days=30)
    rules = [
        CitedRule(id="a", title="甲规则", value="甲", effective_from=None, source=source),
        CitedRule(id="b", title="乙规则", value="乙", effective_from=future, source=source),
    ]
    unknown, to_come = rules_markdown(rules).splitlines()
    assert "起始日没有查到" in unknown
    assert "甲规则" in unknown
    assert "将自" in to_come


def test_every_category_and_every_card_is_listed() -> None:
    assert [key for _, key in categories(ours())] == list(ours().profile.categories)
    listed = [card_id for _, key in categories(ours()) for _, card_id in cards_of(ours(), key)]
    assert sorted(listed) == sorted(card.id for card in ours().cards)
