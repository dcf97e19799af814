"""Spoken questions about reverse repos: days and interest."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from toujiao.calculators.forms.form import Calculation

from .conftest import SHARED, Ask, Asked, Value

INTEREST, DAYS = "interest_yuan", "interest_days"


def interest(amount: float, percent: float, days: int) -> float:
    return round(amount * percent / 100 * days / 365 + 1e-9, 2)


@pytest.mark.parametrize(
    ("question", "expected"),
    [
        ("10万元做1天期国债逆回购，年化2%，利息多少", interest(1e5, 2, 1)),
        ("周四买10万元一天期逆回购，利率3%，能赚多少", interest(1e5, 3, 3)),
        ("100,000元做国债逆回购14天利率1.8%，收益多少", interest(1e5, 1.8, 14)),
        ("周四做GC001 10万 利率2% 利息多少", interest(1e5, 2, 3)),
        ("周五做GC001，10万块，利率1.5%，能拿多少利息", interest(1e5, 1.5, 1)),
        ("GC001周三做20万利率2.1利息多少", interest(2e5, 2.1, 1)),
        ("10月8日做GC007 50万 年化1.9% 利息多少", interest(5e5, 1.9, 7)),
        ("9月30日做GC001 10万 利率3% 利息多少", interest(1e5, 3, 1)),
        ("204001 周四 10万 2% 利息", interest(1e5, 2, 3)),
        ("131810买1万块年化2.5%周一做利息几块", interest(1e4, 2.5, 1)),
        ("R-001 10万 2.3% 周二 能赚多少钱", interest(1e5, 2.3, 1)),
        ("逆回购 R-007 利率1.95 本金3万 能拿多少利息", interest(3e4, 1.95, 7)),
        ("隔夜逆回购10万利率1.7%能赚几个钱", interest(1e5, 1.7, 1)),
        ("做一天逆回购10万，2%，实际占款3天，利息多少", interest(1e5, 2, 3)),
        ("28天期的逆回购 五万块 年化1.65% 利息多少", interest(5e4, 1.65, 28)),
        ("我用20万周四下午做了GC001成交价2.85利息几块钱", interest(2e5, 2.85, 3)),
        ("做10万的7天逆回购年化百分之二能得多少钱", interest(1e5, 2, 7)),
        ("昨天做的GC001，10万，利率1.6%，利息多少", interest(1e5, 1.6, 3)),
        ("今天做10万GC001，利率1.5%，利息多少", interest(1e5, 1.5, 1)),
        ("10万元GC001利率2%不算手续费利息多少", interest(1e5, 2, 1)),
    ],
)
def test_interest(value: Value, question: str, expected: float) -> None:
    assert value(question, INTEREST) == pytest.approx(expected)


@pytest.mark.parametrize(
    ("question", "days"),
    [
        ("GC007 周四做的，算几天", 7),
        ("周四做1天期逆回购实际计息几天", 3),
        ("周五做一天期逆回购算几天", 1),
        ("GC002周四做算几天利息", 4),
        ("GC003 周三做算几天利息", 5),
        ("GC004周一做的哪天能用", 6),
        ("R-003周五做计息天数多少", 1),
        ("7天期逆回购周五做算几天", 7),
        ("9月29日做GC001 算几天利息", 8),
        ("9月28日做GC007算几天利息", 10),
        ("2026年2月12日做GC001，占款几天", 11),
        ("周四做GC001算几天利息，钱什么时候能取", 3),
    ],
)
def test_days(value: Value, question: str, days: int) -> None:
    assert value(question, DAYS) == days


@pytest.mark.parametrize(
    ("question", "part"),
    [
        ("GC007 10万块利息多少", "年化利率"),
        ("5万做逆回购，利率2%，利息多少", "几天期"),
        ("GC001利率2%利息多少", "多少钱"),
        ("节前做GC001 10万 利率3% 利息多少", "日期"),
        ("周日做GC001算几天", "周末不开市"),
        ("上周四做的GC001 10万 2% 收了多少利息", "不开市"),
        ("2025年9月29日做GC001，10万，2%，利息", "2025"),
        ("逆回购500元，利率2%，7天利息多少", "1000 元起"),
        ("GC001算几天利息", "周几"),
        ("10月12日周二做GC001 10万 2% 利息", "对不上"),
        ("1天期逆回购10万元收益5.48元，年化多少", "5.48元"),
    ],
)
def test_asked_back(asked_back: Asked, question: str, part: str) -> None:
    assert part in asked_back(question)


@pytest.mark.parametrize(
    "question",
    [
        "GC001是什么",
        "逆回购周六能做吗",
        "逆回购利率2%高吗",
        "逆回购10万手续费多少",
        "周四做GC001和GC007哪个好",
    ],
)
def test_left_to_the_cards(ask: Ask, question: str) -> None:
    assert ask(question) is None


@pytest.mark.parametrize(
    ("turns", "expected"),
    [
        ("做逆回购10万能赚多少//GC007，利率1.8%", interest(1e5, 1.8, 7)),
        ("GC007 10万块利息多少//1.8%", interest(1e5, 1.8, 7)),
        ("5万做逆回购，利率2%，利息多少//7天", interest(5e4, 2, 7)),
    ],
)
def test_two_turns(value: Value, turns: str, expected: float) -> None:
    assert value(turns, INTEREST) == pytest.approx(expected)


def test_days_in_two_turns(value: Value) -> None:
    assert value("GC001算几天//周四", DAYS) == 3


def test_assumptions_are_said(ask: Ask) -> None:
    for question, part in (
        ("周四做GC001 10万 利率2% 利息多少", "没有算节假日"),
        ("10万元做1天期国债逆回购，年化2%，利息多少", "没有说哪天做的"),
    ):
        done = ask(question)
        assert isinstance(done, Calculation)
        assert any(part in step for step in done.steps)
        assert any("手续费" in step for step in done.steps)


WEEKDAYS = "一二三四五"


@SHARED
@given(
    code=st.sampled_from([("GC001", 1), ("GC002", 2), ("GC003", 3), ("GC007", 7), ("R-014", 14)]),
    weekday=st.integers(0, 4),
    amount=st.integers(1, 90),
)
def test_days_by_counting(value: Value, code: tuple[str, int], weekday: int, amount: int) -> None:
    name, term = code

    def opened(day: int) -> int:
        while day % 7 > 4:
            day += 1
        return day

    first, second = opened(weekday + 1), opened(opened(weekday + term) + 1)
    days = second - first
    assert value(f"周{WEEKDAYS[weekday]}做{name}算几天利息", DAYS) == days
    for written in (f"{amount}万", f"{amount}万元", f"{amount}0000块"):
        got = value(f"周{WEEKDAYS[weekday]}做{name}，{written}，年化2%，利息多少", INTEREST)
        assert got == pytest.approx(amount * 10000 * 0.02 * days / 365, abs=0.0051)
