"""Dividend and rights plans in a question: the slots, and the reference price of an ex-day."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from toujiao.calculators.ex_rights import ex_rights_price
from toujiao.calculators.forms.form import Slot, Values
from toujiao.calculators.forms.terms import MONEY
from toujiao.calculators.forms.wording import line, price
from toujiao.calculators.inputs import decimal
from toujiao.calculators.texts import approx, plain
from toujiao.calculators.units import Unit
from toujiao.errors import ToujiaoError

# No one share has cost more: a greater number is an amount.
DEAREST = 5000
CASH = Slot("cash", "每股派息", (Unit.CASH,), alone=True, required=False)
BONUS = Slot("bonus", "每股送转", (Unit.BONUS,), alone=True, required=False)
RIGHTS = Slot("rights", "每股配股", (Unit.RIGHTS,), alone=True, required=False)
RIGHTS_PRICE = Slot(
    "rights_price",
    "配股价",
    MONEY,
    before=r"配股?(?:的?价格?|缴款价)|配价|配股.{0,3}(?:按|每股|以)",
    after=r"一股配|的?配股?价|配股",
    least=0.01,
    most=DEAREST,
    required=False,
    anchor=False,
)
PLAN = (CASH, BONUS, RIGHTS, RIGHTS_PRICE)


@dataclass(frozen=True)
class Reference:
    """The reference price of an ex-day and its working."""

    price: float
    steps: tuple[str, ...]


def plan_of(values: Values) -> dict[str, float]:
    """The parts of the plan that the question gave, per share; empty without a plan."""
    return {name: values[name] for name in ("cash", "bonus", "rights") if values.get(name)}


def reference(values: Values, close: float) -> Reference:
    """The ex-rights reference price of the plan; `ToujiaoError` where a part of it is missing."""
    plan, each = plan_of(values), values.get("rights_price", 0.0)
    if not plan:
        raise ToujiaoError(line("no_plan"))
    if "rights" in plan and not each:
        raise ToujiaoError(line("rights_price_missing"))
    cash, bonus, rights = (plan.get(name, 0.0) for name in ("cash", "bonus", "rights"))
    value = ex_rights_price(close, cash, bonus, rights, each)
    parts = [line(name, value=plain(part), price=plain(each)) for name, part in plan.items()]
    above = plain(close) + (f" − {plain(cash)}" if cash else "")
    above += f" + {plain(each)} × {plain(rights)}" if rights else ""
    below = "1" + "".join(f" + {plain(part)}" for part in (bonus, rights) if part)
    raw = (decimal(close) - decimal(cash) + decimal(each) * decimal(rights)) / (
        1 + decimal(bonus) + decimal(rights)
    )
    return Reference(
        value,
        (
            line("per_share", parts="，".join(parts)),
            line("ex_rights", above=_bracketed(above), below=_bracketed(below), raw=plain(raw)),
            line("result_ex_rights", price=price(value)),
        ),
    )


def share(rate: float | Decimal) -> str:
    """A fraction as a percentage in a sentence: 16%, or 约6.67% where digits were dropped."""
    shown = approx(decimal(rate) * 100, 2, "%")
    return shown.removeprefix("= ") if shown.startswith("=") else f"约{shown.removeprefix('≈ ')}"


def _bracketed(written: str) -> str:
    return f"({written})" if " " in written else written
