"""Forms about the price limits of one day, and how far away they are."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date

from toujiao.calculators.forms.form import Calculation, Choice, Form, Slot, Values, finish
from toujiao.calculators.forms.limit_words import (
    BACKWARDS,
    GAP,
    LIMIT,
    MANY,
    OTHER_KINDS,
    PROFIT,
    YESTERDAY,
)
from toujiao.calculators.forms.limits import CHOICES, CLOSE, ONCE, OTHER_PRICE, TERMS, Basis, basis
from toujiao.calculators.forms.plans import BONUS, CASH, DEAREST, RIGHTS, RIGHTS_PRICE, share
from toujiao.calculators.forms.terms import MONEY
from toujiao.calculators.forms.wording import line, price
from toujiao.calculators.inputs import decimal
from toujiao.calculators.price_limits import percent_change
from toujiao.calculators.texts import plain
from toujiao.errors import ToujiaoError

_SIDE = Choice(
    "side",
    "涨停还是跌停",
    {
        "both": r"涨跌停|涨停.*跌停|跌停.*涨停|最高.*最低|最低.*最高|上下限|范围|区间",
        "up": r"涨停|最高|上限|(?:最多|顶多|至多|最大)[^，。]{0,6}涨|连板|涨到头",
        "down": r"跌停|最低|下限|(?:最多|顶多|至多|最大)[^，。]{0,6}跌|跌到底",
    },
    default="both",
)
_DIFFERENCE = Choice("difference", "问差多少", {True: r"[涨跌高低差]了?(?:多少|几)"})
_PLAN = tuple(
    Slot(
        s.name,
        s.label,
        s.units,
        alone=s.alone,
        required=False,
        anchor=False,
        before=s.before,
        after=s.after,
        least=s.least,
        most=s.most,
    )
    for s in (CASH, BONUS, RIGHTS, RIGHTS_PRICE)
)
_YESTERDAY = replace(
    CLOSE,
    before=rf"{YESTERDAY}|收盘价?|收在|收于|收",
    after=r"收盘(?![\d价在于是为])|收的",
)
_NOW = Slot(
    "price",
    "现价",
    MONEY,
    ask="现价是多少？",
    before=(
        r"现价|现在|目前|最新价?|当前|盘中|这会儿?|此刻|涨到了?|跌到了?|到了|报|"
        r"已经|今天|股价|价格|成交"
    ),
    after=r"^了?[，,]?\s*(?:离|距)",
    never_before=rf"{YESTERDAY}|涨停价?|跌停价?|收盘|从|由",
    least=0.01,
    most=DEAREST,
)
_LIMIT_PRICE = Slot(
    "limit",
    "涨停价或跌停价",
    MONEY,
    ask="涨停价是多少？",
    before=r"[涨跌]停板?(?:的?价格?)?(?:是|为|在)?",
    after=r"^就?是?[涨跌]停",
    least=0.01,
    most=DEAREST,
)


def _price_limit(values: Values, day: date) -> Calculation:
    base = basis(values, day)
    sides = ("up", "down") if values["side"] == "both" else (values["side"],)
    limits = {side: base.limit(side) for side in sides}
    steps = [*base.steps, *(base.step(side) for side in sides)]
    if other := values.get("other_price"):
        steps.append(line("other_price", price=plain(other)))
    shown = {side: price(limit) for side, limit in limits.items()}
    return finish(
        "price_limit",
        base.inputs(),
        {**base.results, **{f"limit_{side}_yuan": limit for side, limit in limits.items()}},
        [*steps, line(f"result_{values['side']}", **shown) + _difference(values, base, limits)],
        card_id=base.card_id(),
    )


def _difference(values: Values, base: Basis, limits: Mapping[str, float]) -> str:
    """How far the limits are from the close, where the question asks for that."""
    if not values.get("difference"):
        return ""
    gaps = (abs(decimal(limit) - decimal(base.close)) for limit in limits.values())
    return line("result_difference", close=plain(base.close), gap="、".join(map(plain, gaps)))


def _distance(values: Values, day: date) -> Calculation:
    base, now = basis(values, day), values["price"]
    sides = ("up", "down") if values["side"] == "both" else (values["side"],)
    up, down = base.limit("up"), base.limit("down")
    if not down <= now <= up:
        raise ToujiaoError(line("beyond_limit", price=plain(now), up=price(up), down=price(down)))
    steps = [*base.steps, *(base.step(side) for side in sides)]
    return _gaps({"up": up, "down": down}, now, sides, base, steps)


def _distance_to(values: Values, day: date) -> Calculation:
    """The limit price is known: only the gap is asked."""
    limit, now = values["limit"], values["price"]
    side = "up" if limit >= now else "down"
    if values["side"] != side:
        raise ToujiaoError(line("beyond_one_limit", price=plain(now), limit=plain(limit)))
    return _gaps({side: limit}, now, (side,), None, [])


def _gaps(
    limits: dict[str, float],
    now: float,
    sides: tuple[str, ...],
    base: Basis | None,
    steps: list[str],
) -> Calculation:
    """The gap to each limit in yuan, and as a share of the price now."""
    results = dict(base.results) if base else {}
    shown: dict[str, str] = {}
    for side in sides:
        limit, gap = limits[side], abs(decimal(limits[side]) - decimal(now))
        results |= {f"limit_{side}_yuan": limit, f"gap_{side}_yuan": float(gap)}
        results[f"gap_{side}_percent"] = abs(percent_change(limit, now)) * 100
        steps.append(line(f"gap_{side}", limit=price(limit), price=plain(now), gap=plain(gap)))
        shown |= {side: price(limit), f"{side}_gap": plain(gap)}
    if len(sides) == 2:
        last = line("result_gap_both", **shown)
    else:
        name = f"result_gap_{sides[0]}" if gap else f"result_at_limit_{sides[0]}"
        last = line(name, limit=price(limit), gap=plain(gap), ratio=share(gap / decimal(now)))
    inputs = {"price_yuan": now, **(base.inputs() if base else {})}
    card = base.card_id() if base else None
    return finish("limit_distance", inputs, results, [*steps, last], card_id=card)


def _fund(values: Values, day: date) -> Calculation:
    raise ToujiaoError(line("fund_limit"))


FORMS = (
    Form(
        "price_limit",
        cue=LIMIT,
        slots=(CLOSE, OTHER_PRICE, ONCE, *_PLAN, *TERMS),
        choices=(_SIDE, _DIFFERENCE, *CHOICES),
        work=_price_limit,
        unless=rf"{OTHER_KINDS}|{MANY}|{PROFIT}|{BACKWARDS}|{GAP}",
        priority=5,
        uses_rules=True,
    ),
    Form(
        "limit_distance",
        cue=rf"{LIMIT}|{GAP}",
        slots=(_YESTERDAY, _NOW, *TERMS),
        choices=(_SIDE, *CHOICES),
        work=_distance,
        unless=rf"{OTHER_KINDS}|{MANY}|{PROFIT}|{BACKWARDS}",
        priority=4,
        uses_rules=True,
    ),
    Form(
        "limit_distance_known",
        cue=GAP,
        slots=(_LIMIT_PRICE, _NOW),
        choices=(_SIDE,),
        work=_distance_to,
        unless=rf"{OTHER_KINDS}|{MANY}|{PROFIT}",
        priority=3,
    ),
    Form(
        "limit_of_fund",
        cue=rf"(?:{LIMIT}).*(?:ETF|LOF|REIT|转债)|(?:ETF|LOF|REIT|转债).*(?:{LIMIT})",
        slots=(CLOSE, *TERMS),
        work=_fund,
        priority=9,
    ),
)
