"""The `calc` object of the card templates."""

from __future__ import annotations

import copy
import subprocess
import sys
from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from jinja2.sandbox import ImmutableSandboxedEnvironment

from toujiao import calculators
from toujiao.calculators import indicators
from toujiao.calculators.catalog import Catalog, namespace
from toujiao.errors import ToujiaoError

BEFORE, AFTER = date(2026, 7, 5), date(2026, 7, 6)
PRICES = [10 + 0.1 * day + (day % 5) * 0.3 for day in range(60)]
HIGHS, LOWS = [price + 0.4 for price in PRICES], [price - 0.5 for price in PRICES]
VOLUMES = [1000.0 + 10 * day for day in range(60)]


@pytest.fixture(scope="module")
def calc() -> Catalog:
    return namespace(AFTER)


def test_it_holds_exactly_the_public_calculators(calc: Catalog) -> None:
    assert sorted(calc) == sorted(calculators.__all__)
    assert len(calc) == len(calculators.__all__)


def test_every_public_calculator_has_a_docstring() -> None:
    assert [name for name in calculators.__all__ if not getattr(calculators, name).__doc__] == []


def test_the_day_is_filled_in(calc: Catalog) -> None:
    assert namespace(BEFORE).limit_up(4, st=True) == 4.2
    assert calc.limit_up(4, st=True) == 4.4
    assert namespace(date(2023, 8, 27)).trade_cost(10, 1000, "sell").stamp_duty == 10
    assert namespace(date(2023, 8, 27)).round_trip(10, 11, 1000).sell.stamp_duty == 11
    assert calc.reverse_repo(100_000, 0.02, 3).interest == 16.44


def test_a_day_given_by_the_card_wins(calc: Catalog) -> None:
    assert calc.limit_up(4, st=True, as_of=BEFORE) == 4.2
    assert calc.limit_up(4, "main", True, BEFORE) == 4.2


def test_days_of_their_own_go_together_with_the_day_filled_in(calc: Catalog) -> None:
    trip = calc.round_trip(10, 11, 1000, buy_day=date(2023, 8, 1))
    assert "买入在2023年8月1日，卖出在2026年7月6日" in trip.steps[0]
    assert calc.dividend_tax(500, bought=date(2026, 1, 8), sold=date(2026, 2, 8)).rate == 0.2
    assert calc.repo_days(1, date(2026, 11, 26)).days == 3
    assert calc.kdj_next(50, 50, 80).k == 60


def test_other_calculators_pass_through(calc: Catalog) -> None:
    assert calc.gain_to_recover(0.5) == 1
    assert calc.ex_rights_price(20, bonus_ratio=1.0) == 10
    assert calc.years_to_double(0.08).exact == pytest.approx(9.006, abs=1e-3)


def test_ma_without_a_period_is_the_mean_of_all(calc: Catalog) -> None:
    assert calc.ma([10, 11, 12, 13, 14]) == 12
    assert calc.ma([10, 11, 12, 13, 14], 2) == 13.5
    assert calc.ma([10, 11, 12, 13, 14], n=1) == 14


@pytest.mark.parametrize(
    ("name", "arguments"),
    [
        ("ma", (PRICES, 5)),
        ("ema", (PRICES, 12)),
        ("sma_cn", (PRICES, 3)),
        ("rsi", (PRICES, 6)),
        ("wr", (HIGHS, LOWS, PRICES, 10)),
        ("bias", (PRICES, 6)),
        ("atr", (HIGHS, LOWS, PRICES, 14)),
        ("obv", (PRICES, VOLUMES)),
    ],
)
def test_indicators_give_the_last_value(
    calc: Catalog, name: str, arguments: tuple[Any, ...]
) -> None:
    value = calc[name](*arguments)
    assert type(value) is float
    assert value == getattr(indicators, name)(*arguments)[-1]


@pytest.mark.parametrize(
    ("name", "arguments", "parts"),
    [
        ("macd", (PRICES,), ("dif", "dea", "bar")),
        ("kdj", (HIGHS, LOWS, PRICES), ("k", "d", "j")),
        ("boll", (PRICES,), ("mid", "upper", "lower")),
    ],
)
def test_lines_give_their_last_values(
    calc: Catalog, name: str, arguments: tuple[Any, ...], parts: tuple[str, ...]
) -> None:
    values, lines = calc[name](*arguments), getattr(indicators, name)(*arguments)
    for part in parts:
        assert type(getattr(values, part)) is float
        assert getattr(values, part) == getattr(lines, part)[-1]


@pytest.mark.parametrize(
    "call",
    [
        lambda calc: calc.ma([1, 2], 3),
        lambda calc: calc.boll([1, 2, 3]),
        lambda calc: calc.atr([10, 11], [9, 10], [9.5, 10.5], 14),
    ],
)
def test_too_few_days_are_an_error_and_not_nan(
    calc: Catalog, call: Callable[[Catalog], object]
) -> None:
    with pytest.raises(ToujiaoError, match="数据太少"):
        call(calc)


def test_an_unknown_name_lists_near_ones(calc: Catalog) -> None:
    with pytest.raises(ToujiaoError, match=r"没有 calc\.limitup 这个计算器.*limit_up"):
        calc.limitup(10)
    with pytest.raises(ToujiaoError, match="对照计算器的清单"):
        calc.zzzzzz(10)


def test_wrong_arguments_name_the_right_ones(calc: Catalog) -> None:
    with pytest.raises(ToujiaoError, match=r"calc\.pe 的参数不对，应当是：price、eps"):
        calc.pe(20)
    with pytest.raises(ToujiaoError, match=r"calc\.ma 的参数不对，应当是：prices、n"):
        calc.ma([1, 2], days=2)


def test_it_survives_what_python_does_to_objects(calc: Catalog) -> None:
    assert copy.copy(calc).limit_up(10) == 11
    assert not hasattr(calc, "__html__")
    assert "limit_up" in calc
    assert "limitup" not in calc


def test_it_works_inside_a_sandboxed_template(calc: Catalog) -> None:
    template = ImmutableSandboxedEnvironment().from_string(
        "{{ calc.limit_down(4, board='main', st=true) }} {{ calc.macd(prices).bar > 0 }}"
        "{% set t = calc.round_trip(10, 11, 1000) %} {{ t.total_fees }} {{ t.steps[-1] }}"
    )
    text = template.render(calc=calc, prices=[1, 2, 4, 8])
    assert text == "3.6 True 15.71 不亏的最低卖出价：10.02 元"


def test_importing_the_calculators_stays_light() -> None:
    heavy = "pandas torch transformers gradio plotly sqlalchemy jinja2 yaml pydantic talib"
    code = (
        "import sys, toujiao.calculators.catalog, toujiao.calculators.talib_convention;"
        f"print([name for name in '{heavy}'.split() if name in sys.modules])"
    )
    result = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True, encoding="utf-8"
    )
    assert result.stdout.strip() == "[]"
