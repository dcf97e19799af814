"""Slots of one day's prices, which several indicators share."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from toujiao.calculators.forms.form import Slot
from toujiao.calculators.forms.lists import PERIODS, in_turn
from toujiao.calculators.units import Unit

FIGURE = (Unit.NONE, Unit.POINTS, Unit.YUAN)
HIGH_WORDS = r"最高(?:价|点)?|高点|最高到|(?<![新走冲])高(?=是?\s*$)"
LOW_WORDS = r"最低(?:价|点)?|低点|最低到|(?<![新走探])低(?=是?\s*$)"
CLOSE_OF_DAY = r"收盘价?|收在?|现价|今收|股价|现在|最新价"


def figure_slot(name: str, label: str, own: str, others: str, count: int = 2, **more: Any) -> Slot:
    """A slot for a figure that is named by `own`; `others` name the ones beside it."""
    return Slot(
        name,
        label,
        FIGURE,
        ask=f"{label}是多少？",
        before=in_turn(f"(?:{own})", others, count),
        **more,
    )


HIGH = figure_slot("high", "最高价", HIGH_WORDS, rf"{LOW_WORDS}|{CLOSE_OF_DAY}", 3, least=0.0001)
LOW = figure_slot("low", "最低价", LOW_WORDS, rf"{HIGH_WORDS}|{CLOSE_OF_DAY}", 3, least=0.0001)
CLOSE = figure_slot("close", "收盘价", CLOSE_OF_DAY, rf"{HIGH_WORDS}|{LOW_WORDS}", 3, least=0.0001)
WINDOW = Slot("days", "天数", PERIODS, alone=True, required=False, anchor=False, least=1, most=500)
# “9日最高25，9日最低20”; two lengths that differ are unclear, and asked about.
WINDOW_AGAIN = replace(WINDOW, name="days_again")
