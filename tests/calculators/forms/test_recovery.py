"""Spoken questions about losses: the gain that makes up for one, moves in a row."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from toujiao.calculators.forms.form import Calculation

from .conftest import SHARED, Ask, Asked, Value


def needed(left: float) -> float:
    """The gain that brings `left` of the money back to all of it."""
    return 1 / left - 1


@pytest.mark.parametrize(
    ("question", "left"),
    [
        ("亏了一半要涨多少才能回本", 0.5),
        ("从10万亏到6万，要涨多少才能回本", 0.6),
        ("跌了三成需要涨几成才能解套", 0.7),
        ("亏损百分之二十，要赚百分之多少才能回本", 0.8),
        ("腰斩了要涨多少回本", 0.5),
        ("股票腰斩以后得涨多少才能回到原来的价", 0.5),
        ("先跌20%再跌10%，要涨多少才回本", 0.72),
        ("跌了50%又涨了20%，还要涨多少才能回本", 0.6),
        ("20块买的跌到15块要涨百分之几才能解套", 0.75),
        ("成本20现价15还要涨多少回本", 0.75),
        ("10万块现在只剩6万了得涨多少才能回本", 0.6),
        ("10万亏了30%要涨多少才能回本", 0.7),
        ("10万亏了3万要涨多少才能回本", 0.7),
        ("账户亏了8万，原来20万，要涨多少才能回本", 0.6),
        ("跌到原来的四成，要涨多少回本", 0.4),
        ("只剩六成了，涨多少能回本", 0.6),
        ("只剩一半了要涨多少才能回本", 0.5),
        ("亏了三分之一要涨多少回本", 2 / 3),
        ("跌了30%，涨回来要多少", 0.7),
        ("浮亏15个点，需要涨几个点才能解套", 0.85),
        ("半年亏了30%要涨多少才能回本", 0.7),
        ("-30%要涨多少才能回本", 0.7),
        ("亏三成需要涨多少", 0.7),
        ("股票跌80%后要涨几倍才能回来", 0.2),
        ("从6000点跌到3000点要涨多少才能回到原点", 0.5),
        ("从25块跌到10块需要涨多少百分比才能回到25", 0.4),
        ("我买的基金净值从1.5跌到1.2，涨多少能回本", 0.8),
        ("我20块买了1000股现在跌到16块要涨多少才能回本", 0.8),
        ("10万现在亏了3万要涨多少才能回本", 0.7),
        ("30%的亏损要多少收益才能补回来", 0.7),
        ("10万亏成4万，要赚百分之几才能翻本", 0.4),
        ("投资10万，第1年亏20%，第2年要赚多少才能回本", 0.8),
    ],
)
def test_recover(value: Value, question: str, left: float) -> None:
    assert value(question, "gain_needed") == pytest.approx(needed(left))


def test_the_missing_money_is_told(ask: Ask) -> None:
    done = ask("10万亏了30%要涨多少才能回本")
    assert isinstance(done, Calculation)
    assert done.results["missing_yuan"] == 30_000
    assert "42.86%" in done.steps[-1]


@pytest.mark.parametrize(
    ("question", "change"),
    [
        ("先跌20%再涨20%最后是亏还是赚", -0.04),
        ("先涨50%再跌50%等于多少", -0.25),
        ("连续跌3天每天跌5%一共跌了多少", 0.95**3 - 1),
        ("每年亏10%，连着亏3年，一共亏了多少", 0.9**3 - 1),
        ("亏20%要涨25%才能回本吗", 0),
        ("亏了20%，要涨30%才回本吗", 0.04),
        ("跌了两成，再跌一成，一共跌了多少", -0.28),
        ("股价先涨了10%又跌了10%，现在是涨了还是跌了多少", -0.01),
    ],
)
def test_moves_in_a_row(value: Value, question: str, change: float) -> None:
    assert value(question, "change") == pytest.approx(change, abs=1e-9)


@pytest.mark.parametrize(
    ("question", "part"),
    [
        ("10元跌到7元再涨到8元要涨多少回本", "8元"),
        ("从10万涨到12万要涨多少才能回本", "没有亏"),
        ("跌10%又涨50%还要涨多少才能回本", "没有亏"),
    ],
)
def test_asked_back(asked_back: Asked, question: str, part: str) -> None:
    assert part in asked_back(question)


@pytest.mark.parametrize(
    "question",
    [
        "为什么跌50%要涨100%才能回本",
        "亏了一半为啥得翻一倍才回本",
        "亏10%和亏50%回本难度差多少",
        "亏损50%怎么办",
        "股票亏了30%还能回本吗",
        "连续三年亏损会怎样",
        "连亏5次怎么调整",
        "净资产收益率连续5年超过15%好吗",
    ],
)
def test_left_to_the_cards(ask: Ask, question: str) -> None:
    assert ask(question) is None


@SHARED
@given(st.integers(1, 99), st.integers(1, 99), st.booleans())
def test_two_falls(ask: Ask, first: int, second: int, words: bool) -> None:
    said = f"百分之{second}" if words else f"{second}%"
    done = ask(f"先跌{first}%再跌{said}要涨多少才能回本")
    assert isinstance(done, Calculation), done
    left = (1 - first / 100) * (1 - second / 100)
    assert done.results["gain_needed"] == pytest.approx(needed(left))


@SHARED
@given(st.integers(2, 500), st.integers(1, 499))
def test_from_and_to(ask: Ask, before: int, after: int) -> None:
    if after >= before:
        before, after = after + 1, before
    if after >= before:
        return
    done = ask(f"从{before}万亏到{after}万，要涨多少才能回本")
    assert isinstance(done, Calculation), done
    assert done.results["gain_needed"] == pytest.approx(before / after - 1)
