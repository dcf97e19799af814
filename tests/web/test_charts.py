"""The charts: one per name, honest titles, red up and green down, numbers from the calculators."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from toujiao.calculators import indicators
from toujiao.records import CHARTS
from toujiao.web.canvas import DOWN, SHOWN_DAYS, UP
from toujiao.web.charts import draw
from toujiao.web.prices import sample_prices
from toujiao.web.texts import chart_text


@pytest.fixture(scope="module", params=CHARTS)
def figure(request: pytest.FixtureRequest) -> Any:
    return draw(request.param)


def test_every_chart_says_that_its_data_is_made_up(figure: Any) -> None:
    assert "示意数据，不是真实行情" in figure.layout.title.subtitle.text
    assert figure.layout.title.text
    assert figure.data


def test_a_finger_on_a_chart_scrolls_the_page(figure: Any) -> None:
    assert figure.layout.dragmode is False
    assert all(axis.fixedrange for axis in figure.select_xaxes())
    assert all(axis.fixedrange for axis in figure.select_yaxes())


def test_red_is_up_and_green_is_down(figure: Any) -> None:
    for trace in figure.data:
        if trace.type == "candlestick":
            assert (trace.increasing.fillcolor, trace.decreasing.fillcolor) == (UP, DOWN)
            assert trace.text[0].startswith("开 ")  # Plotly's own words would be English


@pytest.mark.parametrize(
    "name", ["moving_average", "macd", "kdj", "rsi", "bollinger", "obv", "atr"]
)
def test_every_indicator_chart_names_its_convention(name: str) -> None:
    assert "通达信口径" in chart_text(f"convention_{name}")


def test_a_chart_is_the_same_every_time() -> None:
    assert draw("macd").to_json() == draw("macd").to_json()


def test_the_lines_come_from_the_calculators() -> None:
    lines = {trace.name: trace.y for trace in draw("macd").data[1:]}
    expected = indicators.macd(sample_prices().close)
    assert np.allclose(lines["DIF"], expected.dif[-SHOWN_DAYS:], atol=1e-3)
    assert np.allclose(lines["DEA"], expected.dea[-SHOWN_DAYS:], atol=1e-3)
    assert np.allclose(lines["MACD柱"], expected.bar[-SHOWN_DAYS:], atol=1e-3)


def test_crosses_are_marked_where_the_lines_cross() -> None:
    traces = {trace.name: trace for trace in draw("moving_average").data}
    fast, slow = np.array(traces["MA5"].y), np.array(traces["MA20"].y)
    golden = [day - 1 for day in traces["金叉"].x]
    dead = [day - 1 for day in traces["死叉"].x]
    assert golden
    assert dead
    assert all(fast[day - 1] <= slow[day - 1] and fast[day] > slow[day] for day in golden)
    assert all(fast[day - 1] > slow[day - 1] and fast[day] <= slow[day] for day in dead)


def test_the_prices_could_be_real() -> None:
    prices = sample_prices()
    assert (prices.low <= np.minimum(prices.open, prices.close)).all()
    assert (prices.high >= np.maximum(prices.open, prices.close)).all()
    assert (prices.volume > 0).all()
    assert np.abs(np.diff(prices.close) / prices.close[:-1]).max() < 0.1
    assert len(prices) == 200
