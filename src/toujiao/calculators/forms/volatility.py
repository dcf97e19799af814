"""Forms of volatility: of a list of returns, of a day, a week, a month or a year."""

from __future__ import annotations

import math
from collections.abc import Sequence
from datetime import date

import numpy as np

from toujiao.calculators import risk
from toujiao.calculators.forms.form import Calculation, Choice, Form, Slot, Values, finish
from toujiao.calculators.forms.lists import COUNT, RETURNS, check_count, days
from toujiao.calculators.forms.wording import line, word
from toujiao.calculators.texts import approx_percent, percent, plain
from toujiao.calculators.units import Unit
from toujiao.errors import ToujiaoError

# How many of them a year has; the trading days may be given otherwise.
_PERIODS = {"daily": 252, "weekly": 52, "monthly": 12, "quarterly": 4, "yearly": 1}


def _volatility(values: Values, day: date) -> Calculation:
    """The standard deviation of the returns, not made yearly."""
    returns = list(values["returns"])
    deviation, steps = deviation_of(values, returns)
    return finish(
        "volatility",
        {"returns": returns},
        {"volatility": deviation},
        [*steps, line("volatility_is", value=plain(deviation * 100, 2))],
    )


def _yearly_volatility_of_list(values: Values, day: date) -> Calculation:
    returns = list(values["returns"])
    deviation, steps = deviation_of(values, returns)
    return _yearly(values, deviation, {"returns": returns}, steps)


def _yearly_volatility(values: Values, day: date) -> Calculation:
    deviation = values["volatility"]
    return _yearly(values, deviation, {"volatility": deviation}, [])


def _yearly(
    values: Values, deviation: float, inputs: dict[str, object], before: list[str]
) -> Calculation:
    periods, notes = periods_of(values)
    yearly = risk.annual_volatility(deviation, periods)
    shown = {"part": percent(round(deviation, 8)), "periods": periods}
    return finish(
        "volatility",
        {**inputs, "periods": periods},
        {"annual_volatility": yearly},
        [
            *before,
            *notes,
            line("yearly", **shown, value=approx_percent(yearly)),
            line("yearly_is", value=plain(yearly * 100, 2)),
        ],
    )


def _part_volatility(values: Values, day: date) -> Calculation:
    """From a yearly volatility to that of a day, a week or a month."""
    periods, notes = periods_of(values)
    value = values["yearly"] / math.sqrt(periods)
    shown = {"yearly": percent(values["yearly"]), "periods": periods}
    named = word(values["frequency"])
    return finish(
        "volatility",
        {"annual_volatility": values["yearly"], "periods": periods},
        {"volatility": value},
        [
            *notes,
            line("part", **shown, value=approx_percent(value)),
            line("part_is", named=named, value=plain(value * 100, 2)),
        ],
    )


def periods_of(values: Values) -> tuple[int, list[str]]:
    """How many periods a year has, and the sentence that says so."""
    frequency = values["frequency"]
    said = values.get("parts")
    if said is not None:
        fitting = _SAID_PARTS.get((said.unit, said.value), ())
        if frequency not in fitting:
            raise ToujiaoError(line("parts_differ", named=word(frequency)))
    if frequency == "daily" and "periods" in values:
        return days(values["periods"]), []
    count = _PERIODS[frequency]
    name = "periods_assumed" if frequency == "daily" else "periods_known"
    return count, [line(name, named=word(frequency), count=count)]


def deviation_of(values: Values, returns: Sequence[float]) -> tuple[float, list[str]]:
    """The standard deviation, with n − 1 unless the whole population is asked for."""
    check_count(values, returns)
    if len(returns) < 2:
        raise ToujiaoError(line("two_returns"))
    whole = values["population"]
    mean, squares = float(np.mean(returns)), float(np.var(returns) * len(returns))
    divisor = len(returns) - (0 if whole else 1)
    deviation = math.sqrt(squares / divisor)
    return deviation, [
        line("mean_return", value=approx_percent(round(mean, 12)), count=len(returns)),
        line(
            "deviation_population" if whole else "deviation_sample",
            sum=plain(squares, 8),
            divisor=divisor,
            value=approx_percent(deviation),
        ),
    ]


OF_RETURNS = r"(?:收益|波动|线|回报|涨|标准差)"
FREQUENCY = Choice(
    "frequency",
    "每天、每周还是每月",
    {
        "monthly": (
            rf"月度?的?{OF_RETURNS}|每个?月|各月|按月|逐月|"
            rf"[\d一二三四五六七八九十]个月的?(?:收益|涨跌|回报)|一个?月|"
            rf"^(?![\s\S]*(?:日{OF_RETURNS}|每[天日]|单日|交易日|"
            rf"第.天))[\s\S]*[\d一二三四五六七八九十]月"
        ),
        "weekly": rf"周度?的?{OF_RETURNS}|每周|各周|按周|每个?星期|逐周|一周|一个?星期",
        "quarterly": rf"季度?的?{OF_RETURNS}|每个?季",
        "daily": (
            rf"日度?的?{OF_RETURNS}|每[天日]|各日|日均|日频|交易日|按[天日]|单日|逐日|(?:周|"
            rf"星期)[一二三四五]|第[一二三四五]天|一天|[\d一二三四五六七八九十]个?(?:天|日|"
            rf"交易日)的?(?:收益|涨跌|回报)"
        ),
    },
    required=True,
    ask="这是每天、每周还是每月的？",
)
_POPULATION = Choice(
    "population", "样本还是总体", {True: r"总体|除以n(?!\s*[-−减])"}, default=False
)
DAYS_IN_YEAR = Slot(
    "periods",
    "一年几个交易日",
    (Unit.TRADING_DAYS, Unit.DAYS, Unit.NONE),
    required=False,
    anchor=False,
    alone=True,
    least=200,
    most=366,
    before=r"一年|每年|全年|按|年化因子|以",
)
_SAID_PARTS = {
    (Unit.MONTHS, 12.0): ("monthly", "quarterly"),  # 四个季度 are read as twelve months
    (Unit.WEEKS, 52.0): ("weekly",),
}
# 一年12个月, 一年52周: only compared.
PARTS = Slot(
    "parts",
    "一年有几个月（周）",
    (Unit.MONTHS, Unit.WEEKS),
    before=r"(?:一年|每年|全年|1年)(?:有|是|按|算|共|为)?$",
    least=12,
    most=52,
    required=False,
    anchor=False,
)
ONE_YEAR = Slot(
    "year", "一年", (Unit.YEARS,), required=False, anchor=False, alone=True, least=1, most=1
)
_ONE_PERIOD = Slot(
    "period",
    "一个月",
    (Unit.DAYS, Unit.WEEKS, Unit.MONTHS),
    required=False,
    anchor=False,
    alone=True,
    least=1,
    most=1,
)
_YEARLY = r"(?<![不别没])(?<!不用)(?<!不要)(?<!不必)(?<!无需)年化|年波动|全年波动|一年的?波动"
VOLATILITY = r"波动|标准差"
FORMS = (
    Form(
        "volatility",
        cue=VOLATILITY,
        slots=(RETURNS, COUNT),
        choices=(_POPULATION,),
        work=_volatility,
        unless=rf"{_YEARLY}|布林|夏普",
        priority=4,
    ),
    Form(
        "volatility_yearly_of_list",
        cue=rf"(?:{_YEARLY}).*(?:{VOLATILITY})|(?:{VOLATILITY}).*(?:{_YEARLY})",
        slots=(RETURNS, DAYS_IN_YEAR, ONE_YEAR, PARTS, COUNT),
        choices=(FREQUENCY, _POPULATION),
        work=_yearly_volatility_of_list,
        unless="夏普",
        priority=4,
    ),
    Form(
        "volatility_yearly",
        cue=rf"(?:{VOLATILITY}).*年|年.*(?:{VOLATILITY})",
        slots=(
            Slot(
                "volatility",
                "波动率",
                (Unit.RATIO,),
                ask="每期的波动率是多少？",
                least=0,
                before=(
                    r"(?:[日周月季]|每[天日周月]|每个[月交]|单日)[^，。年]{0,6}(?:波动率?|"
                    r"标准差)|每[天日周月]的?波动"
                ),
                never_before=r"年化?的?(?:波动率?|标准差)",
                after=r"的?[日周月季]度?(?:波动|标准差)",
            ),
            DAYS_IN_YEAR,
            PARTS,
            ONE_YEAR,
        ),
        choices=(FREQUENCY,),
        work=_yearly_volatility,
        unless="夏普",
        priority=4,
    ),
    Form(
        "volatility_part",
        cue=rf"(?:{VOLATILITY})",
        slots=(
            Slot(
                "yearly",
                "年化波动率",
                (Unit.RATIO,),
                ask="年化波动率是多少？",
                least=0,
                before=r"年化?的?(?:波动率?|标准差)|(?:波动率?|标准差)年化",
            ),
            DAYS_IN_YEAR,
            PARTS,
            ONE_YEAR,
            _ONE_PERIOD,
        ),
        choices=(FREQUENCY,),
        work=_part_volatility,
        unless="夏普|贝塔|相关",
        priority=3,
    ),
)
