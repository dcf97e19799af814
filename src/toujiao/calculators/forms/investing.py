"""Forms about regular investing: what it becomes, what goes in, and what each payment must be."""

from __future__ import annotations

import math
from dataclasses import replace
from datetime import date
from typing import Any

from toujiao.calculators.forms.form import Calculation, Choice, Form, Slot, Values, finish
from toujiao.calculators.forms.money import WHEN
from toujiao.calculators.forms.moves import FALL, HOW_MUCH, NO_NUMBER
from toujiao.calculators.forms.show import fen, money, said, share
from toujiao.calculators.forms.spans import LENGTH, told
from toujiao.calculators.forms.terms import MONEY
from toujiao.calculators.forms.wording import line, word
from toujiao.calculators.investing import (
    TRADING_DAYS_PER_YEAR,
    WEEKS_PER_YEAR,
    lump_sum_plus_regular,
    regular_investing,
)
from toujiao.calculators.returns import compound
from toujiao.calculators.texts import approx_percent, percent, plain, signed_percent
from toujiao.calculators.units import Length, Unit
from toujiao.errors import ToujiaoError

_DAYS_PER_YEAR = 365
_PAY = r"定投|投入?|存|买|扣款?|攒|放|拿出?来?|加投?|追加|追投|补|交|掏"
_EVERY = (
    r"每隔?(?:一|1)?个?(?:月|周|星期|礼拜|季度?|年|天|日|交易日)|每隔?半年|每?(?:两|双|2)周|月月|"
    r"年年|天天|月供|月投|周定投|日定投|月定投"
)
_REGULAR = (
    rf"定投|(?:{_EVERY})[^，。；%]{{0,12}}(?:{_PAY})|(?:{_PAY})[^，。；%]{{0,4}}(?:{_EVERY})|月供|"
    rf"月投|每期"
)
# 每年收益8% says what comes, not how often is paid.
_NOT_A_RATE = (
    r"(?!(?:的|都|有|按|以|能|大概|平均|年化)*(?:收益|回报|涨|赚|增|利|\d+(?:\.\d+)?[%％]|百分|"
    r"[一二三四五六七八九十]+个点))"
)
_HOW_OFTEN = {
    "biweekly": r"每隔?(?:两|二|2)个?(?:周|星期|礼拜)|双周|隔周|每隔一周",
    "half": r"每隔?半年|半年(?:一次|投一|定投|存一)|每(?:六|6)个月",
    "quarter": r"每个?季|季度?定投|每(?:三|3)个月|按季",
    "week": r"每个?(?:周|星期|礼拜)|周定投|按周|一周(?:一次|投|定投|存|买)|周[一二三四五](?:定投|投|扣)",
    "month": rf"每个?月{_NOT_A_RATE}|月供|月投|月定投|按月|一个?月(?:一次|投|定投|存|买|拿)|月月",
    "trading_day": (
        r"每个?交易日|每[天日](?=.*(?:定投|基金|ETF|指数))|(?:定投|基金|ETF|指数).*每[天日]|日定投|"
        r"天天(?=.*(?:定投|基金))"
    ),
    "day": r"每[天日]|天天|一天(?:存|投|攒)",
    "year": rf"每年{_NOT_A_RATE}|年年|按年|一年(?:一次|投|存|定投|加)",
}
_PERIODS_PER_YEAR = {
    "trading_day": TRADING_DAYS_PER_YEAR,
    "day": _DAYS_PER_YEAR,
    "week": WEEKS_PER_YEAR,
    "biweekly": WEEKS_PER_YEAR // 2,
    "month": 12,
    "quarter": 4,
    "half": 2,
    "year": 1,
}
# One period in a unit of time that is counted as it was said.
_OWN_UNIT = {
    "day": (Unit.DAYS, 1),
    "trading_day": (Unit.DAYS, 1),
    "week": (Unit.WEEKS, 1),
    "biweekly": (Unit.WEEKS, 2),
    "month": (Unit.MONTHS, 1),
    "quarter": (Unit.MONTHS, 3),
    "half": (Unit.MONTHS, 6),
    "year": (Unit.YEARS, 1),
}
_OFTEN = Choice(
    "often", "多久投一次", _HOW_OFTEN, required=True, ask="多久投一次，每天、每周、每月还是每年？"
)
_OFTEN_BY_SALARY = replace(
    _OFTEN,
    options={**_HOW_OFTEN, "year": rf"年薪|年终奖|{_HOW_OFTEN['year']}"},
    default="month",
    said={"month": "salary_monthly"},
)
_WHEN = Choice(
    "when",
    "期初投还是期末投",
    {
        "end": r"[月期年周季][末底]|月尾|期后|最后一天",
        "start": r"[月期年周季]初|月头|期前|先付",
        "open": "",
    },
    default="open",
)
_NOT_A_PAYMENT = (
    r"一共|总共|变成?|[涨攒存做]到|达到|目标|想要|有了|一次性?|先|首次|初始|工资|月薪|收入"
)
_AMOUNT = Slot(
    "amount",
    "每次投的钱",
    MONEY,
    ask="每次投多少钱？",
    alone=True,
    least=0.01,
    before=rf"{_EVERY}|{_PAY}|每期|每次",
    after=r"的?(?:定投|投入|投|基金)",
    never_before=rf"(?:{_NOT_A_PAYMENT})(?!.*(?:每|再|定投))",
)
_RATE = Slot(
    "rate",
    "年化收益率",
    (Unit.RATIO,),
    alone=True,
    least=-0.9999,
    most=10,
    ask="每年的收益率按百分之几来算？（真实的基金有涨有跌，这里只能先假定一个数）",
    before=r"年化|收益率?|利率|回报率?|每年|按|复利|增长|涨|赚",
    after=r"的?(?:年化|收益|利率|回报|复利|增长)",
    never_before=rf"(?:工资|月薪|收入|佣金|手续费|申购费|费率|管理费|{FALL}|[涨赚]了|总收益率?|累计){NO_NUMBER}",
)
_TIME = replace(LENGTH, ask="一共投多长时间？", never_before=rf"(?:每隔?|每隔?一?){NO_NUMBER}")
_COUNT = Slot(
    "count",
    "一共投几次",
    (Unit.COUNT,),
    ask="一共投多少次？",
    alone=True,
    anchor=False,
    least=2,
    most=100000,
    before=r"投了?|一共|总共|坚持|定投",
    after=r"",
)
_AGE = r"岁(?!数)"
_AGE_FROM = Slot(
    "age_from",
    "开始的年龄",
    (Unit.NONE,),
    ask="从几岁开始？",
    least=1,
    most=100,
    anchor=False,
    before=r"从|今年|现在|我",
    after=rf"^{_AGE}(?:开始|起|的?时候开始)?",
)
_AGE_TO = Slot(
    "age_to",
    "结束的年龄",
    (Unit.NONE,),
    ask="投到几岁？",
    least=2,
    most=120,
    anchor=False,
    before=r"到|至|直到",
    after=rf"^{_AGE}(?:退休|为止|结束|时|的?时候)?",
)
_LUMP = Slot(
    "lump",
    "一次投入的钱",
    MONEY,
    ask="一开始一次投入多少钱？",
    least=0.01,
    before=r"一次性?|先|首次|初始|一开始|起初|本金|现有|已有|手里有?|启动资金|现在有|底仓|第一笔|存款",
    after=r"的?(?:本金|底仓|启动资金|存款|打底)",
    never_before=rf"(?:(?:{_EVERY}|再|追加|加)){NO_NUMBER}",
)
_SALARY = Slot(
    "salary",
    "工资",
    MONEY,
    ask="工资是多少钱？",
    least=1,
    before=r"工资|月薪|薪水|收入|月入|年薪|到手|税后|挣|奖金",
    after=r"的?(?:工资|月薪|收入|薪水)",
)
_SHARE = Slot(
    "share",
    "拿出来的比例",
    (Unit.RATIO,),
    ask="拿出百分之多少来定投？",
    least=0.0001,
    most=1,
    before=r"(?:工资|月薪|收入|薪水|其中|里面?)的|定投|拿出?来?|抽出?|存|投入?|用|把|取",
    after=r"的?(?:工资|收入|来?定投|拿来|用来|投|存|去)",
    never_before=rf"(?:年化|收益率?|回报率?|利率){NO_NUMBER}",
)


def _count(values: Values) -> tuple[int, list[str]]:
    """How many payments; raises `ToujiaoError` where it comes out as a fraction."""
    often = values["often"]
    if "count" in values:
        return int(values["count"]), []
    if "age_from" in values:
        years = values["age_to"] - values["age_from"]
        if years <= 0:
            raise ToujiaoError(line("ages_wrong"))
        length = Length(years, Unit.YEARS)
    else:
        length = values["length"]
    unit, each = _OWN_UNIT[often]
    if length.unit is unit:
        count = length.value / each
    elif length.unit is Unit.DAYS and often not in ("day", "trading_day"):
        count = length.value / (_DAYS_PER_YEAR / _PERIODS_PER_YEAR[often])
    else:
        count = length.years * _PERIODS_PER_YEAR[often]
    count = round(count, 6)
    if count != int(count) or count < 1:
        raise ToujiaoError(line("no_whole_periods", length=told(length), every=word(often)))
    notes = (
        [line(f"periods_{often}")] if often in ("trading_day", "week", "biweekly", "day") else []
    )
    return int(count), notes if length.unit is not unit else []


def _each(values: Values) -> tuple[float, list[str]]:
    """The payment, and how it follows from a salary."""
    if "salary" not in values:
        return values["amount"], []
    amount = fen(values["salary"] * values["share"])
    shown = {"salary": plain(values["salary"]), "share": percent(values["share"])}
    return amount, [line("share_of_salary", amount=money(amount), **shown)]


def _regular(values: Values, day: date) -> Calculation:
    amount, steps = _each(values)
    count, notes = _count(values)
    times, rate = _PERIODS_PER_YEAR[values["often"]], values["rate"]
    when = "start" if values["when"] == "open" else values["when"]
    if values["when"] == "open":
        steps.append(line("each_period"))
    result = regular_investing(amount, rate, count / times, times, when)
    shown = {
        "paid": money(result.paid),
        "value": money(result.value),
        "gain": money(abs(result.gain)),
    }
    name = "result_regular" if result.gain >= 0 else "result_regular_loss"
    return finish(
        "regular_investing",
        {
            "amount_yuan": amount,
            "annual_rate": rate,
            "periods": count,
            "times_per_year": times,
            "when": when,
        },
        {"paid_yuan": result.paid, "value_yuan": result.value, "gain_yuan": result.gain},
        [*steps, *notes, *result.steps, line("same_every_year"), line(name, **shown)],
    )


def _paid(values: Values, day: date) -> Calculation:
    amount, steps = _each(values)
    count, notes = _count(values)
    paid = fen(amount * count)
    lump = values.get("lump", 0.0)
    total = fen(paid + lump)
    steps = [*steps, *notes, line("paid", amount=plain(amount), count=count, paid=money(paid))]
    if lump:
        steps.append(line("paid_with_lump", lump=plain(lump), paid=money(paid), total=money(total)))
    last = line("result_paid", paid=money(total), count=count)
    length = values.get("length")
    if values["often"] == "trading_day" and length is not None and length.unit is not Unit.DAYS:
        every_day = fen(amount * round(length.years * _DAYS_PER_YEAR) + lump)
        last = line("result_paid_daily", paid=money(total), every_day=money(every_day))
    return finish(
        "regular_investing_paid",
        {"amount_yuan": amount, "periods": count, "lump_yuan": lump or None},
        {"paid_yuan": total},
        [*steps, last],
    )


def _lump_and_regular(values: Values, day: date) -> Calculation:
    amount, steps = _each(values)
    count, notes = _count(values)
    times, rate, lump = _PERIODS_PER_YEAR[values["often"]], values["rate"], values["lump"]
    years = count / times
    if values["when"] == "start":
        added = regular_investing(amount, rate, years, times, "start")
        grown = fen(compound(lump, rate / times, count))
        paid, value = fen(lump + added.paid), fen(grown + added.value)
        steps += [
            *notes,
            *added.steps[:-1],
            line(
                "lump_grown",
                lump=plain(lump),
                rate=percent(rate / times),
                count=count,
                grown=money(grown),
            ),
        ]
    else:
        result = lump_sum_plus_regular(lump, amount, rate, years, times)
        paid, value = result.paid, result.value
        if values["when"] == "open":
            steps.append(line("added_at_end"))
        steps += [*notes, *result.steps]
    gain = fen(value - paid)
    shown = {"paid": money(paid), "value": money(value), "gain": money(abs(gain))}
    name = "result_regular" if gain >= 0 else "result_regular_loss"
    return finish(
        "lump_plus_regular",
        {"lump_yuan": lump, "amount_yuan": amount, "annual_rate": rate, "periods": count},
        {"paid_yuan": paid, "value_yuan": value, "gain_yuan": gain},
        [*steps, line("same_every_year"), line(name, **shown)],
    )


def _needed(values: Values, day: date) -> Calculation:
    """What has to be paid in each time to reach a goal."""
    count, steps = _count(values)
    times, rate, goal = _PERIODS_PER_YEAR[values["often"]], values["rate"], values["goal"]
    when = "start" if values["when"] == "open" else values["when"]
    lump = values.get("lump", 0.0)
    grown = fen(compound(lump, rate / times, count)) if lump else 0.0
    if grown >= goal:
        raise ToujiaoError(line("goal_by_lump", grown=money(grown)))
    # A large unit keeps the fen of the rounded result from mattering.
    of_a_million = regular_investing(10**6, rate, count / times, times, when).value
    amount = fen((goal - grown) * 10**6 / of_a_million)
    if values["when"] == "open":
        steps.append(line("each_period"))
    if lump:
        steps.append(
            line(
                "lump_grown",
                lump=plain(lump),
                rate=percent(rate / times),
                count=count,
                grown=money(grown),
            )
        )
    steps += [
        line(
            "needed_factor",
            count=count,
            rate=percent(rate / times),
            factor=plain(of_a_million / 10**6, 4),
        ),
        line(
            "needed_payment",
            goal=plain(goal),
            lump=f" − {money(grown)}" if lump else "",
            factor=plain(of_a_million / 10**6, 4),
            amount=money(amount),
        ),
        line("same_every_year"),
        line(
            "result_needed",
            every=word(values["often"]),
            amount=money(amount),
            goal=plain(goal),
            paid=money(fen(amount * count + lump)),
        ),
    ]
    return finish(
        "needed_payment",
        {"goal_yuan": goal, "annual_rate": rate, "periods": count, "lump_yuan": lump or None},
        {"amount_yuan": amount, "paid_yuan": fen(amount * count + lump)},
        steps,
    )


def _until(values: Values, day: date) -> Calculation:
    """How long it takes until the payments have become so much."""
    times, amount, goal = _PERIODS_PER_YEAR[values["often"]], values["amount"], values["goal"]
    rate = values["rate"] / times
    if rate <= 0 or goal <= amount:
        raise ToujiaoError(line("no_growth" if rate <= 0 else "goal_reached"))
    early = values["when"] != "end"
    each = amount * (1 + rate) if early else amount
    count = math.ceil(round(math.log1p(goal * rate / each) / math.log1p(rate), 9))
    result = regular_investing(
        amount, values["rate"], count / times, times, "start" if early else "end"
    )
    steps = [line("each_period")] if values["when"] == "open" else []
    shown = {
        "count": count,
        "every": word(values["often"]),
        "years": said(count / times, 1),
        "goal": plain(goal),
    }
    return finish(
        "regular_until",
        {"amount_yuan": amount, "goal_yuan": goal, "annual_rate": values["rate"]},
        {
            "periods": count,
            "years": count / times,
            "paid_yuan": result.paid,
            "value_yuan": result.value,
        },
        [*steps, *result.steps, line("same_every_year"), line("result_until", **shown)],
    )


def _now(values: Values, day: date) -> Calculation:
    """What regular investing has brought so far, from what it is worth now."""
    amount, steps = _each(values)
    count, notes = _count(values)
    paid, value = fen(amount * count), values["value_now"]
    gain = fen(value - paid)
    shown = {
        "paid": money(paid),
        "value": money(value),
        "gain": money(abs(gain)),
        "ratio": share(abs(gain) / paid),
    }
    steps += [
        *notes,
        line("paid", amount=plain(amount), count=count, paid=money(paid)),
        line(
            "regular_ratio",
            paid=money(paid),
            value=money(value),
            gain=money(gain),
            ratio=approx_percent(gain / paid),
        ),
        line("result_now_gain" if gain >= 0 else "result_now_loss", **shown),
    ]
    results = {"paid_yuan": paid, "gain_yuan": gain, "profit_ratio": gain / paid}
    return finish(
        "regular_investing_now", {"amount_yuan": amount, "value_yuan": value}, results, steps
    )


def _moved(values: Values, day: date) -> Calculation:
    """What regular investing is worth after a gain or a loss in per cent of all that was paid in."""
    amount, steps = _each(values)
    count, notes = _count(values)
    paid = fen(amount * count)
    ratio = values["gained"] if "gained" in values else -values["lost"]
    value = fen(paid * (1 + ratio))
    gain = fen(value - paid)
    shown = {
        "paid": money(paid),
        "value": money(value),
        "gain": money(abs(gain)),
        "ratio": share(abs(ratio)),
    }
    steps += [
        *notes,
        line("paid", amount=plain(amount), count=count, paid=money(paid)),
        line("regular_moved", paid=money(paid), change=signed_percent(ratio), value=money(value)),
        line("result_now_gain" if gain >= 0 else "result_now_loss", **shown),
    ]
    results = {"paid_yuan": paid, "gain_yuan": gain, "value_yuan": value}
    return finish("regular_investing_now", {"amount_yuan": amount, "ratio": ratio}, results, steps)


_GAINED = Slot(
    "gained",
    "一共的涨幅",
    (Unit.RATIO,),
    ask="一共涨了百分之多少？",
    least=0,
    before=r"[涨赚]了|盈利|总收益率?|累计",
)
_LOST = Slot(
    "lost", "一共的跌幅", (Unit.RATIO,), ask="一共亏了百分之多少？", least=0, most=1, before=FALL
)
_PAID_ASKED = (
    r"(?:投入|投|存|攒|掏|花|交)(?:了|进去|进|出去)*(?:多少|几)|多少(?:的)?本[金钱]|"
    r"本[金钱](?:一共|总共|总额|共|合计|是|有|要|得|为|投入)*(?:多少|几)|"
    r"(?:一共|总共|共|总)(?:要|得|会|能)?(?:投入?|存|掏|花|交|扣|定投)(?:了|进去|进|"
    r"出去)*(?:多少|几|$)|总投入|投入总额|总本金|本金总额"
)
_NEEDED_ASKED = (
    rf"(?:{_EVERY}|每[期次])[^，。？\d]{{0,8}}(?:{_PAY})[^，。？\d]{{0,5}}(?:多少|几)|"
    rf"(?:{_EVERY}|每[期次])[^，。？\d]{{0,5}}(?:多少|几[千百万块])|定投多少(?:钱|才|能|合适)?|"
    rf"(?:{_PAY})多少钱?(?:一个月|每月|才)"
)
_VALUE_ASKED = (
    r"变|有多少|能有|值|到期|多少钱|收益|赚|攒|总额|本息|连本带利|最后|一共有|总共有|多少|几"
)
_GOAL = Slot(
    "goal",
    "目标金额",
    MONEY,
    ask="目标是多少钱？",
    alone=True,
    least=100,
    before=r"攒[够下到]?|存[够下到]|有|达到|目标|变成?|到|凑[够齐]?|拥有|拿到",
    after=r"的?目标|养老金?",
    never_before=rf"(?:(?:{_EVERY})){NO_NUMBER}",
)
_VALUE_NOW = Slot(
    "value_now",
    "现在的市值",
    MONEY,
    ask="现在一共值多少钱？",
    least=0.01,
    before=r"现在|目前|如今|账户(?:里|上)?|市值|值|剩下?|变成?|成了|涨到|有了?",
)
_UNLESS = (
    r"房贷|分红|股息|逆回购|转债|申购费|赎回|手续费|止盈|止损|网格|亏损概率|什么时候|为什么|哪个好|好不好|合适吗|"
    r"[7七]日年化|交易\d?次"
)
_HOW = rf"(?=.*(?:{HOW_MUCH}|{_PAID_ASKED}))(?=.*(?:{_REGULAR}))"
_LUMPED = (
    r"(?=.*(?:一次性?|先投|先存|先买|先放|首次|初始|一开始|起初|本金|现有|已有|手里|启动资金|现在有|"
    r"底仓|第一笔|打底|存款))"
)
_NOT_VALUE = rf"{_UNLESS}|{_NEEDED_ASKED}|(?:几|多少)年(?!化|收益)|多久"
_TIMES: tuple[tuple[str, tuple[Slot, ...]], ...] = (
    ("", (_TIME,)),
    ("_times", (_COUNT,)),
    ("_ages", (_AGE_FROM, _AGE_TO)),
)
_PAYMENTS: tuple[tuple[str, tuple[Slot, ...], str], ...] = (
    ("", (_AMOUNT,), ""),
    ("_salary", (_SALARY, _SHARE), r"(?=.*(?:工资|月薪|收入|薪水|月入|年薪|挣|奖金))"),
)


def _forms() -> tuple[Form, ...]:
    """Every sum with each way of saying how long, and of saying how much each time."""
    found: list[Form] = []
    optional = replace(_LUMP, required=False)
    for time_name, time in _TIMES:
        for pay_name, pay, cue in _PAYMENTS:
            name = f"{time_name}{pay_name}"
            how = f"{cue}{_HOW}"
            often = _OFTEN_BY_SALARY if pay_name else _OFTEN
            common: dict[str, Any] = {"choices": (often, _WHEN)}
            found += [
                Form(
                    f"regular_investing{name}",
                    cue=how,
                    slots=(*pay, _RATE, *time),
                    work=_regular,
                    unless=_NOT_VALUE,
                    priority=9,
                    **common,
                ),
                Form(
                    f"regular_paid{name}",
                    cue=rf"{how}(?=.*(?:{_PAID_ASKED}))",
                    slots=(*pay, *time, optional),
                    work=_paid,
                    unless=_UNLESS,
                    priority=10,
                    **common,
                ),
                Form(
                    f"lump_plus_regular{name}",
                    cue=f"{how}{_LUMPED}",
                    slots=(_LUMP, *pay, _RATE, *time),
                    work=_lump_and_regular,
                    unless=_NOT_VALUE,
                    priority=10,
                    **common,
                ),
                Form(
                    f"regular_now{name}",
                    cue=rf"{how}(?=.*(?:现在|目前|如今|账户|市值))",
                    slots=(*pay, *time, _VALUE_NOW),
                    work=_now,
                    unless=rf"{_NOT_VALUE}|年化",
                    priority=9,
                    **common,
                ),
                *(
                    Form(
                        f"regular_{slot.name}{name}",
                        cue=how,
                        slots=(*pay, *time, slot),
                        work=_moved,
                        unless=rf"{_NOT_VALUE}|年化|要[涨赚]",
                        priority=8,
                        **common,
                    )
                    for slot in (_GAINED, _LOST)
                ),
            ]
        found.append(
            Form(
                f"needed_payment{time_name}",
                cue=rf"(?=.*(?:{_NEEDED_ASKED}))",
                slots=(_GOAL, _RATE, *time, optional),
                work=_needed,
                unless=_UNLESS,
                priority=9,
                choices=(_OFTEN, _WHEN),
            )
        )
    found.append(
        Form(
            "regular_until",
            cue=rf"(?=.*(?:{_REGULAR}))(?=.*(?:{WHEN}))",
            slots=(_AMOUNT, replace(_GOAL, alone=False), _RATE),
            work=_until,
            unless=_UNLESS,
            priority=9,
            choices=(_OFTEN, _WHEN),
        )
    )
    return tuple(found)


FORMS = _forms()
