"""Forms of the Kelly fraction and of the average result of a trade."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

from toujiao.calculators import risk
from toujiao.calculators.forms.form import Calculation, Choice, Form, Slot, Values, finish
from toujiao.calculators.forms.odds import (
    AGAINST,
    BY_AMOUNT,
    EXPECT,
    KELLY,
    LOSE_RATE,
    PAYOFF,
    PAYS,
    RATES,
    SUMMED,
    TOLERANCE,
    TOTAL,
    TOTAL_LOSS,
    TOTAL_WIN,
    WIN_BY_COUNT,
    WIN_BY_LOSSES,
    WIN_RATE,
    amount_slots,
    payoff_of,
    rate_shown,
    win_rate_of,
)
from toujiao.calculators.forms.wording import line
from toujiao.calculators.texts import approx, approx_percent, percent, plain


def _kelly(values: Values, day: date) -> Calculation:
    win, notes = win_rate_of(values)
    payoff, more = payoff_of(values)
    share = risk.kelly(win, payoff)
    shown = {
        "win": rate_shown(win),
        "payoff": plain(payoff, 4),
        "share": plain(share * 100, 2) + "%",
    }
    steps = [*notes, *more, line("kelly", **shown), line("kelly_caution")]
    results = {"kelly_fraction": share}
    if values["half"] and share > 0:
        results["half_kelly_fraction"] = share / 2
        steps.append(line("result_half_kelly", **shown, half=plain(share * 50, 2) + "%"))
    else:
        steps.append(line("result_kelly" if share > 0 else "result_kelly_none", **shown))
    return finish("kelly", {"win_rate": win, "payoff": payoff}, results, steps)


def _expectation(values: Values, day: date) -> Calculation:
    win, notes = win_rate_of(values)
    gained, lost = values["win"], abs(values["loss"])
    value = risk.expectation(win, gained, lost)
    rates = bool(values.get("rates"))
    shown = [percent(round(x, 8)) if rates else f"{plain(x)} 元" for x in (gained, lost)]
    said = plain(abs(value) * 100, 2) + "%" if rates else f"{plain(abs(value), 2)} 元"
    working = approx_percent(round(value, 12)) if rates else approx(round(value, 9), 2, " 元")
    return finish(
        "expectation",
        {"win_rate": win, "average_win": gained, "average_loss": lost},
        {"expectation_rate" if rates else "expectation_yuan": value},
        [
            *notes,
            line(
                "expectation",
                win=rate_shown(win),
                lose=rate_shown(1 - win),
                gained=shown[0],
                lost=shown[1],
                value=working,
            ),
            line(f"expectation_{_outcome(value)}", value=said),
        ],
    )


def _outcome(value: float) -> str:
    return "even" if abs(value) < TOLERANCE else "gain" if value > 0 else "loss"


def _expectation_of_payoff(values: Values, day: date) -> Calculation:
    """In units of what is lost in a losing trade."""
    win, notes = win_rate_of(values)
    payoff, more = payoff_of(values)
    value = risk.expectation(win, payoff, 1)
    shown = {"win": rate_shown(win), "lose": rate_shown(1 - win), "payoff": plain(payoff, 4)}
    return finish(
        "expectation",
        {"win_rate": win, "payoff": payoff},
        {"expectation_times_loss": value},
        [
            *notes,
            *more,
            line("expectation_of_payoff", **shown, value=approx(round(value, 9))),
            line(f"expectation_of_payoff_{_outcome(value)}", value=plain(abs(value), 2)),
        ],
    )


def _expectation_of_totals(values: Values, day: date) -> Calculation:
    total, gained, lost = values["total"], values["total_win"], abs(values["total_loss"])
    value = (gained - lost) / total
    shown = {"gained": plain(gained), "lost": plain(lost), "total": total}
    return finish(
        "expectation",
        {"trades": total, "total_win_yuan": gained, "total_loss_yuan": lost},
        {"expectation_yuan": value},
        [
            line("expectation_of_totals", **shown, value=approx(value, 2, " 元")),
            line(f"expectation_{_outcome(value)}", value=f"{plain(abs(value), 2)} 元"),
        ],
    )


def _with_win_rates(name: str, cue: str, slots: tuple[Slot, ...], **more: Any) -> list[Form]:
    """The same form for each way to tell the win rate."""
    ways = (
        ("", (WIN_RATE, LOSE_RATE)),
        ("_by_lose_rate", (replace(LOSE_RATE, required=True, anchor=True),)),
        ("_by_count", WIN_BY_COUNT),
        ("_by_losses", WIN_BY_LOSSES),
    )
    return [Form(f"{name}{tail}", cue=cue, slots=(*way, *slots), **more) for tail, way in ways]


_HALF = Choice("half", "半凯利", {True: r"半个?凯利|凯利.{0,3}一半"}, default=False)
FORMS = (
    *_with_win_rates(
        "kelly", KELLY, (PAYOFF, AGAINST), choices=(PAYS, _HALF), work=_kelly, priority=5
    ),
    *(
        form
        for tail, units in BY_AMOUNT
        for form in _with_win_rates(
            f"kelly_of_amounts{tail}",
            KELLY,
            amount_slots(units, tail),
            choices=(RATES, _HALF) if tail else (_HALF,),
            work=_kelly,
            priority=4,
        )
    ),
    *(
        form
        for tail, units in BY_AMOUNT
        for form in _with_win_rates(
            f"expectation{tail}",
            EXPECT,
            amount_slots(units, tail),
            choices=(RATES,) if tail else (),
            work=_expectation,
            unless=rf"{KELLY}|{SUMMED}",
            priority=4,
        )
    ),
    *_with_win_rates(
        "expectation_of_payoff",
        EXPECT,
        (PAYOFF, AGAINST),
        choices=(PAYS,),
        work=_expectation_of_payoff,
        unless=KELLY,
        priority=4,
    ),
    Form(
        "expectation_of_totals",
        cue=EXPECT,
        slots=(TOTAL, TOTAL_WIN, TOTAL_LOSS),
        work=_expectation_of_totals,
        unless=rf"{KELLY}|^(?![\s\S]*(?:{SUMMED}))",
        priority=4,
    ),
)
