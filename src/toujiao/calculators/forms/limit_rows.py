"""Forms about several price limits in a row, and what shares gain or lose by limits."""

from __future__ import annotations

from datetime import date

from toujiao.calculators import limit_chain
from toujiao.calculators.forms.form import Calculation, Choice, Form, Slot, Values, finish
from toujiao.calculators.forms.limit_words import (
    BACKWARDS,
    DONE,
    LIMIT,
    MANY,
    NUMBER,
    OTHER_KINDS,
    PROFIT,
    STOP,
    THEN,
)
from toujiao.calculators.forms.limits import CHOICES, CLOSE, ONCE, TERMS, basis
from toujiao.calculators.forms.plans import share
from toujiao.calculators.forms.wording import line, price
from toujiao.calculators.inputs import decimal, round_fen
from toujiao.calculators.price_limits import LONGEST_CHAIN, percent_change
from toujiao.calculators.texts import percent, plain
from toujiao.calculators.units import Length, Unit
from toujiao.errors import ToujiaoError

_ONE_SIDE = Choice(
    "side",
    "涨停还是跌停",
    {"down": r"跌停|连跌", "up": r"涨停|连涨|连板|一字板|(?<![主业创证])板"},
    required=True,
    ask="是涨停还是跌停？",
)
_DAYS = Slot(
    "days",
    "连续几个",
    (Unit.COUNT, Unit.DAYS, Unit.TRADING_DAYS),
    ask="连续几个？",
    alone=True,
    least=2,
    before=r"连续?|连着|一连|接连|吃了?|拉了?|来了?|[涨跌]停了?|封了?|走出",
    after=r"一字|[涨跌]停|连?板|连",
    anchor=False,
)
_SHARES = Slot("shares", "股数", (Unit.SHARES,), ask="有多少股？", alone=True, least=1)


def _count(value: float | Length) -> int:
    """How many days; 三天 and 三个 are the same here."""
    count = value.value if isinstance(value, Length) else value
    if count != int(count) or count > LONGEST_CHAIN:
        raise ToujiaoError(line("too_many_limits", count=plain(count), most=LONGEST_CHAIN))
    return int(count)


def _chain(values: Values, day: date) -> Calculation:
    base, side = basis(values, day), values["side"]
    chain = limit_chain(base.close, _count(values["days"]), side, base.board, base.st, day)
    change = abs(chain.change)
    return finish(
        "limit_chain",
        {**base.inputs(), "days": len(chain.prices), "side": side},
        {**base.results, "last_price_yuan": chain.last, "change_percent": chain.change * 100},
        [
            *base.steps,
            *chain.steps,
            line(
                f"result_chain_{side}",
                days=len(chain.prices),
                last=price(chain.last),
                change=share(change),
            ),
        ],
        card_id=base.card_id(),
    )


def _path(values: Values, day: date) -> Calculation:
    """First up, then down (or the reverse): the ups and downs do not cancel."""
    base, at, steps = basis(values, day), basis(values, day).close, []
    counts = {"up": _count(values.get("ups", 1)), "down": _count(values.get("downs", 1))}
    first, *rest = values["path"].split("_")
    if rest == [first] and ("ups" in values or "downs" in values):
        raise ToujiaoError(line("which_limits"))
    for side in (first, *rest):
        for _ in range(counts[side]):
            after = limit_chain(at, 1, side, base.board, base.st, day).last
            steps.append(
                line(
                    f"path_{side}", before=plain(at), ratio=percent(base.ratio), after=price(after)
                )
            )
            at = after
    change = percent_change(at, base.close)
    outcome = "up" if change > 0 else "down" if change < 0 else "even"
    shown = {"last": price(at), "first": plain(base.close), "change": share(abs(change))}
    return finish(
        "limit_path",
        {**base.inputs(), "path": values["path"]},
        {**base.results, "last_price_yuan": at, "change_percent": change * 100},
        [*base.steps, *steps, line(f"result_path_{outcome}", **shown)],
        card_id=base.card_id(),
    )


def _gain(values: Values, day: date) -> Calculation:
    base, side, shares = basis(values, day), values["side"], values["shares"]
    days = _count(values.get("days", 1))
    chain = limit_chain(base.close, days, side, base.board, base.st, day)
    each = decimal(chain.last) - decimal(base.close)
    total, value = round_fen(each * shares), round_fen(decimal(chain.last) * shares)
    shown = {"last": price(chain.last), "shares": shares, "value": plain(value)}
    return finish(
        "limit_gain",
        {**base.inputs(), "shares": shares, "days": days},
        {
            **base.results,
            "last_price_yuan": chain.last,
            "gain_yuan": float(total),
            "value_yuan": float(value),
        },
        [
            *base.steps,
            *chain.steps[:-1],
            line(
                "limit_gain", **shown, first=plain(base.close), each=plain(each), total=plain(total)
            ),
            line("result_gain" if total > 0 else "result_loss", **shown, total=plain(abs(total))),
        ],
        card_id=base.card_id(),
    )


_PATH = Choice(
    "path",
    "先后几个涨停、几个跌停",
    {
        "up_down": rf"涨停{DONE}.{{0,14}}(?:{THEN}|后(?![和与跟、分各是价])|来个|吃).{{0,8}}跌停",
        "down_up": rf"跌停{DONE}.{{0,14}}(?:{THEN}|后(?![和与跟、分各是价])|来个|吃).{{0,8}}涨停",
        "up_up": (
            rf"^[^涨跌]*{NUMBER}[^涨跌]*涨停{DONE}.{{0,10}}(?:{THEN}|继续|" rf"也).{{0,8}}涨停"
        ),
        "down_down": (
            rf"^[^涨跌]*{NUMBER}[^涨跌]*跌停{DONE}.{{0,10}}(?:{THEN}|继续|" rf"也).{{0,8}}跌停"
        ),
    },
    required=True,
    ask="从哪个价开始，先后几个涨停、几个跌停？",
)
_PATH_CUE = rf"{STOP}(?!价).{{0,16}}{STOP}|[又再]{STOP}"
_THREE_TURNS = (
    r"涨停.*跌停.*涨停|跌停.*涨停.*跌停|涨停.*涨停.*跌停|跌停.*跌停.*涨停|" r"涨停.*跌停.*跌停"
)
FORMS = (
    Form(
        "limit_chain",
        cue=rf"(?=.*(?:{STOP}|连板|一字|[\d一二三四五六七八九十]个?板)).*(?:{MANY})",
        slots=(CLOSE, _DAYS, *TERMS),
        choices=(_ONE_SIDE, *CHOICES),
        work=_chain,
        unless=(
            rf"{OTHER_KINDS}|涨停.*跌停|跌停.*涨停|赚.*(?:元|钱)|亏.*(?:元|钱)|" rf"{BACKWARDS}"
        ),
        priority=6,
        uses_rules=True,
    ),
    Form(
        "limit_path",
        cue=_PATH_CUE,
        slots=(
            CLOSE,
            Slot(
                "ups",
                "涨停个数",
                (Unit.COUNT, Unit.DAYS),
                after=r"连?一?字?涨停",
                before=r"涨停",
                never_after=r"一?字?跌停",
                required=False,
                anchor=False,
                least=1,
            ),
            Slot(
                "downs",
                "跌停个数",
                (Unit.COUNT, Unit.DAYS),
                after=r"连?一?字?跌停",
                before=r"跌停",
                never_after=r"一?字?涨停",
                required=False,
                anchor=False,
                least=1,
            ),
            *TERMS,
        ),
        choices=(_PATH, *CHOICES),
        work=_path,
        unless=rf"{OTHER_KINDS}|{_THREE_TURNS}|连续|连着|{BACKWARDS}",
        priority=5,
        uses_rules=True,
    ),
    Form(
        "limit_gain",
        cue=rf"(?={LIMIT}).*(?:{PROFIT})|(?:{PROFIT}).*{STOP}",
        slots=(CLOSE, _SHARES, ONCE, *TERMS),
        choices=(_ONE_SIDE, *CHOICES),
        work=_gain,
        unless=rf"{OTHER_KINDS}|{MANY}|{BACKWARDS}|涨停.*跌停|跌停.*涨停",
        priority=5,
        uses_rules=True,
    ),
    Form(
        "limit_chain_gain",
        cue=rf"(?=.*(?:{STOP}|连板|一字|[\d一二三四五六七八九十]个?板)).*(?:{MANY})",
        slots=(CLOSE, _DAYS, _SHARES, *TERMS),
        choices=(_ONE_SIDE, *CHOICES),
        work=_gain,
        unless=rf"{OTHER_KINDS}|{BACKWARDS}|涨停.*跌停|跌停.*涨停",
        priority=5,
        uses_rules=True,
    ),
)
