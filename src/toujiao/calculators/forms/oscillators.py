"""Forms of RSI and WR."""

from __future__ import annotations

from datetime import date

import numpy as np

from toujiao.calculators import indicators, talib_convention
from toujiao.calculators.forms.figures import CLOSE, HIGH, LOW, WINDOW, WINDOW_AGAIN
from toujiao.calculators.forms.form import Calculation, Form, Slot, Values, finish
from toujiao.calculators.forms.lists import (
    CLOSES,
    CONVENTION,
    COUNT,
    N_OPTIONAL,
    convention_name,
    days,
    enough,
    in_turn,
    listed,
    period_slot,
    prices_of,
)
from toujiao.calculators.forms.wording import line
from toujiao.calculators.inputs import positive
from toujiao.calculators.texts import approx, plain
from toujiao.calculators.units import Unit
from toujiao.errors import ToujiaoError


def _rsi(values: Values, day: date) -> Calculation:
    """RSI of a list of closes, in both conventions."""
    closes, n = prices_of(values), days(values["n"])
    enough(closes, n + 1, line("rsi_title", n=n))
    changes = np.diff(np.asarray(closes))
    tdx = float(indicators.rsi(closes, n)[-1])
    talib = float(talib_convention.rsi(closes, n)[-1])
    western = values["convention"] == "talib"
    value, other = (talib, tdx) if western else (tdx, talib)
    average = talib_convention.rma if western else indicators.sma_cn
    up, both = (float(average(part, n)[-1]) for part in (np.maximum(changes, 0), np.abs(changes)))
    steps = [line("rsi_changes", changes=listed([float(change) for change in changes]))]
    if both == 0:
        steps.append(line("rsi_flat"))
        value = other = indicators.NEUTRAL
    else:
        steps += [
            line("rsi_wilder" if western else "rsi_tdx", n=n),
            line("rsi_smooth", up=plain(up, 4), all=plain(both, 4)),
            line("rsi_sum_all", up=plain(up), all=plain(both), value=approx(value)),
            line("rsi_other", other=convention_name(not western), value=plain(other, 2)),
        ]
    return finish(
        "rsi",
        {"closes_yuan": closes, "days": n},
        {"rsi": value, "rsi_tdx" if western else "rsi_talib": other},
        [*steps, _rsi_answer(values, n, value, other)],
    )


def _rsi_answer(values: Values, n: int, value: float, other: float) -> str:
    """One number; both where the question leaves the convention open and they differ."""
    shown = (plain(value, 2), plain(other, 2))
    if values["convention"] != "open" or shown[0] == shown[1]:
        return line("rsi_n_is", n=n, value=shown[0])
    return line("rsi_both_are", n=n, tdx=shown[0], talib=shown[1])


def _rsi_of_parts(values: Values, day: date) -> Calculation:
    up, down = abs(values["up"]), abs(values["down"])
    positive(up + down, "平均涨幅和平均跌幅之和")
    value = up / (up + down) * 100
    shown = {"up": plain(up), "down": plain(down)}
    steps = [line("rsi_sum", **shown, value=approx(value)), line("rsi_is", value=plain(value, 2))]
    return finish("rsi", {"average_rise": up, "average_fall": down}, {"rsi": value}, steps)


def _rsi_of_rs(values: Values, day: date) -> Calculation:
    value = 100 - 100 / (1 + values["rs"])
    steps = [
        line("rsi_of_rs", rs=plain(values["rs"]), value=approx(value)),
        line("rsi_is", value=plain(value, 2)),
    ]
    return finish("rsi", {"rs": values["rs"]}, {"rsi": value}, steps)


def _wr(values: Values, day: date) -> Calculation:
    high, low, close = values["high"], values["low"], values["close"]
    if not low <= close <= high:
        raise ToujiaoError(line("close_outside"))
    if high == low:
        raise ToujiaoError(line("wr_flat"))
    value = (high - close) / (high - low) * 100
    western = values["convention"] == "talib"
    shown = {"high": plain(high), "low": plain(low), "close": plain(close)}
    return finish(
        "wr",
        {"high_yuan": high, "low_yuan": low, "close_yuan": close},
        {"wr": -value if western else value},
        [
            line("wr_sum", **shown, value=approx(value)),
            line("wr_talib") if western else line("wr_tdx", other=plain(-value, 2)),
            line("wr_is", value=plain(-value if western else value, 2)),
        ],
    )


_RISE = (
    r"平均(?:每[天日])?(?:上?涨幅?|升幅?|盈利|收益)|上?涨(?:幅|的)?(?:平均|均值|合计|总和|"
    r"之和|总共|一共)|(?:上涨|[涨升](?![到破至]))"
)
_FALL = (
    r"平均(?:每[天日])?(?:下?跌幅?|降幅?|亏损)|下?跌(?:幅|的)?(?:平均|均值|合计|总和|之和|"
    r"总共|一共)|(?:下跌|[跌降](?![到破至]))"
)
_PLAIN = (Unit.NONE, Unit.YUAN, Unit.RATIO, Unit.POINTS)
FORMS = (
    Form(
        "rsi",
        cue=r"RSI|相对强弱|强弱指[标数]",
        slots=(CLOSES, period_slot("是几日的RSI？"), COUNT),
        choices=(CONVENTION,),
        work=_rsi,
        priority=4,
    ),
    Form(
        "rsi_of_parts",
        cue=r"RSI|相对强弱|强弱指[标数]",
        slots=(
            Slot(
                "up",
                "平均涨幅",
                _PLAIN,
                ask="平均涨幅是多少？",
                before=in_turn(f"(?:{_RISE})", _FALL),
                least=0,
            ),
            Slot(
                "down",
                "平均跌幅",
                _PLAIN,
                ask="平均跌幅是多少？",
                before=in_turn(f"(?:{_FALL})", _RISE),
            ),
            N_OPTIONAL,
        ),
        work=_rsi_of_parts,
        priority=4,
    ),
    Form(
        "rsi_of_rs",
        cue=r"RSI|相对强弱",
        slots=(
            Slot(
                "rs",
                "RS",
                (Unit.NONE, Unit.TIMES),
                ask="RS是多少？",
                before=r"(?<![a-z])RS(?![a-z])值?|相对强度",
                least=0,
            ),
            N_OPTIONAL,
        ),
        work=_rsi_of_rs,
        priority=3,
    ),
    Form(
        "wr",
        cue=r"(?<![a-z])WR|W&R|W%R|威廉|%R|WILLR",
        slots=(HIGH, LOW, CLOSE, WINDOW, WINDOW_AGAIN),
        choices=(CONVENTION,),
        work=_wr,
        priority=4,
    ),
)
