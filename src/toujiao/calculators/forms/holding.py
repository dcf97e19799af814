"""Forms about what is still held: its floating profit or loss, in yuan and per cent.

A price beside 卖 is a sale and belongs to `fees.round_trip`; here nothing has been sold. Fees are
counted only where the question asks for them.
"""

from __future__ import annotations

from dataclasses import replace

from toujiao.calculators.forms.form import Form
from toujiao.calculators.forms.holding_slots import (
    AMOUNT_WORDS,
    ASKED,
    CHOICES,
    COST_PRICE,
    HELD,
    INVESTED,
    KIND,
    LOSS,
    NOW,
    ORIGINAL_ASKED,
    PRICE_NOW,
    PRICE_THEN,
    PROFIT,
    RATIO,
    REPEATED,
    SHARES,
    TERMS,
    UNLESS,
    VALUE_NOW,
)
from toujiao.calculators.forms.holding_work import (
    by_profit,
    by_shares,
    by_values,
    moved,
    of_prices,
    of_total_cost,
    original,
    original_of_gain,
    worth,
)
from toujiao.calculators.forms.moves import EACH, FALL, HOW_MUCH, KINDS, NO_NUMBER, RISE, move_slots

FORMS = (
    Form(
        "holding",
        cue=ASKED,
        slots=(COST_PRICE, PRICE_NOW, SHARES, HELD, *TERMS),
        choices=CHOICES,
        work=by_shares,
        unless=UNLESS,
        priority=10,
        uses_rules=True,
    ),
    Form(
        "holding_worth",
        cue=r"值多少|值几|市值(?:是|有|一共)*(?:多少|几)|一共(?:是|值)?多少钱|总共多少钱|多少市值",
        choices=(KIND,),
        work=worth,
        unless=rf"{UNLESS}|成本|买|亏|赚|总股本|公司|发行|流通|总市值|新股|申购|张|手续费|{FALL}",
        priority=5,
        slots=(
            replace(PRICE_NOW, alone=True, before=rf"{NOW}|净值|单价|一股|每股"),
            replace(SHARES, least=2),
        ),
    ),
    Form(
        "holding_total_cost",
        cue=ASKED,
        choices=CHOICES,
        work=of_total_cost,
        unless=UNLESS,
        priority=9,
        slots=(replace(INVESTED, alone=False, least=100), PRICE_NOW, SHARES, HELD, *TERMS),
        uses_rules=True,
    ),
    *(
        Form(
            f"holding_moved_{kind}",
            cue=f"{word}(?=.*(?:{HOW_MUCH}))",
            choices=(*CHOICES, EACH),
            work=moved,
            slots=(COST_PRICE, SHARES, *move_slots(kind, REPEATED), *TERMS),
            unless=UNLESS,
            priority=8,
            uses_rules=True,
        )
        for kind, word in KINDS.items()
    ),
    *(
        Form(
            f"holding_amount_{kind}",
            cue=f"{word}(?=.*(?:{HOW_MUCH}))",
            choices=(*CHOICES, EACH),
            work=moved,
            slots=(INVESTED, *move_slots(kind, REPEATED), *TERMS),
            priority=5,
            uses_rules=True,
            unless=UNLESS,
        )
        for kind, word in KINDS.items()
    ),
    *(
        Form(
            f"holding_original_{kind}",
            cue=f"{word}(?=.*(?:{ORIGINAL_ASKED}))",
            choices=(EACH,),
            work=original,
            slots=(
                replace(
                    VALUE_NOW,
                    before=rf"{VALUE_NOW.before}|卖了?|后",
                    never_before=rf"(?:{FALL}|{RISE}){NO_NUMBER}",
                ),
                *move_slots(kind, REPEATED),
            ),
            unless=r"年化|每年|定投|申购|市盈",
            priority=7,
        )
        for kind, word in KINDS.items()
    ),
    *(
        Form(
            f"holding_original_{slot.name}",
            cue=rf"(?=.*(?:{ORIGINAL_ASKED}))(?=.*[亏赚跌涨盈])",
            work=original_of_gain,
            slots=(
                replace(slot, alone=True, never_before=rf"(?:现在|剩下?|卖){NO_NUMBER}"),
                RATIO,
            ),
            unless=r"年化|每年|定投|申购|市盈|现在|剩|卖",
            priority=6,
        )
        for slot in (PROFIT, LOSS)
    ),
    Form(
        "holding_of_prices",
        cue=ASKED,
        choices=CHOICES,
        work=of_prices,
        unless=UNLESS,
        priority=7,
        slots=(replace(INVESTED, least=100), PRICE_THEN, PRICE_NOW, HELD, *TERMS),
        uses_rules=True,
    ),
    Form(
        "holding_values",
        cue=f"(?=.*(?:{AMOUNT_WORDS})){ASKED}",
        choices=CHOICES,
        work=by_values,
        slots=(INVESTED, VALUE_NOW, HELD, *TERMS),
        unless=UNLESS,
        priority=6,
        uses_rules=True,
    ),
    Form(
        "holding_profit",
        cue=f"(?=.*(?:{AMOUNT_WORDS})){ASKED}",
        choices=CHOICES,
        work=by_profit,
        slots=(INVESTED, PROFIT, HELD, *TERMS),
        unless=UNLESS,
        priority=5,
        uses_rules=True,
    ),
    Form(
        "holding_loss",
        cue=f"(?=.*(?:{AMOUNT_WORDS})){ASKED}",
        choices=CHOICES,
        work=by_profit,
        slots=(INVESTED, LOSS, HELD, *TERMS),
        unless=UNLESS,
        priority=5,
        uses_rules=True,
    ),
)
