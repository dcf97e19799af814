"""Returns, compounding, regular investing and reverse repo."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from toujiao.calculators.returns import (
    annualize,
    compound,
    gain_to_recover,
    regular_investing,
    reverse_repo,
    simple_return,
    years_to_double,
)
from toujiao.errors import ToujiaoError

DAY = date(2026, 10, 9)

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


def test_regular_investing_by_hand() -> None:
    # two payments of 100 at 10 % each: 100 x 1.1^2 + 100 x 1.1 = 231
    result = regular_investing(100, 0.1, 2, times_per_year=1)
    assert (result.paid, result.value, result.gain) == (200, 231, 31)
    assert result.steps[0] == "一共投入：100 元 × 2 期 = 200 元"
    assert result.steps[-1] == "其中收益：231 − 200 = 31 元"


def test_regular_investing_without_a_return_gives_the_money_back() -> None:
    result = regular_investing(500, 0, 3)
    assert (result.paid, result.value, result.gain) == (18_000, 18_000, 0)


@given(st.integers(1, 5_000), st.floats(-0.5, 0.5), st.integers(1, 30), st.sampled_from([1, 4, 12]))
def test_regular_investing_is_every_payment_compounded(
    amount: int, rate: float, length: int, times: int
) -> None:
    count = length * times
    paid_in_turn = sum(amount * (1 + rate / times) ** left for left in range(1, count + 1))
    result = regular_investing(amount, rate, length, times)
    assert result.paid == amount * count
    assert result.value == pytest.approx(paid_in_turn, rel=1e-9, abs=0.006)


def test_reverse_repo_by_hand() -> None:
    # 100000 x 2 % x 3 / 365 = 16.438...
    result = reverse_repo(100_000, 0.02, 3, DAY)
    assert result.interest == 16.44
    assert result.steps == ("利息：100000 元 × 2% × 3 天 ÷ 365 天 = 16.44 元",)
    assert reverse_repo(1_000, 0.02, 1, DAY).interest == 0.05


def test_reverse_repo_starts_at_the_minimum_of_the_rule() -> None:
    with pytest.raises(ToujiaoError, match="1000 元起"):
        reverse_repo(999, 0.02, 1, DAY)


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
        (lambda: regular_investing(0, 0.1, 1), "每期金额"),
        (lambda: regular_investing(100, 0.1, 1.03), "总期数"),
        (lambda: regular_investing(100, 5, 300), "太大"),
        (lambda: reverse_repo(10_000, 0.02, 0, DAY), "占款天数"),
        (lambda: reverse_repo(10_000, -0.02, 1, DAY), "年化利率"),
    ],
)
def test_bad_input_is_explained(call: Callable[[], object], message: str) -> None:
    with pytest.raises(ToujiaoError, match=message):
        call()
