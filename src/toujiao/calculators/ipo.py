"""How many shares of a new issue one may apply for (打新) in Shanghai and Shenzhen."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from toujiao import clock
from toujiao.calculators import texts
from toujiao.calculators.inputs import decimal, not_negative, round_fen
from toujiao.calculators.rates import rule_number
from toujiao.calculators.texts import plain
from toujiao.errors import ToujiaoError

MARKETS = {"sse": "沪市", "szse": "深市"}

# Shenzhen has had this unit all along: the older version of the rule gives it in words, and its
# fields hold Shanghai's larger one.
_ONE_UNIT_FOR_BOTH_SINCE = date(2023, 2, 17)


@dataclass(frozen=True)
class SubscriptionQuota:
    """How much one may apply for; both are 0 where the market value does not reach the minimum."""

    units: int
    shares: int
    steps: tuple[str, ...]


def subscription_quota(
    market_value: float, market: str, as_of: date | None = None
) -> SubscriptionQuota:
    """Return the units and shares of a new issue that `market_value` allows to apply for.

    Formula: units = market value / yuan per unit, rounded down; shares = units x shares per
    unit; nothing below the minimum. Each issue also has a cap of its own, which it announces.
    Units: yuan; `market_value` is the average of the 20 trading days up to two days before the
    application, of A-shares of that market only; `market` is "sse" or "szse".
    Errors: `ToujiaoError` for a negative value, an unknown market, or "bse", where the market
    value does not count.
    Source: rules ipo-market-value and ipo-unit.
    """
    value = round_fen(decimal(not_negative(market_value, "日均市值")))
    name = _market(market)
    minimum = rule_number("ipo-market-value", "value_yuan", as_of)
    shown = {
        "market": name,
        "days": plain(rule_number("ipo-market-value", "days", as_of)),
        "value": plain(value),
        "minimum": plain(minimum),
    }
    if value < minimum:
        return SubscriptionQuota(0, 0, texts.lines(texts.IPO_NOTHING, **shown))
    day = as_of or clock.today()
    if market == "szse":
        day = max(day, _ONE_UNIT_FOR_BOTH_SINCE)
    per_unit = rule_number("ipo-unit", "value_yuan", day)
    unit_shares = rule_number("ipo-unit", "shares", day)
    units = int(value // per_unit)
    shares = units * int(unit_shares)
    steps = texts.lines(
        texts.IPO_QUOTA,
        **shown,
        per_unit=plain(per_unit),
        units=units,
        unit_shares=plain(unit_shares),
        shares=shares,
    )
    return SubscriptionQuota(units, shares, steps)


def _market(market: str) -> str:
    if market == "bse":
        raise ToujiaoError("北交所打新要先付全款，不看市值，用不上这个计算。")
    if market not in ("sse", "szse"):
        raise ToujiaoError(f"市场要填 sse（沪市）或 szse（深市），收到的是“{market}”。")
    return MARKETS[market]
