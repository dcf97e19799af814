"""Spoken questions about the quota of new issues."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from .conftest import SHARED, Ask, Asked, Value


@pytest.mark.parametrize(
    ("question", "key", "expected"),
    [
        ("沪市市值10万能申购多少股新股", "shares", 10000),
        ("我有8万块深市股票市值，打新能申购多少", "shares", 8000),
        ("深市日均市值9800元能打新吗，能申购几股", "shares", 0),
        ("沪市市值一万四打新能配多少股", "shares", 1000),
        ("创业板打新，深市市值6.7万，能顶格多少股", "shares", 6500),
        ("深圳股票市值12.3万 新股申购额度是多少", "shares", 12000),
        ("科创板打新 沪市市值 33333元 能买几股", "shares", 3000),
        ("沪市日均市值25000元，可以申购多少股", "shares", 2500),
        ("沪市10000块市值新股能申购几股", "shares", 1000),
        ("上海的股票有20万，申购新股额度多少", "shares", 20000),
        ("打新额度怎么算，深市6万", "shares", 6000),
        # Until 16 February 2023 Shanghai counted 1000 shares for 10,000 yuan.
        ("2022年沪市市值5.5万能申购多少股新股", "shares", 5000),
        ("深市8万市值，新股申购上限6000股，我能申购多少", "shares", 6000),
        ("沪市20万深市10万市值打新额度各多少", "sse_shares", 20000),
        ("沪市5.5万市值，深市3.2万市值，打新分别能申购多少股", "szse_shares", 3000),
    ],
)
def test_quota(value: Value, question: str, key: str, expected: float) -> None:
    assert value(question, key) == expected


@pytest.mark.parametrize(
    ("question", "part"),
    [
        ("市值15万，打新能申购多少股", "沪市的市值还是深市的"),
        ("北交所市值10万能申购多少股新股", "北交所"),
        ("沪深两市加起来15万，打新能申购多少股", "沪市"),
        ("沪市市值10万，两个账户，能申购多少股新股", "两个"),
    ],
)
def test_asked_back(asked_back: Asked, question: str, part: str) -> None:
    assert part in asked_back(question)


@pytest.mark.parametrize(
    "question",
    [
        "顶格申购需要多少市值",
        "打新需要多少市值",
        "沪市市值10万，申购可转债能买多少",
        "中签1000股要缴多少钱，发行价20元",
        "打新是什么意思，要多少钱",
    ],
)
def test_left_to_the_cards(ask: Ask, question: str) -> None:
    assert ask(question) is None


def test_two_turns(value: Value) -> None:
    assert value("市值15万，打新能申购多少股//深市", "shares") == 15000


@SHARED
@given(thousands=st.integers(10, 900), sse=st.booleans())
def test_every_5000_yuan_give_500_shares(value: Value, thousands: int, sse: bool) -> None:
    market = "沪市" if sse else "深市"
    expected = thousands // 5 * 500
    assert value(f"{market}市值{thousands}000元，打新能申购多少股", "shares") == expected
    assert value(f"我打新，{thousands / 10:g}万块{market}市值能申购几股", "shares") == expected
