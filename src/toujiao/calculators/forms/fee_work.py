"""The sums of the forms about buying and selling (fees.py), with their steps."""

from __future__ import annotations

from datetime import date
from typing import Any

from toujiao.calculators.bill import Side
from toujiao.calculators.fees import (
    RoundTrip,
    TradeCost,
    round_trip,
    stamp_duty,
    trade_cost,
    transfer_fee,
)
from toujiao.calculators.forms.form import Calculation, Values, finish
from toujiao.calculators.forms.terms import Terms, broker_terms
from toujiao.calculators.forms.wording import line, price
from toujiao.calculators.texts import approx_percent, plain
from toujiao.clock import chinese_date

_CARDS = {"stamp_duty": "stamp-duty", "commission": "commission", "transfer_fee": "transfer-fee"}


def trade(values: Values, day: date) -> Calculation:
    return _one_trade(values, day, values["price"], values["shares"])


def trade_of_amount(values: Values, day: date) -> Calculation:
    return _one_trade(values, day, values["amount"], None)


def _one_trade(values: Values, day: date, each: float, shares: int | None) -> Calculation:
    asked = values["asked"]
    side: Side | None = values.get("side")
    if asked in ("stamp_duty", "transfer_fee"):
        return _one_fee(asked, side, each, shares, day)
    notes = [] if side else [line("side_buy")]
    side, terms = side or "buy", broker_terms(values, day)
    cost = trade_cost(each, shares or 1, side, terms.board, terms.commission, terms.minimum, day)
    working = list(cost.steps)
    if shares is None:
        working[0] = line("amount", amount=plain(cost.amount))
    if asked == "commission":
        working = [working[0], *(step for step in working if step.startswith("佣金"))]
        result = line("result_commission", total=plain(cost.commission))
    else:
        working = working[:-1]
        result = _trade_result(cost, bool(values.get("proceeds")), side)
    return finish(
        "trade_cost",
        {"price_yuan": each, "shares": shares, "side": side, **_inputs(terms, day)},
        {
            "total_fees_yuan": cost.total,
            "commission_yuan": cost.commission,
            "stamp_duty_yuan": cost.stamp_duty,
            "transfer_fee_yuan": cost.transfer_fee,
        },
        [*terms.steps, *notes, *working, result],
        card_id=_CARDS.get(asked),
    )


def _trade_result(cost: TradeCost, proceeds: bool, side: str) -> str:
    if proceeds:
        net = cost.amount - cost.total if side == "sell" else cost.amount + cost.total
        shown = {"amount": plain(cost.amount), "total": plain(cost.total), "net": plain(net)}
        return line("result_proceeds" if side == "sell" else "result_payment", **shown)
    return line(
        "result_total",
        total=plain(cost.total),
        commission=plain(cost.commission),
        stamp=plain(cost.stamp_duty),
        transfer=plain(cost.transfer_fee),
    )


def _one_fee(asked: str, side: Any, each: float, shares: int | None, day: date) -> Calculation:
    """One fee alone needs its own rule only, also for a day of which the others are not known."""
    amount = each * (shares or 1)
    notes = []
    if asked == "stamp_duty":
        notes = [] if side else [line("side_sell")]
        fee = stamp_duty(amount, side or "sell", day)
    else:
        fee = transfer_fee(amount, day)
    if shares is not None:
        opening = line("amount_of", price=plain(each), shares=shares, amount=plain(amount))
    else:
        opening = line("amount", amount=plain(amount))
    return finish(
        "trade_cost",
        {"price_yuan": each, "shares": shares, "side": side, "day": day.isoformat()},
        {f"{asked}_yuan": fee.fee},
        [*notes, opening, *fee.steps, line(f"result_{asked}", total=plain(fee.fee))],
        card_id=_CARDS[asked],
    )


def trip(values: Values, day: date) -> Calculation:
    bought = values["buy_price"]
    sold = values.get("sell_price")
    if sold is None:
        sold = round(bought * _moved(values), 2)
    shares = values["shares"]
    terms = broker_terms(values, day)
    legs = (values.get("buy_day"), values.get("sell_day"))
    trip = round_trip(
        bought, sold, shares, terms.board, terms.commission, terms.minimum, day, *legs
    )
    return finish(
        "round_trip",
        {
            "buy_price_yuan": bought,
            "sell_price_yuan": sold,
            "shares": shares,
            **_inputs(terms, day),
        },
        {
            "total_fees_yuan": trip.total_fees,
            "gross_profit_yuan": trip.gross_profit,
            "net_profit_yuan": trip.net_profit,
            "break_even_price_yuan": trip.break_even_price,
        },
        [
            *terms.steps,
            *_leg_note(values, day),
            _bill("buy", trip.buy, bought, shares),
            _bill("sell", trip.sell, sold, shares),
            *_trip_result(trip, values),
        ],
    )


def _leg_note(values: Values, day: date) -> list[str]:
    bought, sold = values.get("buy_day"), values.get("sell_day")
    if bought is None and sold is None:
        return []
    return [line("leg_days", buy=chinese_date(bought or day), sell=chinese_date(sold or day))]


def _trip_result(trip: RoundTrip, values: Values) -> list[str]:
    steps = [_fees_sum(trip.buy, trip.sell, trip.total_fees)]
    if values.get("asked_trip") == "fees":
        return [*steps, line("round_trip_fees", total=plain(trip.total_fees))]
    steps.append(
        line(
            "gross",
            sell=plain(trip.sell.amount),
            buy=plain(trip.buy.amount),
            gross=plain(trip.gross_profit),
        )
    )
    outcome = "gain" if trip.net_profit > 0 else "loss" if trip.net_profit < 0 else "even"
    net = plain(abs(trip.net_profit))
    steps.append(line(f"round_trip_{outcome}", total=plain(trip.total_fees), net=net))
    if values.get("as_ratio"):
        ratio = approx_percent(trip.net_profit / trip.buy.amount)
        shown = {"net": plain(trip.net_profit), "amount": plain(trip.buy.amount), "ratio": ratio}
        steps.append(line("round_trip_ratio", **shown))
    return steps


def trip_of_amounts(values: Values, day: date) -> Calculation:
    """Amounts instead of prices: what going in and out costs, and what is left."""
    amount = values["amount"]
    moved = _moved(values)
    sold = values.get("sold_amount") or round(amount * moved, 2)
    terms = broker_terms(values, day)
    fixed = (terms.board, terms.commission, terms.minimum)
    buy = trade_cost(amount, 1, "buy", *fixed, values.get("buy_day") or day)
    sell = trade_cost(sold, 1, "sell", *fixed, values.get("sell_day") or day)
    total = round(buy.total + sell.total, 2)
    gross, net = round(sold - amount, 2), round(sold - amount - total, 2)
    steps = [
        *terms.steps,
        *_leg_note(values, day),
        _bill("buy_amount", buy, amount, 1),
        _bill("sell_amount", sell, sold, 1),
        _fees_sum(buy, sell, total),
    ]
    if sold == amount or values.get("asked_trip") == "fees":
        steps.append(line("round_trip_fees", total=plain(total)))
    else:
        outcome = "gain" if net > 0 else "loss" if net < 0 else "even"
        steps.append(line("gross", sell=plain(sold), buy=plain(amount), gross=plain(gross)))
        steps.append(line(f"round_trip_{outcome}", total=plain(total), net=plain(abs(net))))
    return finish(
        "round_trip",
        {"amount_yuan": amount, "sold_amount_yuan": sold, **_inputs(terms, day)},
        {"total_fees_yuan": total, "gross_profit_yuan": gross, "net_profit_yuan": net},
        steps,
    )


def _moved(values: Values) -> float:
    return float(1 + values.get("rise", 0.0) - values.get("fall", 0.0))


def even(values: Values, day: date) -> Calculation:
    bought, shares = values["buy_price"], values["shares"]
    terms = broker_terms(values, day)
    fixed = (shares, terms.board, terms.commission, terms.minimum, day)
    legs = (values.get("buy_day"), values.get("sell_day"))
    lowest = round_trip(bought, bought, *fixed, *legs).break_even_price
    trip = round_trip(bought, lowest, *fixed, *legs)
    return finish(
        "break_even",
        {"buy_price_yuan": bought, "shares": shares, **_inputs(terms, day)},
        {"break_even_price_yuan": lowest, "total_fees_yuan": trip.total_fees},
        [
            *terms.steps,
            *_leg_note(values, day),
            _bill("buy", trip.buy, bought, shares),
            _bill("sell", trip.sell, lowest, shares),
            _fees_sum(trip.buy, trip.sell, trip.total_fees),
            line("break_even", price=price(lowest)),
        ],
    )


def exempt(values: Values, day: date) -> Calculation:
    """Funds and bonds pay no stamp duty (rule stamp-duty-exempt)."""
    return finish(
        "stamp_duty_exempt",
        {"amount_yuan": values.get("amount"), "day": day.isoformat()},
        {"stamp_duty_yuan": 0.0},
        [line("stamp_duty_exempt"), line("result_stamp_duty", total="0")],
    )


def _bill(name: str, cost: TradeCost, each: float, shares: int) -> str:
    return line(
        name,
        price=plain(each),
        shares=shares,
        amount=plain(cost.amount),
        commission=plain(cost.commission),
        transfer=plain(cost.transfer_fee),
        stamp=plain(cost.stamp_duty),
    )


def _fees_sum(buy: TradeCost, sell: TradeCost, total: float) -> str:
    return line("fees_sum", buy=plain(buy.total), sell=plain(sell.total), total=plain(total))


def _inputs(terms: Terms, day: date) -> dict[str, Any]:
    return {"commission_rate": terms.commission, "board": terms.board, "day": day.isoformat()}
