"""Floating profit and loss of a position that is still held."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from toujiao.calculators import texts
from toujiao.calculators.bill import bill_steps, make_bill, rates_for
from toujiao.calculators.inputs import above_minus_one, decimal, positive, round_fen, whole
from toujiao.calculators.texts import approx_percent, plain, signed_percent
from toujiao.errors import ToujiaoError


@dataclass(frozen=True)
class HoldingResult:
    """A position now, in yuan; `ratio` is gross / cost as a fraction.

    `fees` is what selling everything now would cost, None when that was not asked; `net` is
    `gross` less these fees, and equal to `gross` without them.
    """

    cost: float
    value: float
    gross: float
    ratio: float
    fees: float | None
    net: float
    steps: tuple[str, ...]


def holding_result(
    cost_price: float,
    price_now: float,
    shares: int,
    with_fees: bool = False,
    board: str = "main",
    commission_rate: float = 0.00025,
    commission_minimum: float | None = None,
    as_of: date | None = None,
) -> HoldingResult:
    """Return the floating profit or loss of `shares` that cost `cost_price` yuan each.

    Formula: gross = (price now - cost price) x shares, ratio = price now / cost price - 1;
    `with_fees` adds the bill of selling everything now: net = gross - that bill. The cost price
    is taken as given: brokers differ in whether it holds the fees of the purchase. The fees are
    those of a stock: funds and bonds pay others.
    Units: yuan and shares. Errors: `ToujiaoError` for a price or share count that is not
    positive; with fees also as `trade_cost`. Source: rules as `trade_cost`.
    """
    quantity = whole(shares, "股数")
    cost_each = decimal(positive(cost_price, "成本价"))
    now_each = decimal(positive(price_now, "现价"))
    cost, value = round_fen(cost_each * quantity), round_fen(now_each * quantity)
    opening = texts.lines(
        texts.HOLDING_BY_SHARES,
        cost_price=plain(cost_each),
        price=plain(now_each),
        shares=quantity,
        cost=plain(cost),
        value=plain(value),
    )
    sale = _Sale(board, commission_rate, commission_minimum, as_of) if with_fees else None
    return _result(cost, value, (now_each - cost_each) / cost_each, opening, sale)


def holding_by_amount(
    invested: float,
    change: float,
    with_fees: bool = False,
    board: str = "main",
    commission_rate: float = 0.00025,
    commission_minimum: float | None = None,
    as_of: date | None = None,
) -> HoldingResult:
    """Return the floating profit or loss of `invested` yuan that moved by `change`.

    Formula: value = invested x (1 + change), gross = value - invested; fees as `holding_result`.
    Units: yuan; `change` is a fraction (-0.1 = fell by 10 %). Errors: `ToujiaoError` for an
    amount that is not positive or a change of -1 or less; with fees also as `trade_cost`.
    """
    cost = round_fen(decimal(positive(invested, "投入金额")))
    moved = decimal(above_minus_one(change, "涨跌幅"))
    value = round_fen(cost * (1 + moved))
    opening = texts.lines(
        texts.HOLDING_BY_AMOUNT,
        cost=plain(cost),
        change=signed_percent(moved),
        value=plain(value),
    )
    sale = _Sale(board, commission_rate, commission_minimum, as_of) if with_fees else None
    return _result(cost, value, moved, opening, sale)


@dataclass(frozen=True)
class _Sale:
    """On which terms everything would be sold."""

    board: str
    commission_rate: float
    commission_minimum: float | None
    as_of: date | None

    def bill(self, value: Decimal) -> tuple[Decimal, tuple[str, ...]]:
        """The fees of selling for `value` yuan, and their working."""
        rates = rates_for(self.board, self.commission_rate, self.commission_minimum, self.as_of)
        bill = make_bill(value, "sell", rates)
        # The first line of a bill is price x shares, which the holding has shown already.
        return bill.total, bill_steps(bill, value, 1, "sell", rates)[1:]


def _result(
    cost: Decimal, value: Decimal, ratio: Decimal, opening: tuple[str, ...], sale: _Sale | None
) -> HoldingResult:
    if cost == 0:
        raise ToujiaoError("成本不到 1 分钱，算不出盈亏比例。请检查成本价或投入金额。")
    gross = value - cost
    shown = {
        "cost": plain(cost),
        "value": plain(value),
        "gross": plain(gross),
        "ratio": approx_percent(ratio),
    }
    steps = (*opening, *texts.lines(texts.HOLDING_RESULT, **shown))
    fees, net = None, gross
    if sale is not None:
        fees, working = sale.bill(value)
        net = gross - fees
        closing = texts.lines(texts.HOLDING_NET, **shown, fees=plain(fees), net=plain(net))
        steps = (*steps, texts.HOLDING_SALE.format(**shown), *working, *closing)
    return HoldingResult(
        cost=float(cost),
        value=float(value),
        gross=float(gross),
        ratio=float(ratio),
        fees=None if fees is None else float(fees),
        net=float(net),
        steps=steps,
    )
