"""Spoken questions about bonds and convertible bonds."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from toujiao.calculators.forms.form import Calculation

from .conftest import SHARED, Ask, Asked, Value


def price(face: float, coupon: float, market: float, years: int) -> float:
    """Each payment discounted by itself."""
    paid = [face * coupon] * years
    paid[-1] += face
    return sum(amount / (1 + market) ** (n + 1) for n, amount in enumerate(paid))


@pytest.mark.parametrize(
    ("question", "expected"),
    [
        ("面值100票面利率3%市场利率4%还有5年到期，债券价格多少", price(100, 0.03, 0.04, 5)),
        ("票面利率5%，市场利率4%，10年期，面值1000，债券值多少钱", price(1000, 0.05, 0.04, 10)),
        (
            "债券面值100元，票息3%，剩余3年，市场利率升到4%，价格应该是多少",
            price(100, 0.03, 0.04, 3),
        ),
        ("百元面值的债券，票面利率4%，3年，市场利率5%，现在值多少钱", price(100, 0.04, 0.05, 3)),
        (
            "面值1000元，票面利率6%，期限5年，市场利率8%，债券发行价格是多少",
            price(1000, 0.06, 0.08, 5),
        ),
        ("一张面值100的债，每年付息5块，剩3年，市场利率4%，值多少", price(100, 0.05, 0.04, 3)),
        ("债券票面利率百分之三，市场利率百分之四，五年到期，价格是多少", price(100, 0.03, 0.04, 5)),
        ("5年期债券，市场收益率4%，票息5%，面值100，价格多少", price(100, 0.05, 0.04, 5)),
        ("面值100票面利率3%还有5年到期，债券价格多少//市场利率4%", price(100, 0.03, 0.04, 5)),
    ],
)
def test_bond_price(value: Value, question: str, expected: float) -> None:
    assert value(question, "price_yuan") == pytest.approx(expected, abs=0.006)


@pytest.mark.parametrize(
    ("question", "key", "expected"),
    [
        ("转股价8.5元正股价9.2元，转股价值多少", "conversion_value_yuan", 100 / 8.5 * 9.2),
        ("转股价10块，正股价12块，转股价值是多少", "conversion_value_yuan", 120),
        ("转债面值100，转股价20，股价22，转股价值多少钱", "conversion_value_yuan", 110),
        ("正股现在十二块，转股价十块，转股价值几块钱", "conversion_value_yuan", 120),
        ("转股价12.5，正股15，20张转债转股价值一共多少", "total_yuan", 2400),
        ("10张可转债转股价5.5元正股6.6元能值多少", "total_yuan", 1200),
        ("转债价格115，转股价8.5，正股价9.2，转股溢价率多少", "conversion_premium", 0.0625),
        ("转债价格115，正股价9.2，转股溢价率多少//转股价8块5", "conversion_premium", 0.0625),
        ("可转债现价130元，转股价值100元，溢价率是多少", "conversion_premium", 0.3),
        ("转债120元，转股价10元，正股9元，溢价率多少", "conversion_premium", 120 / 90 - 1),
        ("正股价12，转股价10，转债130，转股溢价率怎么算", "conversion_premium", 130 / 120 - 1),
        (
            "某转债转股价5元，正股现价6元，转债价格125元，求转股价值和溢价率",
            "conversion_premium",
            125 / 120 - 1,
        ),
        ("转债市价118，转股价值105，转股溢价率", "conversion_premium", 118 / 105 - 1),
        ("转债100元，转股价10元，正股11元，溢价率多少", "conversion_premium", 100 / 110 - 1),
        ("10张转债，转股价8元，能转多少股", "shares", 125),
        ("我有20张转债，转股价7.5，转股能换多少股", "shares", 266),
    ],
)
def test_convertible(value: Value, question: str, key: str, expected: float) -> None:
    assert value(question, key) == pytest.approx(expected)


@pytest.mark.parametrize(
    ("question", "part"),
    [
        ("转债价格115，正股价9.2，转股溢价率多少", "转股价"),
        ("转股价10块，转股价值是多少", "正股"),
        ("面值100票面利率3%还有5年到期，债券价格多少", "市场利率"),
        ("票面利率3%，市场利率4%，债券价格多少", "几年"),
        ("转股价10，下修到8，正股7，转股价值多少", "8"),
        ("债券面值100，票面利率3%，市场利率4%，还有两年半，价格多少", "整年"),
    ],
)
def test_asked_back(asked_back: Asked, question: str, part: str) -> None:
    assert part in asked_back(question)


@pytest.mark.parametrize(
    "question",
    [
        "转股价是什么",
        "溢价率30%高吗",
        "转股溢价率30%高不高",
        "可转债的转股价值怎么算",
        "债券价格为什么和利率反着走",
        "面值1元是什么意思",
    ],
)
def test_left_to_the_cards(ask: Ask, question: str) -> None:
    assert ask(question) is None


@SHARED
@given(
    bond=st.integers(90, 300),
    conversion=st.integers(100, 5000),
    stock=st.integers(100, 5000),
    order=st.permutations(range(3)),
)
def test_any_order(ask: Ask, bond: int, conversion: int, stock: int, order: list[int]) -> None:
    facts = [f"转债价格{bond}元", f"转股价{conversion / 100}元", f"正股价{stock / 100}元"]
    done = ask("，".join(facts[i] for i in order) + "，转股溢价率多少")
    assert isinstance(done, Calculation), done
    expected = bond / (100 / conversion * stock) - 1
    assert done.results["conversion_premium"] == pytest.approx(expected)
