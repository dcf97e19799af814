"""What sums about money over time need from the reader: parts, 个亿, 翻两番, how often."""

from __future__ import annotations

from decimal import Decimal

import pytest

from toujiao.calculators.units import Unit
from toujiao.understand.items import item_of, with_lists
from toujiao.understand.quantities import read_quantities

READ = [
    ("净利润60个亿", Unit.YUAN, Decimal(60 * 10**8)),
    ("亏了三个亿", Unit.YUAN, Decimal(3 * 10**8)),
    ("三十个亿", Unit.YUAN, Decimal(30 * 10**8)),
    ("资产翻两番", Unit.TIMES, Decimal(4)),
    ("翻了三番", Unit.TIMES, Decimal(8)),
    ("工资的四分之一", Unit.RATIO, Decimal("0.25")),
    ("亏了5分之2", Unit.RATIO, Decimal("0.4")),
    ("申购费打对折", Unit.DISCOUNT, Decimal("0.5")),
    ("只剩六成了，涨多少", Unit.RATIO, Decimal("0.6")),
    ("只剩一半了", Unit.RATIO, Decimal("0.5")),
    ("百分之三十", Unit.RATIO, Decimal("0.3")),
    ("千分之二", Unit.RATIO, Decimal("0.002")),
]


@pytest.mark.parametrize(("text", "unit", "value"), READ)
def test_read(text: str, unit: Unit, value: Decimal) -> None:
    (found,) = read_quantities(text)
    assert (found.unit, found.value) == (unit, value)


@pytest.mark.parametrize("text", ["每月15号定投", "每个月十五日扣款", "每月的5号"])
def test_a_day_of_every_month_is_no_number(text: str) -> None:
    assert read_quantities(text) == []


@pytest.mark.parametrize("text", ["每半年投一笔", "每隔两周", "每3个月", "每2周"])
def test_how_often_is_idle(text: str) -> None:
    assert all(quantity.idle for quantity in read_quantities(text))


def test_how_long_is_not_idle() -> None:
    assert not any(q.idle for q in read_quantities("投半年，放两周"))


def test_times_make_a_list() -> None:
    text = "10倍、15倍、20倍"
    (listed,) = with_lists([item_of(q) for q in read_quantities(text)], text)
    assert listed.values == (10, 15, 20)


def test_a_full_width_comma_groups_no_digits() -> None:
    found = read_quantities("现价18，500股")
    assert [(q.value, q.unit) for q in found] == [(18, Unit.NONE), (500, Unit.SHARES)]
    (grouped,) = read_quantities("18,500股")
    assert grouped.value == 18500


@pytest.mark.parametrize(
    ("text", "amount", "length", "unit"),
    [
        ("10万三年", 100_000, 3, Unit.YEARS),
        ("10万5年", 100_000, 5, Unit.YEARS),
        ("一百万十年", 1_000_000, 10, Unit.YEARS),
        ("5万18个月", 50_000, 18, Unit.MONTHS),
        ("五千三年", 5000, 3, Unit.YEARS),
        ("2万一年", 20_000, 1, Unit.YEARS),
    ],
)
def test_an_amount_and_a_time(text: str, amount: int, length: int, unit: Unit) -> None:
    first, second = read_quantities(text)
    assert first.value == amount
    assert (second.value, second.unit) == (length, unit)


@pytest.mark.parametrize("text", ["10万年化4%", "一百万年利率4%", "5000年化4%", "5000年收益4%"])
def test_a_yearly_rate_is_no_time(text: str) -> None:
    assert [q.unit for q in read_quantities(text)][1:] == [Unit.RATIO]
    assert read_quantities(text)[0].unit in (Unit.YUAN, Unit.NONE)


@pytest.mark.parametrize(
    ("text", "days"), [("一百二十天", 120), ("三百六十五天", 365), ("180天", 180)]
)
def test_long_times_stay_whole(text: str, days: int) -> None:
    (found,) = read_quantities(text)
    assert (found.value, found.unit) == (days, Unit.DAYS)


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("每月3000一共投了多少", 3000),
        ("每月两千一共投了多少", 2000),
        ("两千一", 2100),
        ("3千一次", 3000),
        ("3万5", 35_000),
        ("本金100000", 100_000),
        ("150000怎么算", 150_000),
    ],
)
def test_where_a_number_ends(text: str, value: int) -> None:
    assert read_quantities(text)[0].value == value


def test_codes_stay_codes() -> None:
    for text in ("600000昨收10元", "000001现价", "688981涨停", "300750今天"):
        assert read_quantities(text)[0].unit is Unit.CODE


def test_gross_profit_is_no_coin() -> None:
    assert [q.value for q in read_quantities("卖100成本70毛利率多少")] == [100, 70]
    assert read_quantities("7毛钱")[0].value == Decimal("0.7")


@pytest.mark.parametrize("text", ["12块多", "5万多，", "两千多股"])
def test_some_more_is_vague(text: str) -> None:
    assert read_quantities(text)[0].vague


def test_how_much_is_not_vague() -> None:
    assert not read_quantities("亏了5万多少钱")[0].vague


def test_one_half() -> None:
    assert [q.value for q in read_quantities("一半买股票跌了10%")] == [
        Decimal("0.5"),
        Decimal("0.1"),
    ]


def test_an_age() -> None:
    found = read_quantities("我35岁，六十岁退休")
    assert [(q.value, q.unit) for q in found] == [(35, Unit.AGE), (60, Unit.AGE)]


def test_a_repo_code_inside_an_amount_is_none() -> None:
    assert read_quantities("20400000元")[0].value == 20_400_000
    assert read_quantities("131800元")[0].value == 131_800


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("一块零五", "1.05"),
        ("十块零八，", "10.08"),
        ("17块零5分", "17.05"),
        ("三块零五分钱", "3.05"),
        ("三块零五毛", "3.5"),
        ("12块5", "12.5"),
        ("三块二毛五", "3.25"),
    ],
)
def test_fen_behind_a_zero(text: str, value: str) -> None:
    assert read_quantities(text)[0].value == Decimal(value)


def test_a_time_behind_money_is_no_fen() -> None:
    assert [q.value for q in read_quantities("十元零五天")] == [10, 5]
