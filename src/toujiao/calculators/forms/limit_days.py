"""Forms about limit days that are named by their dates, counted without a price, or held at cost.

The rule of a limit may change between two days: where a question names a day, every limit day
takes the rule of its own day.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, timedelta

from toujiao.calculators import limit_chain, price_limit_ratio
from toujiao.calculators.forms.form import Calculation, Choice, Form, Slot, Values, finish
from toujiao.calculators.forms.limit_words import BACKWARDS, MANY, OTHER_KINDS, STOP
from toujiao.calculators.forms.limits import (
    BASIS,
    CHOICES,
    CLOSE,
    DAYS,
    ONE_SIDE,
    TERMS,
    basis,
    terms_of,
)
from toujiao.calculators.forms.plans import share
from toujiao.calculators.forms.wording import line, price
from toujiao.calculators.price_limits import LONGEST_CHAIN, percent_change
from toujiao.calculators.texts import percent, plain
from toujiao.calculators.trading_calendar import next_trading_day
from toujiao.calculators.units import Length, Unit
from toujiao.clock import chinese_date
from toujiao.errors import ToujiaoError

_THAT_DAY = r"^\s*(?:这天|那天|当天)?\s*"
CLOSED = Slot(
    "closed",
    "收盘那天",
    (Unit.DATE,),
    after=rf"{_THAT_DAY}(?:之后|以后|过后|后|的?[^，。\d涨跌]{{0,5}}收(?!益)|的?(?:股价|价格)?\d+(?:\.\d+)?[元块])",
    exact=True,
    required=False,
    anchor=False,
)
CLOSED_AGAIN = replace(CLOSED, name="closed_again")
START = Slot(
    "start",
    "第一个涨停或跌停那天",
    (Unit.DATE,),
    after=rf"{_THAT_DAY}(?:起|开始)",
    exact=True,
    required=False,
    anchor=False,
)
SOME_DAY = Slot(
    "some_day", "哪天", (Unit.DATE,), exact=True, alone=True, required=False, anchor=False
)
DATES = (CLOSED, CLOSED_AGAIN, START, SOME_DAY)
_BEYOND = 30  # no holiday is longer


def count_of(value: float | Length) -> int:
    """How many days; 三天 and 三个 are the same here."""
    count = value.value if isinstance(value, Length) else value
    if count != int(count) or count > LONGEST_CHAIN:
        raise ToujiaoError(line("too_many_limits", count=plain(count), most=LONGEST_CHAIN))
    return int(count)


def limit_days(values: Values, count: int, day: date) -> list[date]:
    """The day of the rule for each of `count` limit days in a row.

    Without a date in the question, and where no rule changes near it, one day stands for all.
    Raises `ToujiaoError` where it is not said which day the date is, and that matters.
    """
    closed, start = values.get("closed"), values.get("start")
    if values.get("closed_again") not in (None, closed):
        raise ToujiaoError(line("which_limit_day"))
    named = closed or start or values.get("some_day")
    if named is None:
        return [day] * count
    st, board, _ = terms_of(values, named)
    reach = timedelta(days=2 * count + _BEYOND)
    first = named if closed or start else named - reach
    if _unchanged(board, st, first, named + reach):
        return [named] * count
    if closed is None and start is None:
        raise ToujiaoError(line("which_limit_day"))
    at: date = named if closed else named - timedelta(days=1)
    days = []
    for _ in range(count):
        at = next_trading_day(at)
        days.append(at)
    return days


def _unchanged(board: str, st: bool, first: date, last: date) -> bool:
    """Whether the limit is the same on both days and on all days between them."""
    days = (first + timedelta(days=n) for n in range((last - first).days + 1))
    return len({price_limit_ratio(board, st, day) for day in days}) == 1


def row(values: Values, sides: Sequence[str], days: Sequence[date]) -> tuple[float, list[str]]:
    """The price after limit days, each by the rule of its own day, and the working."""
    at, steps = values["close"], []
    st, board, _ = terms_of(values, days[0])
    for side, day in zip(sides, days, strict=True):
        after = limit_chain(at, 1, "up" if side == "up" else "down", board, st, day).last
        shown = {"day": chinese_date(day), "ratio": percent(price_limit_ratio(board, st, day))}
        steps.append(line(f"dated_{side}", before=plain(at), after=price(after), **shown))
        at = after
    return at, steps


def dated_result(
    values: Values, sides: Sequence[str], days: Sequence[date], steps: Sequence[str] = ()
) -> Calculation:
    """The sum of limit days that do not all have the same limit."""
    base = basis(values, days[0])
    last, working = row({**values, "close": base.close}, sides, days)
    change = percent_change(last, base.close)
    outcome = "up" if change > 0 else "down" if change < 0 else "even"
    shown = {"last": price(last), "first": plain(base.close), "change": share(abs(change))}
    return finish(
        "limit_chain",
        {**base.inputs(), "days": len(days)},
        {"last_price_yuan": last, "change_percent": change * 100},
        [*base.steps[:-1], *steps, *working, line(f"result_path_{outcome}", **shown)],
        card_id=base.card_id(),
    )


def _listed(values: Values, day: date) -> Calculation:
    """Each limit day is named: they have to follow one another."""
    days = sorted(values[name] for name in _NAMED_DAYS if name in values)
    before = values.get("closed") or days[0] - timedelta(days=1)
    for at in days:
        if next_trading_day(before) != at:
            raise ToujiaoError(
                line("limit_days_apart", first=chinese_date(before), then=chinese_date(at))
            )
        before = at
    return dated_result(values, [values["side"]] * len(days), days)


def _rate(values: Values, day: date) -> Calculation:
    """What limit days come to without a price."""
    count, side = count_of(values["days"]), values["side"]
    days = limit_days(values, count, day)
    st, board, steps = terms_of(values, days[0])
    sign, factor = (1 if side == "up" else -1), 1.0
    for at in days:
        factor *= 1 + sign * price_limit_ratio(board, st, at)
    change = round(abs(factor - 1), 10)
    ratio = percent(price_limit_ratio(board, st, days[0]))
    if len({price_limit_ratio(board, st, at) for at in days}) > 1:
        raise ToujiaoError(line("rate_needs_price"))
    shown = {"days": count, "ratio": ratio, "change": share(change)}
    return finish(
        "limit_rate",
        {"days": count, "side": side, "board": board, "st": st},
        {"change_percent": sign * change * 100},
        [
            *steps,
            line(f"limit_rate_{side}", **shown),
            line("no_fen"),
            line(f"result_rate_{side}", **shown),
        ],
        card_id="price-limit-risk-warning" if st else None,
    )


def _how_many(values: Values, day: date) -> Calculation:
    """How many limit days make a share twice, or half, of what it was."""
    st, board, steps = terms_of(values, day)
    ratio, side = price_limit_ratio(board, st, day), values["side"]
    goal = {"double": 2.0, "half": 0.5}.get(values.get("goal", ""))
    if goal is None:
        move = abs(values.get("move", values.get("half", 0.0)))
        goal = 1 + move if side == "up" else 1 - move
    if not (goal > 1 if side == "up" else 0 < goal < 1):
        raise ToujiaoError(line("limit_goal"))
    factor, count = 1.0, 0
    step = 1 + ratio if side == "up" else 1 - ratio
    before = factor
    while (factor < goal - 1e-12) if side == "up" else (factor > goal + 1e-12):
        before, factor, count = factor, factor * step, count + 1
    shown = {"n": count, "less": count - 1, "ratio": percent(ratio), "goal": plain(goal, 4)}
    written = {"before": plain(before, 4), "after": plain(factor, 4)}
    return finish(
        "limit_count",
        {"goal_times": goal, "side": side, "board": board, "st": st},
        {"count_days": float(count)},
        [
            *steps,
            line(f"limit_count_{side}", **shown, **written),
            line("no_fen"),
            line(f"result_limit_count_{side}", **shown),
        ],
        card_id="price-limit-risk-warning" if st else None,
    )


_NAMED_DAYS = ("first", "second", "third", "fourth")
_LIMIT_DAY = Slot(
    "first",
    "第一个涨停或跌停那天",
    (Unit.DATE,),
    ask="哪几天涨停或者跌停？",
    after=rf"^\s*(?:和|跟|与|及|又|再|都|均|也|各|连续|、|，)*\s*(?:一字)?{STOP}",
    exact=True,
    alone=True,
    anchor=False,
)
_SIDES = r"涨停.*跌停|跌停.*涨停"
_HOW_FAR = (
    r"百分之(?:多少|几)|(?:多少|几)个?(?:点|%|百分点)|(?:总共|一共|累计|合计|总)[^，。]{0,4}(?:涨|跌|赚|亏)"
    r"[幅了掉]{0,2}(?:是|有|达|到)?(?:多少|几|多大)|(?:涨|跌)(?:了|掉)?(?:多少|几)(?!钱|元|块|天|个)|"
    r"(?:涨|跌|涨跌)幅(?:是|有|达|为)?(?:多少|几|多大)"
)
_NOT_FAR = (
    r"异动|异常|偏离|监管|停牌|核查|注册制|新规|以前|概率|可能|钱|[元块]|市值|成交|每天|炸|"
    r"第[一二三四五六七八九十\d]+天"
)
_DOUBLE = r"翻[了一1]?[倍番]|翻[了一1]{2}[倍番]|涨[了一1到]?[一1]倍"
_HALF = r"腰斩|对半|拦腰|[跌亏][到掉得]?了?一半|打[五5]折|只?剩一半"
_MORE_TIMES = r"翻[了]?[两二三四五六七八九十2-9]|[两二三四五六七八九十2-9]倍"
# How many there were is a matter of fact.
_COUNTED = (
    r"[今去前]年|本[周月年]|最近|近期|昨|今[天日]|历史|曾经|以来|[有出走收吃][过了]?(?:几|多少)个|"
    r"[涨跌]停板?(?:家|只|股)|(?:几|多少)[只家]|板块"
)
FORMS = (
    Form(
        "limit_listed",
        cue=rf"(?:都|均|又|再|也|各|连续|和|、).*{STOP}",
        slots=(
            CLOSE,
            CLOSED,
            _LIMIT_DAY,
            replace(_LIMIT_DAY, name="second"),
            replace(_LIMIT_DAY, name="third", required=False),
            replace(_LIMIT_DAY, name="fourth", required=False),
            *TERMS,
        ),
        choices=(ONE_SIDE, *CHOICES),
        work=_listed,
        unless=rf"{OTHER_KINDS}|{_SIDES}|{BACKWARDS}|[今明后][天日儿]",  # these are no dates in the text
        priority=5,
        uses_rules=True,
    ),
    Form(
        "limit_rate",
        cue=rf"(?=.*(?:{MANY})).*(?:{_HOW_FAR})",
        slots=(replace(DAYS, anchor=True), *TERMS, *DATES),
        choices=(ONE_SIDE, *(c for c in CHOICES if c is not BASIS)),
        work=_rate,
        unless=rf"{OTHER_KINDS}|{_SIDES}|{BACKWARDS}|{_NOT_FAR}",
        priority=4,
        uses_rules=True,
    ),
    Form(
        "limit_count",
        cue=rf"(?:几|多少)个?(?:连续的?|连着的?)?(?:{STOP}|连板|板).*(?:{_DOUBLE}|{_HALF}|[涨跌亏赚])|"
        rf"(?:{_DOUBLE}|{_HALF}|[涨跌亏赚][了到掉]?\s*[\d百]).*(?:几|多少)个?(?:连续的?)?(?:{STOP}|连板|板)",
        slots=(
            Slot("twice", "翻倍", (Unit.TIMES,), alone=True, least=1, most=2, required=False),
            Slot(
                "half",
                "腰斩",
                (Unit.RATIO,),
                alone=True,
                least=0.5,
                most=0.5,
                required=False,
            ),
            Slot(
                "move",
                "涨跌多少",
                (Unit.RATIO,),
                before=r"[涨跌亏赚]",
                least=0.01,
                required=False,
                never_before=r"每[天日]|一天|最多|幅度|限制|[涨跌]停板?(?=[^涨跌]*$)",
            ),
            *TERMS,
        ),
        choices=(
            Choice("goal", "翻倍还是腰斩", {"double": _DOUBLE, "half": _HALF}),
            ONE_SIDE,
            *(c for c in CHOICES if c is not BASIS),
        ),
        work=_how_many,
        unless=rf"{OTHER_KINDS}|{_SIDES}|{_MORE_TIMES}|异动|异常|注册制|新规|以前|{_COUNTED}|(?:{_DOUBLE}).*(?:{_HALF})",
        priority=4,
        uses_rules=True,
    ),
)
