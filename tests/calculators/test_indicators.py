"""The 通达信 convention by hand and by what must always hold."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from toujiao.calculators import indicators
from toujiao.errors import ToujiaoError

price_lists = st.lists(st.integers(1, 100_000).map(lambda fen: fen / 100), min_size=2, max_size=60)


def test_ma_is_the_mean_of_the_last_days() -> None:
    line = indicators.ma([10, 11, 12, 13, 14, 9], 5)
    assert np.isnan(line[:4]).all()
    assert line[4:] == pytest.approx([12, 11.8])
    assert np.isnan(indicators.ma([1, 2], 3)).all()


def test_ema_starts_with_the_first_price() -> None:
    # alpha = 2 / 4: 20, 21, 22.5
    assert indicators.ema([20, 22, 24], 3) == pytest.approx([20, 21, 22.5])


def test_chinese_sma_is_recursive() -> None:
    # y = (x + 2 y') / 3
    assert indicators.sma_cn([30, 60, 0], 3, 1) == pytest.approx([30, 40, 80 / 3])
    assert indicators.sma_cn([30, 60, 0], 3, 3) == pytest.approx([30, 60, 0])


def test_macd_bar_is_doubled() -> None:
    lines = indicators.macd([10.0, 11.0], fast=1, slow=3, signal=3)
    # EMA1 = 10, 11; EMA3 = 10, 10.5; DIF = 0, 0.5; DEA = 0, 0.25
    assert lines.dif == pytest.approx([0, 0.5])
    assert lines.dea == pytest.approx([0, 0.25])
    assert lines.bar == pytest.approx([0, 0.5])


def test_kdj_by_hand() -> None:
    lines = indicators.kdj([10, 12], [8, 9], [9, 12], n=9)
    # RSV 50 and 100; K 50, 200/3; D 50, 500/9
    assert lines.k == pytest.approx([50, 200 / 3])
    assert lines.d == pytest.approx([50, 500 / 9])
    assert lines.j == pytest.approx([50, 3 * 200 / 3 - 2 * 500 / 9])


def test_kdj_forgets_what_left_the_window() -> None:
    high, low, close = [100, 10, 10, 10], [1, 8, 8, 8], [50, 9, 9, 10]
    short = indicators.kdj(high, low, close, n=2, m1=1, m2=1)
    # day 3 looks at days 2 and 3 only: (9 - 8) / (10 - 8); day 4: (10 - 8) / (10 - 8)
    assert short.k[2:] == pytest.approx([50, 100])


def test_rsi_by_hand() -> None:
    # changes 1, -1, 1 with n = 2: rises 1, 0.5, 0.75; sizes 1, 1, 1
    line = indicators.rsi([10, 11, 10, 11], 2)
    assert np.isnan(line[0])
    assert line[1:] == pytest.approx([100, 50, 75])


def test_boll_uses_the_sample_deviation() -> None:
    lines = indicators.boll([1, 2, 3], n=3)
    # mean 2, sample deviation 1 (the population one is 0.816)
    assert (lines.mid[-1], lines.upper[-1], lines.lower[-1]) == pytest.approx((2, 4, 0))
    assert np.isnan(lines.upper[:2]).all()


def test_wr_and_bias_by_hand() -> None:
    assert indicators.wr([10, 12], [8, 9], [9, 11], 2)[-1] == pytest.approx(25)
    # mean 11: (12 - 11) / 11 in percent
    assert indicators.bias([10, 11, 12], 3)[-1] == pytest.approx(100 / 11)


def test_atr_by_hand() -> None:
    # true ranges of days 2 and 3: max(2, 3, 1) = 3 and max(1, 1, 2) = 2
    line = indicators.atr([10, 12, 11], [8, 10, 10], [9, 12, 10], 2)
    assert np.isnan(line[:2]).all()
    assert line[2] == pytest.approx(2.5)


def test_obv_starts_at_zero() -> None:
    line = indicators.obv([10, 10.5, 10.2, 10.2, 10.6], [100, 200, 150, 80, 300])
    assert line.tolist() == [0, 200, 50, 50, 350]


def test_no_movement_is_neutral_and_not_oversold() -> None:
    flat = [10.0] * 60
    assert indicators.rsi(flat)[-1] == 50
    assert indicators.wr(flat, flat, flat)[-1] == 50
    lines = indicators.kdj(flat, flat, flat)
    assert (lines.k[-1], lines.d[-1], lines.j[-1]) == (50, 50, 50)
    assert indicators.bias(flat)[-1] == 0
    assert indicators.macd(flat).bar[-1] == 0
    bands = indicators.boll(flat)
    assert bands.upper[-1] == bands.lower[-1] == 10


@given(price_lists, st.integers(1, 70))
def test_lines_have_the_length_of_the_prices_and_stay_in_range(prices: list[float], n: int) -> None:
    count = len(prices)
    kdj = indicators.kdj(prices, prices, prices, n)
    rsi, wr = indicators.rsi(prices, n), indicators.wr(prices, prices, prices, n)
    lines = [
        indicators.ma(prices, n),
        indicators.bias(prices, n),
        indicators.atr(prices, prices, prices, n),
        *(kdj.k, kdj.d, kdj.j, rsi, wr),
    ]
    assert all(len(line) == count for line in lines)
    for line in (kdj.k, kdj.d, rsi, wr):
        shown = line[~np.isnan(line)]
        assert ((shown >= -1e-9) & (shown <= 100 + 1e-9)).all()
    averages = indicators.ema(prices, n)
    assert averages.min() >= min(prices) - 1e-9
    assert averages.max() <= max(prices) + 1e-9


@given(price_lists, st.floats(0.1, 10))
def test_a_split_changes_prices_but_not_rsi(prices: list[float], factor: float) -> None:
    scaled = indicators.rsi([price * factor for price in prices])[1:]
    # Unequal changes only: equal prices may stop being equal after a multiplication.
    if np.abs(np.diff(prices)).min() > 0:
        assert scaled == pytest.approx(indicators.rsi(prices)[1:], abs=1e-4)


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: indicators.ma([], 5), "价格至少要有 1 个数"),
        (lambda: indicators.ma([1, 2], 0), "周期必须大于 0"),
        (lambda: indicators.ma([1, None], 2), "缺失"),
        (lambda: indicators.ema([1, 2], 1.5), "周期要填整数"),
        (lambda: indicators.sma_cn([1, 2], 2, 3), "权重 3 不能大于周期 2"),
        (lambda: indicators.macd([1, 2], fast=26, slow=12), "快线周期 26 要小于"),
        (lambda: indicators.rsi([1]), "至少要有 2 个数"),
        (lambda: indicators.boll([1, 2], n=1), "布林带的周期至少是 2"),
        (lambda: indicators.bias([1, -1], 2), "均线等于 0"),
        (lambda: indicators.wr([10, 10], [9, 9], [9.5, 11]), "第 2 天的收盘价"),
        (lambda: indicators.kdj([10], [9, 9], [9.5]), "最低价 2 个"),
        (lambda: indicators.obv([1, 2], [1]), "收盘价 2 个、成交量 1 个"),
        (lambda: indicators.obv([1, 2], [1, -1]), "成交量不能是负数"),
    ],
)
def test_bad_input_is_explained(call: Callable[[], object], message: str) -> None:
    with pytest.raises(ToujiaoError, match=message):
        call()
