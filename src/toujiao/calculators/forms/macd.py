"""Forms of MACD, from the figures of one day."""

from __future__ import annotations

from datetime import date

from toujiao.calculators.forms.figures import FIGURE, figure_slot
from toujiao.calculators.forms.form import Calculation, Choice, Form, Slot, Values, finish
from toujiao.calculators.forms.lists import CONVENTION, in_turn, signed
from toujiao.calculators.forms.wording import line, word
from toujiao.calculators.indicator_parts import macd_bar
from toujiao.calculators.texts import plain
from toujiao.calculators.units import Unit


def _bar(values: Values, day: date) -> Calculation:
    return _macd(values, values["dif"], values["dea"], [])


def _bar_of_averages(values: Values, day: date) -> Calculation:
    dif, step = _dif_of(values)
    return _macd(values, dif, values["dea"], [step])


def _bar_next(values: Values, day: date) -> Calculation:
    """DEA of today from yesterday's, then the bar."""
    dif, before = values["dif"], values["dea_before"]
    dea = (2 * dif + 8 * before) / 10
    step = line("dea_next", dif=signed(dif), before=signed(before), dea=plain(dea))
    return _macd(values, dif, dea, [step], told=True)


def _macd(
    values: Values, dif: float, dea: float, before: list[str], told: bool = False
) -> Calculation:
    doubled = macd_bar(dif, dea)
    bars = {"tdx": doubled, "talib": doubled / 2}
    chosen = "talib" if values["convention"] == "talib" else "tdx"
    bar, other = bars[chosen], bars["talib" if chosen == "tdx" else "tdx"]
    shown = {"dif": plain(dif), "dea": plain(dea), "bar": plain(bar)}
    colour = word("red" if bar > 0 else "green" if bar < 0 else "zero")
    return finish(
        "macd",
        {"dif": dif, "dea": values.get("dea"), "dea_before": values.get("dea_before")},
        {"macd_bar": bar, "dif": dif, "dea": dea},
        [
            *before,
            line(f"macd_{chosen}", other=plain(other)),
            line(f"macd_bar_{chosen}", dif=signed(dif, 4), dea=signed(dea, 4), bar=plain(bar)),
            line("macd_and_dea_is" if told else "macd_is", colour=colour, **shown),
        ],
    )


def _dif(values: Values, day: date) -> Calculation:
    dif, step = _dif_of(values)
    inputs = {"ema_fast": values["fast"], "ema_slow": values["slow"]}
    return finish("macd", inputs, {"dif": dif}, [step, line("dif_is", dif=plain(dif))])


def _dif_of(values: Values) -> tuple[float, str]:
    fast, slow = values["fast"], values["slow"]
    dif = round(fast - slow, 6)
    return dif, line("dif", fast=plain(fast), slow=plain(slow), dif=plain(dif))


_DIF, _DEA = r"DIFF?(?![A-Za-z])(?:值|线)?|快线", r"DEA(?![A-Za-z])(?:值|线)?|慢线"
_FAST = (
    r"12\s*[日天]?(?:的|线)?\s*(?:EMA|指数(?:移动)?平均(?:线|值)?|均线)?|(?:EMA|"
    r"EXPMA)\s*\(?12\)?|快线|短期(?:EMA|均线)?"
)
_SLOW = (
    r"26\s*[日天]?(?:的|线)?\s*(?:EMA|指数(?:移动)?平均(?:线|值)?|均线)?|(?:EMA|"
    r"EXPMA)\s*\(?26\)?|慢线|长期(?:EMA|均线)?"
)
DIF = figure_slot("dif", "DIF", _DIF, _DEA)
DEA = figure_slot("dea", "DEA", _DEA, _DIF)
FAST = figure_slot("fast", "12日EMA", _FAST, _SLOW, least=0.0001)
SLOW = figure_slot("slow", "26日EMA", _SLOW, _FAST, least=0.0001)
FACTOR = Slot(
    "factor",
    "乘2",
    (Unit.NONE, Unit.TIMES),
    required=False,
    anchor=False,
    before=r"乘以?|[×xX*]",
    least=2,
    most=2,
    alone=False,
)
_MACD = r"MACD|(?:红|绿)?柱|DEA"
_CONVENTION = Choice(
    "convention",
    "口径",
    {**CONVENTION.options, "talib": f"{CONVENTION.options['talib']}|Python"},
    default="open",
)
_LATER = r"昨[天日]?的?DEA|[前上](?:一|1)[天日]的?DEA"
FORMS = (
    Form(
        "macd_bar",
        cue=_MACD,
        slots=(DIF, DEA, FACTOR),
        choices=(_CONVENTION,),
        work=_bar,
        unless=_LATER,
        priority=4,
    ),
    Form(
        "macd_bar_of_averages",
        cue=_MACD,
        slots=(FAST, SLOW, DEA, FACTOR),
        choices=(_CONVENTION,),
        work=_bar_of_averages,
        unless=_LATER,
        priority=4,
    ),
    Form(
        "macd_bar_next",
        cue=_LATER,
        slots=(
            DIF,
            Slot(
                "dea_before",
                "昨天的DEA",
                FIGURE,
                ask="昨天的DEA是多少？",
                before=in_turn(f"(?:{_DEA})", _DIF),
            ),
            FACTOR,
        ),
        choices=(_CONVENTION,),
        work=_bar_next,
        priority=5,
    ),
    Form("dif", cue=r"DIF|快线|MACD", slots=(FAST, SLOW), work=_dif, priority=3, unless=_LATER),
)
