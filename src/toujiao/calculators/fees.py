"""What a trade costs: commission, stamp duty, transfer fee, and the tax on dividends.

Every rate comes from the rule book for the day asked; nothing is typed here. Fees are
rounded half-up to 0.01 yuan one by one, as on a broker's bill.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Literal

from toujiao.calculators import texts
from toujiao.calculators.boards import find_board
from toujiao.calculators.inputs import (
    ceil_fen,
    decimal,
    not_negative,
    positive,
    round_fen,
    whole,
)
from toujiao.calculators.rates import rule_number
from toujiao.calculators.texts import percent, plain
from toujiao.errors import ToujiaoError

Side = Literal["buy", "sell"]

# The law counts in months and years; a calculator that is given days needs a length for them.
DAYS_PER_MONTH = 30
DAYS_PER_YEAR = 365


@dataclass(frozen=True)
class TradeCost:
    """The bill of one trade in yuan.

    `total` = commission + stamp duty + transfer fee. The exchange's handling fee (经手费) and
    the regulator's fee (证管费) are part of the commission a broker quotes: they are shown,
    but not added a second time.
    """

    amount: float
    commission: float
    stamp_duty: float
    transfer_fee: float
    total: float
    handling_fee: float
    regulatory_fee: float
    steps: tuple[str, ...]


@dataclass(frozen=True)
class RoundTrip:
    """One purchase and one sale of the same shares, in yuan.

    `break_even_price` is the lowest price on the price grid (0.01 yuan) at which selling
    does not lose money after all fees.
    """

    buy: TradeCost
    sell: TradeCost
    total_fees: float
    gross_profit: float
    net_profit: float
    break_even_price: float
    steps: tuple[str, ...]


@dataclass(frozen=True)
class DividendTax:
    """The personal income tax on a cash dividend, in yuan."""

    rate: float
    tax: float
    net: float
    steps: tuple[str, ...]


@dataclass(frozen=True)
class _Rates:
    """All rates that a bill needs, for one board and one day."""

    commission: Decimal
    minimum: Decimal
    stamp_duty: dict[Side, Decimal]
    transfer: Decimal
    handling: Decimal
    regulatory: Decimal


@dataclass(frozen=True)
class _Bill:
    """The parts of one bill, exact to the fen."""

    amount: Decimal
    commission: Decimal
    stamp_duty: Decimal
    transfer_fee: Decimal
    handling_fee: Decimal
    regulatory_fee: Decimal

    @property
    def total(self) -> Decimal:
        return self.commission + self.stamp_duty + self.transfer_fee


def trade_cost(
    price: float,
    shares: int,
    side: Side = "buy",
    board: str = "main",
    commission_rate: float = 0.00025,
    commission_minimum: float | None = None,
    as_of: date | None = None,
) -> TradeCost:
    """Return the bill of buying or selling `shares` at `price` yuan.

    Formula: amount = price x shares; commission = max(amount x commission_rate, minimum,
    handling fee + regulatory fee); stamp duty = amount x rate of the side (sellers only);
    transfer fee = amount x rate. Each is rounded half-up to 0.01 yuan.
    Units: yuan and shares; `commission_rate` is a fraction agreed with the broker (0.00025 =
    0.025 %) and includes the handling and regulatory fees; `commission_minimum` in yuan,
    default from the rule `commission`.
    Errors: `ToujiaoError` for a price or share count that is not positive, an unknown side or
    board, a commission above the legal cap, or a day without rules.
    Source: rules stamp-duty, transfer-fee, commission, handling-fee-*, regulatory-fee.
    """
    quantity = whole(shares, "股数")
    exact_price = decimal(positive(price, "价格"))
    _check_side(side)
    rates = _rates(board, commission_rate, commission_minimum, as_of)
    bill = _bill(exact_price * quantity, side, rates)
    return _trade_cost(bill, _bill_steps(bill, exact_price, quantity, side, rates))


def round_trip(
    buy_price: float,
    sell_price: float,
    shares: int,
    board: str = "main",
    commission_rate: float = 0.00025,
    commission_minimum: float | None = None,
    as_of: date | None = None,
) -> RoundTrip:
    """Return fees, result and break-even price of buying and later selling `shares`.

    Formula: net = (sell - buy) x shares - all fees; break-even = lowest price on the grid
    where net >= 0. Both sides use the rules of `as_of`. Units and errors as `trade_cost`.
    """
    bought = trade_cost(
        buy_price, shares, "buy", board, commission_rate, commission_minimum, as_of
    )
    sold = trade_cost(
        sell_price, shares, "sell", board, commission_rate, commission_minimum, as_of
    )
    rates = _rates(board, commission_rate, commission_minimum, as_of)
    total_fees = decimal(bought.total) + decimal(sold.total)
    gross = decimal(sold.amount) - decimal(bought.amount)
    paid = decimal(bought.amount) + decimal(bought.total)
    break_even = _break_even(paid, whole(shares, "股数"), rates)
    steps = texts.lines(
        texts.ROUND_TRIP,
        buy_amount=plain(bought.amount),
        buy_fees=plain(bought.total),
        sell_amount=plain(sold.amount),
        sell_fees=plain(sold.total),
        total_fees=plain(total_fees),
        gross=plain(gross),
        net=plain(gross - total_fees),
        break_even=plain(break_even),
    )
    return RoundTrip(
        buy=bought,
        sell=sold,
        total_fees=float(total_fees),
        gross_profit=float(gross),
        net_profit=float(gross - total_fees),
        break_even_price=float(break_even),
        steps=steps,
    )


def dividend_tax(
    dividend: float, holding_days: int, as_of: date | None = None
) -> DividendTax:
    """Return the tax an individual pays on a cash dividend of a listed company.

    Formula: tax = dividend x rate; the rate depends on how long the shares were held before
    they are sold: up to one month, up to one year, longer.
    Units: yuan; `holding_days` in calendar days. The law counts calendar months, this counts
    30 days for a month and 365 for a year, so a day or two around the limit can differ.
    Errors: `ToujiaoError` for a dividend that is not positive or less than one day.
    Source: rule dividend-tax.
    """
    exact = decimal(positive(dividend, "分红金额"))
    days = whole(holding_days, "持股天数")
    if days <= DAYS_PER_MONTH:
        field, text = "rate_up_to_1_month", texts.HELD_UP_TO_MONTH
    elif days <= DAYS_PER_YEAR:
        field, text = "rate_1_month_to_1_year", texts.HELD_UP_TO_YEAR
    else:
        field, text = "rate_over_1_year", texts.HELD_OVER_YEAR
    rate = rule_number("dividend-tax", field, as_of)
    tax = round_fen(exact * rate)
    steps = texts.lines(
        (text, *texts.DIVIDEND_TAX),
        days=days,
        rate=percent(rate),
        dividend=plain(exact),
        tax=plain(tax),
        net=plain(exact - tax),
    )
    return DividendTax(rate=float(rate), tax=float(tax), net=float(exact - tax), steps=steps)


def _check_side(side: str) -> None:
    if side not in ("buy", "sell"):
        raise ToujiaoError(f"买卖方向要填 buy（买入）或 sell（卖出），收到的是“{side}”。")


def _rates(
    board: str, commission_rate: float, commission_minimum: float | None, as_of: date | None
) -> _Rates:
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
    return _Rates(
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


def _bill(raw_amount: Decimal, side: Side, rates: _Rates) -> _Bill:
    amount = round_fen(raw_amount)
    handling = round_fen(amount * rates.handling)
    regulatory = round_fen(amount * rates.regulatory)
    # A broker may not charge less than the fees it passes on.
    commission = max(
        round_fen(amount * rates.commission), round_fen(rates.minimum), handling + regulatory
    )
    return _Bill(
        amount=amount,
        commission=commission,
        stamp_duty=round_fen(amount * rates.stamp_duty[side]),
        transfer_fee=round_fen(amount * rates.transfer),
        handling_fee=handling,
        regulatory_fee=regulatory,
    )


def _break_even(paid: Decimal, shares: int, rates: _Rates) -> Decimal:
    """Return the lowest grid price whose sale brings back what was paid.

    Fees never fall when the price rises, so starting below the answer and raising the price
    to what the current fees demand climbs to the lowest solution and never past it.
    """
    price = ceil_fen(paid / shares)
    while True:
        needed = ceil_fen((paid + _bill(price * shares, "sell", rates).total) / shares)
        if needed <= price:
            return price
        price = needed


def _trade_cost(bill: _Bill, steps: tuple[str, ...]) -> TradeCost:
    return TradeCost(
        amount=float(bill.amount),
        commission=float(bill.commission),
        stamp_duty=float(bill.stamp_duty),
        transfer_fee=float(bill.transfer_fee),
        total=float(bill.total),
        handling_fee=float(bill.handling_fee),
        regulatory_fee=float(bill.regulatory_fee),
        steps=steps,
    )


def _bill_steps(
    bill: _Bill, price: Decimal, shares: int, side: Side, rates: _Rates
) -> tuple[str, ...]:
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


def _commission_step(bill: _Bill, rates: _Rates) -> str:
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
