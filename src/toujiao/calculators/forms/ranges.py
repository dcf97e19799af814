"""Forms of the true range and its average, ATR."""

from __future__ import annotations

from datetime import date

import numpy as np

from toujiao.calculators import talib_convention
from toujiao.calculators.forms.figures import HIGH, LOW, WINDOW
from toujiao.calculators.forms.form import Calculation, Form, Slot, Values, finish
from toujiao.calculators.forms.lists import (
    BETWEEN,
    CONVENTION,
    COUNT,
    N_OPTIONAL,
    POINTS,
    PRICE,
    added,
    check_count,
    convention_name,
    days,
    enough,
    period_slot,
    unit_of,
)
from toujiao.calculators.forms.wording import line
from toujiao.calculators.texts import approx, plain
from toujiao.errors import ToujiaoError


def _true_range(values: Values, day: date) -> Calculation:
    high, low, before = values["high"], values["low"], values["close_before"]
    if low > high:
        raise ToujiaoError(line("low_above_high"))
    parts = [abs(round(part, 6)) for part in (high - low, high - before, low - before)]
    notes = [line("tr_close_unused", close=plain(values["close"]))] if "close" in values else []
    shown = dict(zip(("spread", "up", "down"), map(plain, parts), strict=True))
    value = max(parts)
    return finish(
        "atr",
        {"high_yuan": high, "low_yuan": low, "close_before_yuan": before},
        {"true_range_yuan": value},
        [
            line("tr_three", **shown),
            *notes,
            line("tr_largest"),
            line("tr_is", value=plain(value), unit=unit_of(values)),
        ],
    )


def _atr(values: Values, day: date) -> Calculation:
    ranges = list(values["ranges"])
    check_count(values, ranges)
    n = days(values["n"]) if "n" in values else len(ranges)
    enough(ranges, n, line("atr_title", n=n))
    if min(ranges) < 0:
        raise ToujiaoError(line("ranges_negative"))
    tdx = float(np.mean(ranges[-n:]))
    talib = float(talib_convention.rma(ranges, n)[-1])
    western = values["convention"] == "talib"
    value, other = (talib, tdx) if western else (tdx, talib)
    steps = [line("atr_wilder" if western else "atr_tdx", n=n)]
    if not western:
        steps.append(line("average_sum", sum=added(ranges[-n:]), n=n, value=approx(value, 3)))
    if n < len(ranges):
        steps.append(line("atr_other", other=convention_name(not western), value=plain(other, 3)))
    return finish(
        "atr",
        {"true_ranges_yuan": ranges, "days": n},
        {"atr_yuan": value, "atr_tdx_yuan" if western else "atr_talib_yuan": other},
        [*steps, _atr_answer(values, n, value, other)],
    )


def _atr_answer(values: Values, n: int, value: float, other: float) -> str:
    """As for RSI."""
    shown, unit = (plain(value, 3), plain(other, 3)), unit_of(values)
    if values["convention"] != "open" or shown[0] == shown[1]:
        return line("atr_n_is", n=n, value=shown[0], unit=unit)
    return line("atr_both_are", n=n, tdx=shown[0], talib=shown[1], unit=unit)


def _atr_next(values: Values, day: date) -> Calculation:
    before, last, n = values["atr_before"], values["true_range"], days(values["n"])
    value = (before * (n - 1) + last) / n
    shown = {"before": plain(before), "less": n - 1, "tr": plain(last), "n": n}
    return finish(
        "atr",
        {"atr_before_yuan": before, "true_range_yuan": last, "days": n},
        {"atr_yuan": value},
        [
            line("atr_next_tdx"),
            line("atr_next", **shown, value=approx(value, 3)),
            line("atr_n_is", n=n, value=plain(value, 3), unit=unit_of(values)),
        ],
    )


_BEFORE_CLOSE = (
    r"昨[天日]?的?(?:收盘?价?|价格?)?|[前上](?:一|1)?个?[天日]?(?:交易日)?的?(?:收盘?价?|"
    r"价格?)|前收(?:盘价?)?|上日收盘?"
)
_TR_CUE = r"真实波幅|真实波动|真实范围|(?<![a-z])TR(?![a-z])|(?<![a-z])ATR(?![a-z])"
_N = period_slot("是几日的？")
FORMS = (
    Form(
        "true_range",
        cue=_TR_CUE,
        slots=(
            HIGH,
            LOW,
            Slot(
                "close_before",
                "昨天的收盘价",
                PRICE,
                ask="昨天的收盘价是多少？",
                before=_BEFORE_CLOSE,
                least=0.0001,
            ),
            Slot(
                "close",
                "今天的收盘价",
                PRICE,
                before=r"今[天日]?的?收(?:盘价?|在)?|(?<!昨)(?<!前)收盘价?",
                required=False,
                anchor=False,
                never_before=r"昨[天日]?的?收?盘?价?|[前上].{0,4}收?盘?价?",
            ),
            WINDOW,
        ),
        choices=(POINTS,),
        work=_true_range,
        priority=4,
    ),
    Form(
        "atr",
        cue=r"ATR|平均真实波幅|均幅",
        slots=(
            Slot(
                "ranges",
                "每天的TR",
                PRICE,
                ask="每天的TR是多少？",
                before=r"(?<![a-z])TR|真实波幅|波幅",
                alone=True,
                many=True,
                between=BETWEEN,
            ),
            N_OPTIONAL,
            COUNT,
        ),
        choices=(CONVENTION, POINTS),
        work=_atr,
        unless=r"最高|收盘",
        priority=4,
    ),
    Form(
        "atr_next",
        cue=r"ATR|平均真实波幅",
        slots=(
            Slot(
                "atr_before",
                "昨天的ATR",
                PRICE,
                ask="昨天的ATR是多少？",
                before=r"(?<![a-z])ATR(?:值)?|平均真实波幅",
                least=0,
            ),
            Slot(
                "true_range",
                "今天的TR",
                PRICE,
                ask="今天的TR是多少？",
                before=r"(?<![a-z])TR(?:值)?|(?<!平均)真实波幅",
                least=0,
            ),
            _N,
        ),
        choices=(POINTS,),
        work=_atr_next,
        priority=4,
    ),
)
