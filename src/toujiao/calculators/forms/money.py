"""Forms about one sum of money over time: compounding, doubling, yearly return, what is needed."""

from __future__ import annotations

from dataclasses import replace

from toujiao.calculators.forms.form import Form, Slot
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
from toujiao.calculators.forms.money_work import (
    doubling,
    doubling_rate,
    grown,
    needed_principal,
    years_to_goal,
    years_to_recover,
)
from toujiao.calculators.forms.moves import FALL, HOW_MUCH, NO_NUMBER
from toujiao.calculators.forms.spans import GOAL, LENGTH, PER, PRINCIPAL, RATE
from toujiao.calculators.forms.strangers import without_strangers
from toujiao.calculators.units import Unit

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

FORMS = without_strangers(
    (
        Form(
            "compound",
            cue=rf"{_HOW}\A(?=(?s:.*)(?:{GROWING}))",
            work=grown,
            plan=True,
            priority=6,
            slots=(PRINCIPAL, RATE, LENGTH),
            choices=(PER, SIMPLE, PAID_OFTEN, LOSING, TIMES_WANTED),
            unless=rf"{_NO_GOAL}|回本|解套|{YEARLY_ASKED}|净资产|毛利|营收|净利|ROE|收入|第[一二两三四五六七八九十\d]+年(?!后)|从[^，。]*到|翻了?一?[倍番]|市净|每股",
        ),
        Form(
            "compound_times",
            cue=rf"\A(?=(?s:.*)(?:{TIMES_ASKED}))\A(?=(?s:.*)(?:{GROWING}))",
            work=grown,
            priority=7,
            slots=(RATE, LENGTH),
            choices=(PER, SIMPLE, PAID_OFTEN, LOSING),
            unless=rf"{_NO_GOAL}|{YEARLY_ASKED}",
        ),
        Form(
            "doubling",
            cue=rf"\A(?=(?s:.*)(?:{TIMES_SAID}|72\s?[法定]))\A(?=(?s:.*)(?:{WHEN}|72\s?[法定]|七十?二[法定]))",
            work=doubling,
            priority=7,
            slots=(
                replace(RATE, least=1e-6),
                TIMES,
                replace(PRINCIPAL, required=False, anchor=False),
            ),
            choices=(PER, RULE_72, GROWN_BY),
            unless=rf"{OTHER}|回本|解套",
        ),
        Form(
            "doubling_rate",
            cue=rf"\A(?=(?s:.*)(?:{TIMES_SAID}|72\s?[法定]))\A(?=(?s:.*)(?:{YEARLY}|{HOW_MUCH}))",
            work=doubling_rate,
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
            work=needed_principal,
            priority=5,
            slots=(replace(GOAL, alone=True), RATE, LENGTH),
            choices=(PER,),
            unless=OTHER,
        ),
        Form(
            "years_to_goal",
            cue=rf"\A(?=(?s:.*)(?:{WHEN}))\A(?=(?s:.*)(?:{GROWING}|变成?|[涨做攒滚]到|成为|能到|达到))",
            work=years_to_goal,
            priority=6,
            slots=(PRINCIPAL, GOAL, RATE),
            choices=(PER,),
            unless=rf"{OTHER}|回本|解套",
        ),
        Form(
            "years_to_recover",
            cue=rf"\A(?=(?s:.*)(?:{WHEN}))\A(?=(?s:.*)(?:回本|解套|涨回|赚回|回到|打平|翻身))",
            work=years_to_recover,
            priority=6,
            slots=(_LOST_SHARE, replace(RATE, alone=False)),
            choices=(PER,),
            unless=OTHER,
        ),
    )
)
