"""Forms about what is still held: its floating profit or loss, in yuan and per cent.

A price beside 卖 is a sale and belongs to `fees.round_trip`; here nothing has been sold. Fees are
counted only where the question asks for them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import date

from toujiao.calculators.forms.form import Calculation, Form, Slot, Values
from toujiao.calculators.forms.holding_slots import (
    AMOUNT_WORDS,
    ASKED,
    CHOICES,
    COST_PRICE,
    HELD,
    INVESTED,
    INVESTED_SLOTS,
    KIND,
    LOSS,
    NOW,
    ORIGINAL_ASKED,
    PRICE_NOW,
    PRICE_THEN,
    PROFIT,
    RATIO,
    REPEATED,
    SHARE_SLOTS,
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
    price_for_gain,
    worth,
)
from toujiao.calculators.forms.moves import (
    EACH,
    FALL,
    HOW_MUCH,
    KINDS,
    MOVED,
    NO_NUMBER,
    move_slots,
)

Work = Callable[[Values, date], Calculation]
_MOVED = rf"\A(?=(?s:.*)(?:{HOW_MUCH}))"
_AMOUNTS = rf"\A(?=(?s:.*)(?:{AMOUNT_WORDS})){ASKED}"
_NOT_WORTH = r"成本|买|亏|赚|总股本|公司|发行|流通|总市值|新股|申购|张|手续费"
_NOT_ORIGINAL = r"年化|每年|定投|申购|市盈"
_PRICE_ASKED = r"(?:[跌涨]到|到|现价(?:是|要)?|股价(?:是|要)?)(?:多少|几)"


def _form(name: str, cue: str, slots: tuple[Slot, ...], work: Work, priority: int) -> Form:
    """A form that counts the fees of selling where the question asks for them."""
    choices = (*CHOICES, EACH) if work is moved else CHOICES
    return Form(
        name,
        cue=cue,
        slots=(*slots, *TERMS),
        choices=choices,
        work=work,
        unless=UNLESS,
        priority=priority,
        uses_rules=True,
    )


def _by_shares() -> Iterator[Form]:
    for name, shares in SHARE_SLOTS:
        yield _form(f"holding{name}", ASKED, (COST_PRICE, PRICE_NOW, shares, HELD), by_shares, 10)
        total = replace(INVESTED, alone=False, least=100)
        slots = (total, PRICE_NOW, shares, HELD)
        yield _form(f"holding_total_cost{name}", ASKED, slots, of_total_cost, 9)
        for kind, word in KINDS.items():
            slots = (COST_PRICE, shares, *move_slots(kind, REPEATED))
            yield _form(f"holding_moved_{kind}{name}", f"{word}{_MOVED}", slots, moved, 8)
        for gain in (PROFIT, LOSS):
            yield Form(
                f"price_for_{gain.name}{name}",
                cue=rf"\A(?=(?s:.*){_PRICE_ASKED})\A(?=(?s:.*)[赚亏盈])",
                slots=(COST_PRICE, shares, gain),
                work=price_for_gain,
                unless=r"卖|抛|手续费|费用|年化|每年|定投|净赚|净亏|补仓",
                priority=9,
            )
        yield Form(
            f"holding_worth{name}",
            cue=r"值多少|值几|市值(?:是|有|一共)*(?:多少|几)|(?:一共|总共)(?:是|值)?多少钱|多少市值",
            choices=(KIND,),
            work=worth,
            unless=rf"{UNLESS}|{_NOT_WORTH}|{FALL}",
            priority=5,
            slots=(
                replace(PRICE_NOW, alone=True, before=rf"{NOW}|净值|单价|一股|每股"),
                replace(shares, least=2),
            ),
        )


def _by_amount() -> Iterator[Form]:
    for name, invested in INVESTED_SLOTS:
        for kind, word in KINDS.items():
            slots = (invested, *move_slots(kind, REPEATED))
            yield _form(f"holding_amount_{kind}{name}", f"{word}{_MOVED}", slots, moved, 5)
        prices = (replace(invested, least=100), PRICE_THEN, PRICE_NOW, HELD)
        yield _form(f"holding_of_prices{name}", ASKED, prices, of_prices, 7)
        yield _form(f"holding_values{name}", _AMOUNTS, (invested, VALUE_NOW, HELD), by_values, 6)
        for gain in (PROFIT, LOSS):
            slots = (invested, gain, HELD)
            yield _form(f"holding_{gain.name}{name}", _AMOUNTS, slots, by_profit, 5)


def _originals() -> Iterator[Form]:
    """What it was before, told from what it is now."""
    now = replace(
        VALUE_NOW,
        before=rf"{VALUE_NOW.before}|卖了?|后",
        never_before=MOVED,
    )
    for kind, word in KINDS.items():
        yield Form(
            f"holding_original_{kind}",
            cue=rf"{word}\A(?=(?s:.*)(?:{ORIGINAL_ASKED}))",
            choices=(EACH,),
            work=original,
            slots=(now, *move_slots(kind, REPEATED)),
            unless=_NOT_ORIGINAL,
            priority=7,
        )
    for gain in (PROFIT, LOSS):
        named = replace(gain, alone=True, never_before=rf"(?:现在|剩下?|卖){NO_NUMBER}")
        yield Form(
            f"holding_original_{gain.name}",
            cue=rf"\A(?=(?s:.*)(?:{ORIGINAL_ASKED}))\A(?=(?s:.*)[亏赚跌涨盈])",
            work=original_of_gain,
            slots=(named, RATIO),
            unless=rf"{_NOT_ORIGINAL}|现在|剩|卖",
            priority=6,
        )


FORMS = (*_by_shares(), *_by_amount(), *_originals())
