"""Quantities as people write them: every notation gives the same value and unit."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from toujiao.calculators.units import Unit
from toujiao.understand.numerals import chinese_number
from toujiao.understand.quantities import Quantity, read_quantities


def only(text: str) -> Quantity:
    (quantity,) = read_quantities(text)
    return quantity


@pytest.mark.parametrize(
    ("text", "value", "unit"),
    [
        ("三千块", "3000", "元"),
        ("12块5", "12.5", "元"),
        ("十二块五", "12.5", "元"),
        ("三块二毛五", "3.25", "元"),
        ("五毛钱", "0.5", "元"),
        ("八分钱", "0.08", "元"),
        ("三十块零五毛", "30.5", "元"),
        ("3.5万元", "35000", "元"),
        ("一万五", "15000", "元"),
        ("两万三", "23000", "元"),
        ("两万块", "20000", "元"),
        ("3万5千块", "35000", "元"),
        ("10w", "100000", "元"),
        ("3k块", "3000", "元"),
        ("100亿", "10000000000", "元"),
        ("1.2亿元", "120000000", "元"),
        ("１２．５元", "12.5", "元"),
        ("100,000元", "100000", "元"),
        ("1千股", "1000", "股"),
        ("两千零五十股", "2050", "股"),
        ("1万股", "10000", "股"),
        ("10手", "1000", "股"),
        ("两手", "200", "股"),
        ("万2.5", "0.00025", "比率"),
        ("万分之2.5", "0.00025", "比率"),
        ("佣金万三", "0.0003", "比率"),
        ("佣金万一免五", "0.0001", "比率"),
        ("千分之五", "0.005", "比率"),
        ("千分之一", "0.001", "比率"),
        ("0.3‰", "0.0003", "比率"),
        ("百分之十", "0.1", "比率"),
        ("百分之十二点五", "0.125", "比率"),
        ("三成", "0.3", "比率"),
        ("一成五", "0.15", "比率"),
        ("三成半", "0.35", "比率"),
        ("5个点", "0.05", "比率"),
        ("涨了5点", "0.05", "比率"),
        ("亏了一半", "0.5", "比率"),
        ("腰斩", "0.5", "比率"),
        ("1.5折", "0.15", "折"),
        ("八折", "0.8", "折"),
        ("八五折", "0.85", "折"),
        ("85折", "0.85", "折"),
        ("翻倍", "2", "倍"),
        ("半年", "6", "个月"),
        ("一年半", "18", "个月"),
        ("三个月", "3", "个月"),
        ("1年零3个月", "15", "个月"),
        ("四十天", "40", "天"),
        ("半个月", "15", "天"),
        ("一个半月", "45", "天"),
        ("周四", "4", "周几"),
        ("礼拜天", "7", "周几"),
        ("-5%", "-0.05", "比率"),
        ("负0.3元", "-0.3", "元"),
        ("300750", "0", "代码"),
        ("688开头", "0", "代码"),
        ("5日均线", "5", "周期"),
        ("每10股派5元", "0.5", "派"),
        ("十送三", "0.3", "送"),
        ("每股派0.5元", "0.5", "派"),
        ("10配3", "0.3", "配"),
    ],
)
def test_value_and_unit(text: str, value: str, unit: str) -> None:
    quantity = only(text)
    assert (quantity.value, quantity.unit) == (Decimal(value), Unit(unit))
    assert not quantity.vague


@pytest.mark.parametrize(
    "text",
    [
        *("十字星", "一字板", "三板", "新三板", "一买一卖", "第二天", "T+1", "沪深300", "中证500", "科创50"),
        *("万科", "手续费", "半年报", "千万别买", "万一跌了", "50ETF", "72法则", "一直跌", "一般来说", "三大报表"),
        *("一手消息", "二级市场", "十有八九", "一点都不懂", "买一卖一", "七日年化", "第三季度", "神奇九转"),
    ],
)  # fmt: skip
def test_words_that_are_no_quantities(text: str) -> None:
    assert read_quantities(text) == []


@pytest.mark.parametrize("text", ["一百来股", "几千块", "三四千块", "上万元", "10多万", "几十股", "好几万"])
def test_no_exact_number_is_vague(text: str) -> None:
    assert only(text).vague


@pytest.mark.parametrize(
    ("text", "bound"),
    [("不到一个月", "<"), ("超过一年", ">"), ("一年多", ">"), ("满一年", ">="), ("不满7天", "<"), ("半年", "")],
)
def test_bounds(text: str, bound: str) -> None:
    assert only(text).bound == bound


def test_spans_point_into_the_text() -> None:
    text = "2000股成本12块5，现在11块8，佣金万三"
    assert [text[q.start : q.end] for q in read_quantities(text)] == ["2000股", "12块5", "11块8", "万三"]


def test_a_plan_gives_its_parts() -> None:
    parts = [(q.unit, q.value) for q in read_quantities("每10股派2元送5股")]
    assert parts == [(Unit.CASH, Decimal("0.2")), (Unit.BONUS, Decimal("0.5"))]
    parts = [(q.unit, q.value) for q in read_quantities("十送三转二派一元")]
    # 送 and 转 are new shares alike: one part, so that one slot takes them.
    assert parts == [(Unit.BONUS, Decimal("0.5")), (Unit.CASH, Decimal("0.1"))]


def spoken(number: int) -> str:
    """A whole number below 100,000,000 in Chinese, as it is written out in full."""
    digits, units = "零一二三四五六七八九", ["", "十", "百", "千"]

    def four(part: int) -> str:
        text = ""
        for place in range(3, -1, -1):
            digit = part // 10**place % 10
            if digit:
                text += digits[digit] + units[place]
            elif text and part % 10**place:
                text += "" if text.endswith("零") else "零"
        return text

    high, low = divmod(number, 10_000)
    if not high:
        return four(low)
    gap = "零" if low and low < 1000 else ""
    return four(high) + "万" + gap + (four(low) if low else "")


@given(st.integers(1, 99_999_999))
def test_chinese_numerals_are_the_digits(number: int) -> None:
    assert chinese_number(spoken(number)) == number
    assert only(f"{spoken(number)}元").value == only(f"{number}元").value == number
    assert only(f"{number:,}元").value == number


@given(st.integers(1, 9999), st.integers(0, 99))
def test_decimals_and_money_parts_agree(whole: int, cents: int) -> None:
    value = Decimal(whole) + Decimal(cents) / 100
    assert only(f"{value}元").value == value
    if cents % 10 == 0 and cents:
        assert only(f"{whole}块{cents // 10}").value == value


@given(st.text(alphabet="0123456789.%‰万千百十亿元块股手份折成倍年月天日周星期一二三半两零点派送配每-,、 涨跌MA", max_size=30))
def test_nothing_breaks_the_reader(text: str) -> None:
    last = 0
    for quantity in read_quantities(text):
        assert last <= quantity.start < quantity.end <= len(text)
        last = quantity.end
