"""Forms of moving averages: MA and EMA."""

from __future__ import annotations

import math
from datetime import date

from toujiao.calculators import indicators, talib_convention
from toujiao.calculators.forms.form import Calculation, Form, Slot, Values, finish
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
    listed,
    period_slot,
    prices_of,
    unit_of,
)
from toujiao.calculators.forms.wording import line
from toujiao.calculators.texts import approx, plain
from toujiao.calculators.units import Unit

_SHOWN_STEPS = 6  # of a recursion; the days before are summed up in one line


def _moving_average(values: Values, day: date) -> Calculation:
    closes = prices_of(values)
    periods = [days(values[name]) for name in ("n", "n_second") if name in values]
    steps: list[str] = []
    results: dict[str, float] = {}
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
        "ema_step",
        day=day,
        close=plain(close, 3),
        before=plain(before, 3),
        below=n + 1,
        rest=n - 1,
        value=approx(value, 3),
    )


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
                "ema_next",
                close=plain(close, 3),
                before=plain(before, 3),
                below=n + 1,
                rest=n - 1,
                value=approx(value, 3),
            ),
            line("ema_is", n=n, value=plain(value, 3), unit=unit_of(values)),
        ],
    )


_SECOND = Slot(
    "n_second",
    "第二个天数",
    (Unit.PERIOD,),
    required=False,
    anchor=False,
    before=r"(?:均线|日线|MA\d{1,3}|\d[日天])\s*(?:和|跟|与|、|以及|还有|,|，)\s*",
    least=1,
    most=500,
)
_OTHERS = (
    r"EMA|EXPMA|指数移动|指数平均|指数均线|加权|MACD|DIF|DEA|RSI|KDJ|布林|BOLL|上轨|下轨|乖离|"
    r"BIAS|偏离|ATR|TR值"
)
_COST = r"买|加仓|补仓|成本|建仓|摊|持仓|定投"
FORMS = (
    Form(
        "moving_average",
        cue=(
            r"均线|均价|移动平均|平均线|平均价|(?<![A-Z])MA\s*\d*|收盘.{0,4}平均|天的?平均|"
            r"日的?平均"
        ),
        slots=(CLOSES, N_OPTIONAL, _SECOND, COUNT),
        choices=(POINTS,),
        work=_moving_average,
        unless=rf"{_OTHERS}|{_COST}",
        priority=2,
    ),
    Form(
        "ema",
        cue=r"(?<![a-z])EMA|EXPMA|指数移动|指数平均|指数均线|指数加权",
        slots=(CLOSES, period_slot("是几日的EMA？"), COUNT),
        choices=(POINTS, CONVENTION),
        work=_ema,
        unless=r"MACD|DIF|DEA",
        priority=3,
    ),
    Form(
        "ema_next",
        cue=r"(?<![a-z])EMA|EXPMA|指数移动|指数平均|指数均线",
        slots=(
            Slot(
                "before",
                "昨天的EMA",
                PRICE,
                ask="昨天的EMA是多少？",
                least=0.0001,
                before=(
                    r"(?<![a-z])(?:EMA|EXPMA)\d{0,3}|指数(?:移动)?平均(?:线|值)?|指数均线|"
                    r"均线|[前上]一?[天日]|昨[天日]?"
                ),
            ),
            Slot(
                "close",
                "今天的收盘价",
                PRICE,
                ask="今天的收盘价是多少？",
                before=rf"{CLOSE_WORDS}|今[天日]?",
                least=0.0001,
                never_before=r"昨[天日]?的?(?:EMA|EXPMA)|EMA\d{0,3}的?值?(?:是|为)?",
            ),
            period_slot("是几日的EMA？"),
        ),
        choices=(POINTS,),
        work=_ema_next,
        unless=r"MACD|DIF|DEA",
        priority=3,
    ),
)
