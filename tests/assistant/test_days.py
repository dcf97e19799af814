"""The day of a rule: the day before a change and the day itself, in words and in sums, everywhere."""

from __future__ import annotations

import datetime as dt
import os
import re
import time
from collections.abc import Callable, Iterator
from itertools import pairwise

import pytest

from toujiao import clock
from toujiao.assistant.calculate import calculate
from toujiao.assistant.pipeline import Assistant
from toujiao.calculators.forms.form import Calculation
from toujiao.knowledge.cards import load_cards
from toujiao.knowledge.render import render_card
from toujiao.knowledge.rulebook import load_rules
from toujiao.records import Rule, RuleVersion

RULES = load_rules()
ONE_DAY = dt.timedelta(days=1)
ZONES = ("UTC", "America/New_York", "Asia/Shanghai", "Pacific/Auckland")


def changes() -> Iterator[tuple[Rule, RuleVersion, RuleVersion]]:
    """Every rule that changed, with the version before and after, one day apart."""
    for rule in RULES:
        versions = [v for v in rule.versions if v.operative]
        for old, new in pairwise(versions):
            if new.effective_from and old.effective_to == new.effective_from - ONE_DAY:
                yield rule, old, new


CHANGES = list(changes())
IDS = [f"{rule.id}@{new.effective_from}" for rule, _, new in CHANGES]


@pytest.fixture(params=ZONES)
def zone(request: pytest.FixtureRequest) -> Iterator[str]:
    before = os.environ.get("TZ")
    os.environ["TZ"] = request.param
    time.tzset()
    yield request.param
    if before is None:
        del os.environ["TZ"]
    else:
        os.environ["TZ"] = before
    time.tzset()


def test_there_are_changes_to_look_at() -> None:
    assert len(CHANGES) >= 15


@pytest.mark.parametrize(("rule", "old", "new"), CHANGES, ids=IDS)
def test_the_eve_has_the_old_value_and_the_day_the_new_one(
    rule: Rule, old: RuleVersion, new: RuleVersion
) -> None:
    assert new.effective_from
    day, eve = new.effective_from, new.effective_from - ONE_DAY
    assert RULES.at(rule.id, eve) == old
    assert RULES.at(rule.id, day) == new
    for card in load_cards():
        if rule.id not in card.header.rules:
            continue
        before, after = render_card(card, RULES, eve), render_card(card, RULES, day)
        assert next(c.value for c in before.rules if c.id == rule.id) == old.value
        assert next(c.value for c in after.rules if c.id == rule.id) == new.value
        assert old.value.rstrip("。") in before.preface
        assert old.value.rstrip("。") not in after.preface


# rule, question, field, what the result is for the value of the field
SUMS: list[tuple[str, str, str, Callable[[float], float]]] = [
    ("stamp-duty", "卖出10万元股票印花税多少", "rate_sell", lambda rate: 100_000 * rate),
    ("transfer-fee", "卖出10万元股票过户费多少", "rate", lambda rate: 100_000 * rate),
    ("price-limit-main-board-st", "主板ST昨收5元，涨停价是多少", "limit", lambda rate: 5 * (1 + rate)),
    ("price-limit-main-board-st", "主板ST昨收5元，跌停价是多少", "limit", lambda rate: 5 * (1 - rate)),
    ("price-limit-chinext", "创业板昨收5元，涨停价是多少", "limit", lambda rate: 5 * (1 + rate)),
    ("dividend-tax", "分红1000元，持股20天，红利税多少", "rate_up_to_1_month", lambda rate: 1000 * rate),
    ("dividend-tax", "分红1000元，持股两年，红利税多少", "rate_over_1_year", lambda rate: 1000 * rate),
]  # fmt: skip
SUM_CHANGES = [
    (question, field, result, version)
    for rule_id, question, field, result in SUMS
    for rule, old, new in CHANGES
    if rule.id == rule_id
    for version in (old, new)
]


def numbers(question: str, on: dt.date | None) -> list[float]:
    """The numbers of the sentence that gives the result."""
    done = calculate(question, on)
    assert isinstance(done, Calculation), question
    return [float(n) for n in re.findall(r"\d+(?:\.\d+)?", done.steps[-1])]


@pytest.mark.parametrize(("question", "field", "result", "version"), SUM_CHANGES)
def test_sums_change_with_the_rule(
    question: str, field: str, result: Callable[[float], float], version: RuleVersion
) -> None:
    edges = [d for d in (version.effective_from, version.effective_to) if d]
    wanted = pytest.approx(result(float(version.fields[field])), abs=0.0051)
    for day in edges:
        assert wanted in numbers(question, day)
        assert wanted in numbers(f"{day.year}年{day.month}月{day.day}日，{question}", None)
        assert wanted in numbers(f"{question}（{day.isoformat()}）", None)


def test_the_day_of_a_question_is_that_of_the_exchanges(
    zone: str, monkeypatch: pytest.MonkeyPatch, bot: Assistant
) -> None:
    """2026-07-06 begins in Shanghai while it is still the 5th in London and New York."""
    for hour, limit in ((15, "5.25"), (16, "5.50")):
        instant = dt.datetime(2026, 7, 5, hour, 30, tzinfo=dt.UTC)

        class Fixed(dt.datetime):
            @classmethod
            def now(cls, tz: dt.tzinfo | None = None, at: dt.datetime = instant) -> dt.datetime:
                return at.astimezone(tz)

        monkeypatch.setattr(clock, "datetime", Fixed)
        answer = bot.ask("主板ST昨收5元，今天涨停价是多少")
        assert answer.calculation
        assert limit in answer.calculation["steps"][-1]
        words = bot.ask("主板ST股票一天最多涨跌多少")
        assert words.as_of == answer.as_of == dt.date(2026, 7, 5 if hour == 15 else 6)
        lead = next(rule for rule in words.rules if rule.id == "price-limit-main-board-st")
        assert ("5%" in lead.value) == (hour == 15)


def test_a_period_in_which_a_rule_changed_says_both(bot: Assistant) -> None:
    for question in ("2023年卖10万元股票印花税多少", "2023年8月卖10万元股票印花税多少"):
        done = calculate(question, None)
        assert isinstance(done, Calculation)
        assert all(part in done.steps[-1] for part in ("100 元", "50 元", "2023年8月28日"))
    words = bot.ask("2023年卖出股票的印花税是多少").answer
    assert all(part in words.split("\n\n")[0] for part in ("0.1%", "0.05%", "2023年8月28日"))


def test_a_period_without_a_change_says_one() -> None:
    done = calculate("2024年卖10万元股票印花税多少", None)
    assert isinstance(done, Calculation)
    assert done.steps[-1] == "印花税是 50 元"


def test_relative_days_and_both_legs() -> None:
    with clock.fixed(dt.date(2026, 11, 27)):
        done = calculate("2022年3月1日10元买1000股，昨天12元卖了，扣完费净赚多少", None)
    assert isinstance(done, Calculation)
    # bought: 5 + 0.2 (0.02 ‰), sold: 5 + 0.12 + 6
    assert "1983.68" in done.steps[-1]


def test_a_day_to_come_says_what_is_known_today(bot: Assistant) -> None:
    with clock.fixed(dt.date(2026, 11, 27)):
        assert "还没到" in bot.ask("明年印花税多少").answer
        done = calculate("明年卖10万元股票印花税多少", None)
    assert isinstance(done, Calculation)
    assert any("还没到" in step for step in done.steps)
