"""Forms of what is measured from an average: BIAS and Bollinger bands."""

from __future__ import annotations

import math
from dataclasses import replace
from datetime import date

from toujiao.calculators import indicators, talib_convention
from toujiao.calculators.forms.form import Calculation, Choice, Form, Slot, Values, finish
from toujiao.calculators.forms.lists import (
    CLOSE_WORDS,
    CLOSES,
    CONVENTION,
    COUNT,
    N_OPTIONAL,
    POINTS,
    PRICE,
    added,
    days,
    enough,
    in_turn,
    listed,
    period_slot,
    prices_of,
    unit_of,
)
from toujiao.calculators.forms.wording import line
from toujiao.calculators.texts import approx, plain
from toujiao.calculators.units import Unit
from toujiao.errors import ToujiaoError

_AVERAGE = (
    r"\d*[日天]?均线|均价|(?<![a-z])E?MA\s?\d{0,3}|平均(?:价格?|线|值|数)?|均值|中轨|中线|中间线"
)


def _bias(values: Values, day: date) -> Calculation:
    return _bias_of(values["close"], values["average"], [])


def _bias_of_list(values: Values, day: date) -> Calculation:
    closes = prices_of(values)
    n = days(values["n"]) if "n" in values else len(closes)
    enough(closes, n, line("ma_title", n=n))
    average = float(indicators.ma(closes, n)[-1])
    note = line("average_sum", sum=added(closes[-n:]), n=n, value=approx(average, 3))
    return _bias_of(closes[-1], average, [line("bias_close", close=plain(closes[-1], 3)), note])


def _bias_of(close: float, average: float, before: list[str]) -> Calculation:
    if average <= 0 or close <= 0:
        raise ToujiaoError(line("prices_above_zero"))
    # The average may be a fraction that no decimal can hold; its rounding is shown, not used.
    value = (close - average) / average * 100
    return finish(
        "bias",
        {"close_yuan": close, "average_yuan": average},
        {"bias_percent": value},
        [
            *before,
            line(
                "bias_sum",
                close=plain(close, 3),
                average=plain(average, 3),
                value=approx(value, 2, "%"),
            ),
            line("bias_is", value=plain(value, 2)),
        ],
    )


def _boll(values: Values, day: date) -> Calculation:
    closes = prices_of(values)
    n = days(values["n"]) if "n" in values else len(closes)
    width = float(values.get("width", 2))
    enough(closes, n, line("boll_title", n=n))
    western = values["convention"] == "talib"
    module = talib_convention if western else indicators
    bands, last = module.boll(closes, n, width), closes[-n:]
    mid, upper, lower = (float(part[-1]) for part in (bands.mid, bands.upper, bands.lower))
    divisor, spread = n if western else n - 1, sum((close - mid) ** 2 for close in last)
    deviation = math.sqrt(spread / divisor)
    steps = [
        line("boll_assumed", n=n) if "n" not in values else line("boll_last", prices=listed(last)),
        line("average_sum", sum=added(last), n=n, value=approx(mid, 3)),
        line("deviation", sum=plain(spread, 4), divisor=divisor, value=approx(deviation, 4)),
        line("deviation_talib" if western else "deviation_tdx", n=n, less=n - 1),
    ]
    others = talib_convention.boll(closes, n, width)
    other = (float(others.upper[-1]), float(others.lower[-1]))
    if not western:
        steps.append(line("boll_talib", upper=plain(other[0], 3), lower=plain(other[1], 3)))
    inputs = {"closes_yuan": closes, "days": n, "width": width}
    result = _bands(inputs, (mid, deviation, width), (upper, lower), steps, values)
    if values["convention"] != "open" or values["asked"] == "mid":
        return result
    told = line("boll_both_are", first=result.steps[-1], **_ends(values, other))
    return replace(
        result,
        results={**result.results, "upper_talib_yuan": other[0], "lower_talib_yuan": other[1]},
        steps=(*result.steps[:-1], told),
    )


def _ends(values: Values, ends: tuple[float, float]) -> dict[str, str]:
    """The ends that were asked for, in the second convention."""
    wanted = {"upper": ends[:1], "lower": ends[1:]}.get(values["asked"], ends)
    return {"other": "、".join(plain(end, 3) for end in wanted), "unit": unit_of(values)}


def _boll_of_parts(values: Values, day: date) -> Calculation:
    mid, deviation, width = values["mean"], values["deviation"], float(values.get("width", 2))
    steps = [] if "width" in values else [line("boll_width")]
    inputs = {"mid_yuan": mid, "deviation_yuan": deviation, "width": width}
    ends = (mid + width * deviation, mid - width * deviation)
    return _bands(inputs, (mid, deviation, width), ends, steps, values)


def _bands(
    inputs: dict[str, object],
    parts: tuple[float, float, float],
    ends: tuple[float, float],
    before: list[str],
    values: Values,
) -> Calculation:
    mid, deviation, width = (plain(part, 4) for part in parts)
    shown = {
        "mid": plain(parts[0], 3),
        "upper": plain(ends[0], 3),
        "lower": plain(ends[1], 3),
        "unit": unit_of(values),
    }
    common = {"mid": mid, "width": width, "deviation": deviation}
    return finish(
        "boll",
        inputs,
        {"mid_yuan": parts[0], "upper_yuan": ends[0], "lower_yuan": ends[1]},
        [
            *before,
            line("boll_upper", **common, value=approx(ends[0], 3)),
            line("boll_lower", **common, value=approx(ends[1], 3)),
            line(f"boll_is_{values['asked']}", **shown),
        ],
    )


_ASKED = Choice(
    "asked",
    "上轨、中轨还是下轨",
    {
        "all": r"上.{0,3}下|上轨.*下轨|下轨.*上轨|三条|各",
        "upper": r"上轨|上沿|上边",
        "lower": r"下轨|下沿|下边",
        "mid": r"中轨(?:是|在|等于)?(?:多少|几)",
    },
    default="all",
)
_WIDTH = Slot(
    "width",
    "几倍标准差",
    (Unit.TIMES,),
    required=False,
    anchor=False,
    alone=True,
    least=0.1,
    most=10,
)
FORMS = (
    Form(
        "bias",
        cue=(
            r"乖离|BIAS|偏离.{0,6}(?:均线|均价|平均)|(?:均线|均价).{0,12}偏离|离.{0,8}(?:均线|"
            r"均价).{0,4}百分之"
        ),
        slots=(
            Slot(
                "close",
                "收盘价",
                PRICE,
                ask="收盘价是多少？",
                before=in_turn(rf"(?:{CLOSE_WORDS})", _AVERAGE),
            ),
            Slot(
                "average",
                "均线",
                PRICE,
                ask="均线是多少？",
                before=in_turn(rf"(?:{_AVERAGE})", CLOSE_WORDS),
                after=r"的?(?:\d*[日天]?均线|均价|平均)",
            ),
            period_slot("", required=False),
        ),
        work=_bias,
        priority=4,
    ),
    Form(
        "bias_of_list",
        cue=r"乖离|BIAS",
        slots=(CLOSES, N_OPTIONAL, COUNT),
        work=_bias_of_list,
        priority=3,
    ),
    Form(
        "boll",
        cue=r"布林|BOLL|[上中下]轨|保利加",
        slots=(CLOSES, N_OPTIONAL, COUNT, _WIDTH),
        choices=(_ASKED, CONVENTION, POINTS),
        work=_boll,
        priority=3,
    ),
    Form(
        "boll_of_parts",
        cue=r"布林|BOLL|[上中下]轨|保利加",
        slots=(
            Slot(
                "mean",
                "中轨",
                PRICE,
                ask="中轨（均线）是多少？",
                before=in_turn(rf"(?:{_AVERAGE})", "标准差|σ"),
                least=0.0001,
            ),
            Slot(
                "deviation",
                "标准差",
                PRICE,
                ask="标准差是多少？",
                before=in_turn(r"(?:标准差|标准偏差|σ|sigma|std)", _AVERAGE),
                least=0,
            ),
            _WIDTH,
            N_OPTIONAL,
        ),
        choices=(_ASKED, POINTS),
        work=_boll_of_parts,
        unless=r"倍的?标准差(?:是|为|等于|=)|方差",
        priority=4,
    ),
)
