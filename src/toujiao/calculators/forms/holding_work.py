"""The sums of a holding: what each form works out."""

from __future__ import annotations

from datetime import date
from typing import Any

from toujiao.calculators.fees import trade_cost
from toujiao.calculators.forms.form import Calculation, Values, finish
from toujiao.calculators.forms.moves import moves, product, together
from toujiao.calculators.forms.show import fen, in_hundred_millions, money, outcome, share
from toujiao.calculators.forms.terms import broker_terms
from toujiao.calculators.forms.wording import line
from toujiao.calculators.inputs import decimal, round_fen
from toujiao.calculators.texts import approx_percent, percent, plain
from toujiao.errors import ToujiaoError


def by_shares(values: Values, day: date) -> Calculation:
    count = decimal(values["shares"])
    cost = round_fen(decimal(values["cost_price"]) * count)
    return _held(values, day, float(cost), float(round_fen(decimal(values["price_now"]) * count)))


def worth(values: Values, day: date) -> Calculation:
    price, shares = values["price_now"], values["shares"]
    value = float(round_fen(decimal(price) * decimal(shares)))
    unit = "份" if values["kind"] == "fund" else "股"
    steps = [
        line(
            "holding_value",
            price=plain(price),
            shares=plain(shares),
            unit=unit,
            amount=money(value),
        ),
        line("result_worth", value=money(value), large=in_hundred_millions(value)),
    ]
    return finish("holding", {"price_yuan": price, "shares": shares}, {"value_yuan": value}, steps)


def of_total_cost(values: Values, day: date) -> Calculation:
    now = round_fen(decimal(values["price_now"]) * decimal(values["shares"]))
    return _held(values, day, values["invested"], float(now))


def moved(values: Values, day: date) -> Calculation:
    cost = values.get("invested")
    if cost is None:
        cost = float(round_fen(decimal(values["cost_price"]) * decimal(values["shares"])))
    found = moves(values)
    value = fen(cost * together(found))
    step = line("holding_moved", cost=money(cost), product=product(found), value=money(value))
    return _held(values, day, cost, value, step, round(together(found) - 1, 12))


def of_prices(values: Values, day: date) -> Calculation:
    """An amount, and the price (or net asset value) then and now."""
    cost, then, now = (decimal(values[name]) for name in ("invested", "price_then", "price_now"))
    value = round_fen(cost * now / then)
    shown = {"cost": money(cost), "then": plain(then), "now": plain(now), "value": money(value)}
    step = line("holding_of_prices", **shown)
    return _held(values, day, float(cost), float(value), step, float(now / then - 1))


def original(values: Values, day: date) -> Calculation:
    """What it was before, from what is left and the rise or fall."""
    found = moves(values)
    factor = together(found)
    if factor <= 0:
        raise ToujiaoError(line("holding_nothing"))
    before = fen(values["value_now"] / factor)
    shown = {
        "value": plain(values["value_now"]),
        "before": money(before),
        "product": product(found),
    }
    steps = [line("holding_original", **shown), line("result_original", **shown)]
    inputs = {"value_yuan": values["value_now"], "change": factor - 1}
    return finish("holding", inputs, {"cost_yuan": before}, steps)


def original_of_gain(values: Values, day: date) -> Calculation:
    """What was put in, from the gain or loss in yuan and in per cent."""
    gain = values["profit"] if "profit" in values else values["loss"]
    if values["ratio"] <= 0:
        raise ToujiaoError(line("holding_no_ratio"))
    before = fen(gain / values["ratio"])
    shown = {"gain": plain(gain), "ratio": percent(values["ratio"]), "before": money(before)}
    steps = [line("holding_original_gain", **shown), line("result_original", **shown)]
    return finish(
        "holding", {"gain_yuan": gain, "ratio": values["ratio"]}, {"cost_yuan": before}, steps
    )


def by_values(values: Values, day: date) -> Calculation:
    return _held(values, day, values["invested"], values["value_now"])


def by_profit(values: Values, day: date) -> Calculation:
    gain = values["profit"] if "profit" in values else -values["loss"]
    return _held(values, day, values["invested"], fen(values["invested"] + gain))


def _held(
    values: Values,
    day: date,
    cost: float,
    value: float,
    moved: str | None = None,
    ratio: float | None = None,
) -> Calculation:
    if cost <= 0:
        raise ToujiaoError(line("holding_nothing"))
    gross = fen(value - cost)
    ratio = gross / cost if ratio is None else ratio
    steps = [moved] if moved else _amounts(values, cost, value)
    steps += [
        line("holding_gross", value=money(value), cost=money(cost), gross=money(gross)),
        line("holding_ratio", gross=money(gross), cost=money(cost), ratio=approx_percent(ratio)),
    ]
    inputs = {"cost_yuan": cost, "value_yuan": value}
    results = {"gross_profit_yuan": gross, "profit_ratio": ratio, "value_yuan": value}
    shown = {"value": money(value), "gross": money(abs(gross)), "ratio": share(abs(ratio))}
    if not (values.get("net") or "commission" in values or values.get("no_minimum")):
        steps.append(line(f"holding_{outcome(gross)}", **shown))
        return finish("holding", inputs, results, steps)
    return _after_fees(values, day, inputs, results, steps)


def _amounts(values: Values, cost: float, value: float) -> list[str]:
    if "shares" not in values:
        return []
    unit = "份" if values["kind"] == "fund" else "股"
    count = plain(values["shares"])
    steps = []
    for name, amount, key in (
        ("holding_cost", cost, "cost_price"),
        ("holding_value", value, "price_now"),
    ):
        if key in values:
            steps.append(
                line(name, price=plain(values[key]), shares=count, unit=unit, amount=money(amount))
            )
    return steps


def _after_fees(
    values: Values, day: date, inputs: dict[str, Any], results: dict[str, float], steps: list[str]
) -> Calculation:
    """The same with the bill of selling everything now."""
    if values["kind"] == "fund":
        raise ToujiaoError(line("holding_fund_fees"))
    terms = broker_terms(values, day)
    cost, value = inputs["cost_yuan"], inputs["value_yuan"]
    bill = trade_cost(value, 1, "sell", terms.board, terms.commission, terms.minimum, day)
    left = fen(value - bill.total)
    net = fen(left - cost)
    shown = {
        "fees": money(bill.total),
        "left": money(left),
        "cost": money(cost),
        "net": money(abs(net)),
    }
    return finish(
        "holding",
        {
            **inputs,
            "commission_rate": terms.commission,
            "board": terms.board,
            "day": day.isoformat(),
        },
        {**results, "sale_fees_yuan": bill.total, "proceeds_yuan": left, "net_profit_yuan": net},
        [
            *terms.steps,
            *steps,
            *bill.steps[1:-1],
            line("holding_buy_fees"),
            line(f"holding_net_{outcome(net)}", **shown),
        ],
    )


def price_for_gain(values: Values, day: date) -> Calculation:
    """The price at which a holding has gained or lost so much."""
    gain = values["profit"] if "profit" in values else -values["loss"]
    price = fen(values["cost_price"] + gain / values["shares"])
    if price <= 0:
        raise ToujiaoError(line("holding_all_lost"))
    shown = {
        "cost": plain(values["cost_price"]),
        "gain": f"{'+' if gain >= 0 else '−'} {plain(abs(gain))}",
        "shares": plain(values["shares"]),
        "price": money(price),
    }
    steps = [line("price_for_gain", **shown), line("result_price_for_gain", **shown)]
    inputs = {
        "cost_price_yuan": values["cost_price"],
        "shares": values["shares"],
        "gain_yuan": gain,
    }
    return finish("holding", inputs, {"price_yuan": price}, steps)
