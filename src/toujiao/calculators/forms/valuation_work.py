"""The sums of valuation: what each form works out."""

from __future__ import annotations

from datetime import date

from toujiao.calculators.forms.form import Calculation, Values, finish
from toujiao.calculators.forms.show import fen, in_hundred_millions, said, share
from toujiao.calculators.forms.wording import line
from toujiao.calculators.inputs import decimal
from toujiao.calculators.texts import approx, approx_percent, plain
from toujiao.calculators.valuation import eps as eps_of
from toujiao.calculators.valuation import market_value, pb, pe, peg, percentile
from toujiao.errors import ToujiaoError

# How many such spans make a year.
_OF_A_YEAR = {"quarter": (4, 1), "half": (2, 1), "three": (4, 3)}


def _yearly_profit(values: Values, earned: float) -> tuple[float, list[str]]:
    """The profit of a year; 动态市盈率 goes on at the pace of the year so far.

    Raises `ToujiaoError` for the profit of a part of a year anywhere else.
    """
    if not values.get("interim"):
        return earned, []
    span = values.get("dynamic")
    if span is None:
        raise ToujiaoError(line("interim_profit"))
    times, of = _OF_A_YEAR[span]
    yearly = float(decimal(earned) * times / of)
    shown = {"earned": plain(earned), "yearly": approx(yearly, 4)}
    return yearly, [line(f"dynamic_{span}", **shown)]


def _profit(values: Values) -> float:
    return float(values["profit"]) if "profit" in values else -abs(values["deficit"])


def _no_meaning(name: str) -> Calculation:
    raise ToujiaoError(line(name))


def pe_by_share(values: Values, day: date) -> Calculation:
    earned = values["eps"] if "eps" in values else -abs(values["eps_loss"])
    earned, steps = _yearly_profit(values, earned)
    return _pe_pb((values["price"], earned), None, steps)


def pe_by_total(values: Values, day: date) -> Calculation:
    profit, steps = _yearly_profit(values, _profit(values))
    return _pe_pb((values["value"], profit), None, steps)


def pe_by_capital(values: Values, day: date) -> Calculation:
    """Price, profit and the number of shares."""
    profit, steps = _yearly_profit(values, _profit(values))
    shares = values["shares"]
    earned = eps_of(profit, shares)
    step = line("eps", profit=plain(profit), shares=plain(shares), approx=approx(earned, 4))
    return _pe_pb((values["price"], earned), None, [*steps, step])


def pb_by_share(values: Values, day: date) -> Calculation:
    return _pe_pb(None, (values["price"], values["bps"]))


def pb_by_total(values: Values, day: date) -> Calculation:
    return _pe_pb(None, (values["value"], values["equity"]))


def pb_by_capital(values: Values, day: date) -> Calculation:
    """Price, equity and the number of shares."""
    equity, shares = values["equity"], values["shares"]
    each = eps_of(equity, shares)
    step = line("bps", equity=plain(equity), shares=plain(shares), approx=approx(each, 4))
    return _pe_pb(None, (values["price"], each), [step])


def both_by_share(values: Values, day: date) -> Calculation:
    earned, steps = _yearly_profit(values, values["eps"])
    return _pe_pb((values["price"], earned), (values["price"], values["bps"]), steps)


def both_by_total(values: Values, day: date) -> Calculation:
    profit, steps = _yearly_profit(values, _profit(values))
    return _pe_pb((values["value"], profit), (values["value"], values["equity"]), steps)


def _pe_pb(
    earned: tuple[float, float] | None,
    book: tuple[float, float] | None,
    steps: list[str] | None = None,
) -> Calculation:
    inputs: dict[str, float] = {}
    results: dict[str, float] = {}
    steps, shown = list(steps or []), {}
    if earned:
        if earned[1] <= 0:
            return _no_meaning("pe_no_meaning")
        value = pe(*earned)
        inputs |= {"price_yuan": earned[0], "earnings_yuan": earned[1]}
        results["pe_times"] = value
        shown["pe"] = said(value)
        steps.append(
            line("pe_working", price=plain(earned[0]), eps=plain(earned[1]), approx=approx(value))
        )
    if book:
        if book[1] <= 0:
            return _no_meaning("pb_no_meaning")
        value = pb(*book)
        inputs |= {"price_yuan": book[0], "book_value_yuan": book[1]}
        results["pb_times"] = value
        shown["pb"] = said(value)
        steps.append(
            line("pb_working", price=plain(book[0]), bps=plain(book[1]), approx=approx(value))
        )
    name = "result_pe_pb" if len(shown) == 2 else f"result_{next(iter(shown))}"
    return finish("pe" if earned else "pb", inputs, results, [*steps, line(name, **shown)])


def peg_sum(values: Values, day: date) -> Calculation:
    times, steps = values.get("pe"), []
    if times is None:
        earned = values["eps"]
        if earned <= 0:
            return _no_meaning("pe_no_meaning")
        times = pe(values["price"], earned)
        steps.append(
            line(
                "pe_working", price=plain(values["price"]), eps=plain(earned), approx=approx(times)
            )
        )
    growth = values["growth"] * 100 if "growth" in values else values["growth_points"]
    if growth <= 0 or values.get("shrinking"):
        raise ToujiaoError(line("peg_no_growth"))
    value = peg(times, growth)
    steps.append(
        line("peg_working", pe=plain(times, 2), growth=plain(growth), approx=approx(value))
    )
    inputs = {"pe_times": times, "growth_percent": growth}
    return finish("peg", inputs, {"peg": value}, [*steps, line("result_peg", peg=said(value))])


def price_by(values: Values, day: date) -> Calculation:
    """What a share is worth at a ratio: the ratio times the figure per share."""
    name = "eps" if "eps" in values else "bps"
    times, each = values["times"], values[name]
    price = fen(times * each)
    shown = {"times": plain(times), "each": plain(each), "price": plain(price)}
    label = line("of_eps" if name == "eps" else "of_bps")
    steps = [line("price_by", label=label, **shown), line("result_price_by", **shown)]
    return finish(
        "price_by_ratio", {"times": times, "each_yuan": each}, {"price_yuan": price}, steps
    )


def value_by(values: Values, day: date) -> Calculation:
    times, profit = values["times"], values["profit"]
    if profit <= 0:
        return _no_meaning("pe_no_meaning")
    value = fen(times * profit)
    shown = {"times": plain(times), "profit": plain(profit), "value": plain(value)}
    steps = [
        line("value_by", **shown),
        line("result_market_value", value=plain(value), large=in_hundred_millions(value)),
    ]
    return finish(
        "market_value", {"times": times, "profit_yuan": profit}, {"market_value_yuan": value}, steps
    )


def value_of_shares(values: Values, day: date) -> Calculation:
    price, shares = values["price"], values["shares"]
    value = fen(market_value(price, shares))
    steps = [
        line("market_value", price=plain(price), shares=plain(shares), value=plain(value)),
        line("result_market_value", value=plain(value), large=in_hundred_millions(value)),
    ]
    return finish(
        "market_value", {"price_yuan": price, "shares": shares}, {"market_value_yuan": value}, steps
    )


def place_in_history(values: Values, day: date) -> Calculation:
    now, history = values["now"], values["history"]
    part = percentile(now, history)
    below = sum(value < now for value in history)
    shown = {"now": plain(now), "count": len(history), "below": below, "part": share(part)}
    steps = [
        line("percentile", approx=approx_percent(part), **shown),
        line("result_percentile", **shown),
    ]
    return finish("percentile", {"now": now, "history": list(history)}, {"percentile": part}, steps)
