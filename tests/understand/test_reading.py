"""Numbers with their second part, plans of dividends, codes of reverse repos, rates of slang."""

from __future__ import annotations

from decimal import Decimal

import pytest

from toujiao.calculators.units import Unit
from toujiao.understand.quantities import read_quantities


def read(text: str) -> list[tuple[Decimal, Unit]]:
    return [(q.value, q.unit) for q in read_quantities(text)]


@pytest.mark.parametrize(
    ("text", "value", "unit", "bound"),
    [
        ("十块零五分", "10.05", Unit.YUAN, ""),
        ("十块零五", "10.05", Unit.YUAN, ""),
        ("10块零5毛", "10.5", Unit.YUAN, ""),
        ("三块二毛五", "3.25", Unit.YUAN, ""),
        ("一年零一天", "366", Unit.DAYS, ""),
        ("1年零15天", "380", Unit.DAYS, ""),
        ("1个月零5天", "35", Unit.DAYS, ""),
        ("一年两个月零三天", "428", Unit.DAYS, ""),
        ("一年零三个月", "15", Unit.MONTHS, ""),
        ("两年半", "30", Unit.MONTHS, ""),
        ("一个多月", "1", Unit.MONTHS, ">"),
        ("半个多月", "15", Unit.DAYS, ">"),
        ("半年多", "6", Unit.MONTHS, ">"),
        ("半个月", "15", Unit.DAYS, ""),
        ("一年开外", "1", Unit.YEARS, ">"),
        ("十万分之一", "0.00001", Unit.RATIO, ""),
        ("20cm", "0.2", Unit.RATIO, ""),
    ],
)
def test_number_with_its_tail(text: str, value: str, unit: Unit, bound: str) -> None:
    (only,) = read_quantities(text)
    assert (only.value, only.unit, only.bound) == (Decimal(value), unit, bound)


def test_a_count_is_no_tail_of_money() -> None:
    assert read("10块3连板") == [(10, Unit.YUAN), (3, Unit.COUNT)]


def test_about_two_months_is_vague() -> None:
    (only,) = read_quantities("两个来月")
    assert only.vague


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("每10股派现5元", [("0.5", Unit.CASH)]),
        ("每十股派两块五", [("0.25", Unit.CASH)]),
        ("每10股派发现金红利人民币5.5元（含税）", [("0.55", Unit.CASH)]),
        ("10派2块5送3股", [("0.25", Unit.CASH), ("0.3", Unit.BONUS)]),
        ("十送三转二派一元", [("0.5", Unit.BONUS), ("0.1", Unit.CASH)]),
        ("10送3派5转2", [("0.5", Unit.BONUS), ("0.5", Unit.CASH)]),
        ("每股能分0.5元", [("0.5", Unit.CASH)]),
        ("每股派两毛五", [("0.25", Unit.CASH)]),
        ("每股分5分钱", [("0.05", Unit.CASH)]),
        ("分红每股0.5元", [("0.5", Unit.CASH)]),
        ("派息方案每10股5元", [("0.5", Unit.CASH)]),
        ("每股0.5元的分红", [("0.5", Unit.CASH)]),
        ("分红方案：每10股派5元，转增3股", [("0.5", Unit.CASH), ("0.3", Unit.BONUS)]),
        ("每10股配3股，配股价8元", [("0.3", Unit.RIGHTS), ("8", Unit.YUAN)]),
        ("1000股分红500元", [("1000", Unit.SHARES), ("500", Unit.YUAN)]),
        ("每股分红率40%", [("0.4", Unit.RATIO)]),
    ],
)
def test_plan(text: str, parts: list[tuple[str, Unit]]) -> None:
    assert read(text) == [(Decimal(value), unit) for value, unit in parts]


@pytest.mark.parametrize(
    ("code", "days"),
    [
        ("GC001", 1),
        ("gc007", 7),
        ("GC182", 182),
        ("204014", 14),
        ("R-001", 1),
        ("R028", 28),
        ("131810", 1),
        ("131806", 182),
        ("隔夜", 1),
    ],
)
def test_repo_code_is_its_term(code: str, days: int) -> None:
    assert read(f"买{code}") == [(days, Unit.DAYS)]


def test_other_codes_are_no_terms() -> None:
    assert read("204005") == [(0, Unit.CODE)]
    assert read("131999") == [(0, Unit.CODE)]


def test_money_before_a_yearly_rate_is_no_length() -> None:
    assert read("50万 年化1.9%") == [(500000, Unit.YUAN), (Decimal("0.019"), Unit.RATIO)]
    assert read("10万 年利率2%")[0] == (100000, Unit.YUAN)


def test_the_third_of_a_row() -> None:
    assert read("第3个涨停价") == [(3, Unit.COUNT)]
    assert read("第三个") == []


@pytest.mark.parametrize(
    ("text", "bound"),
    [
        ("没超过一年", "<="),
        ("不超过一年", "<="),
        ("超过一年", ">"),
        ("没到一年", "<"),
        ("还没满一年", "<"),
        ("满一年", ">="),
    ],
)
def test_bounds(text: str, bound: str) -> None:
    (only,) = read_quantities(text)
    assert only.bound == bound
