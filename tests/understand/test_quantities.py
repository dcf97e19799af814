"""The one reader of quantities: value and unit, however the amount is typeset."""

from __future__ import annotations

from decimal import Decimal

import pytest

from toujiao.understand.quantities import Unit, read_quantities


@pytest.mark.parametrize(
    ("text", "value", "unit"),
    [
        ("市值 100 万元", "1000000", Unit.YUAN),
        ("公司赚 6 亿元", "600000000", Unit.YUAN),
        ("成交 400 万股", "4000000", Unit.SHARES),
        ("共 1000 万份", "10000000", Unit.FUND_UNITS),
        ("成交 1 万亿元", "1000000000000", Unit.YUAN),
    ],
)
def test_a_space_between_digits_and_their_scale_changes_nothing(
    text: str, value: str, unit: Unit
) -> None:
    [quantity] = read_quantities(text)
    assert (quantity.value, quantity.unit) == (Decimal(value), unit)


@pytest.mark.parametrize(
    ("text", "value", "unit"),
    [
        ("一点五元", "1.5", Unit.YUAN),
        ("一点二倍", "1.2", Unit.TIMES),
        ("零点一亿元", "10000000", Unit.YUAN),
        ("十二点五万元", "125000", Unit.YUAN),
    ],
)
def test_a_chinese_decimal_is_no_little_bit(text: str, value: str, unit: Unit) -> None:
    [quantity] = read_quantities(text)
    assert (quantity.value, quantity.unit) == (Decimal(value), unit)


def test_a_little_bit_is_no_number() -> None:
    assert read_quantities("便宜一点儿，再涨一点。") == []
