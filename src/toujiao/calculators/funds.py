"""Buying and selling shares of an open-end fund at a percentage fee (申购、赎回).

Fixed fees for large amounts are not covered: the fund's own fee table says where they begin.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from toujiao.calculators import texts
from toujiao.calculators.inputs import decimal, fraction, positive, round_fen
from toujiao.calculators.texts import percent, plain
from toujiao.errors import ToujiaoError


@dataclass(frozen=True)
class Subscription:
    """A purchase: `amount` = `net` + `fee` in yuan; `rate` is the fee rate after the discount.

    `shares` is None where no net asset value was given.
    """

    amount: float
    rate: float
    net: float
    fee: float
    shares: float | None
    steps: tuple[str, ...]


@dataclass(frozen=True)
class Redemption:
    """A sale back to the fund: `net` = `gross` - `fee` in yuan."""

    gross: float
    fee: float
    net: float
    steps: tuple[str, ...]


def subscription(
    amount: float, rate: float, discount: float = 1.0, nav: float | None = None
) -> Subscription:
    """Return how much of `amount` yuan is invested in a fund, the fee, and the shares bought.

    Formula (外扣法): net = amount / (1 + rate x discount), fee = amount - net,
    shares = net / nav; net and shares are rounded half-up to two places.
    Units: yuan; `rate` is the fraction of the fund's fee table (0.015 = 1.5 %), `discount` what
    the platform charges of it (0.1 = 一折, 1 = none), `nav` the net asset value of one share.
    Errors: `ToujiaoError` for an amount or nav that is not positive, a rate or discount outside
    0 to 1, or an amount that buys nothing.
    Source: the outside-deduction form that fund prospectuses print.
    """
    money = round_fen(decimal(positive(amount, "申购金额")))
    listed = decimal(fraction(rate, "申购费率"))
    share_of_rate = decimal(fraction(discount, "费率折扣"))
    effective = listed * share_of_rate
    net = _worth_something(round_fen(money / (1 + effective)), "申购金额")
    shown = {
        "amount": plain(money),
        "listed": percent(listed),
        "discount": plain(share_of_rate),
        "rate": percent(effective),
        "net": plain(net),
        "fee": plain(money - net),
    }
    discounted = () if share_of_rate == 1 else (texts.FUND_DISCOUNT,)
    steps = texts.lines((*discounted, *texts.FUND_SUBSCRIPTION), **shown)
    shares = None
    if nav is not None:
        value = decimal(positive(nav, "单位净值"))
        shares = round_fen(net / value)
        line = texts.FUND_SHARES.format(**shown, nav=plain(value), shares=plain(shares))
        steps = (*steps, line)
    return Subscription(
        amount=float(money),
        rate=float(effective),
        net=float(net),
        fee=float(money - net),
        shares=None if shares is None else float(shares),
        steps=steps,
    )


def redemption(shares: float, nav: float, rate: float) -> Redemption:
    """Return what selling `shares` of a fund back at `nav` yuan brings.

    Formula: gross = shares x nav, fee = gross x rate, net = gross - fee, each rounded half-up
    to the fen. Units: `rate` is a fraction (0.005 = 0.5 %); it falls with the holding time, see
    the rule fund-redemption-fee and the fund's own table. The nav is that of the day of the
    application, unknown when it is made.
    Errors: `ToujiaoError` for shares or nav that are not positive, a rate outside 0 to 1.
    """
    count = decimal(positive(shares, "赎回份额"))
    value = decimal(positive(nav, "单位净值"))
    gross = _worth_something(round_fen(count * value), "赎回金额")
    line = texts.FUND_REDEEMED.format(shares=plain(count), nav=plain(value), gross=plain(gross))
    return _redemption(gross, rate, (line,))


def redemption_by_amount(amount: float, rate: float) -> Redemption:
    """Return what selling fund shares worth `amount` yuan brings; otherwise as `redemption`."""
    gross = _worth_something(round_fen(decimal(positive(amount, "赎回金额"))), "赎回金额")
    return _redemption(gross, rate, ())


def _redemption(gross: Decimal, rate: float, opening: tuple[str, ...]) -> Redemption:
    charged = decimal(fraction(rate, "赎回费率"))
    fee = round_fen(gross * charged)
    steps = texts.lines(
        texts.FUND_REDEMPTION,
        gross=plain(gross),
        rate=percent(charged),
        fee=plain(fee),
        net=plain(gross - fee),
    )
    return Redemption(float(gross), float(fee), float(gross - fee), (*opening, *steps))


def _worth_something(money: Decimal, name: str) -> Decimal:
    if money == 0:
        raise ToujiaoError(f"{name}不到 1 分钱，请检查后重填。")
    return money
