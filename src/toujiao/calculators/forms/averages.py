"""Forms of averages and what is built on them: MA, EMA, BIAS and Bollinger bands."""

from __future__ import annotations

import math
from dataclasses import replace
from datetime import date

from toujiao.calculators import indicators, talib_convention
from toujiao.calculators.forms.form import Calculation, Choice, Form, Slot, Values, finish
from toujiao.calculators.forms.lists import (
    CLOSES,
    CONVENTION,
    COUNT,
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

_SHOWN_STEPS = 6  # of a recursion; the days before are summed up in one line
_AVERAGE = (
    r"\d*[日天]?均线|均价|(?<![a-z])E?MA\s?\d{0,3}|平均(?:价格?|线|值|数)?|均值|中轨|中线|中间线"
)
_CLOSE = r"收盘价?|现价|股价|收在?|价格|今收|最新价|涨到|跌到|到了?"


def _moving_average(values: Values, day: date) -> Calculation:
    closes = prices_of(values)
    periods = [days(values[name]) for name in ("n", "n_second") if name in values]
    steps, results = [], {}
    for n in periods or [len(closes)]:
        enough(closes, n, line("ma_title", n=n))
        last, value = closes[-n:], float(indicators.ma(closes, n)[-1])
        if n < len(closes):
            steps.append(line("average_last", n=n, prices=listed(last)))
        steps.append(line("average_sum", sum=added(last), n=n, value=approx(value, 3)))
        results["average_yuan" if not results else f"average_{n}_yuan"] = value
    shown = [
        line("average_is", n=n, value=plain(value, 3), unit=unit_of(values))
        for n, value in zip(periods or [len(closes)], results.values(), strict=True)
    ]
    return finish(
        "moving_average",
        {"closes_yuan": closes, "days": (periods or [len(closes)])[0]},
        results,
        [*steps, "，".join(shown)],
    )


def _ema(values: Values, day: date) -> Calculation:
    closes, n = prices_of(values), days(values["n"])
    western = values["convention"] == "talib"
    if western:
        enough(closes, n, line("ema_title", n=n))
    path = (talib_convention.ema if western else indicators.ema)(closes, n)
    value, other = float(path[-1]), float(talib_convention.ema(closes, n)[-1])
    seed = n - 1 if western else 0
    name = "ema_seed_mean" if western else "ema_seed_first"
    steps = [
        line("ema_weight", n=n, below=n + 1, weight=plain(2 / (n + 1), 4)),
        line(name, n=n, value=plain(float(path[seed]), 3)),
    ]
    for i in range(max(seed + 1, len(closes) - _SHOWN_STEPS), len(closes)):
        steps.append(_ema_step(i + 1, closes[i], float(path[i - 1]), float(path[i]), n))
    results = {"ema_yuan": value}
    if not western and not math.isnan(other):
        results["ema_talib_yuan"] = other
        steps.append(line("ema_talib", n=n, value=plain(other, 3)))
    steps.append(line("ema_is", n=n, value=plain(value, 3), unit=unit_of(values)))
    return finish("ema", {"closes_yuan": closes, "days": n}, results, steps)


def _ema_step(day: int, close: float, before: float, value: float, n: int) -> str:
    return line(
        "ema_step", day=day, close=plain(close, 3), before=plain(before, 3), below=n + 1,
        rest=n - 1, value=approx(value, 3),
    )  # fmt: skip


def _ema_next(values: Values, day: date) -> Calculation:
    before, close, n = values["before"], values["close"], days(values["n"])
    value = (2 * close + (n - 1) * before) / (n + 1)
    return finish(
        "ema",
        {"ema_before_yuan": before, "close_yuan": close, "days": n},
        {"ema_yuan": value},
        [
            line("ema_weight", n=n, below=n + 1, weight=plain(2 / (n + 1), 4)),
            line(
                "ema_next", close=plain(close, 3), before=plain(before, 3), below=n + 1,
                rest=n - 1, value=approx(value, 3),
            ),
            line("ema_is", n=n, value=plain(value, 3), unit=unit_of(values)),
        ],
    )  # fmt: skip


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
                "bias_sum", close=plain(close, 3), average=plain(average, 3),
                value=approx(value, 2, "%"),
            ),
            line("bias_is", value=plain(value, 2)),
        ],
    )  # fmt: skip


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
        "mid": plain(parts[0], 3), "upper": plain(ends[0], 3), "lower": plain(ends[1], 3),
        "unit": unit_of(values),
    }  # fmt: skip
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


_N_OPTIONAL = period_slot("", required=False)
_SECOND = Slot(
    "n_second", "第二个天数", (Unit.PERIOD,), required=False, anchor=False,
    before=r"(?:均线|日线|MA\d{1,3}|\d[日天])\s*(?:和|跟|与|、|以及|还有|,|，)\s*", least=1, most=500,
)  # fmt: skip
_OTHERS = r"EMA|EXPMA|指数移动|指数平均|指数均线|加权|MACD|DIF|DEA|RSI|KDJ|布林|BOLL|上轨|下轨|乖离|BIAS|偏离|ATR|TR值"
_COST = r"买|加仓|补仓|成本|建仓|摊|持仓|定投"
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
        "moving_average",
        cue=r"均线|均价|移动平均|平均线|平均价|(?<![A-Z])MA\s*\d*|收盘.{0,4}平均|天的?平均|日的?平均",
        slots=(CLOSES, _N_OPTIONAL, _SECOND, COUNT), choices=(POINTS,), work=_moving_average,
        unless=rf"{_OTHERS}|{_COST}", priority=2,
    ),
    Form(
        "ema", cue=r"(?<![a-z])EMA|EXPMA|指数移动|指数平均|指数均线|指数加权",
        slots=(CLOSES, period_slot("是几日的EMA？"), COUNT), choices=(POINTS, CONVENTION), work=_ema,
        unless=r"MACD|DIF|DEA", priority=3,
    ),
    Form(
        "ema_next", cue=r"(?<![a-z])EMA|EXPMA|指数移动|指数平均|指数均线",
        slots=(
            Slot("before", "昨天的EMA", PRICE, ask="昨天的EMA是多少？", least=0.0001,
                 before=r"(?<![a-z])(?:EMA|EXPMA)\d{0,3}|指数(?:移动)?平均(?:线|值)?|指数均线|均线|[前上]一?[天日]|昨[天日]?"),
            Slot("close", "今天的收盘价", PRICE, ask="今天的收盘价是多少？", before=rf"{_CLOSE}|今[天日]?", least=0.0001,
                 never_before=r"昨[天日]?的?(?:EMA|EXPMA)|EMA\d{0,3}的?值?(?:是|为)?"),
            period_slot("是几日的EMA？"),
        ),
        choices=(POINTS,), work=_ema_next, unless=r"MACD|DIF|DEA", priority=3,
    ),
    Form(
        "bias", cue=r"乖离|BIAS|偏离.{0,6}(?:均线|均价|平均)|(?:均线|均价).{0,12}偏离|离.{0,8}(?:均线|均价).{0,4}百分之",
        slots=(
            Slot("close", "收盘价", PRICE, ask="收盘价是多少？", before=in_turn(rf"(?:{_CLOSE})", _AVERAGE)),
            Slot("average", "均线", PRICE, ask="均线是多少？", before=in_turn(rf"(?:{_AVERAGE})", _CLOSE),
                 after=r"的?(?:\d*[日天]?均线|均价|平均)"),
            period_slot("", required=False),
        ),
        work=_bias, priority=4,
    ),
    Form(
        "bias_of_list", cue=r"乖离|BIAS", slots=(CLOSES, _N_OPTIONAL, COUNT), work=_bias_of_list, priority=3,
    ),
    Form(
        "boll", cue=r"布林|BOLL|[上中下]轨|保利加", slots=(CLOSES, _N_OPTIONAL, COUNT, _WIDTH),
        choices=(_ASKED, CONVENTION, POINTS), work=_boll, priority=3,
    ),
    Form(
        "boll_of_parts", cue=r"布林|BOLL|[上中下]轨|保利加",
        slots=(
            Slot("mean", "中轨", PRICE, ask="中轨（均线）是多少？", before=in_turn(rf"(?:{_AVERAGE})", "标准差|σ"), least=0.0001),
            Slot("deviation", "标准差", PRICE, ask="标准差是多少？", before=in_turn(r"(?:标准差|标准偏差|σ|sigma|std)", _AVERAGE),
                 least=0),
            _WIDTH, _N_OPTIONAL,
        ),
        choices=(_ASKED, POINTS), work=_boll_of_parts, unless=r"倍的?标准差(?:是|为|等于|=)|方差", priority=4,
    ),
)  # fmt: skip
