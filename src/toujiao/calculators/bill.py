"""The arithmetic of one bill: rates of a day, parts exact to the fen, the working in Chinese."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Literal

from toujiao.calculators import texts
from toujiao.calculators.boards import find_board
from toujiao.calculators.inputs import ceil_fen, decimal, not_negative, round_fen
from toujiao.calculators.rates import rule_number
from toujiao.calculators.texts import percent, plain
from toujiao.errors import ToujiaoError

Side = Literal["buy", "sell"]


@dataclass(frozen=True)
class Rates:
    """All rates that a bill needs, for one board and one day."""

    commission: Decimal
    minimum: Decimal
    stamp_duty: dict[Side, Decimal]
    transfer: Decimal
    handling: Decimal
    regulatory: Decimal


@dataclass(frozen=True)
class Bill:
    """The parts of one bill, exact to the fen."""

    amount: Decimal
    commission: Decimal
    stamp_duty: Decimal
    transfer_fee: Decimal
    handling_fee: Decimal
    regulatory_fee: Decimal

    @property
    def total(self) -> Decimal:
        """What the investor pays on top of the amount."""
        return self.commission + self.stamp_duty + self.transfer_fee


def rates_for(
    board: str, commission_rate: float, commission_minimum: float | None, as_of: date | None
) -> Rates:
    """Return the rates in force on `as_of`; the commission is the one agreed with the broker."""
    handling_rule = find_board(board).handling_fee_rule
    commission = decimal(not_negative(commission_rate, "佣金费率"))
    cap = rule_number("commission", "cap_rate", as_of)
    if commission > cap:
        raise ToujiaoError(
            f"佣金费率 {percent(commission)} 超过了规定的上限 {percent(cap)}。"
            "费率按小数填，例如万分之二点五写成 0.00025。"
        )
    minimum = (
        rule_number("commission", "minimum_yuan", as_of)
        if commission_minimum is None
        else decimal(not_negative(commission_minimum, "最低佣金"))
    )
    return Rates(
        commission=commission,
        minimum=minimum,
        stamp_duty={
            "buy": rule_number("stamp-duty", "rate_buy", as_of),
            "sell": rule_number("stamp-duty", "rate_sell", as_of),
        },
        transfer=rule_number("transfer-fee", "rate", as_of),
        handling=rule_number(handling_rule, "rate", as_of),
        regulatory=rule_number("regulatory-fee", "rate", as_of),
    )


def make_bill(raw_amount: Decimal, side: Side, rates: Rates) -> Bill:
    """Return the parts of a bill over `raw_amount` yuan, each rounded half-up to the fen."""
    amount = round_fen(raw_amount)
    handling = round_fen(amount * rates.handling)
    regulatory = round_fen(amount * rates.regulatory)
    # A broker may not charge less than the fees it passes on.
    commission = max(
        round_fen(amount * rates.commission), round_fen(rates.minimum), handling + regulatory
    )
    return Bill(
        amount=amount,
        commission=commission,
        stamp_duty=round_fen(amount * rates.stamp_duty[side]),
        transfer_fee=round_fen(amount * rates.transfer),
        handling_fee=handling,
        regulatory_fee=regulatory,
    )


def break_even(paid: Decimal, shares: int, rates: Rates) -> Decimal:
    """Return the lowest grid price whose sale brings back what was paid.

    Fees never fall when the price rises, so starting below the answer and raising the price
    to what the current fees demand climbs to the lowest solution and never past it.
    """
    price = ceil_fen(paid / shares)
    while True:
        needed = ceil_fen((paid + make_bill(price * shares, "sell", rates).total) / shares)
        if needed <= price:
            return price
        price = needed


def bill_steps(
    bill: Bill, price: Decimal, shares: int, side: Side, rates: Rates
) -> tuple[str, ...]:
    """Return the working of a bill, line by line."""
    amount = plain(bill.amount)
    stamp_rate = rates.stamp_duty[side]
    return (
        texts.AMOUNT.format(price=plain(price), shares=shares, amount=amount),
        _commission_step(bill, rates),
        texts.STAMP_DUTY.format(amount=amount, rate=percent(stamp_rate), fee=plain(bill.stamp_duty))
        if stamp_rate
        else texts.STAMP_DUTY_NONE,
        texts.TRANSFER_FEE.format(
            amount=amount, rate=percent(rates.transfer), fee=plain(bill.transfer_fee)
        ),
        texts.FEE_TOTAL.format(total=plain(bill.total)),
    )


def _commission_step(bill: Bill, rates: Rates) -> str:
    raw = bill.amount * rates.commission
    if bill.commission == round_fen(raw):
        template = texts.COMMISSION
    elif bill.commission == round_fen(rates.minimum):
        template = texts.COMMISSION_MINIMUM
    else:
        template = texts.COMMISSION_FLOOR
    return template.format(
        amount=plain(bill.amount),
        rate=percent(rates.commission),
        raw=plain(raw),
        minimum=plain(rates.minimum),
        fee=plain(bill.commission),
        included=texts.COMMISSION_INCLUDES.format(
            handling=plain(bill.handling_fee), regulatory=plain(bill.regulatory_fee)
        ),
    )
