"""Returns and compounding."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from toujiao.calculators.returns import (
    annualize,
    compound,
    gain_to_recover,
    simple_return,
    years_to_double,
)
from toujiao.errors import ToujiaoError

rates = st.floats(-0.9, 1)
years = st.floats(0.1, 60)


def test_simple_return() -> None:
    assert simple_return(10, 12) == pytest.approx(0.2)
    assert simple_return(10, 8) == pytest.approx(-0.2)
    assert simple_return(10, 0) == -1


@pytest.mark.parametrize(("loss", "gain"), [(0, 0), (0.1, 1 / 9), (0.2, 0.25), (0.5, 1), (0.9, 9)])
def test_gain_to_recover(loss: float, gain: float) -> None:
    assert gain_to_recover(loss) == pytest.approx(gain)


@given(st.floats(0, 0.999))
def test_losing_and_recovering_ends_where_it_began(loss: float) -> None:
    assert (1 - loss) * (1 + gain_to_recover(loss)) == pytest.approx(1)


def test_compound_by_hand() -> None:
    assert compound(10_000, 0.1, 2) == pytest.approx(12_100)
    assert compound(10_000, -0.5, 1) == pytest.approx(5_000)
    assert compound(10_000, 0.05, 0) == 10_000


@given(rates, years)
def test_annualize_undoes_compound(rate: float, length: float) -> None:
    total = compound(1, rate, length) - 1
    # 1 - 0.9^60 leaves nothing to invert: the difference from -1 is below float precision.
    if total > -0.999:
        assert annualize(total, length) == pytest.approx(rate, abs=1e-6)


@given(rates, st.floats(0, 30), st.floats(0, 30))
def test_compounding_in_two_parts_is_the_same(rate: float, first: float, second: float) -> None:
    whole = compound(100, rate, first + second)
    assert compound(compound(100, rate, first), rate, second) == pytest.approx(whole)


def test_years_to_double_is_the_rule_of_72_and_knows_the_exact_figure() -> None:
    doubling = years_to_double(0.08)
    assert doubling == pytest.approx(9)
    assert doubling.rule_of_72 == pytest.approx(9)
    assert doubling.exact == pytest.approx(9.00647, abs=1e-5)
    assert compound(1, 0.08, doubling.exact) == pytest.approx(2)
    assert doubling.steps == ("72 法则：72 ÷ 8 ≈ 9 年", "精确算：ln2 ÷ ln(1 + 8%) ≈ 9.01 年")


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: simple_return(0, 1), "买入价"),
        (lambda: simple_return(1, -1), "卖出价"),
        (lambda: gain_to_recover(1), "本金已经没有"),
        (lambda: gain_to_recover(50), "一半写成 0.5"),
        (lambda: gain_to_recover(-0.1), "亏损比例"),
        (lambda: compound(0, 0.1, 1), "本金"),
        (lambda: compound(1, -1, 1), "年收益率必须大于 -1"),
        (lambda: compound(1, 0.1, -1), "年数"),
        (lambda: compound(1, 10, 1e9), "太大"),
        (lambda: annualize(-1, 1), "总收益率"),
        (lambda: annualize(0.5, 0), "年数"),
        (lambda: annualize(1, 1e-9), "太大"),
        (lambda: years_to_double(0), "年收益率"),
    ],
)
def test_bad_input_is_explained(call: Callable[[], object], message: str) -> None:
    with pytest.raises(ToujiaoError, match=message):
        call()
