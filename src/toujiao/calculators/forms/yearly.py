"""Forms about a return: per year from a start and an end, of one purchase, of several years."""

from __future__ import annotations

from dataclasses import replace

from toujiao.calculators.forms.form import Form, Slot
from toujiao.calculators.forms.money_words import OTHER
from toujiao.calculators.forms.moves import HOW_MUCH
from toujiao.calculators.forms.spans import GOAL, LENGTH, PRINCIPAL
from toujiao.calculators.forms.strangers import without_strangers
from toujiao.calculators.forms.terms import MONEY
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
    OWN_RETURN,
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
from toujiao.calculators.forms.yearly_work import (
    annualised,
    annualised_dates,
    annualised_profit,
    annualised_span,
    annualised_total,
    growth,
    in_a_row,
    simple_return,
)
from toujiao.calculators.units import Unit

FORMS = without_strangers(
    (
        Form(
            "annualised",
            cue=ASKED,
            slots=(
                PRINCIPAL,
                GOAL,
                LENGTH,
                *(replace(day, required=False) for day in (FROM_DAY, TO_DAY, DAYS)),
            ),
            choices=(WANTED, SIMPLE),
            work=annualised,
            unless=UNLESS,
            priority=5,
        ),
        Form(
            "annualised_span",
            cue=ASKED,
            slots=(PRINCIPAL, GOAL, DAYS),
            choices=(WANTED, SIMPLE),
            work=annualised_span,
            unless=UNLESS,
            priority=5,
        ),
        Form(
            "annualised_dates",
            cue=ASKED,
            slots=(PRINCIPAL, GOAL, FROM_DAY, TO_DAY),
            choices=(WANTED, SIMPLE),
            work=annualised_dates,
            unless=UNLESS,
            priority=5,
        ),
        *(
            Form(
                f"annualised_{name}",
                cue=ASKED,
                slots=(PRINCIPAL, slot, LENGTH),
                choices=(SIMPLE,),
                work=annualised_profit,
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
                work=annualised_total,
                slots=(
                    slot,
                    replace(LENGTH, anchor=True),
                    replace(PRINCIPAL, required=False, anchor=False),
                ),
                unless=rf"{UNLESS}|{RATE_GIVEN}|最大|翻了?一?[倍番]",
                priority=4,
            )
            for slot in (TOTAL, TOTAL_LOSS, NEGATIVE)
        ),
        *(
            Form(
                name,
                cue=rf"{sold}\A(?=(?s:.*)(?:{PERCENT}))\A(?=(?s:.*)(?:{HOW_MUCH}))",
                work=simple_return,
                priority=priority,
                slots=(
                    replace(BUY, units=units, most=most),
                    replace(SELL, units=units, most=most),
                    SHARES,
                    HELD,
                ),
                unless=NOT_SIMPLE,
                opened=OWN_RETURN if name == "simple_return" else "",
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
            work=growth,
            unless=r"年化|复合|年均|每年|PEG|市盈|股价|涨停|回本|定投",
            priority=4,
        ),
        Form(
            "returns_in_a_row",
            cue=(
                rf"\A(?=(?s:.*)(?:{HOW_MUCH}))\A(?=(?s:.*)(?:收益|涨|赚|亏|年化|回报))\A(?=(?s:.*)(?:分别|"
                rf"依次|各是|各为|逐年|、))"
            ),
            work=in_a_row,
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
)
