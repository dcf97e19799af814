"""Slots and choices that several forms share: the broker's terms, the board, the ST mark."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from toujiao.calculators.boards import BOARDS, board_of_code
from toujiao.calculators.fees import DEFAULT_COMMISSION
from toujiao.calculators.forms.form import Choice, Slot, Values
from toujiao.calculators.forms.wording import line
from toujiao.calculators.rates import rule_number
from toujiao.calculators.texts import percent, plain
from toujiao.calculators.units import Unit
from toujiao.errors import ToujiaoError

MONEY = (Unit.YUAN, Unit.NONE)
COMMISSION = Slot(
    "commission",
    "佣金费率",
    (Unit.RATIO,),
    before=r"佣金|手续费|费率|收费",
    after=r"的?佣金|的?手续费|免[五5]|费率|开的?户",
    least=0,
    most=0.05,
    alone=True,
    required=False,
    anchor=False,
    rule="commission",
)
MINIMUM = Slot(
    "minimum",
    "最低佣金",
    MONEY,
    before=r"最低|起收|低消|不足|不满|最少|至少收?|保底|不到|低于",
    after=r"起(?!步价)|保底|最低|封底|打底|一?笔?起步|的?(?:最低|起)",
    never_before=r"股价|价格|跌到|收",
    least=0,
    most=100,
    required=False,
    anchor=False,
    rule="commission",
)
NO_MINIMUM = Choice(
    "no_minimum", "免五", {True: r"(?<!不)免[五5]|没有?最低|无最低|不设最低|不用满[五5]"}
)
CODE = Slot("code", "股票代码", (Unit.CODE,), alone=True, required=False, anchor=False)
BOARD = Choice(
    "board",
    "板块",
    {
        "star": r"科创板?(?!50)",
        "chinext": r"创业板?(?!指|50)",
        "bse": r"北交所|北证(?!50)|北交",
        "main": r"主板|沪市|深市|上交所|深交所",
    },
)
ST = Choice(
    "st",
    "是不是ST",
    {True: r"(?<![a-zA-Z])[*＊]?ST(?![a-zA-Z])|风险警示|戴帽|披星戴帽"},
    default=False,
)


@dataclass(frozen=True)
class Terms:
    """What the broker charges and where the share is listed, with the sentences that say so."""

    commission: float
    minimum: float | None
    board: str
    steps: tuple[str, ...]


def broker_terms(values: Values, day: date) -> Terms:
    """The terms that were given; usual ones are filled in, and said to be."""
    rate, minimum = values.get("commission"), values.get("minimum")
    commission = DEFAULT_COMMISSION if rate is None else rate
    if values.get("no_minimum"):
        minimum = 0.0
    lowest = float(rule_number("commission", "minimum_yuan", day)) if minimum is None else minimum
    shown = f"万{plain(commission * 10000)}（{percent(commission)}）"
    name = "commission_default" if rate is None else "commission_given"
    if not lowest:
        name = "commission_no_minimum"
    step = line(name, rate=shown, minimum=plain(lowest))
    board, _ = board_of(values)
    return Terms(commission, minimum, board or "main", (step,))


def board_of(values: Values) -> tuple[str | None, tuple[str, ...]]:
    """The board by its name or by the stock code, and the sentence that says how it was known.

    Raises `ToujiaoError` for a code that belongs to no board, or to another than the one named.
    """
    named, code = values.get("board"), values.get("code")
    if code is None:
        return named, ()
    found = board_of_code(code)
    if found is None:
        raise ToujiaoError(line("unknown_code", code=code))
    if named and named != found:
        raise ToujiaoError(
            line("code_of_another", code=code, board=BOARDS[found].title, named=BOARDS[named].title)
        )
    return found, (line("board_by_code", code=code, board=BOARDS[found].title),)
