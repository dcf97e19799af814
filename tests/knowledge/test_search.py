"""Search: a card is found by its name, by its own questions, and not by part of a word."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from toujiao.knowledge.cards import CardDeck
from toujiao.knowledge.folders import ours
from toujiao.knowledge.search import CardIndex, core_words, terms

if TYPE_CHECKING:
    from .conftest import Library

HAN = re.compile(r"[\u4e00-\u9fff]")


def first(index: CardIndex, question: str) -> str:
    return index.search(question, 1)[0].card.id


@pytest.mark.parametrize("card_id", [card.id for card in ours().cards])
def test_the_title_of_a_card_finds_it(index: CardIndex, deck: CardDeck, card_id: str) -> None:
    assert first(index, deck.get(card_id).title) == card_id


@pytest.mark.parametrize("wrapper", ["什么是{}？", "请用大白话解释一下{}是什么意思", "{}怎么看"])
def test_politeness_around_a_title_changes_nothing(
    index: CardIndex, deck: CardDeck, wrapper: str
) -> None:
    missed = [c.id for c in deck if first(index, wrapper.format(c.title)) != c.id]
    assert len(missed) <= 0.02 * len(deck), missed


def test_the_own_questions_of_the_cards_find_them(index: CardIndex, deck: CardDeck) -> None:
    # Every third question of each card: all of them take too long for a unit test.
    asked = [
        (card.id, question)
        for number, card in enumerate(deck)
        for question in card.header.questions[number % 3 :: 3]
    ]
    missed = [(card_id, q) for card_id, q in asked if first(index, q) != card_id]
    assert len(missed) <= 0.05 * len(asked), missed


@pytest.mark.parametrize(
    ("question", "card_id"),
    [
        ("MA是什么", "moving-average"),
        ("macd怎么看", "macd"),
        ("MACD和MA有什么区别", "macd"),
        ("PE多少算高", "pe-ratio"),
        ("PEG是什么", "peg"),
        ("pb低好不好", "pb-ratio"),
        ("ST股票一天最多跌多少", "price-limit-risk-warning"),
        ("t+1是什么意思", "t-plus-one"),
        ("ETF是股票还是基金", "etf"),
        ("lpr是什么", "lpr"),
    ],
)
def test_latin_names_count_as_whole_words_in_any_case(
    index: CardIndex, question: str, card_id: str
) -> None:
    assert first(index, question) == card_id


def test_a_latin_name_inside_a_longer_word_is_not_that_name(library: Library) -> None:
    questions = {"ma": "均线画在哪", "macd": "快慢线差多少", "rest": "别的事情"}
    for name, question in questions.items():
        library.card(
            id=name, title=name.upper(), questions=[f"{question}第{n}问" for n in "一二三四五六"]
        )
    index = CardIndex(library.deck())
    assert [hit.card.id for hit in index.search("MACD")][:1] == ["macd"]
    assert "ma" not in [hit.card.id for hit in index.search("MACD")]
    assert index.search("ma线")[0].card.id == "ma"


@given(st.text(max_size=60))
@settings(deadline=None, max_examples=60)
def test_no_text_breaks_the_search(text: str) -> None:
    hits = ours().index.search(text, 5)
    assert len(hits) <= 5
    assert all(hit.score > 0 for hit in hits)
    assert [hit.score for hit in hits] == sorted((hit.score for hit in hits), reverse=True)


def test_what_no_card_knows_finds_nothing(index: CardIndex) -> None:
    assert index.search("zzqxv") == []


def test_a_search_gives_at_most_what_was_asked_for(index: CardIndex) -> None:
    assert len(index.search("股票", 3)) == 3
    assert len(index.search("股票", 50)) <= 50


@pytest.mark.parametrize(
    ("question", "core"),
    [("请问什么是市盈率？", "市盈率"), ("市盈率是什么意思呢", "市盈率"), ("是什么", "是什么")],
)
def test_question_words_say_nothing_about_the_subject(question: str, core: str) -> None:
    assert core_words(question) == core


def test_terms_are_latin_words_numbers_characters_and_pairs() -> None:
    assert sorted(terms("MA5均线")) == sorted(["ma5", "均", "线", "均线"])


@given(st.text(alphabet="均线市盈率abcMA5 ，。", max_size=30))
def test_terms_do_not_depend_on_case(text: str) -> None:
    assert terms(text.upper()) == terms(text.lower())


@pytest.mark.parametrize(
    ("question", "card_id"),
    [
        ("大宗交易最低多少股", "block-trade"),
        ("港股通需要多少资产才能开", "hk-connect"),
        ("单笔最多能报多少股", "lot-size"),
        ("科创板市值低于多少会退市", "delisting"),
        ("个人养老金一年最多存多少", "pension-account"),
        ("A股现在还有指数熔断吗", "circuit-breaker"),
    ],
)
def test_a_question_on_a_rule_finds_the_card_that_states_it(
    index: CardIndex, question: str, card_id: str
) -> None:
    assert first(index, question) == card_id
