"""The drawing parts that the charts share: titled figure, candles, lines, bars.

Axes are fixed, so that a finger on a phone scrolls the page instead of the picture.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from toujiao.calculators.inputs import FloatArray
from toujiao.web.prices import Prices
from toujiao.web.texts import chart_text

if TYPE_CHECKING:
    from plotly.graph_objects import Figure

UP, DOWN = "#d64541", "#1a9b62"
LINES = ("#e0912f", "#3b76c4", "#8e5bb5")
GREY = "#8a94a3"
SHOWN_DAYS = 80
_HEIGHT, _TALL = 330, 400


def new_figure(name: str, rows: int = 1) -> Figure:
    """An empty figure with our title, colours and fixed axes (a finger must scroll the page)."""
    from plotly.subplots import make_subplots

    heights = [0.62, 0.38] if rows == 2 else None
    figure = make_subplots(
        rows=rows, cols=1, shared_xaxes=True, vertical_spacing=0.07, row_heights=heights
    )
    figure.update_layout(
        title={
            "text": chart_text(f"title_{name}"),
            "subtitle": {
                "text": chart_text("subtitle", convention=chart_text(f"convention_{name}")),
                "font": {"size": 12, "color": GREY},
            },
            "font": {"size": 15},
            "x": 0.02,
            "y": 0.97,
            "yanchor": "top",
        },
        height=_TALL if rows == 2 else _HEIGHT,
        margin={"l": 46, "r": 14, "t": 66, "b": 40},
        legend={"orientation": "h", "y": -0.13, "x": 0, "yanchor": "top"},
        font={"family": "PingFang SC, Microsoft YaHei, Noto Sans CJK SC, sans-serif", "size": 12},
        paper_bgcolor="rgba(0,0,0,0)",
        plot_bgcolor="rgba(0,0,0,0)",
        font_color=GREY,
        dragmode=False,
        hovermode="x unified",
        bargap=0.25,
    )
    grid = {"gridcolor": "rgba(128,140,155,0.22)", "zeroline": False, "fixedrange": True}
    figure.update_xaxes(**grid, rangeslider_visible=False)
    figure.update_yaxes(**grid)
    return figure


def add_candles(
    figure: Figure, prices: Prices, row: int = 1, places: list[float] | None = None
) -> None:
    """The last days as candles, one beside the other or at `places`."""
    shown = slice(-SHOWN_DAYS, None)
    opening, high, low, close = (
        values[shown].tolist() for values in (prices.open, prices.high, prices.low, prices.close)
    )
    figure.add_candlestick(
        x=places or _days(len(close)),
        open=opening,
        high=high,
        low=low,
        close=close,
        name=chart_text("candle"),
        text=[
            chart_text("day", open=values[0], high=values[1], low=values[2], close=values[3])
            for values in zip(opening, high, low, close, strict=True)
        ],
        hoverinfo="text",
        increasing={"line": {"color": UP, "width": 1.2}, "fillcolor": UP},
        decreasing={"line": {"color": DOWN, "width": 1.2}, "fillcolor": DOWN},
        showlegend=False,
        row=row,
        col=1,
    )
    figure.update_yaxes(title_text=chart_text("price"), row=row)
    figure.update_xaxes(rangeslider_visible=False)


def add_line(
    figure: Figure,
    name: str,
    values: FloatArray,
    colour: int,
    row: int = 1,
    fill: str | None = None,
) -> None:
    shown = np.round(values[-SHOWN_DAYS:], 3)
    figure.add_scatter(
        x=_days(len(shown)),
        y=shown.tolist(),
        name=name,
        mode="lines",
        line={"color": LINES[colour], "width": 1.8},
        fill=fill,
        row=row,
        col=1,
    )


def add_bars(figure: Figure, name: str, values: FloatArray, red: np.ndarray) -> None:
    """Bars in the lower half, red where `red` holds, else green."""
    shown = np.round(values[-SHOWN_DAYS:], 3)
    figure.add_bar(
        x=_days(len(shown)),
        y=shown.tolist(),
        name=name,
        marker_color=[UP if up else DOWN for up in red[-SHOWN_DAYS:]],
        marker_line_width=0,
        showlegend=False,
        row=2,
        col=1,
    )
    figure.update_yaxes(title_text=name, row=2)


def add_levels(figure: Figure, *levels: float) -> None:
    for level in levels:
        figure.add_hline(y=level, line={"color": GREY, "width": 1, "dash": "dot"}, row=2)


def _days(count: int) -> list[int]:
    return list(range(1, count + 1))
