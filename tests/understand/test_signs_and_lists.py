"""Signs, spoken decimals and lists: what a misreading would turn into a wrong sum."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import pytest

from toujiao.calculators.units import Unit
from toujiao.understand.items import Item, with_lists
from toujiao.understand.sums import read

TODAY = dt.date(2026, 10, 9)
BETWEEN = r"(?:周|星期)[一二三四五]|第[一二三]天|又|再|涨到|跌到|涨了?|跌了?"


def _items(text: str) -> list[Item]:
    return [i for i in read(text, TODAY).items if not i.idle]


@pytest.mark.parametrize(
    ("text", "values"),
    [
        ("1% -2% 3%", ["0.01", "-0.02", "0.03"]),
        ("DIF -0.12 DEA-0.05", ["-0.12", "-0.05"]),
        ("DIF是负的0.12", ["-0.12"]),
        ("负零点一二", ["-0.12"]),
        ("+1%、-2%", ["0.01", "-0.02"]),
        ("正1%负2%", ["0.01", "-0.02"]),
        ("负十五个点", ["-0.15"]),
        ("正负5%", ["0.05"]),
        ("2000-3000元", ["2000", "3000"]),
        ("5%-8%", ["0.05", "0.08"]),
        ("5% - 8%", ["0.05", "0.08"]),
        ("胜负5次", ["5"]),
    ],
)
def test_a_sign_belongs_to_its_number_and_a_dash_between_two_is_none(
    text: str, values: list[str]
) -> None:
    assert [i.value for i in _items(text)] == [Decimal(v) for v in values]


@pytest.mark.parametrize(
    ("text", "value", "unit"),
    [
        ("一点五倍", "1.5", Unit.TIMES),
        ("一点二块", "1.2", Unit.YUAN),
        ("一点二亿", "120000000", Unit.YUAN),
        ("三点五亿股", "350000000", Unit.SHARES),
        ("1个亿", "100000000", Unit.YUAN),
        ("一点五个亿股", "150000000", Unit.SHARES),
        ("3个w手", "3000000", Unit.SHARES),
        ("贝塔一点二", "1.2", Unit.NONE),
        ("DIF是0点35", "0.35", Unit.NONE),
        ("DIF零点三五", "0.35", Unit.NONE),
        ("OBV 100万股", "1000000", Unit.SHARES),
        ("成交量500000", "500000", Unit.NONE),
        ("买了1个万科", "1", Unit.COUNT),
    ],
)
def test_spoken_decimals_and_counted_scales(text: str, value: str, unit: Unit) -> None:
    (item,) = _items(text)
    assert (item.value, item.unit) == (Decimal(value), unit)


def test_ratios_in_words() -> None:
    assert [i.value for i in _items("赔率一赔二")] == [1, 2]
    assert [i.value for i in _items("盈亏比是三比一")] == [3, 1]
    assert [i.value for i in _items("盈亏比二的凯利")] == [2]


@pytest.mark.parametrize(
    "text",
    [
        "便宜一点",
        "一点点",
        "是三连阳",
        "比一般的高",
        "MACD(12,26,9)",
        "参数12、26、9",
        "KDJ参数9,3,3",
        "前一天",
    ],
)
def test_names_are_no_quantities(text: str) -> None:
    assert not _items(text)


def test_codes_stay_codes() -> None:
    units = [i.unit for i in read("代码600519、000001", TODAY).items]
    assert units == [Unit.CODE, Unit.CODE]
    assert [i.value for i in _items("成交量100000、120000、90000")] == [100000, 120000, 90000]


def test_months_before_a_return_are_labels() -> None:
    assert [i.value for i in _items("1月涨5%，2月跌3%")] == [Decimal("0.05"), Decimal("0.03")]


def test_yesterdays_indicator_is_not_the_day_asked_about() -> None:
    reading = read("昨天K值60，D值50，今天RSV是75，J是多少", TODAY)
    assert not reading.day.stated
    assert "昨天K值" in reading.text
    assert read("昨天买的", TODAY).day.stated


@pytest.mark.parametrize(
    ("text", "values", "unit"),
    [
        ("涨1%跌2%涨3%跌1%", ["0.01", "-0.02", "0.03", "-0.01"], Unit.RATIO),
        ("跌1%，涨了2%，跌了0.5%", ["-0.01", "0.02", "-0.005"], Unit.RATIO),
        ("周一涨1%，周二跌2%，周三涨3%", ["0.01", "-0.02", "0.03"], Unit.RATIO),
        ("跌-2%、1%", ["-0.02", "0.01"], Unit.RATIO),
        ("1、-2、3%", ["0.01", "-0.02", "0.03"], Unit.RATIO),
        ("百分之1、2、3", ["0.01", "0.02", "0.03"], Unit.RATIO),
        ("1、2、3成", ["0.1", "0.2", "0.3"], Unit.RATIO),
        ("10、11块5", ["10", "11.5"], Unit.YUAN),
        ("3、4、5毛", ["0.3", "0.4", "0.5"], Unit.YUAN),
        ("10、11、12手", ["1000", "1100", "1200"], Unit.SHARES),
        ("10、20、30万股", ["100000", "200000", "300000"], Unit.SHARES),
        ("5000、8000、1万手", ["500000", "800000", "1000000"], Unit.SHARES),
        ("从1涨到1.2又跌到0.9", ["1", "1.2", "0.9"], Unit.NONE),
        ("第一天10块，第二天11块，第三天10块5", ["10", "11", "10.5"], Unit.YUAN),
    ],
)
def test_lists(text: str, values: list[str], unit: Unit) -> None:
    found = [i for i in with_lists(read(text, TODAY).items, text, 2, BETWEEN, True) if i.is_list]
    assert [(i.values, i.unit) for i in found] == [(tuple(map(Decimal, values)), unit)]
    assert not found[0].vague


def test_money_without_anything_in_between() -> None:
    def lists(text: str) -> list[tuple[Decimal, ...]]:
        return [i.values for i in with_lists(read(text, TODAY).items, text, 2) if i.is_list]

    assert lists("10元11元12元五日均线") == [(Decimal(10), Decimal(11), Decimal(12))]
    # Where a number ends nobody knows here.
    assert not lists("十块五十一块十块八")


def test_a_name_after_money_is_no_tail() -> None:
    assert [i.value for i in _items("14元五日均线")] == [14]
    assert [i.value for i in _items("10块5日均线")] == [10]


def test_periods() -> None:
    def periods(text: str) -> list[int]:
        return [int(i.value) for i in read(text, TODAY).items if i.unit is Unit.PERIOD]

    assert periods("周期3，N=5，20周期EMA，收盘11 周期12") == [3, 5, 20, 12]
    assert periods("12日和26日EMA") == [26]
    assert periods("ema5和昨天EMA12是15.2") == [5, 12]
    # Yesterday's value, not a period.
    assert periods("昨EMA 20 今收 21.5") == []
    assert periods("定投周期3年") == []


def test_a_fall_back_is_no_count() -> None:
    assert [i.value for i in _items("从1.5回落到1.2")] == [Decimal("1.5"), Decimal("1.2")]


def test_whether_the_second_fell_too_is_not_said() -> None:
    text = "第一天跌1%，第二天2%"
    (item,) = [i for i in with_lists(read(text, TODAY).items, text, 2, BETWEEN, True) if i.is_list]
    assert item.vague
    text = "跌1%、2%，涨3%"
    (item,) = [i for i in with_lists(read(text, TODAY).items, text, 2, BETWEEN, True) if i.is_list]
    assert item.values == (Decimal("-0.01"), Decimal("-0.02"), Decimal("0.03"))


def test_a_list_that_may_count_in_ten_thousands_or_not_is_vague() -> None:
    (item,) = with_lists(read("200、3万股", TODAY).items, "200、3万股", 2)
    assert item.vague


def test_signs_of_words_only_where_a_form_wants_them() -> None:
    text = "跌10%、跌20%"
    (item,) = with_lists(read(text, TODAY).items, text, 2, BETWEEN)
    assert item.values == (Decimal("0.1"), Decimal("0.2"))


def test_a_parameter_before_a_list_is_no_member() -> None:
    text = "周期3，10、11、12"
    single, many = with_lists(read(text, TODAY).items, text, 2)
    assert single.value == 3
    assert many.values == (10, 11, 12)
