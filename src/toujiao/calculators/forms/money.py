"""Forms about one sum of money over time: compounding, doubling, yearly return, what is needed."""

from __future__ import annotations

import math
from dataclasses import replace
from datetime import date

from toujiao.calculators.forms.form import Calculation, Choice, Form, Slot, Values, finish
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

PAYING_IN = (
    r"定投|每隔?半?个?[月周天日季年](?:度|初|末|底)?(?:都|再|还|各|固定)*(?:加|追|投|存|买|攒|放|拿|扣)|"
    r"再每|追加|基金申购"
)
OTHER = (
    rf"{PAYING_IN}|存款|定期|存单|国债|逆回购|[7七]日年化|手续费|佣金|最大回撤|夏普|波动|分红|股息|转债|债券|"
    r"面值|票面|市盈率|PEG|增速|通胀|通货|购买力|月息|日息|杠杆|融资|贷|赎回|申购|工资|胜率|止损|概率|补仓"
)
WHEN = r"(?:几|多少)个?[年月天周](?!化|收益|利率|均|回报)|多久|多长时间|[啥什]么?时候|何时|年数"
TIMES_ASKED = (
    r"(?:几|多少)倍|翻[几多]|倍数|(?:总|累计)(?:收益|涨幅|回报)率?(?:是|有)*(?:多少|几)|"
    r"(?:一共|总共|共)[涨赚](?:了|幅)?(?:多少|百分之|几)"
)
TIMES_SAID = (
    r"翻(?:了|个|上)?[一1]?[番倍]|翻(?:了|个)?[两二三四2-4]番|(?:变|成|到|涨|多|增|赚|翻|"
    r"是)\S{0,6}倍|[两2二]倍|年[^，。]{0,3}[\d一二三四五六七八九十]+倍"
)
PRINCIPAL_ASKED = (
    r"(?:现在|一次性?|今天|先|得|要|需要?|应该?|该|准备)[^，。？]{0,8}(?:投|存|放|准备|"
    r"拿)[^，。？]{0,5}(?:多少|几)|"
    r"本金(?:是|要|需要|得|应该)*(?:多少|几)|(?:多少|几)的?本[金钱]"
)
YEARLY = (
    r"年化|平均每年|每年平均|年均|年平均|复合(?:年)?(?:增长|收益)|年复合|CAGR|折[合算]成?年|平均一年|"
    r"一年(?:平均|大概|相当于|合)[^，。]{0,8}(?:多少|几)|每年[^，。\d]{0,10}(?:多少|几|多大|多高)|"
    r"(?:想|要|目标|需要|希望|打算|计划)[^。？]*(?:收益率?|回报率?|利率|增长率?)[^，。]{0,6}(?:多少|多高|几)|"
    r"(?:多少|多高|多大|几个点)的?(?:年)?(?:收益率?|回报率?|利率|增长率?)"
)
YEARLY_ASKED = (
    r"(?:年化|年均|平均每年|每年平均|平均一年|年复合|CAGR|复合年?增长)(?:收益率?|回报率?|利率|增长率?|率)?"
    r"(?:[亏赚跌涨]|是|大概|大约|约|有|能|要|得|为|达到?|才|算下来|应该|等于|该)*(?:多少|几|多高|"
    r"多大|啥|怎么算|咋算)"
)
GROWING = (
    r"复利|利滚利|滚存|滚雪球|年化|年收益|每年|年利率|年回报|年均|年增长|年息|一年[^，。]{0,3}(?:赚|涨|收益)|"
    r"收益|回报|利率|每个?[月周天]|单利|增长|年(?:以|之)?后"
)
_SIMPLE = Choice(
    "simple",
    "单利还是复利",
    {"simple": r"单利|不(?:是|算|用)?复利", "compound": r"复利|利滚利|滚", "open": ""},
    default="open",
)
_PAID_OFTEN = Choice(
    "paid_often",
    "一年计几次息",
    {
        12: r"(?:按月|每个?月)(?:复利|计息|结息|付息|计算)|月复利",
        4: r"(?:按季|每季度?)(?:度)?(?:复利|计息|结息|付息)|季复利",
        2: r"(?:按|每)半年(?:复利|计息|结息|付息)",
        365: r"(?:按[日天]|每[天日])(?:复利|计息|结息|付息)|日复利",
        1: "",
    },
    default=1,
)
_TIMES_WANTED = Choice("times_asked", "问几倍", {True: TIMES_ASKED}, default=False)
_LOSING = Choice(
    "losing",
    "是赚还是亏",
    {True: r"(?:每年|年年|年均|每个?月|每[天周])[^，。\d]{0,4}(?:亏|跌|缩水|贬值|赔|减少|下降)"},
    default=False,
)
_RULE_72 = Choice(
    "rule_72", "用不用72法则", {True: r"72\s?(?:法则|定律)|七十?二(?:法则|定律)"}, default=False
)
_TIMES = Slot(
    "times",
    "倍数",
    (Unit.TIMES,),
    alone=True,
    required=False,
    least=1,
    before=r"变成?|到|成|涨|翻|赚|是",
    after=r"",
)
_GROWN_BY = Choice(
    "grown_by",
    "增加还是变成",
    {
        True: r"(?:涨|赚|增长|增加|多|翻)(?:了|上|个|出)?(?:\d+(?:\.\d+)?|[一二两三四五六七八九十]+)倍"
    },
    default=False,
)


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
_HOW = rf"(?=.*(?:{HOW_MUCH}))"
_NO_GOAL = rf"{OTHER}|{PRINCIPAL_ASKED}|{WHEN}"
FORMS = (
    Form(
        "compound",
        cue=rf"{_HOW}(?=.*(?:{GROWING}))",
        work=_compound,
        priority=6,
        slots=(PRINCIPAL, RATE, LENGTH),
        choices=(PER, _SIMPLE, _PAID_OFTEN, _LOSING, _TIMES_WANTED),
        unless=rf"{_NO_GOAL}|回本|解套|{YEARLY_ASKED}|净资产|毛利|营收|净利|ROE|收入|从[^，。]*到|市净|每股",
    ),
    Form(
        "compound_times",
        cue=rf"(?=.*(?:{TIMES_ASKED}))(?=.*(?:{GROWING}))",
        work=_compound,
        priority=7,
        slots=(RATE, LENGTH),
        choices=(PER, _SIMPLE, _PAID_OFTEN, _LOSING),
        unless=rf"{_NO_GOAL}|{YEARLY_ASKED}",
    ),
    Form(
        "doubling",
        cue=rf"(?=.*(?:{TIMES_SAID}|72\s?[法定]))(?=.*(?:{WHEN}|72\s?[法定]|七十?二[法定]))",
        work=_doubling,
        priority=7,
        slots=(replace(RATE, least=1e-6), _TIMES, replace(PRINCIPAL, required=False, anchor=False)),
        choices=(PER, _RULE_72, _GROWN_BY),
        unless=rf"{OTHER}|回本|解套",
    ),
    Form(
        "doubling_rate",
        cue=rf"(?=.*(?:{TIMES_SAID}|72\s?[法定]))(?=.*(?:{YEARLY}|{HOW_MUCH}))",
        work=_doubling_rate,
        priority=6,
        slots=(
            replace(LENGTH, anchor=True),
            _TIMES,
            replace(PRINCIPAL, required=False, anchor=False),
        ),
        choices=(_RULE_72, _GROWN_BY),
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
        cue=rf"(?=.*(?:{WHEN}))(?=.*(?:{GROWING}|变成?|[涨做攒滚]到|成为|能到|达到))",
        work=_years_to_goal,
        priority=6,
        slots=(PRINCIPAL, GOAL, RATE),
        choices=(PER,),
        unless=rf"{OTHER}|回本|解套",
    ),
    Form(
        "years_to_recover",
        cue=rf"(?=.*(?:{WHEN}))(?=.*(?:回本|解套|涨回|赚回|回到|打平|翻身))",
        work=_years_to_recover,
        priority=6,
        slots=(_LOST_SHARE, replace(RATE, alone=False)),
        choices=(PER,),
        unless=OTHER,
    ),
)
