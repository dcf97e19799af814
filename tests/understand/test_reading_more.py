"""Readings that the first blind sums found wrong: each with its whole kind."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

import pytest

from toujiao.calculators.units import Unit
from toujiao.understand.items import with_lists
from toujiao.understand.quantities import read_quantities
from toujiao.understand.sums import read

TODAY = dt.date(2026, 10, 9)


def _said(text: str) -> list[tuple[str, Unit]]:
    return [(str(q.value.normalize() + 0), q.unit) for q in read_quantities(text)]


@pytest.mark.parametrize(
    ("text", "first"),
    [
        ("六块八连续三个涨停", "6.8"),
        ("7块4连着两个跌停", "7.4"),
        ("9块1连吃3个跌停", "9.1"),
        ("九块一连拉五个涨停", "9.1"),
        ("4块7连3个板", "4.7"),
        ("10块3连板", "10"),
        ("10块3连涨", "10"),
    ],
)
def test_running_on_after_a_money_tail(text: str, first: str) -> None:
    quantity = read_quantities(text)[0]
    assert (quantity.value, quantity.unit) == (Decimal(first), Unit.YUAN)


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("一年12个月", [("1", Unit.YEARS), ("12", Unit.MONTHS)]),
        ("一年250天", [("1", Unit.YEARS), ("250", Unit.DAYS)]),
        ("一个月30天", [("1", Unit.MONTHS), ("30", Unit.DAYS)]),
        ("一年3个月", [("15", Unit.MONTHS)]),
        ("一年零11个月", [("23", Unit.MONTHS)]),
        ("一年零一天", [("366", Unit.DAYS)]),
    ],
)
def test_what_a_year_has_is_no_second_part(text: str, wanted: list[tuple[str, Unit]]) -> None:
    assert _said(text) == wanted


@pytest.mark.parametrize(
    ("text", "values"),
    [
        ("这五周涨跌3%、-2%、1%", ["0.03", "-0.02", "0.01"]),
        ("每天盈亏1.5%、2%", ["0.015", "0.02"]),
        ("涨跌幅4%、5%", ["0.04", "0.05"]),
        ("跌3%、4%", ["-0.03", "-0.04"]),
    ],
)
def test_a_word_of_both_ways_is_no_sign(text: str, values: list[str]) -> None:
    items = with_lists(read(text, TODAY).items, text, signed=True)
    assert [str(v) for item in items if item.is_list for v in item.values] == values


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("10送3配1，配股价6块，派2块", {"送": "0.3", "配": "0.1", "元": "6", "派": "0.2"}),
        (
            "每10股配3股配股价五块五，送2股，派1元",
            {"配": "0.3", "元": "5.5", "送": "0.2", "派": "0.1"},
        ),
        ("10派3元送2股配1股，配股价7元", {"派": "0.3", "送": "0.2", "配": "0.1", "元": "7"}),
    ],
)
def test_the_price_of_rights_within_a_plan(text: str, wanted: dict[str, str]) -> None:
    found = {q.unit.value: q.value for q in read_quantities(text)}
    assert found == {unit: Decimal(value) for unit, value in wanted.items()}
