"""MACD and KDJ from ready parts, and their agreement with the lines of the same name."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from toujiao.calculators import indicators
from toujiao.calculators.indicator_parts import kdj_j, kdj_next, kdj_rsv, macd_bar
from toujiao.errors import ToujiaoError

from .conftest import Candles

percents = st.floats(0, 100)


def test_the_bar_is_doubled_without_noise() -> None:
    assert macd_bar(0.35, 0.28) == 0.14
    assert macd_bar(-0.1, 0.2) == -0.6


def test_rsv_by_hand() -> None:
    # (12 - 10) / (15 - 10)
    assert kdj_rsv(12, 10, 15) == 40
    assert (kdj_rsv(10, 10, 15), kdj_rsv(15, 10, 15)) == (0, 100)
    assert kdj_rsv(10, 10, 10) == 50


def test_j_by_hand() -> None:
    assert kdj_j(60, 50) == 80
    assert kdj_j(90, 70) == 130
    assert kdj_j(20.1, 30.3) == -0.3


def test_the_next_day_by_hand() -> None:
    # K = 2/3 x 50 + 1/3 x 80 = 60, D = 2/3 x 50 + 1/3 x 60 = 53.33, J = 180 - 106.67
    after = kdj_next(50, 50, 80)
    assert after.k == 60
    assert after.d == pytest.approx(160 / 3)
    assert after.j == pytest.approx(220 / 3)


@given(percents, percents, percents)
def test_k_moves_towards_rsv_and_d_towards_k(k: float, d: float, rsv: float) -> None:
    after = kdj_next(k, d, rsv)
    assert min(k, rsv) - 1e-9 <= after.k <= max(k, rsv) + 1e-9
    assert min(d, after.k) - 1e-9 <= after.d <= max(d, after.k) + 1e-9
    assert after.j == pytest.approx(kdj_j(after.k, after.d))


def test_the_parts_walk_along_the_lines(candles: Candles) -> None:
    high, low, close = candles.high, candles.low, candles.close
    kdj, macd = indicators.kdj(high, low, close), indicators.macd(close)
    for day in (50, 200, 399):
        window = slice(day - 8, day + 1)
        rsv = kdj_rsv(close[day], low[window].min(), high[window].max())
        after = kdj_next(kdj.k[day - 1], kdj.d[day - 1], rsv)
        assert (after.k, after.d, after.j) == pytest.approx((kdj.k[day], kdj.d[day], kdj.j[day]))
        assert macd_bar(macd.dif[day], macd.dea[day]) == pytest.approx(macd.bar[day])


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: macd_bar("x", 1), "DIF要填数字"),
        (lambda: macd_bar(1, float("nan")), "DEA要填一个普通的数"),
        (lambda: kdj_rsv(16, 10, 15), "不在最低价和最高价之间"),
        (lambda: kdj_j(None, 1), "K 值"),
        (lambda: kdj_next(101, 50, 50), "前一天的 K 值要在 0 到 100 之间"),
        (lambda: kdj_next(50, -1, 50), "前一天的 D 值"),
        (lambda: kdj_next(50, 50, 120), "RSV"),
    ],
)
def test_bad_input_is_explained(call: Callable[[], object], message: str) -> None:
    with pytest.raises(ToujiaoError, match=message):
        call()
