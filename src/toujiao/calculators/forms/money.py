"""Forms about one sum of money over time: compounding, doubling, yearly return, what is needed."""

from __future__ import annotations

import math
from dataclasses import replace
from datetime import date

from toujiao.calculators.forms.form import Calculation, Form, Slot, Values, finish
from toujiao.calculators.forms.money_words import (
    GROWING,
    GROWN_BY,
    LOSING,
    OTHER,
    PAID_OFTEN,
    PRINCIPAL_ASKED,
    RULE_72,
    SIMPLE,
    TIMES,
    TIMES_ASKED,
    TIMES_SAID,
    TIMES_WANTED,
    WHEN,
    YEARLY,
    YEARLY_ASKED,
)
from toujiao.calculators.forms.moves import FALL, HOW_MUCH, NO_NUMBER
from toujiao.calculators.forms.show import fen, money, said, share
from toujiao.calculators.forms.spans import (
    GOAL,
    LENGTH,
    PER,
    PER_UNIT,
    PRINCIPAL,
    RATE,
    periods,
    told,
)
from toujiao.calculators.forms.wording import line
from toujiao.calculators.returns import RULE_OF_72, annualize, compound
from toujiao.calculators.texts import approx, percent, plain, signed_percent
from toujiao.calculators.units import Unit
from toujiao.errors import ToujiaoError


def _rate_step(values: Values) -> tuple[float, str, list[str]]:
    """The rate of one period, what a period is, and what was taken for granted."""
    rate = -abs(values["rate"]) if values.get("losing") else values["rate"]
    per = values["per"]
    steps = [line("per_year_assumed")] if per == "as_year" else []
    return rate, per, steps


def _compound(values: Values, day: date) -> Calculation:
    rate, per, steps = _rate_step(values)
    length, principal = values["length"], values.get("principal")
    count = periods(length, per)
    shown = {"length": told(length), "rate": percent(rate)}
    simple = values["simple"] == "simple" or (
        values["simple"] == "open"
        and per == "year"
        and length.years < 1
        and values["paid_often"] == 1
    )
    if simple:
        factor = 1 + rate * count
        steps.append(line("simple_said" if values["simple"] == "simple" else "simple_assumed"))
        working = f"1 {signed_percent(rate)} × {plain(count)}"
    else:
        often = values["paid_often"]
        factor = compound(1.0, rate / often, count * often)
        each = signed_percent(rate / often)
        if values["simple"] == "open":
            steps.append(line("compound_said"))
        if often > 1:
            steps.append(
                line("paid_often", often=often, rate=percent(rate), each=percent(rate / often))
            )
        working = f"(1 {each}) 的 {plain(count * often)} 次方"
    if factor <= 0:
        raise ToujiaoError(line("nothing_left"))
    inputs = {"rate": rate, "periods": count, "per": PER_UNIT[per].value}
    if principal is None:
        steps.append(line("growth_times", working=working, times=approx(factor)))
        last = line("result_growth_times", times=said(factor), change=share(factor - 1), **shown)
        return finish("compound", inputs, {"times": factor}, [*steps, last])
    value = fen(principal * factor)
    gain = fen(value - principal)
    steps.append(
        line("growth_value", principal=plain(principal), working=working, value=money(value))
    )
    name = "result_growth" if gain >= 0 else "result_shrunk"
    last = line(name, value=money(value), gain=money(abs(gain)), **shown)
    results = {"value_yuan": value, "gain_yuan": gain, "times": factor}
    if values.get("times_asked"):
        last = line("result_growth_both", times=said(factor), value=money(value), **shown)
    return finish("compound", {"principal_yuan": principal, **inputs}, results, [*steps, last])


def _times_of(values: Values) -> float:
    times = float(values.get("times", 2.0))
    if values.get("grown_by") and "times" in values:
        if times > 1 and times != 2.0:
            raise ToujiaoError(line("which_times", times=plain(times), more=plain(times + 1)))
        times = 2.0 if times == 1 else times
    if times <= 1:
        raise ToujiaoError(line("times_too_few"))
    return times


def _doubling(values: Values, day: date) -> Calculation:
    rate, per, steps = _rate_step(values)
    times = _times_of(values)
    if rate <= 0:
        raise ToujiaoError(line("no_growth"))
    exact = math.log(times) / math.log1p(rate)
    unit = PER_UNIT[per].value
    shown = {"rate": percent(rate), "unit": unit, "times": plain(times), "exact": plain(exact, 2)}
    steps.append(line("doubling_exact", approx=approx(exact), **shown))
    results = {"years_exact": exact} if PER_UNIT[per] is Unit.YEARS else {"periods_exact": exact}
    last = line("result_doubling_exact", about=plain(exact, 1), **shown)
    if times == 2:
        rough = RULE_OF_72 / 100 / rate
        steps.append(
            line("doubling_rough", percent=plain(rate * 100), rough=approx(rough), unit=unit)
        )
        results["years_rule_of_72" if PER_UNIT[per] is Unit.YEARS else "periods_rule_of_72"] = rough
        if values.get("rule_72"):
            last = line("result_doubling_rough", rough=said(rough), **shown)
    return finish("doubling", {"rate": rate, "times": times, "per": unit}, results, [*steps, last])


def _doubling_rate(values: Values, day: date) -> Calculation:
    times, length = _times_of(values), values["length"]
    exact = annualize(times - 1, length.years)
    shown = {"length": told(length), "times": plain(times), "rate": share(exact)}
    years = plain(length.years)
    steps = [
        line("rate_of_times", times=plain(times), years=years, approx=approx(exact * 100, 2, "%"))
    ]
    results = {"annual_rate_exact": exact}
    last = line("result_rate_of_times", **shown)
    if times == 2:
        rough = RULE_OF_72 / length.years / 100
        steps.insert(0, line("rate_rough", years=years, rough=approx(rough * 100, 2, "%")))
        results["annual_rate_rule_of_72"] = rough
        if values.get("rule_72"):
            last = line("result_rate_rough", rough=share(rough), **shown)
    return finish("doubling", {"years": length.years, "times": times}, results, [*steps, last])


def _needed_principal(values: Values, day: date) -> Calculation:
    rate, per, steps = _rate_step(values)
    count = periods(values["length"], per)
    principal = fen(values["goal"] / compound(1.0, rate, count))
    shown = {"goal": plain(values["goal"]), "change": signed_percent(rate), "count": plain(count)}
    steps += [
        line("compound_said"),
        line("present_value", principal=money(principal), **shown),
        line(
            "result_present_value",
            length=told(values["length"]),
            goal=plain(values["goal"]),
            principal=money(principal),
            rate=percent(rate),
        ),
    ]
    inputs = {"goal_yuan": values["goal"], "rate": rate, "periods": count}
    return finish("needed_principal", inputs, {"principal_yuan": principal}, steps)


def _years_to_goal(values: Values, day: date) -> Calculation:
    rate, per, steps = _rate_step(values)
    start, goal = values["principal"], values["goal"]
    if rate <= 0 or goal <= start:
        raise ToujiaoError(line("no_growth" if rate <= 0 else "goal_reached"))
    count = math.log(goal / start) / math.log1p(rate)
    unit = PER_UNIT[per].value
    shown = {"start": plain(start), "goal": plain(goal), "rate": percent(rate), "unit": unit}
    steps += [
        line("compound_said"),
        line("years_to_goal", approx=approx(count), **shown),
        line("result_years_to_goal", count=said(count), **shown),
    ]
    results = {"years" if PER_UNIT[per] is Unit.YEARS else "periods": count}
    return finish(
        "years_to_goal", {"principal_yuan": start, "goal_yuan": goal, "rate": rate}, results, steps
    )


def _years_to_recover(values: Values, day: date) -> Calculation:
    rate, per, steps = _rate_step(values)
    loss = values["lost_share"]
    if rate <= 0:
        raise ToujiaoError(line("no_growth"))
    count = -math.log1p(-loss) / math.log1p(rate)
    shown = {
        "loss": share(loss),
        "left": share(1 - loss),
        "rate": percent(rate),
        "unit": PER_UNIT[per].value,
    }
    steps += [
        line("years_to_recover", approx=approx(count), **shown),
        line("result_years_to_recover", count=said(count), **shown),
    ]
    results = {"years" if PER_UNIT[per] is Unit.YEARS else "periods": count}
    return finish("recover", {"loss": loss, "rate": rate}, results, steps)


_LOST_SHARE = Slot(
    "lost_share",
    "亏损比例",
    (Unit.RATIO,),
    ask="亏了百分之多少？",
    before=FALL,
    least=0.0001,
    most=0.9999,
    never_before=rf"(?:每[年月天周]){NO_NUMBER}",
)

_HOW = rf"\A(?=(?s:.*)(?:{HOW_MUCH}))"

_NO_GOAL = rf"{OTHER}|{PRINCIPAL_ASKED}|{WHEN}"

FORMS = (
    Form(
        "compound",
        cue=rf"{_HOW}\A(?=(?s:.*)(?:{GROWING}))",
        work=_compound,
        priority=6,
        slots=(PRINCIPAL, RATE, LENGTH),
        choices=(PER, SIMPLE, PAID_OFTEN, LOSING, TIMES_WANTED),
        unless=rf"{_NO_GOAL}|回本|解套|{YEARLY_ASKED}|净资产|毛利|营收|净利|ROE|收入|从[^，。]*到|市净|每股",
    ),
    Form(
        "compound_times",
        cue=rf"\A(?=(?s:.*)(?:{TIMES_ASKED}))\A(?=(?s:.*)(?:{GROWING}))",
        work=_compound,
        priority=7,
        slots=(RATE, LENGTH),
        choices=(PER, SIMPLE, PAID_OFTEN, LOSING),
        unless=rf"{_NO_GOAL}|{YEARLY_ASKED}",
    ),
    Form(
        "doubling",
        cue=rf"\A(?=(?s:.*)(?:{TIMES_SAID}|72\s?[法定]))\A(?=(?s:.*)(?:{WHEN}|72\s?[法定]|七十?二[法定]))",
        work=_doubling,
        priority=7,
        slots=(replace(RATE, least=1e-6), TIMES, replace(PRINCIPAL, required=False, anchor=False)),
        choices=(PER, RULE_72, GROWN_BY),
        unless=rf"{OTHER}|回本|解套",
    ),
    Form(
        "doubling_rate",
        cue=rf"\A(?=(?s:.*)(?:{TIMES_SAID}|72\s?[法定]))\A(?=(?s:.*)(?:{YEARLY}|{HOW_MUCH}))",
        work=_doubling_rate,
        priority=6,
        slots=(
            replace(LENGTH, anchor=True),
            TIMES,
            replace(PRINCIPAL, required=False, anchor=False),
        ),
        choices=(RULE_72, GROWN_BY),
        unless=rf"{OTHER}|回本|解套|{TIMES_ASKED}|(?:几|多少)年(?!化|收益|利率|均|回报)",
    ),
    Form(
        "needed_principal",
        cue=PRINCIPAL_ASKED,
        work=_needed_principal,
        priority=5,
        slots=(replace(GOAL, alone=True), RATE, LENGTH),
        choices=(PER,),
        unless=OTHER,
    ),
    Form(
        "years_to_goal",
        cue=rf"\A(?=(?s:.*)(?:{WHEN}))\A(?=(?s:.*)(?:{GROWING}|变成?|[涨做攒滚]到|成为|能到|达到))",
        work=_years_to_goal,
        priority=6,
        slots=(PRINCIPAL, GOAL, RATE),
        choices=(PER,),
        unless=rf"{OTHER}|回本|解套",
    ),
    Form(
        "years_to_recover",
        cue=rf"\A(?=(?s:.*)(?:{WHEN}))\A(?=(?s:.*)(?:回本|解套|涨回|赚回|回到|打平|翻身))",
        work=_years_to_recover,
        priority=6,
        slots=(_LOST_SHARE, replace(RATE, alone=False)),
        choices=(PER,),
        unless=OTHER,
    ),
)
