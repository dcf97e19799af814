"""Filling slots: notation and order change nothing, a number without a place is asked about."""

from __future__ import annotations

import datetime as dt
from itertools import permutations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.understand.test_reader import spoken

from toujiao.assistant.calculate import AskBack, NotOurs, calculate
from toujiao.calculators import round_trip, trade_cost
from toujiao.calculators.forms.all import FORMS
from toujiao.calculators.forms.form import Calculation
from toujiao.calculators.forms.wording import wording
from toujiao.knowledge.folders import ours
from toujiao.knowledge.wording import load_wording

TODAY = dt.date(2026, 11, 27)


def total(question: str) -> float:
    done = calculate(question, TODAY)
    assert isinstance(done, Calculation), (question, done)
    return done.results["total_fees_yuan"]


@given(st.integers(100, 30000), st.integers(1, 300), st.sampled_from(["元", "块", "块钱"]))
@settings(max_examples=60, deadline=None)
def test_notation_changes_nothing(cents: int, lots: int, unit: str) -> None:
    price, shares = cents / 100, lots * 100
    wanted = trade_cost(price, shares, "buy", as_of=TODAY).total
    whole, tenth, hundredth = cents // 100, cents // 10 % 10, cents % 10
    assert total(f"{price}{unit}买入{shares}股，手续费多少") == wanted
    assert total(f"{price}{unit}买入{lots}手，手续费多少") == wanted
    assert total(f"{price}{unit}买入{spoken(shares)}股，手续费多少") == wanted
    if not hundredth and tenth:
        assert total(f"{spoken(whole)}块{spoken(tenth)}买入{spoken(lots)}手，手续费多少") == wanted
    if not hundredth and not tenth:
        assert total(f"{spoken(whole)}元买入{lots}手，手续费多少") == wanted


@given(st.integers(1, 900), st.integers(1, 99))
@settings(max_examples=40, deadline=None)
def test_ten_thousands_and_yuan_agree(tens: int, tenth: int) -> None:
    amount = tens * 10_000 + tenth * 100
    wanted = total(f"买{amount}元股票，手续费多少")
    assert total(f"买{amount / 10_000}万的股票，手续费多少") == wanted
    assert total(f"买{amount / 10_000}w的股票，手续费多少") == wanted
    assert total(f"买{spoken(amount)}块钱的股票，手续费多少") == wanted


FACTS = ("10元买入", "11元卖出", "1000股", "佣金万三")


@pytest.mark.parametrize("order", list(permutations(FACTS)), ids="".join)
def test_order_of_the_facts_changes_nothing(order: tuple[str, ...]) -> None:
    wanted = round_trip(10, 11, 1000, commission_rate=0.0003, as_of=TODAY).total_fees
    assert total("，".join(order) + "，手续费一共多少") == wanted
    assert total("手续费一共多少？" + "，".join(order)) == wanted


@given(
    st.sampled_from(
        ["10元买1000股，手续费多少", "卖出5万元股票，印花税多少", "10块买500股，11块卖了，赚多少"]
    ),
    st.sampled_from(["还有37天", "外加8%", "另外3倍", "7个月", "市盈率15", "9折", "1.2亿"]),
    st.booleans(),
)
@settings(max_examples=60, deadline=None)
def test_a_number_without_a_place_is_asked_about(question: str, extra: str, front: bool) -> None:
    asked = calculate(f"{extra}，{question}" if front else f"{question}，{extra}", TODAY)
    assert isinstance(asked, AskBack)
    assert asked.missing


@pytest.mark.parametrize(
    ("question", "missing"),
    [
        ("买入价10元，手续费多少", "股数"),
        ("我买了1000股，手续费要多少钱", "价格"),
        ("10块买的，11块卖了，赚了多少", "股数"),
        ("1000股，12块卖出，成本忘了，净赚多少", "买入价"),
    ],
)
def test_what_is_missing_is_named_and_the_next_turn_fills_it(question: str, missing: str) -> None:
    asked = calculate(question, TODAY)
    assert isinstance(asked, AskBack)
    assert missing in asked.missing
    assert "还差" in asked.text
    reply = {"股数": "500股", "价格": "8块5", "买入价": "10块"}[missing]
    assert isinstance(calculate(reply, TODAY, [question]), Calculation)


def test_the_next_turn_may_change_a_number_or_a_word() -> None:
    first = "10块买1000股，手续费多少"
    assert _fees("换成2000股呢", first) == trade_cost(10, 2000, "buy", as_of=TODAY).total
    assert _fees("那卖出呢", first) == trade_cost(10, 1000, "sell", as_of=TODAY).total
    assert (
        _fees("佣金要是万一呢", first)
        == trade_cost(10, 1000, "buy", commission_rate=0.0001, as_of=TODAY).total
    )
    assert calculate("什么是市盈率", TODAY, [first]) is None


def _fees(reply: str, *before: str) -> float:
    done = calculate(reply, TODAY, before)
    assert isinstance(done, Calculation), (reply, done)
    return done.results["total_fees_yuan"]


@pytest.mark.parametrize("question", ["10块买了一百来股，手续费多少", "买了几千块股票，手续费多少"])
def test_no_exact_number_no_sum(question: str) -> None:
    asked = calculate(question, TODAY)
    assert isinstance(asked, AskBack)
    assert "准数" in asked.text


@pytest.mark.parametrize(
    "question",
    [
        "房贷100万30年月供多少",
        "车贷20万分36期每月还多少",
        "工资15000要扣多少个税",
        "信用卡分期12期手续费多少，一共3000块",
    ],
)
def test_sums_of_other_trades_are_none_of_ours(question: str) -> None:
    assert isinstance(calculate(question, TODAY), NotOurs)


@pytest.mark.parametrize(
    "question",
    [
        *(
            "什么是涨停板",
            "印花税是0.05%吗",
            "止损10%是什么意思",
            "1手是100股吗",
            "佣金万2.5是多少",
            "你好",
            "股",
        ),
        *(
            "为什么跌50%要涨100%才能回本",
            "T+1今天买1000股明天才能卖1000股吗",
            "十字星是什么",
            "一买一卖是什么意思",
        ),
        *("20日均线和60日均线哪个重要", "茅台现在能买吗", "市盈率30倍高吗", "涨停板是10%吗"),
    ],
)
def test_questions_of_terms_are_left_to_the_cards(question: str) -> None:
    assert calculate(question, TODAY) is None


def test_numbers_that_make_no_sense_say_why() -> None:
    asked = calculate("佣金百分之五，10元买1000股手续费多少", TODAY)
    assert isinstance(asked, AskBack)
    assert "超过了规定的上限" in asked.text


def test_every_form_is_whole_and_its_words_are_fit_to_be_shown() -> None:
    deck, texts = ours().cards, wording()
    assert len({form.name for form in FORMS}) == len(FORMS)
    for entry in texts["sums"].values():
        assert entry["card"] in deck
    for sentence in texts["lines"].values():
        assert load_wording().find_advice(sentence) is None
        assert load_wording().find_promise(sentence) is None
    for form in FORMS:
        for slot in form.slots:
            assert slot.ask or not slot.required or slot.many, (form.name, slot.name)


PIECES = st.sampled_from(
    [
        *"109.万千亿%元块股手年月天个十二半成买卖派送配亏税每、，-",
        *["涨停", "跌停", "昨收", "手续费", "佣金", "多少", "股价", "每股收益", "市盈率", "定投"],
        *["年化", "复利", "翻倍", "回本", "逆回购", "回撤", "均线", "胜率", "凯利", "盈亏比"],
        *["分红", "除权", "2023年8月", "去年", "688开头", "浮亏", "申购费", "转股价", "夏普"],
    ]
)


@settings(max_examples=150, deadline=None)
@given(st.one_of(st.text(max_size=60), st.lists(PIECES, max_size=25).map("".join)))
def test_nothing_makes_it_fail(text: str) -> None:
    done = calculate(text + "多少", TODAY)
    if isinstance(done, Calculation):
        assert done.steps
        assert all(isinstance(value, int | float) for value in done.results.values())
        assert "{" not in "".join(done.steps)


@pytest.mark.parametrize(
    "question", ["主板戴帽的票七月五号那天最多能砸下去几个点", "北交所新股第一天有涨跌幅吗"]
)
def test_a_question_of_its_own_after_a_question_back_is_new(question: str) -> None:
    """It tells nothing of what was missing, so it is not asked about again."""
    asked_back = "两百股的票亏了，亏了几块"
    assert isinstance(calculate(asked_back, TODAY), AskBack)
    assert calculate(question, TODAY, [asked_back]) is None
