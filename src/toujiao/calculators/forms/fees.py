"""Forms about buying and selling: the fees of one trade, a round trip, the break-even price."""

from __future__ import annotations

from toujiao.calculators.forms.fee_slots import (
    AMOUNT,
    AS_RATIO,
    ASKED,
    ASKED_TRIP,
    BREAK_EVEN,
    BUY_DAY,
    BUY_PRICE,
    COST_PRICE,
    ELSEWHERE,
    EXEMPT,
    FALL,
    FEE,
    PRICE,
    PROCEEDS,
    RISE,
    ROUND,
    SELL,
    SELL_DAY,
    SELL_PRICE,
    SHARES,
    SIDE,
    SOLD_AMOUNT,
    TERMS,
)  # fmt: skip
from toujiao.calculators.forms.fee_work import (
    even,
    exempt,
    trade,
    trade_of_amount,
    trip,
    trip_of_amounts,
)
from toujiao.calculators.forms.form import Form, Values
from toujiao.calculators.forms.terms import BOARD, NO_MINIMUM


def _side_needed(choices: Values) -> tuple[str, ...]:
    """All fees together differ by the side; one fee alone says which side it means."""
    return ("side",) if choices.get("asked") == "all" else ()


FORMS = (
    Form(
        "round_trip", cue=ROUND, slots=(BUY_PRICE, SELL_PRICE, SHARES, BUY_DAY, SELL_DAY, *TERMS),
        choices=(NO_MINIMUM, BOARD, ASKED_TRIP, AS_RATIO), work=trip, priority=8,
        unless=ELSEWHERE, uses_rules=True,
    ),
    Form(
        "round_trip_moved", cue=rf"(?:涨|跌|亏|赚).*(?:{SELL})",
        slots=(BUY_PRICE, SHARES, RISE, FALL, *TERMS),
        choices=(NO_MINIMUM, BOARD, ASKED_TRIP, AS_RATIO), work=trip, priority=7,
        unless=ELSEWHERE, uses_rules=True,
    ),
    Form(
        "round_trip_amounts", cue=rf"{ROUND}|(?:涨|跌|赚|亏).*全部?卖",
        slots=(AMOUNT, SOLD_AMOUNT, RISE, FALL, BUY_DAY, SELL_DAY, *TERMS),
        choices=(NO_MINIMUM, BOARD, ASKED_TRIP), work=trip_of_amounts, priority=6,
        unless=rf"{ELSEWHERE}|(?:印花税|过户费)[^，。]{{0,8}}(?:多少|几|怎么|咋)", uses_rules=True,
    ),
    Form(
        "break_even", cue=BREAK_EVEN, slots=(COST_PRICE, SHARES, BUY_DAY, SELL_DAY, *TERMS),
        choices=(NO_MINIMUM, BOARD), work=even, priority=8,
        unless=rf"{ELSEWHERE}|涨多少|涨百分之|涨几|跌了|亏了", uses_rules=True,
    ),
    Form(
        "trade_cost", cue=FEE, slots=(PRICE, SHARES, *TERMS),
        choices=(SIDE, ASKED, PROCEEDS, NO_MINIMUM, BOARD), work=trade, needs=_side_needed,
        priority=4, unless=ELSEWHERE, uses_rules=True,
    ),
    Form(
        "trade_cost_amount", cue=FEE, slots=(AMOUNT, *TERMS),
        choices=(SIDE, ASKED, PROCEEDS, NO_MINIMUM, BOARD), work=trade_of_amount, needs=_side_needed,
        priority=3, unless=ELSEWHERE, uses_rules=True,
    ),
    Form(
        "stamp_duty_exempt", cue=r"印花税.*(?:ETF|LOF|REIT|转债|债券|国债)|(?:ETF|LOF|REIT|转债|债券|国债).*印花税",
        slots=EXEMPT,
        work=exempt, priority=9, uses_rules=True,
    ),
)  # fmt: skip
