"""Forms about regular investing: what it becomes, what goes in, and what each payment must be."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from toujiao.calculators.forms.form import Form, Slot
from toujiao.calculators.forms.investing_slots import (
    AGE_FROM,
    AGE_TO,
    AMOUNT,
    COUNT,
    GAINED,
    GOAL,
    HOW,
    LOST,
    LUMP,
    LUMP_UNTOLD,
    LUMPED,
    NEEDED_ASKED,
    NOT_VALUE,
    OFTEN,
    OFTEN_BY_SALARY,
    PAID_ASKED,
    PAID_WHEN,
    RATE,
    REGULAR,
    SALARY,
    SHARE,
    TIME,
    UNLESS,
    VALUE_NOW,
)
from toujiao.calculators.forms.investing_work import (
    lump_and_regular,
    moved,
    needed,
    now,
    paid,
    regular,
    until,
)
from toujiao.calculators.forms.money_words import WHEN
from toujiao.calculators.forms.strangers import without_strangers

_TIMES: tuple[tuple[str, tuple[Slot, ...]], ...] = (
    ("", (TIME,)),
    ("_times", (COUNT,)),
    ("_ages", (AGE_FROM, AGE_TO)),
)

_PAYMENTS: tuple[tuple[str, tuple[Slot, ...], str], ...] = (
    ("", (AMOUNT,), ""),
    ("_salary", (SALARY, SHARE), r"\A(?=(?s:.*)(?:工资|月薪|收入|薪水|月入|年薪|挣|奖金))"),
)


def _forms() -> tuple[Form, ...]:
    """Every sum with each way of saying how long, and of saying how much each time."""
    found: list[Form] = []
    optional = replace(LUMP, required=False)
    for time_name, time in _TIMES:
        for pay_name, pay, cue in _PAYMENTS:
            name = f"{time_name}{pay_name}"
            how = f"{cue}{HOW}"
            often = OFTEN_BY_SALARY if pay_name else OFTEN
            common: dict[str, Any] = {"choices": (often, PAID_WHEN)}
            found += [
                Form(
                    f"regular_investing{name}",
                    cue=how,
                    slots=(*pay, RATE, *time),
                    work=regular,
                    plan=True,
                    unless=rf"{NOT_VALUE}|{LUMP_UNTOLD}",
                    priority=9,
                    **common,
                ),
                Form(
                    f"regular_paid{name}",
                    cue=rf"{how}\A(?=(?s:.*)(?:{PAID_ASKED}))",
                    slots=(*pay, *time, optional),
                    work=paid,
                    unless=rf"{UNLESS}|{LUMP_UNTOLD}",
                    priority=10,
                    **common,
                ),
                Form(
                    f"lump_plus_regular{name}",
                    cue=f"{how}{LUMPED}",
                    slots=(LUMP, *pay, RATE, *time),
                    work=lump_and_regular,
                    plan=True,
                    unless=NOT_VALUE,
                    priority=10,
                    **common,
                ),
                Form(
                    f"regular_now{name}",
                    cue=rf"{how}\A(?=(?s:.*)(?:现在|目前|如今|账户|市值))",
                    slots=(*pay, *time, VALUE_NOW),
                    work=now,
                    unless=rf"{NOT_VALUE}|年化",
                    priority=9,
                    **common,
                ),
                *(
                    Form(
                        f"regular_{slot.name}{name}",
                        cue=how,
                        slots=(*pay, *time, slot),
                        work=moved,
                        unless=rf"{NOT_VALUE}|年化|要[涨赚]|{PAID_ASKED}",
                        priority=8,
                        **common,
                    )
                    for slot in (GAINED, LOST)
                ),
            ]
        found.append(
            Form(
                f"needed_payment{time_name}",
                cue=rf"\A(?=(?s:.*)(?:{NEEDED_ASKED}))",
                slots=(GOAL, RATE, *time, optional),
                work=needed,
                unless=UNLESS,
                priority=9,
                choices=(OFTEN, PAID_WHEN),
            )
        )
    found.append(
        Form(
            "regular_until",
            cue=rf"\A(?=(?s:.*)(?:{REGULAR}))\A(?=(?s:.*)(?:{WHEN}))",
            slots=(AMOUNT, replace(GOAL, alone=False), RATE),
            work=until,
            unless=UNLESS,
            priority=9,
            choices=(OFTEN, PAID_WHEN),
        )
    )
    return tuple(found)


FORMS = without_strangers(_forms())
