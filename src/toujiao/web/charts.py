"""One chart per name in records.CHARTS: made-up prices, indicators in the 通达信 convention.

Red is up and green is down, as on every Chinese screen. Each function returns a Plotly figure.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import numpy as np

from toujiao.calculators import compound, indicators, max_drawdown
from toujiao.knowledge.render import percent, plain_number
from toujiao.web.canvas import (
    DOWN,
    GREY,
    LINES,
    SHOWN_DAYS,
    UP,
    add_bars,
    add_candles,
    add_levels,
    add_line,
    new_figure,
)
from toujiao.web.prices import Prices, sample_prices
from toujiao.web.texts import chart_text

if TYPE_CHECKING:
    from plotly.graph_objects import Figure


def draw(name: str) -> Figure:
    """The figure called `name` in records.CHARTS."""
    return _CHARTS[name]()


def moving_average() -> Figure:
    """Candles with MA5 and MA20, golden and dead crosses marked."""
    prices = sample_prices()
    fast, slow = indicators.ma(prices.close, 5), indicators.ma(prices.close, 20)
    figure = new_figure("moving_average")
    add_candles(figure, prices)
    add_line(figure, "MA5", fast, 0)
    add_line(figure, "MA20", slow, 1)
    above = (fast > slow)[-SHOWN_DAYS:]
    for label, crossed, colour, symbol in (
        (chart_text("golden_cross"), above[1:] & ~above[:-1], UP, "triangle-up"),
        (chart_text("dead_cross"), ~above[1:] & above[:-1], DOWN, "triangle-down"),
    ):
        days = np.flatnonzero(crossed) + 1
        figure.add_scatter(
            x=(days + 1).tolist(),
            y=np.round(slow[-SHOWN_DAYS:][days], 2).tolist(),
            name=label,
            mode="markers",
            marker={"color": colour, "symbol": symbol, "size": 13},
        )
    return figure


def bollinger() -> Figure:
    """Candles with the three Bollinger lines."""
    prices = sample_prices()
    bands = indicators.boll(prices.close)
    figure = new_figure("bollinger")
    add_candles(figure, prices)
    add_line(figure, chart_text("upper"), bands.upper, 0)
    add_line(figure, chart_text("middle"), bands.mid, 1)
    add_line(figure, chart_text("lower"), bands.lower, 2)
    return figure


def macd() -> Figure:
    """Candles above; DIF, DEA and the doubled bar below."""
    prices = sample_prices()
    lines = indicators.macd(prices.close)
    figure = new_figure("macd", rows=2)
    add_candles(figure, prices, row=1)
    add_bars(figure, chart_text("macd_bar"), lines.bar, lines.bar >= 0)
    add_line(figure, "DIF", lines.dif, 0, row=2)
    add_line(figure, "DEA", lines.dea, 1, row=2)
    return figure


def kdj() -> Figure:
    """Candles above; K, D and J below with the usual 80 and 20."""
    prices = sample_prices()
    lines = indicators.kdj(prices.high, prices.low, prices.close)
    figure = new_figure("kdj", rows=2)
    add_candles(figure, prices, row=1)
    for position, (name, values) in enumerate((("K", lines.k), ("D", lines.d), ("J", lines.j))):
        add_line(figure, name, values, position, row=2)
    add_levels(figure, 80, 20)
    return figure


def rsi() -> Figure:
    """Candles above; RSI6 and RSI12 below with the usual 70 and 30."""
    prices = sample_prices()
    figure = new_figure("rsi", rows=2)
    add_candles(figure, prices, row=1)
    for position, days in enumerate((6, 12)):
        add_line(figure, f"RSI{days}", indicators.rsi(prices.close, days), position, row=2)
    add_levels(figure, 70, 30)
    return figure


def volume() -> Figure:
    """Candles above, volume below in the colour of the day."""
    prices = sample_prices()
    figure = new_figure("volume", rows=2)
    add_candles(figure, prices, row=1)
    add_bars(figure, chart_text("volume_bar"), prices.volume, prices.rising)
    return figure


def obv() -> Figure:
    """Candles above, on-balance volume below."""
    prices = sample_prices()
    figure = new_figure("obv", rows=2)
    add_candles(figure, prices, row=1)
    add_line(figure, "OBV", indicators.obv(prices.close, prices.volume), 1, row=2)
    return figure


def atr() -> Figure:
    """Candles above, ATR14 (a simple mean) below."""
    prices = sample_prices()
    figure = new_figure("atr", rows=2)
    add_candles(figure, prices, row=1)
    add_line(figure, "ATR14", indicators.atr(prices.high, prices.low, prices.close), 1, row=2)
    return figure


def candlestick() -> Figure:
    """The parts of a candle, and what an up day, a down day, a doji and a gap look like."""
    places = [1.0, 3.8, 5.6, 7.2, 8.2]
    columns = (
        (10.0, 10.9, 10.4, 10.0, 10.9),
        (11.2, 11.1, 10.9, 10.5, 11.5),
        (9.8, 9.9, 9.9, 9.85, 10.8),
        (11.0, 10.1, 10.4, 10.4, 11.35),
        (1.0,) * 5,
    )
    figure = new_figure("candlestick")
    add_candles(figure, Prices(*(np.array(values) for values in columns)), places=places)
    for price, name in ((11.2, "highest"), (11.0, "close"), (10.0, "open"), (9.8, "lowest")):
        # Highest and close stand above each other: the outer label moves away from the inner one.
        away = {"highest": -12, "close": 6, "open": -6, "lowest": 12}[name]
        figure.add_annotation(
            x=1.25 if name in ("open", "close") else 1,
            y=price,
            text=chart_text(name),
            ax=38,
            ay=away,
            arrowcolor=GREY,
            arrowwidth=1,
        )
    figure.add_shape(
        type="rect", x0=6.8, x1=8.6, y0=10.5, y1=10.8, fillcolor=GREY, opacity=0.25, line_width=0
    )
    names = [chart_text(name) for name in ("rising_day", "falling_day", "doji", "gap")]
    figure.update_xaxes(
        range=[0.2, 8.9], tickvals=[1, 3.8, 5.6, 7.7], ticktext=names, showgrid=False
    )
    figure.update_yaxes(range=[9.5, 11.7])
    return figure


def drawdown() -> Figure:
    """An account's value above with peak and trough marked, its distance from the high below."""
    value = sample_prices().close[-SHOWN_DAYS:] / sample_prices().close[-SHOWN_DAYS] * 10
    deepest = max_drawdown(value)
    figure = new_figure("drawdown", rows=2)
    add_line(figure, chart_text("account"), value, 1, row=1)
    figure.add_scatter(
        x=[deepest.peak_index + 1, deepest.trough_index + 1],
        y=[round(deepest.peak, 2), round(deepest.trough, 2)],
        mode="markers+text",
        text=[chart_text("peak"), chart_text("trough")],
        textposition=["top center", "bottom center"],
        marker={"size": 10, "color": [UP, DOWN]},
        showlegend=False,
    )
    below = (value / np.maximum.accumulate(value) - 1) * 100
    name = chart_text("drawdown_line", ratio=percent(round(deepest.ratio, 3)))
    add_line(figure, name, below, 2, row=2, fill="tozeroy")
    room = [0.93 * value.min(), 1.07 * value.max()]  # for the words at peak and trough
    figure.update_yaxes(title_text=chart_text("ten_thousand_yuan"), range=room, row=1)
    figure.update_yaxes(ticksuffix="%", row=2)
    return figure


def compounding() -> Figure:
    """10,000 yuan for thirty years at three fixed yearly rates."""
    figure = new_figure("compounding")
    years = list(range(31))
    for position, rate in enumerate((0.03, 0.06, 0.09)):
        values = [compound(10_000, rate, year) / 10_000 for year in years]
        name = chart_text("yearly", rate=percent(rate), end=plain_number(values[-1], 1))
        figure.add_scatter(
            x=years,
            y=np.round(values, 3).tolist(),
            name=name,
            mode="lines",
            line={"color": LINES[position], "width": 2.2},
        )
    figure.update_xaxes(ticksuffix=f" {chart_text('year')}")
    figure.update_yaxes(title_text=chart_text("ten_thousand_yuan"))
    return figure


_CHARTS: dict[str, Callable[[], Figure]] = {
    chart.__name__: chart
    for chart in (
        moving_average,
        macd,
        kdj,
        rsi,
        bollinger,
        candlestick,
        volume,
        drawdown,
        compounding,
        obv,
        atr,
    )
}
