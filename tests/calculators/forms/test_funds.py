"""Spoken questions about buying and selling shares of a fund."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from toujiao.calculators.forms.form import Calculation

from .conftest import SHARED, Ask, Asked, Value


def net(amount: float, rate: float) -> float:
    return round(amount / (1 + rate) + 1e-9, 2)


@pytest.mark.parametrize(
    ("question", "fee"),
    [
        ("申购费1.5%打一折买1万要多少手续费", 10_000 - net(10_000, 0.0015)),
        ("申购10万，费率1.2%，一折，申购费多少钱", 100_000 - net(100_000, 0.0012)),
        ("申购费率1.5%，申购金额5万，申购费是多少", 50_000 - net(50_000, 0.015)),
        ("申购费率1.2%的基金，买入2万元，平台打一折，手续费一共多少", 20_000 - net(20_000, 0.0012)),
        ("买基金5万块，费率0.15%，申购费是多少", 50_000 - net(50_000, 0.0015)),
        ("申购费千分之一点五，一万块，申购费多少", 10_000 - net(10_000, 0.0015)),
        ("一万块买基金，申购费百分之一点五打对折，申购费几块钱", 10_000 - net(10_000, 0.0075)),
        ("买基金1万元申购费多少//1.5%", 10_000 - net(10_000, 0.015)),
        ("我想申购2万的基金，费率1%打六折，申购费要多少", 20_000 - net(20_000, 0.006)),
        ("基金前端申购费1.5%，投入3万，扣多少钱", 30_000 - net(30_000, 0.015)),
    ],
)
def test_fee(value: Value, question: str, fee: float) -> None:
    assert value(question, "fee_yuan") == pytest.approx(fee)


@pytest.mark.parametrize(
    ("question", "units"),
    [
        ("买1万块基金申购费率1.5%打一折，净值1.25，能买多少份", net(10_000, 0.0015) / 1.25),
        ("1万块申购基金，费率0.15%，净值1.2，能得多少份额", net(10_000, 0.0015) / 1.2),
        ("申购10000元，净值1.05，费率1.5%，份额多少", net(10_000, 0.015) / 1.05),
        (
            "我买了1万元基金，单位净值1.0523，申购费1.5%，打1折，确认份额是多少",
            net(10_000, 0.0015) / 1.0523,
        ),
        ("用5000元申购净值1.2元的基金，申购费率1.5%一折，得到多少份额", net(5000, 0.0015) / 1.2),
        ("买5000块基金，净值1.6块，免申购费，能买多少份", 5000 / 1.6),
        ("C类基金1万块，净值1.1，多少份", 10_000 / 1.1),
        ("1万元买净值2元的基金能买多少份", 5000),
        ("净值一块二毛五的基金，申购一万块，费率1.5%，能买几份", net(10_000, 0.015) / 1.25),
        ("申购1万块钱的基金，手续费1.5%，打一折，净值1块，能买多少份", net(10_000, 0.0015)),
    ],
)
def test_shares(value: Value, question: str, units: float) -> None:
    assert value(question, "fund_units") == pytest.approx(units, abs=0.006)


@pytest.mark.parametrize(
    ("question", "fee", "left"),
    [
        ("基金赎回费1.5%，1万块要扣多少", 150, 9850),
        ("赎回1万份，净值1.5，赎回费0.5%，到手多少钱", 75, 14_925),
        ("赎回5000份基金，净值2.1元，赎回费率1.5%，赎回费多少", 157.5, 10_342.5),
        ("持有5天赎回1万块基金，赎回费1.5%，扣多少", 150, 9850),
        ("我有2000份基金净值1.8赎回费0.5%能拿到多少钱", 18, 3582),
        ("赎回3万元基金费率0.75%到手多少", 225, 29_775),
        ("赎回费百分之零点五，两万块钱的基金赎回扣多少", 100, 19_900),
        ("一万份基金赎回，净值一块五，赎回费千分之五，到手多少", 75, 14_925),
        ("赎回1万份净值1.5到手多少//赎回费0.5%", 75, 14_925),
        ("持有半年，赎回费率0.5%，赎回2万元，手续费多少", 100, 19_900),
    ],
)
def test_redemption(value: Value, question: str, fee: float, left: float) -> None:
    assert value(question, "fee_yuan") == pytest.approx(fee)
    assert value(question, "net_yuan") == pytest.approx(left)


@pytest.mark.parametrize(
    ("question", "part"),
    [
        ("买基金1万元申购费多少", "申购费率"),
        ("赎回1万份净值1.5到手多少", "赎回费率"),
        ("赎回1万份，赎回费0.5%，到手多少", "净值"),
        ("基金申购1万元，申购费打一折0.15%，手续费多少", "打折前"),
        ("申购费1.5%打1折再减5元，买1万，多少", "5元"),
        ("申购费1.5%，赎回费0.5%，1万块，净值1变1.2，赚多少", "1.2"),
    ],
)
def test_asked_back(asked_back: Asked, question: str, part: str) -> None:
    assert part in asked_back(question)


@pytest.mark.parametrize(
    "question",
    [
        "申购费怎么算",
        "申购费1.5%贵吗",
        "赎回费1.5%是怎么回事",
        "基金申购费一般是多少",
        "基金申购费1.5%和1.2%差多少",
        "申购1万元的基金什么时候确认份额",
        "赎回到账要几天",
        "基金净值1.5元是什么意思",
    ],
)
def test_left_to_the_cards(ask: Ask, question: str) -> None:
    assert ask(question) is None


@SHARED
@given(
    hundreds=st.integers(1, 900),
    rate=st.integers(3, 20),
    nav=st.integers(5000, 40000),
    order=st.permutations(range(3)),
)
def test_any_order(ask: Ask, hundreds: int, rate: int, nav: int, order: list[int]) -> None:
    facts = [f"申购{hundreds * 100}元", f"申购费率{rate / 10}%", f"净值{nav / 10000}元"]
    done = ask("，".join(facts[i] for i in order) + "，能买多少份")
    assert isinstance(done, Calculation), done
    expected = hundreds * 100 / (1 + rate / 1000) / (nav / 10000)
    assert done.results["fund_units"] == pytest.approx(expected, abs=0.03)
