"""Choosing the cards: sure of the subject or none, and “它” is what was talked about before."""

from __future__ import annotations

import pytest

from toujiao.assistant.retrieve import MOST_CARDS, NEAR, points_back, retrieve
from toujiao.knowledge.folders import ours


def ids(question: str, *before: str) -> list[str]:
    history = []
    for asked in before:
        history += [{"role": "user", "content": asked}, {"role": "assistant", "content": "……"}]
    return [hit.card.id for hit in retrieve(question, history, ours().index).hits]


@pytest.mark.parametrize(
    ("question", "card_id"),
    [
        ("什么是移动平均线", "moving-average"),
        ("印花税怎么算", "stamp-duty"),
        ("主板ST股票一天最多跌多少？", "price-limit-risk-warning"),
        ("杀猪盘是什么套路", "pig-butchering"),
        ("夏普比率多少算好", "sharpe-ratio"),
    ],
)
def test_a_question_about_a_card_is_answered_from_it(question: str, card_id: str) -> None:
    assert ids(question)[0] == card_id


@pytest.mark.parametrize(
    ("before", "question", "card_id"),
    [
        ("什么是市盈率", "那它怎么算呢", "pe-ratio"),
        ("什么是市盈率", "那它呢？", "pe-ratio"),
        ("什么是市盈率", "怎么算呢", "pe-ratio"),
        ("什么是市盈率", "为什么呢", "pe-ratio"),
        ("什么是市盈率", "它靠谱吗", "pe-ratio"),
        ("什么是市盈率", "举个例子", "pe-ratio"),
        ("KDJ是什么", "刚才说的那个怎么看", "kdj"),
        ("什么是移动平均线", "那它的金叉和死叉具体指什么呢？", "golden-cross"),
    ],
)
def test_what_points_back_is_read_with_the_question_before(
    before: str, question: str, card_id: str
) -> None:
    assert ids(question, before)[0] == card_id


def test_it_means_the_last_subject() -> None:
    assert ids("那它怎么算呢", "什么是市盈率", "什么是市净率")[0] == "pb-ratio"


def test_a_chain_of_pointing_questions_keeps_its_subject() -> None:
    assert ids("再简单点", "什么是市盈率", "怎么算呢", "举个例子")[0] == "pe-ratio"


def test_no_question_on_a_card_is_mistaken_for_pointing_back() -> None:
    questions = [q for card in ours().cards for q in card.header.questions]
    assert [q for q in questions if points_back(q)] == []


def test_a_question_with_a_subject_of_its_own_forgets_the_one_before() -> None:
    assert ids("那印花税怎么算", "什么是市盈率")[0] == "stamp-duty"


@pytest.mark.parametrize("question", ["那它怎么算呢", "zzqxv", "怎样煮饺子", "什么是蝴蝶价差"])
def test_what_no_card_covers_gets_none(question: str) -> None:
    assert ids(question) == []


def test_pointing_back_to_what_no_card_covers_gets_none() -> None:
    assert ids("那它呢", "怎样煮饺子") == []


@pytest.mark.parametrize(
    "question", ["股票", "涨跌停板", "买卖股票要交哪些费用", "MACD和KDJ有什么区别"]
)
def test_few_cards_are_kept_and_only_near_ones(question: str) -> None:
    found = retrieve(question, [], ours().index)
    assert len(found.hits) + len(found.near) <= MOST_CARDS
    assert all(hit.score >= NEAR * found.hits[0].score for hit in found.hits)
    assert all(hit.score < NEAR * found.hits[0].score for hit in found.near)


def test_the_also_rans_of_an_unknown_question_are_told() -> None:
    found = retrieve("什么是蝴蝶价差", [], ours().index)
    assert found.hits == ()
    assert found.near
