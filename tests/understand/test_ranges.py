"""Ranges and guesses are no exact numbers; a scale multiplies its own part; how often is no length."""

from __future__ import annotations

from decimal import Decimal

import pytest

from toujiao.calculators.units import Unit
from toujiao.understand.quantities import read_quantities


@pytest.mark.parametrize(
    "text",
    [
        *(
            "收益五到六个点",
            "每月投800-1000元",
            "放3至5年",
            "年化4~6%",
            "投十到二十万",
            "涨了两三成",
        ),
        *(
            "亏了七八个点",
            "投五六年",
            "每月三五百块",
            "跌了好几成",
            "跌了百分之几十",
            "赚了好几个点",
        ),
    ],
)
def test_between_two_numbers_is_vague(text: str) -> None:
    assert read_quantities(text)[-1].vague


@pytest.mark.parametrize(
    "text",
    [
        "从6到9元",
        "由5至7元",
        "6元涨到9元",
        "净值1到1.2到0.9元",
        "跌到15%",
        "八五折",
        "二十三块",
        "持有35年",
    ],
)
def test_a_move_or_a_list_is_no_range(text: str) -> None:
    assert not any(quantity.vague for quantity in read_quantities(text))


@pytest.mark.parametrize("text", ["跌了几成", "涨了百分之几", "赚了几个点"])
def test_what_is_asked_for_is_no_quantity(text: str) -> None:
    assert read_quantities(text) == []


@pytest.mark.parametrize(
    ("text", "value"),
    [
        *(("5亿4千万股", "540000000"), ("2亿零5百万", "205000000"), ("7亿3000万元", "730000000")),
        *(("一万亿", "1000000000000"), ("4亿6", "460000000"), ("八亿三千五百万股", "835000000")),
        *(("3k6", "3600"), ("2w7", "27000"), ("6k5块", "6500"), ("1.5w", "15000")),
    ],
)
def test_each_scale_multiplies_its_own_part(text: str, value: str) -> None:
    assert [quantity.value for quantity in read_quantities(text)] == [Decimal(value)]


def test_a_digit_behind_a_letter_may_count_something_else() -> None:
    assert [str(q.value) for q in read_quantities("4w6年")] == ["40000", "6"]
    assert [str(q.value) for q in read_quantities("4w6%")] == ["40000", "0.06"]


@pytest.mark.parametrize(
    ("text", "idle"),
    [
        *(("一年涨4%", True), ("一年按5%算", True), ("一年大概3个点", True), ("一年付一次", True)),
        *(("半年一付", True), ("半年付息", True), ("拿了一年涨4%", False), ("一年赚了4%", False)),
        *(("放一年", False), ("半年赚了4%", False), ("第一年涨4%", None)),
    ],
)
def test_how_often_is_no_length(text: str, idle: bool | None) -> None:
    lengths = [q for q in read_quantities(text) if q.unit in (Unit.YEARS, Unit.MONTHS)]
    assert [q.idle for q in lengths] == ([] if idle is None else [idle])


@pytest.mark.parametrize(
    ("text", "values"),
    [
        *(
            ("四万五一年", ["45000", "1"]),
            ("三万二两年", ["32000", "2"]),
            ("六万五八年", ["65000", "8"]),
        ),
        *(("十万二十五年", ["100000", "25"]),),
    ],
)
def test_a_second_digit_behind_a_scale_counts_something_else(text: str, values: list[str]) -> None:
    read = [str(quantity.value) for quantity in read_quantities(text + "以后")]
    assert read == values


def test_two_digits_behind_a_scale_are_a_guess() -> None:
    assert read_quantities("三万五六千块")[0].vague
    assert read_quantities("两百五六块")[0].vague
    assert read_quantities("一百二五块")[0].vague
