"""What a trade costs: commission, stamp duty, transfer fee.

Every rate comes from the rule book for the day asked; nothing is typed here. Fees are
rounded half-up to 0.01 yuan one by one, as on a broker's bill.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from toujiao import clock
from toujiao.calculators import texts
from toujiao.calculators.bill import Bill, Side, bill_steps, break_even, make_bill, rates_for
from toujiao.calculators.inputs import calendar_day, decimal, positive, round_fen, whole
from toujiao.calculators.rates import rule_number
from toujiao.calculators.texts import chinese_day, percent, plain
from toujiao.errors import ToujiaoError

# What most brokers ask today (fact F009: there is no uniform rate, the contract decides).
DEFAULT_COMMISSION = 0.00025


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


def trade_cost(
    price: float,
    shares: int,
    side: Side = "buy",
    board: str = "main",
    commission_rate: float = DEFAULT_COMMISSION,
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
    rates = rates_for(board, commission_rate, commission_minimum, as_of)
    bill = make_bill(exact_price * quantity, side, rates)
    return _trade_cost(bill, bill_steps(bill, exact_price, quantity, side, rates))


@dataclass(frozen=True)
class SingleFee:
    """One fee of a trade alone, in yuan."""

    rate: float
    fee: float
    steps: tuple[str, ...]


def stamp_duty(amount: float, side: Side = "sell", as_of: date | None = None) -> SingleFee:
    """Return the stamp duty on a trade of `amount` yuan: amount x rate of the side, to the fen.

    Errors: `ToujiaoError` for an amount that is not positive, an unknown side, no rule that day.
    Source: rule stamp-duty.
    """
    _check_side(side)
    rate = rule_number("stamp-duty", f"rate_{side}", as_of)
    return _single_fee(amount, rate, texts.STAMP_DUTY if rate else texts.STAMP_DUTY_NONE)


def transfer_fee(amount: float, as_of: date | None = None) -> SingleFee:
    """Return the transfer fee on a trade of `amount` yuan, either side. Source: transfer-fee.

    Errors: `ToujiaoError` for an amount that is not positive, or a day without a rule.
    """
    return _single_fee(amount, rule_number("transfer-fee", "rate", as_of), texts.TRANSFER_FEE)


def _single_fee(amount: float, rate: Decimal, text: str) -> SingleFee:
    money = round_fen(decimal(positive(amount, "成交金额")))
    fee = round_fen(money * rate)
    step = text.format(amount=plain(money), rate=percent(rate), fee=plain(fee))
    return SingleFee(float(rate), float(fee), (step,))


def round_trip(
    buy_price: float,
    sell_price: float,
    shares: int,
    board: str = "main",
    commission_rate: float = DEFAULT_COMMISSION,
    commission_minimum: float | None = None,
    as_of: date | None = None,
    buy_day: date | None = None,
    sell_day: date | None = None,
) -> RoundTrip:
    """Return fees, result and break-even price of buying and later selling `shares`.

    Formula: net = (sell - buy) x shares - all fees; break-even = lowest price on the grid
    where net >= 0, by the rates of the sale. Both sides use the rules of `as_of`; with
    `buy_day` or `sell_day` each side uses those of its own day. Where only one of the two is
    given the other is `as_of` (default: today), moved to the given day if it were out of order.
    Units as `trade_cost`. Errors as `trade_cost`, and for a sale before the purchase.
    """
    bought_on, sold_on = _leg_days(as_of, buy_day, sell_day)
    terms = (board, commission_rate, commission_minimum)
    bought = trade_cost(buy_price, shares, "buy", *terms, bought_on)
    sold = trade_cost(sell_price, shares, "sell", *terms, sold_on)
    total_fees = decimal(bought.total) + decimal(sold.total)
    gross = decimal(sold.amount) - decimal(bought.amount)
    paid = decimal(bought.amount) + decimal(bought.total)
    lowest = break_even(paid, whole(shares, "股数"), rates_for(*terms, sold_on))
    days = () if buy_day is None and sell_day is None else (texts.LEG_DAYS,)
    steps = texts.lines(
        (*days, *texts.ROUND_TRIP),
        buy_day=bought_on and chinese_day(bought_on),
        sell_day=sold_on and chinese_day(sold_on),
        buy_amount=plain(bought.amount),
        buy_fees=plain(bought.total),
        sell_amount=plain(sold.amount),
        sell_fees=plain(sold.total),
        total_fees=plain(total_fees),
        gross=plain(gross),
        net=plain(gross - total_fees),
        break_even=plain(lowest),
    )
    return RoundTrip(
        buy=bought,
        sell=sold,
        total_fees=float(total_fees),
        gross_profit=float(gross),
        net_profit=float(gross - total_fees),
        break_even_price=float(lowest),
        steps=steps,
    )


def _leg_days(
    as_of: date | None, buy_day: date | None, sell_day: date | None
) -> tuple[date | None, date | None]:
    """The day of each side; `as_of` for both where no day is given."""
    if buy_day is None and sell_day is None:
        return as_of, as_of
    other = as_of or clock.today()
    bought = None if buy_day is None else calendar_day(buy_day, "买入日")
    sold = None if sell_day is None else calendar_day(sell_day, "卖出日")
    if bought is None:
        bought = other if sold is None else min(other, sold)
    if sold is None:
        sold = max(other, bought)
    if sold < bought:
        raise ToujiaoError(f"卖出日 {sold} 不能早于买入日 {bought}，请检查日期。")
    return bought, sold


def _check_side(side: str) -> None:
    if side not in ("buy", "sell"):
        raise ToujiaoError(f"买卖方向要填 buy（买入）或 sell（卖出），收到的是“{side}”。")


def _trade_cost(bill: Bill, steps: tuple[str, ...]) -> TradeCost:
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
