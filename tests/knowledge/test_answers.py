"""Short answers: found by their words, never for a twin, with the numbers of the day."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator

import pytest

from toujiao.knowledge.answers import AnswerIndex, Owned, all_answers, render_answer, twins
from toujiao.knowledge.cards import CardDeck, parse_card
from toujiao.knowledge.check_answers import check_answers
from toujiao.knowledge.folders import ours
from toujiao.records import Rule, ShortAnswer
from toujiao.rules.rulebook import RuleBook

TODAY = dt.date(2026, 11, 27)
RULES = ours().rules


def owned(
    *asks: str, say: str = "一次至少买一手。", rule: str = "order-size", **more: object
) -> Owned:
    answer = ShortAnswer.model_validate({"ask": asks, "kind": "howmuch", "say": say, **more})
    return Owned(answer, RULES.get(rule))


STAR = owned("科创板起步买多少股", "688最少买几股", about=["科创板|688"], say="科创板二百股。")
CHINEXT = owned("创业板最少买多少股", "创业板起步几股", about=["创业板|300"], say="创业板一百股。")
BUY = owned("买入股票收不收印花税", "买股票要交印花税吗", say="不收。", rule="stamp-duty")
SELL = owned("卖出股票收多少印花税", "卖股票交多少印花税", rule="stamp-duty",
             say="卖出收 {{ rule('stamp-duty').rate_sell | pct }}。")  # fmt: skip
INDEX = AnswerIndex([STAR, CHINEXT, BUY, SELL])


@pytest.mark.parametrize(
    ("question", "answer"),
    [
        ("科创板起步买多少股？", STAR),
        ("请问688开头的最少买几股", STAR),
        ("创业板最少买多少股", CHINEXT),
        ("买入股票收印花税不", BUY),
        ("卖出股票收多少印花税呀", SELL),
    ],
)
def test_the_answer_is_found_by_other_words(question: str, answer: Owned) -> None:
    found = INDEX.find(question)
    assert found
    assert found.owned is answer


@pytest.mark.parametrize(
    "question",
    ["北交所最少买多少股", "主板起步买多少股", "最少买多少股", "卖出收什么费", "什么是市盈率", ""],
)
def test_no_answer_is_better_than_that_of_a_twin(question: str) -> None:
    assert INDEX.find(question) is None


def test_two_answers_as_near_as_each_other_are_none() -> None:
    index = AnswerIndex([owned("涨停了怎么办", say="甲。"), owned("涨停了怎么买", say="乙。")])
    assert index.find("涨停了怎么") is None


def test_an_empty_store_has_no_answer() -> None:
    assert AnswerIndex([]).find("什么是市盈率") is None


def test_the_numbers_are_those_of_the_day() -> None:
    new = render_answer(SELL, RULES, TODAY)
    old = render_answer(SELL, RULES, dt.date(2023, 8, 27))
    assert (new.say, old.say) == ("卖出收 0.05%。", "卖出收 0.1%。")
    assert new.rules == ("stamp-duty",)


def test_every_twin_of_the_list_excludes_the_others() -> None:
    for group in twins():
        assert len(group.members) >= 2


def findings(answer: dict[str, object], rule: str = "stamp-duty") -> Iterator[str]:
    changed = Rule.model_validate({**RULES.get(rule).model_dump(), "answers": [answer]})
    book = RuleBook([r for r in RULES if r.id != rule] + [changed])
    return check_answers(CardDeck([]), _alone(book, rule), TODAY, ours().wording)


def _alone(book: RuleBook, rule: str) -> RuleBook:
    """The same rules, answers on the one rule only."""
    return RuleBook(
        [
            r if r.id == rule else Rule.model_validate({**r.model_dump(), "answers": []})
            for r in book
        ]
    )


GOOD = {
    "ask": ["卖股票交多少印花税"],
    "kind": "howmuch",
    "say": "卖出收 {{ rule('stamp-duty').rate_sell | pct }}，买入不收。",
}


def test_a_good_answer_has_no_finding() -> None:
    assert list(findings(GOOD)) == []


@pytest.mark.parametrize(
    ("change", "finding"),
    [
        ({"say": "卖出收 0.05%。"}, "手打了"),
        ({"say": "卖十万元收五十块，也就是 50 元。"}, "手打了"),
        ({"say": "印花税就是卖股票时交的税。"}, "是一句定义"),
        (
            {"kind": "yesno", "say": "卖出收 {{ rule('stamp-duty').rate_sell | pct }}。"},
            "先说是或不是",
        ),
        ({"say": "长" * 61}, "最多 60 个"),
        ({"say": "建议逢低买入。"}, "像是投资建议"),
        ({"then": "这样做稳赚。"}, "承诺用语"),
        ({"say": "{{ rule('no-such-rule').rate }}"}, "没有 no-such-rule"),
        ({"say": "{{ nothing }}"}, "取不到的值"),
    ],
)
def test_one_fault_is_found(change: dict[str, object], finding: str) -> None:
    found = list(findings({**GOOD, **change}))
    assert len(found) == 1, found
    assert finding in found[0]


def test_the_same_words_may_not_be_answered_twice() -> None:
    other = {**GOOD, "say": "卖出才收。"}
    rule = Rule.model_validate({**RULES.get("stamp-duty").model_dump(), "answers": [GOOD, other]})
    book = _alone(RuleBook([r for r in RULES if r.id != rule.id] + [rule]), rule.id)
    assert any(
        "两种不同的回答" in text
        for text in check_answers(CardDeck([]), book, TODAY, ours().wording)
    )


def test_a_card_reads_its_answers() -> None:
    from pathlib import Path

    text = """---
id: sample
title: 例子
category: trading
level: 1
sources: [{name: 来源}]
questions: [一, 二, 三, 四, 五, 六]
answers:
  - {ask: [怎么办], kind: howto, say: 先看原因。, then: 看不懂就问客服。}
---
第一句。
"""
    card = parse_card(text, Path("sample.md"))
    (found,) = all_answers(CardDeck([card]), RuleBook([]))
    assert found.on_card
    assert render_answer(found, RuleBook([]), TODAY).text == "先看原因。看不懂就问客服。"


@pytest.mark.parametrize(
    ("question", "told"),
    [
        ("分红1000元拿20天扣多少税", True),
        ("分红2000元拿20天扣多少税", False),  # the answer works with another amount
        ("分红拿20天扣多少税", False),  # an example stands for no question without an amount
        ("分红两千块拿20天扣多少税", False),
    ],
)
def test_an_example_answers_only_its_own_amount(question: str, told: bool) -> None:
    example = owned("分红1000元拿20天扣多少税", "分红1000块拿20天卖扣税多少", say="扣200元。")
    assert (AnswerIndex([example]).find(question) is not None) is told
