"""Rendering: numbers in the text come from rules and calculators, for the day that is asked."""

from __future__ import annotations

import datetime as dt
import re
from decimal import Decimal
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from toujiao.errors import ToujiaoError
from toujiao.knowledge.cards import CardDeck
from toujiao.knowledge.render import (
    FILTERS,
    RenderedCard,
    plain_number,
    render_card,
    split_sections,
)
from toujiao.rules.rulebook import RuleBook

if TYPE_CHECKING:
    from .conftest import Library

TODAY = dt.date(2026, 11, 23)


@pytest.mark.parametrize(
    ("name", "value", "expected"),
    [
        ("pct", 0.1, "10%"),
        ("pct", 0.0005, "0.05%"),
        ("pct", 0.0000341, "0.00341%"),
        ("pct", 0.00001, "0.001%"),
        ("pct", 1, "100%"),
        ("pct", 0, "0%"),
        ("pct", -0.05, "-5%"),
        ("pct", 0.28571, "28.57%"),
        ("pct", 0.125, "12.5%"),
        ("permille", 0.001, "1‰"),
        ("permille", 0.0005, "0.5‰"),
        ("permille", 0.0000341, "0.0341‰"),
        ("yuan", 12.0, "12 元"),
        ("yuan", 3.456, "3.46 元"),
        ("yuan", 2.675, "2.68 元"),
        ("yuan", 0.005, "0.01 元"),
        ("yuan", 10000, "10000 元"),
        ("yuan", -0.001, "0 元"),
        ("yuan", 1e16, "10000000000000000 元"),
        ("num", 1.23456, "1.2346"),
        ("num", 2.0, "2"),
        ("num", 100, "100"),
        ("num", 1e-9, "0"),
        ("wan", 500000, "50 万"),
        ("wan", 12345, "1.2345 万"),
        ("wan", 0, "0 万"),
        ("date_cn", dt.date(2026, 7, 6), "2026年7月6日"),
        ("date_cn", "2026-12-31", "2026年12月31日"),
        ("date_cn", None, "日期未知"),
    ],
)
def test_a_filter_writes_a_value_as_people_do(name: str, value: object, expected: str) -> None:
    assert FILTERS[name](value) == expected


def test_num_rounds_to_as_many_decimals_as_it_is_told() -> None:
    assert plain_number(1.005, 2) == "1.01"
    assert plain_number(19.95, 0) == "20"


@given(st.decimals(-(10**9), 10**9, places=6))
def test_a_plain_number_reads_back_close_to_itself(value: Decimal) -> None:
    text = plain_number(value)
    assert abs(Decimal(text) - value) <= Decimal("0.00005")
    assert re.fullmatch(r"-?\d+(\.\d*[1-9])?", text)


@pytest.mark.parametrize("value", ["", "abc", None, [1]])
def test_a_filter_on_no_number_names_the_card(good_library: Library, value: object) -> None:
    good_library.card(f"摆摊费是 {{{{ {value!r} | yuan }}}}。\n")
    with pytest.raises(ToujiaoError, match=r"sample-fee\.md：模板出错"):
        good_library.rendered()


# --- for which day ---


@pytest.fixture(scope="module")
def st_limit(deck: CardDeck, rules: RuleBook) -> dict[str, RenderedCard]:
    card = deck.get("price-limit-risk-warning")
    days = ("2026-07-05", "2026-07-06", "2026-11-23")
    return {day: render_card(card, rules, dt.date.fromisoformat(day)) for day in days}


def test_since_the_change_the_text_states_the_new_limit_and_the_old_one(
    st_limit: dict[str, RenderedCard],
) -> None:
    text = st_limit["2026-07-06"].text
    assert "一天最多涨跌 10%" in text
    assert "从2026年7月6日起" in text
    assert "那天以前，主板 ST 股票的涨跌幅是 5%" in text
    assert "的规定：" not in text


def test_the_day_before_the_change_the_old_limit_comes_first(
    st_limit: dict[str, RenderedCard],
) -> None:
    card = st_limit["2026-07-05"]
    assert card.text.startswith(card.preface)
    assert card.preface.startswith(
        "2026年7月5日的规定：主板ST股票每日涨跌幅，一天最多涨或跌 5%。后来有变化，现在是这样。"
    )
    assert "10%" in card.summary


@pytest.mark.parametrize(("day", "value"), [("2026-07-05", "5%"), ("2026-07-06", "10%")])
def test_the_rule_is_cited_as_it_was_on_that_day(
    st_limit: dict[str, RenderedCard], day: str, value: str
) -> None:
    (cited,) = [r for r in st_limit[day].rules if r.id == "price-limit-main-board-st"]
    assert value in cited.value


def test_a_card_whose_rules_did_not_change_reads_the_same_on_both_days(
    deck: CardDeck, rules: RuleBook
) -> None:
    card = deck.get("moving-average")
    assert render_card(card, rules, dt.date(2026, 7, 5)) == render_card(card, rules, TODAY)


@pytest.mark.parametrize("day", ["1990-01-01", "2023-08-27"])
def test_every_card_that_uses_rules_can_be_read_for_any_day(
    deck: CardDeck, rules: RuleBook, day: str
) -> None:
    for card in deck:
        if card.header.rules:
            assert render_card(card, rules, dt.date.fromisoformat(day)).summary


def test_a_day_before_the_first_version_says_that_nothing_is_known(good_library: Library) -> None:
    preface = good_library.rendered(dt.date(2019, 12, 31)).preface
    assert preface.startswith("关于“集市摆摊费”，2019年12月31日的规定没有查到，更早的没有查。")


def test_a_published_version_holds_from_its_day_on(library: Library) -> None:
    library.card()
    library.rule(
        {"effective_to": dt.date(2026, 12, 31)},
        {"value": "每次收 0.2%", "fields": {"rate": 0.002}, "effective_from": dt.date(2027, 1, 1)},
    )
    assert "乘以 0.3%。" in library.rendered(dt.date(2026, 12, 31)).text
    assert "乘以 0.2%。" in library.rendered(dt.date(2027, 1, 1)).text


def test_a_card_never_claims_to_be_fresher_than_its_rules(good_library: Library) -> None:
    assert "截至2026年10月9日" in good_library.rendered(dt.date(2027, 1, 1)).text


def test_a_card_prints_the_checking_date_of_each_rule_it_states(library: Library) -> None:
    second = '另一笔收 {{ rule("other-fee").rate | pct }}。\n{{ checked() }}，来源：集市。\n'
    library.card(second, rules=["sample-fee", "other-fee"])
    library.rule({"checked_on": "2026-04"})
    path = library.rule({"checked_on": None, "confidence": "中K"}, rule_id="other-fee")
    path.write_text(path.read_text(encoding="utf-8").replace("集市摆摊费", "看摊费"), "utf-8")
    text = library.rendered().text
    assert "集市摆摊费（资料截至2026年4月）；看摊费（未核到日期，未核到原文），来源：" in text


def test_rules_checked_on_the_same_day_share_one_date(library: Library) -> None:
    library.card("{{ checked() }}，来源：集市。\n", rules=["sample-fee", "other-fee"])
    library.rule()
    library.rule(rule_id="other-fee")
    assert library.rendered().summary == "截至2026年10月9日，来源：集市。"


def test_a_former_value_that_nobody_read_is_said_to_be_so(library: Library) -> None:
    library.card('以前收 {{ rule("sample-fee", before=true).rate | pct }}。{{ checked() }}。\n')
    library.rule(
        {"effective_to": dt.date(2022, 12, 31), "confidence": "K", "checked_on": None},
        {"effective_from": dt.date(2023, 1, 1)},
    )
    assert library.rendered().summary.endswith("截至2026年10月9日；以前的数字未核到原文。")


def test_a_rule_without_a_first_day_holds_only_since_it_is_known(library: Library) -> None:
    library.card()
    library.rule({"effective_from": None, "known_since": dt.date(2023, 4, 10)})
    assert not library.rendered(dt.date(2023, 4, 10)).preface
    earlier = library.rendered(dt.date(2023, 4, 9))
    assert "更早的没有查" in earlier.preface
    assert earlier.rules == ()
    assert "0.3%" in earlier.text


def test_before_means_the_version_before_the_current_one(library: Library) -> None:
    library.card('以前收 {{ rule("sample-fee", before=true).rate | pct }}。\n')
    library.rule(
        {"fields": {"rate": 0.005}, "effective_to": dt.date(2022, 12, 31)},
        {"effective_from": dt.date(2023, 1, 1)},
    )
    assert library.rendered().summary == "以前收 0.5%。"


def test_before_without_an_earlier_version_names_card_and_rule(good_library: Library) -> None:
    good_library.card('{{ rule("sample-fee", before=true).rate | pct }}\n')
    with pytest.raises(ToujiaoError, match=r"sample-fee\.md.*规则 sample-fee 没有更早的版本"):
        good_library.rendered()


# --- what a template may not do ---


@pytest.mark.parametrize(
    "template",
    [
        "{{ ''.__class__ }}",
        "{{ ''.__class__.__mro__[1].__subclasses__() }}",
        "{{ rule.__globals__ }}",
        "{{ rule('sample-fee').__class__.__init__.__globals__ }}",
        "{{ calc.__class__ }}",
        "{{ checked.__reduce__() }}",
        "{{ '%s' | attr('__class__') }}",
        "{{ '{0.__class__}'.format(checked) }}",
        "{% set _ = rule('sample-fee').fields.update({'rate': 1}) %}",
    ],
)
def test_the_sandbox_lets_nothing_out(good_library: Library, template: str) -> None:
    good_library.card(f"{template}\n")
    with pytest.raises(ToujiaoError, match=r"sample-fee\.md：模板"):
        good_library.rendered()
    good_library.card()
    assert "0.3%" in good_library.rendered().text


@pytest.mark.parametrize(
    ("template", "said"),
    [
        ("{{ no_such_name }}", "取不到的值.*no_such_name"),
        ("{{ rule('sample-fee').rate_buy | pct }}", "模板"),
        ("{{ rule('sample-fees').rate }}", "sample-fees 这条规则。是不是想写 sample-fee"),
        ("{{ calc.no_such(1) }}", "no_such"),
        ("{{ calc.pe(10, 0) }}", "模板出错"),
        ("{{ 1 / 0 }}", "模板出错"),
        ("{{ 1 | dollars }}", "dollars"),
        ("{{ rule('sample-fee' }}", "模板出错"),
        ("{% if true %}没有结束", "模板出错"),
        ("{% include 'x' %}", "模板出错"),
    ],
)
def test_a_mistake_in_a_template_names_the_card_and_the_cause(
    good_library: Library, template: str, said: str
) -> None:
    path = good_library.card(f"{template}\n")
    with pytest.raises(ToujiaoError, match=said) as error:
        good_library.rendered()
    assert str(error.value).startswith(f"{path}：")
    assert "\n" not in str(error.value)


# --- the shape of the result ---


def test_a_card_is_a_summary_and_titled_sections(good_library: Library) -> None:
    card = good_library.rendered()
    assert card.summary == "摆摊费就是每卖出一笔，集市按成交金额收的一小笔钱。"
    assert [name for name, _ in card.sections] == ["打个比方", "怎么算", "常见误区", "风险提示"]
    assert card.section("怎么用", "怎么算") == dict(card.sections)["怎么算"]
    assert card.section("怎么看") is None


def test_the_markdown_splits_into_the_same_card(good_library: Library) -> None:
    card = good_library.rendered()
    assert split_sections(card.markdown) == (card.summary, card.sections)


def test_no_template_is_left_in_any_card(deck: CardDeck, rules: RuleBook) -> None:
    for card in deck:
        text = render_card(card, rules, TODAY).markdown
        assert "{{" not in text
        assert "{%" not in text
        assert "日期未知" not in text
        assert "None" not in text
