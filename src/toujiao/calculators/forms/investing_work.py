"""The sums of regular investing: what each form works out."""

from __future__ import annotations

import math
from datetime import date

from toujiao.calculators.forms.form import Calculation, Values, finish
from toujiao.calculators.forms.investing_slots import DAYS_PER_YEAR, OWN_UNIT, PERIODS_PER_YEAR
from toujiao.calculators.forms.show import fen, money, said, share
from toujiao.calculators.forms.spans import told
from toujiao.calculators.forms.wording import line, word
from toujiao.calculators.investing import When, lump_sum_plus_regular, regular_investing
from toujiao.calculators.returns import compound
from toujiao.calculators.texts import approx_percent, percent, plain, signed_percent
from toujiao.calculators.units import Length, Unit
from toujiao.errors import ToujiaoError


def _count(values: Values) -> tuple[int, list[str]]:
    """How many payments; raises `ToujiaoError` where it comes out as a fraction."""
    often = values["often"]
    if "count" in values:
        return int(values["count"]), []
    if "age_from" in values:
        years = values["age_to"] - values["age_from"]
        if years <= 0:
            raise ToujiaoError(line("ages_wrong"))
        length = Length(years, Unit.YEARS)
    else:
        length = values["length"]
    unit, each = OWN_UNIT[often]
    if length.unit is unit:
        count = length.value / each
    elif length.unit is Unit.DAYS and often not in ("day", "trading_day"):
        count = length.value / (DAYS_PER_YEAR / PERIODS_PER_YEAR[often])
    else:
        count = length.years * PERIODS_PER_YEAR[often]
    count = round(count, 6)
    if count != int(count) or count < 1:
        raise ToujiaoError(line("no_whole_periods", length=told(length), every=word(often)))
    notes = (
        [line(f"periods_{often}")] if often in ("trading_day", "week", "biweekly", "day") else []
    )
    return int(count), notes if length.unit is not unit else []


def _each(values: Values) -> tuple[float, list[str]]:
    """The payment, and how it follows from a salary."""
    if "salary" not in values:
        return values["amount"], []
    amount = fen(values["salary"] * values["share"])
    shown = {"salary": plain(values["salary"]), "share": percent(values["share"])}
    return amount, [line("share_of_salary", amount=money(amount), **shown)]


def _when(values: Values) -> When:
    """The start of a period unless the question says its end."""
    return "end" if values["when"] == "end" else "start"


def regular(values: Values, day: date) -> Calculation:
    amount, steps = _each(values)
    count, notes = _count(values)
    times, rate = PERIODS_PER_YEAR[values["often"]], values["rate"]
    when = _when(values)
    if values["when"] == "open":
        steps.append(line("each_period"))
    result = regular_investing(amount, rate, count / times, times, when)
    shown = {
        "paid": money(result.paid),
        "value": money(result.value),
        "gain": money(abs(result.gain)),
    }
    name = "result_regular" if result.gain >= 0 else "result_regular_loss"
    return finish(
        "regular_investing",
        {
            "amount_yuan": amount,
            "annual_rate": rate,
            "periods": count,
            "times_per_year": times,
            "when": when,
        },
        {"paid_yuan": result.paid, "value_yuan": result.value, "gain_yuan": result.gain},
        [*steps, *notes, *result.steps, line("same_every_year"), line(name, **shown)],
    )


def paid(values: Values, day: date) -> Calculation:
    amount, steps = _each(values)
    count, notes = _count(values)
    paid = fen(amount * count)
    lump = values.get("lump", 0.0)
    total = fen(paid + lump)
    steps = [*steps, *notes, line("paid", amount=plain(amount), count=count, paid=money(paid))]
    if lump:
        steps.append(line("paid_with_lump", lump=plain(lump), paid=money(paid), total=money(total)))
    last = line("result_paid", paid=money(total), count=count)
    length = values.get("length")
    if values["often"] == "trading_day" and length is not None and length.unit is not Unit.DAYS:
        every_day = fen(amount * round(length.years * DAYS_PER_YEAR) + lump)
        last = line("result_paid_daily", paid=money(total), every_day=money(every_day))
    return finish(
        "regular_investing_paid",
        {"amount_yuan": amount, "periods": count, "lump_yuan": lump or None},
        {"paid_yuan": total},
        [*steps, last],
    )


def lump_and_regular(values: Values, day: date) -> Calculation:
    amount, steps = _each(values)
    count, notes = _count(values)
    times, rate, lump = PERIODS_PER_YEAR[values["often"]], values["rate"], values["lump"]
    years = count / times
    if values["when"] == "start":
        added = regular_investing(amount, rate, years, times, "start")
        grown = fen(compound(lump, rate / times, count))
        paid, value = fen(lump + added.paid), fen(grown + added.value)
        steps += [
            *notes,
            *added.steps[:-1],
            line(
                "lump_grown",
                lump=plain(lump),
                rate=percent(rate / times),
                count=count,
                grown=money(grown),
            ),
        ]
    else:
        result = lump_sum_plus_regular(lump, amount, rate, years, times)
        paid, value = result.paid, result.value
        if values["when"] == "open":
            steps.append(line("added_at_end"))
        steps += [*notes, *result.steps]
    gain = fen(value - paid)
    shown = {"paid": money(paid), "value": money(value), "gain": money(abs(gain))}
    name = "result_regular" if gain >= 0 else "result_regular_loss"
    return finish(
        "lump_plus_regular",
        {"lump_yuan": lump, "amount_yuan": amount, "annual_rate": rate, "periods": count},
        {"paid_yuan": paid, "value_yuan": value, "gain_yuan": gain},
        [*steps, line("same_every_year"), line(name, **shown)],
    )


def needed(values: Values, day: date) -> Calculation:
    """What has to be paid in each time to reach a goal."""
    count, steps = _count(values)
    times, rate, goal = PERIODS_PER_YEAR[values["often"]], values["rate"], values["goal"]
    when = _when(values)
    lump = values.get("lump", 0.0)
    grown = fen(compound(lump, rate / times, count)) if lump else 0.0
    if grown >= goal:
        raise ToujiaoError(line("goal_by_lump", grown=money(grown)))
    # A large unit keeps the fen of the rounded result from mattering.
    of_a_million = regular_investing(10**6, rate, count / times, times, when).value
    amount = fen((goal - grown) * 10**6 / of_a_million)
    if values["when"] == "open":
        steps.append(line("each_period"))
    if lump:
        steps.append(
            line(
                "lump_grown",
                lump=plain(lump),
                rate=percent(rate / times),
                count=count,
                grown=money(grown),
            )
        )
    steps += [
        line(
            "needed_factor",
            count=count,
            rate=percent(rate / times),
            factor=plain(of_a_million / 10**6, 4),
        ),
        line(
            "needed_payment",
            goal=plain(goal),
            lump=f" − {money(grown)}" if lump else "",
            factor=plain(of_a_million / 10**6, 4),
            amount=money(amount),
        ),
        line("same_every_year"),
        line(
            "result_needed",
            every=word(values["often"]),
            amount=money(amount),
            goal=plain(goal),
            paid=money(fen(amount * count + lump)),
        ),
    ]
    return finish(
        "needed_payment",
        {"goal_yuan": goal, "annual_rate": rate, "periods": count, "lump_yuan": lump or None},
        {"amount_yuan": amount, "paid_yuan": fen(amount * count + lump)},
        steps,
    )


def until(values: Values, day: date) -> Calculation:
    """How long it takes until the payments have become so much."""
    times, amount, goal = PERIODS_PER_YEAR[values["often"]], values["amount"], values["goal"]
    rate = values["rate"] / times
    if rate <= 0 or goal <= amount:
        raise ToujiaoError(line("no_growth" if rate <= 0 else "goal_reached"))
    early = values["when"] != "end"
    each = amount * (1 + rate) if early else amount
    count = math.ceil(round(math.log1p(goal * rate / each) / math.log1p(rate), 9))
    result = regular_investing(
        amount, values["rate"], count / times, times, "start" if early else "end"
    )
    steps = [line("each_period")] if values["when"] == "open" else []
    shown = {
        "count": count,
        "every": word(values["often"]),
        "years": said(count / times, 1),
        "goal": plain(goal),
    }
    return finish(
        "regular_until",
        {"amount_yuan": amount, "goal_yuan": goal, "annual_rate": values["rate"]},
        {
            "periods": count,
            "years": count / times,
            "paid_yuan": result.paid,
            "value_yuan": result.value,
        },
        [*steps, *result.steps, line("same_every_year"), line("result_until", **shown)],
    )


def now(values: Values, day: date) -> Calculation:
    """What regular investing has brought so far, from what it is worth now."""
    amount, steps = _each(values)
    count, notes = _count(values)
    paid, value = fen(amount * count), values["value_now"]
    gain = fen(value - paid)
    shown = {
        "paid": money(paid),
        "value": money(value),
        "gain": money(abs(gain)),
        "ratio": share(abs(gain) / paid),
    }
    steps += [
        *notes,
        line("paid", amount=plain(amount), count=count, paid=money(paid)),
        line(
            "regular_ratio",
            paid=money(paid),
            value=money(value),
            gain=money(gain),
            ratio=approx_percent(gain / paid),
        ),
        line("result_now_gain" if gain >= 0 else "result_now_loss", **shown),
    ]
    results = {"paid_yuan": paid, "gain_yuan": gain, "profit_ratio": gain / paid}
    return finish(
        "regular_investing_now", {"amount_yuan": amount, "value_yuan": value}, results, steps
    )


def moved(values: Values, day: date) -> Calculation:
    """What regular investing is worth after a gain or a loss in per cent of all that was paid in."""
    amount, steps = _each(values)
    count, notes = _count(values)
    paid = fen(amount * count)
    ratio = values["gained"] if "gained" in values else -values["lost"]
    value = fen(paid * (1 + ratio))
    gain = fen(value - paid)
    shown = {
        "paid": money(paid),
        "value": money(value),
        "gain": money(abs(gain)),
        "ratio": share(abs(ratio)),
    }
    steps += [
        *notes,
        line("paid", amount=plain(amount), count=count, paid=money(paid)),
        line("regular_moved", paid=money(paid), change=signed_percent(ratio), value=money(value)),
        line("result_now_gain" if gain >= 0 else "result_now_loss", **shown),
    ]
    results = {"paid_yuan": paid, "gain_yuan": gain, "value_yuan": value}
    return finish("regular_investing_now", {"amount_yuan": amount, "ratio": ratio}, results, steps)
