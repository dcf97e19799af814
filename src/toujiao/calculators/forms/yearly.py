"""Forms about a return: per year from a start and an end, of one purchase, of several years."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from math import prod

from toujiao.calculators.forms.form import Calculation, Form, Slot, Values, finish
from toujiao.calculators.forms.money_words import OTHER
from toujiao.calculators.forms.moves import HOW_MUCH, product
from toujiao.calculators.forms.show import fen, money, outcome, share
from toujiao.calculators.forms.spans import GOAL, LENGTH, PRINCIPAL, told
from toujiao.calculators.forms.terms import MONEY
from toujiao.calculators.forms.wording import line
from toujiao.calculators.forms.yearly_slots import (
    ASKED,
    BUY,
    DAYS,
    DEAREST,
    FROM,
    FROM_DAY,
    HELD,
    LOSS,
    NEGATIVE,
    NOT_SIMPLE,
    PERCENT,
    PROFIT,
    RATE_GIVEN,
    SELL,
    SHARES,
    SIMPLE,
    TO,
    TO_DAY,
    TOTAL,
    TOTAL_LOSS,
    UNLESS,
    WANTED,
)
from toujiao.calculators.returns import annualize
from toujiao.calculators.returns import simple_return as return_of
from toujiao.calculators.texts import approx, approx_percent, plain
from toujiao.calculators.units import Length, Unit
from toujiao.clock import chinese_date
from toujiao.errors import ToujiaoError


def _annualised(values: Values, day: date) -> Calculation:
    return _of_amounts(values, values["goal"], values["length"])


def _annualised_profit(values: Values, day: date) -> Calculation:
    gain = values["profit"] if "profit" in values else -values["loss"]
    return _of_amounts(values, fen(values["principal"] + gain), values["length"])


def _annualised_dates(values: Values, day: date) -> Calculation:
    start, end = values["from_day"], values["to_day"]
    same_day = (start.month, start.day) == (end.month, end.day)
    if not same_day and (12, 31) in ((start.month, start.day), (end.month, end.day)):
        raise ToujiaoError(line("which_days"))
    return _between(values, start, end)


def _annualised_span(values: Values, day: date) -> Calculation:
    """从2018年5月1日到2023年5月1日 is read as one period."""
    start, end = values.get("span_from"), values["span"]
    if start is None or (start.month, start.day, end.month, end.day) == (1, 1, 12, 31):
        raise ToujiaoError(line("which_years"))
    if start.day == 1 and (end + timedelta(days=1)).day == 1:
        end = end.replace(day=1)  # 从2018年3月到2023年3月: so many months
    return _between(values, start, end)


def _between(values: Values, start: date, end: date) -> Calculation:
    if end <= start:
        raise ToujiaoError(line("days_wrong"))
    if start.day == end.day:
        months = (end.year - start.year) * 12 + end.month - start.month
        length = Length(months, Unit.MONTHS)
        if months % 12 == 0:
            length = Length(months // 12, Unit.YEARS)
    else:
        length = Length((end - start).days, Unit.DAYS)
    shown = {"start": chinese_date(start), "end": chinese_date(end), "length": told(length)}
    return _of_amounts(values, values["goal"], length, [line("days_between", **shown)])


def _of_amounts(
    values: Values, goal: float, length: Length, steps: list[str] | None = None
) -> Calculation:
    start = values["principal"]
    multiple = goal / start
    shown = {"start": plain(start), "goal": plain(goal), "multiple": approx(multiple, 4)}
    steps = [*(steps or []), line("annualised_multiple", **shown)]
    inputs = {"start_yuan": start, "end_yuan": goal}
    wanted = None
    if values.get("wanted"):
        wanted = {"length": told(length), "start": plain(start), "goal": plain(goal)}
    return _yearly(values, multiple - 1, length, inputs, steps, wanted)


def _annualised_total(values: Values, day: date) -> Calculation:
    if "total" in values:
        total = values["total"]
    else:
        total = values["negative"] if "negative" in values else -values["total_loss"]
    return _yearly(values, total, values["length"], {"total_return": total}, [])


def _yearly(
    values: Values,
    total: float,
    length: Length,
    inputs: dict[str, float],
    steps: list[str],
    wanted: dict[str, str] | None = None,
) -> Calculation:
    years = length.years
    exact, simple = annualize(total, years), total / years
    shown = {"rate": share(exact), "simple": share(simple)}
    count = plain(years) if years >= 1 else f"({told(length)}，合 {plain(years)} 年)"
    multiple = f"1 {'−' if total < 0 else '+'} {share(abs(total))}"
    compounded = line(
        "annualised_working", multiple=multiple, years=count, approx=approx_percent(exact)
    )
    simply = line(
        "annualised_simple", total=share(total), years=count, approx=approx_percent(simple)
    )
    results = {"annual_return": exact, "annual_return_simple": simple}
    inputs = {**inputs, "years": years}
    if values.get("simple"):
        last, used = line("result_annualised_simple", **shown), [simply]
    elif years < 1:
        last, used = line("result_annualised_short", **shown), [compounded, simply]
    elif wanted:
        last, used = line("result_annualised_wanted", **shown, **wanted), [compounded]
    else:
        last, used = line("result_annualised", **shown), [compounded]
    return finish("annualised", inputs, results, [*steps, *used, last])


def _simple_return(values: Values, day: date) -> Calculation:
    bought, sold = values["buy"], values["sell"]
    rate = return_of(bought, sold)
    step = line("simple_return", sell=plain(sold), buy=plain(bought), approx=approx_percent(rate))
    last = line(f"result_simple_{outcome(rate)}", rate=share(rate), moved=share(abs(rate)))
    inputs = {"buy_yuan": bought, "sell_yuan": sold}
    return finish("simple_return", inputs, {"return": rate}, [step, last])


def _growth(values: Values, day: date) -> Calculation:
    before, after = values["before_change"], values["after_change"]
    rate = return_of(before, after)
    shown = {"before": plain(before), "after": plain(after), "moved": share(abs(rate))}
    steps = [
        line("growth_rate", approx=approx_percent(rate), **shown),
        line(f"result_growth_rate_{outcome(rate)}", **shown),
    ]
    return finish("growth_rate", {"before": before, "after": after}, {"change": rate}, steps)


def _in_a_row(values: Values, day: date) -> Calculation:
    found = [float(rate) for rate in values["returns"]]
    times = prod(1 + rate for rate in found)
    if min(found) <= -1:
        raise ToujiaoError(line("nothing_left"))
    yearly = annualize(times - 1, len(found))
    shown = {"count": str(len(found)), "total": share(times - 1), "rate": share(yearly)}
    steps = [line("returns_together", product=product(found), times=plain(times))]
    results = {"total_return": times - 1, "annual_return": yearly}
    start = values.get("principal")
    if start is None:
        return finish(
            "returns_in_a_row",
            {"returns": found},
            results,
            [*steps, line("result_returns", **shown)],
        )
    value = fen(start * times)
    last = line("result_returns_value", start=plain(start), value=money(value), **shown)
    inputs = {"returns": found, "principal_yuan": start}
    return finish("returns_in_a_row", inputs, {**results, "value_yuan": value}, [*steps, last])


FORMS = (
    Form(
        "annualised",
        cue=ASKED,
        slots=(PRINCIPAL, GOAL, LENGTH),
        choices=(WANTED, SIMPLE),
        work=_annualised,
        unless=UNLESS,
        priority=5,
    ),
    Form(
        "annualised_span",
        cue=ASKED,
        slots=(PRINCIPAL, GOAL, DAYS),
        choices=(WANTED, SIMPLE),
        work=_annualised_span,
        unless=UNLESS,
        priority=5,
    ),
    Form(
        "annualised_dates",
        cue=ASKED,
        slots=(PRINCIPAL, GOAL, FROM_DAY, TO_DAY),
        choices=(WANTED, SIMPLE),
        work=_annualised_dates,
        unless=UNLESS,
        priority=5,
    ),
    *(
        Form(
            f"annualised_{name}",
            cue=ASKED,
            slots=(PRINCIPAL, slot, LENGTH),
            choices=(SIMPLE,),
            work=_annualised_profit,
            unless=UNLESS,
            priority=4,
        )
        for name, slot in (("profit", PROFIT), ("loss", LOSS))
    ),
    *(
        Form(
            f"annualised_{slot.name}",
            cue=ASKED,
            choices=(SIMPLE,),
            work=_annualised_total,
            slots=(
                slot,
                replace(LENGTH, anchor=True),
                replace(PRINCIPAL, required=False, anchor=False),
            ),
            unless=rf"{UNLESS}|{RATE_GIVEN}|最大",
            priority=4,
        )
        for slot in (TOTAL, TOTAL_LOSS, NEGATIVE)
    ),
    *(
        Form(
            name,
            cue=rf"{sold}\A(?=(?s:.*)(?:{PERCENT}))\A(?=(?s:.*)(?:{HOW_MUCH}))",
            work=_simple_return,
            priority=priority,
            slots=(
                replace(BUY, units=units, most=most),
                replace(SELL, units=units, most=most),
                SHARES,
                HELD,
            ),
            unless=NOT_SIMPLE,
        )
        for name, units, most, priority, sold in (
            ("simple_return", MONEY, DEAREST, 9, ""),
            ("simple_return_amounts", MONEY, None, 7, r"\A(?=(?s:.*)[卖抛])"),
            ("simple_return_points", (Unit.POINTS,), None, 9, ""),
        )
    ),
    Form(
        "growth_rate",
        cue=(
            r"\A(?=(?s:.*)(?:增长率|增速|增幅|同比|环比|增长了?|下降了?|下滑了?|变动|"
            r"增加了?))\A(?=(?s:.*)(?:多少|"
            r"几|怎么算|咋算))"
        ),
        slots=(FROM, TO),
        work=_growth,
        unless=r"年化|复合|年均|每年|PEG|市盈|股价|涨停|回本|定投",
        priority=4,
    ),
    Form(
        "returns_in_a_row",
        cue=(
            rf"\A(?=(?s:.*)(?:{HOW_MUCH}))\A(?=(?s:.*)(?:收益|涨|赚|亏|年化|回报))\A(?=(?s:.*)(?:分别|"
            rf"依次|各是|各为|逐年|、))"
        ),
        work=_in_a_row,
        priority=5,
        slots=(
            Slot(
                "returns",
                "每年的收益",
                (Unit.RATIO,),
                many=True,
                alone=True,
                ask="每年的收益各是多少？",
            ),
            replace(LENGTH, required=False),
            replace(PRINCIPAL, required=False, anchor=False),
        ),
        unless=rf"{OTHER}|[%％]\s*(?:到|至|~|-)|标准差|期望|概率|相关|平均数|算术",
    ),
)
