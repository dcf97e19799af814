"""Forms of RSI, WR, true range and OBV."""

from __future__ import annotations

from datetime import date

import numpy as np

from toujiao.calculators import indicators, talib_convention
from toujiao.calculators.forms.form import Calculation, Form, Slot, Values, finish
from toujiao.calculators.forms.indicators import CLOSE, HIGH, LOW, WINDOW, WINDOW_AGAIN, check_window
from toujiao.calculators.forms.lists import (
    BETWEEN,
    CLOSES,
    CONVENTION,
    COUNT,
    POINTS,
    PRICE,
    added,
    check_count,
    days,
    enough,
    in_turn,
    listed,
    period_slot,
    prices_of,
    unit_of,
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
            line("rsi_other", other=_named(not western), value=plain(other, 2)),
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


def _named(western: bool) -> str:
    return "TA-Lib口径" if western else "通达信口径"


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
    check_window(values)
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
        steps.append(line("atr_other", other=_named(not western), value=plain(other, 3)))
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


_RISE = r"平均(?:每[天日])?(?:上?涨幅?|升幅?|盈利|收益)|上?涨(?:幅|的)?(?:平均|均值|合计|总和|之和|总共|一共)|(?:上涨|涨|升)"
_FALL = r"平均(?:每[天日])?(?:下?跌幅?|降幅?|亏损)|下?跌(?:幅|的)?(?:平均|均值|合计|总和|之和|总共|一共)|(?:下跌|跌|降)"
_PLAIN = (Unit.NONE, Unit.YUAN, Unit.RATIO, Unit.POINTS)
_BEFORE_CLOSE = r"昨[天日]?的?(?:收盘?价?|价格?)?|[前上](?:一|1)?个?[天日]?(?:交易日)?的?(?:收盘?价?|价格?)|前收(?:盘价?)?|上日收盘?"
_TR_CUE = r"真实波幅|真实波动|真实范围|(?<![a-z])TR(?![a-z])|(?<![a-z])ATR(?![a-z])"
_N = period_slot("是几日的？")
_N_FREE = period_slot("", required=False)
FORMS = (
    Form(
        "rsi", cue=r"RSI|相对强弱|强弱指[标数]", slots=(CLOSES, period_slot("是几日的RSI？"), COUNT),
        choices=(CONVENTION,), work=_rsi, priority=4,
    ),
    Form(
        "rsi_of_parts", cue=r"RSI|相对强弱|强弱指[标数]",
        slots=(
            Slot("up", "平均涨幅", _PLAIN, ask="平均涨幅是多少？", before=in_turn(f"(?:{_RISE})", _FALL), least=0),
            Slot("down", "平均跌幅", _PLAIN, ask="平均跌幅是多少？", before=in_turn(f"(?:{_FALL})", _RISE)),
            _N_FREE,
        ),
        work=_rsi_of_parts, priority=4,
    ),
    Form(
        "rsi_of_rs", cue=r"RSI|相对强弱",
        slots=(Slot("rs", "RS", (Unit.NONE, Unit.TIMES), ask="RS是多少？", before=r"(?<![a-z])RS(?![a-z])值?|相对强度", least=0), _N_FREE),
        work=_rsi_of_rs, priority=3,
    ),
    Form(
        "wr", cue=r"(?<![a-z])WR|W&R|W%R|威廉|%R|WILLR", slots=(HIGH, LOW, CLOSE, WINDOW, WINDOW_AGAIN), choices=(CONVENTION,),
        work=_wr, priority=4,
    ),
    Form(
        "true_range", cue=_TR_CUE, slots=(
            HIGH, LOW,
            Slot("close_before", "昨天的收盘价", PRICE, ask="昨天的收盘价是多少？", before=_BEFORE_CLOSE, least=0.0001),
            Slot("close", "今天的收盘价", PRICE, before=r"今[天日]?的?收(?:盘价?|在)?|(?<!昨)(?<!前)收盘价?", required=False,
                 anchor=False, never_before=r"昨[天日]?的?收?盘?价?|[前上].{0,4}收?盘?价?"),
            WINDOW,
        ),
        choices=(POINTS,), work=_true_range, priority=4,
    ),
    Form(
        "atr", cue=r"ATR|平均真实波幅|均幅", slots=(
            Slot("ranges", "每天的TR", PRICE, ask="每天的TR是多少？", before=r"(?<![a-z])TR|真实波幅|波幅", alone=True, many=True,
                 between=BETWEEN),
            _N_FREE, COUNT,
        ),
        choices=(CONVENTION, POINTS), work=_atr, unless=r"最高|收盘", priority=4,
    ),
    Form(
        "atr_next", cue=r"ATR|平均真实波幅", slots=(
            Slot("atr_before", "昨天的ATR", PRICE, ask="昨天的ATR是多少？", before=r"(?<![a-z])ATR(?:值)?|平均真实波幅", least=0),
            Slot("true_range", "今天的TR", PRICE, ask="今天的TR是多少？", before=r"(?<![a-z])TR(?:值)?|(?<!平均)真实波幅", least=0), _N,
        ),
        choices=(POINTS,), work=_atr_next, priority=4,
    ),
)  # fmt: skip
