"""Forms about price limits: of one day, several in a row, and how far away they are."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date

from toujiao.calculators import limit_chain
from toujiao.calculators.forms.form import Calculation, Choice, Form, Slot, Values, finish
from toujiao.calculators.forms.limits import (
    CHOICES,
    CLOSE,
    OTHER_KINDS,
    OTHER_PRICE,
    TERMS,
    YESTERDAY,
    Basis,
    basis,
)
from toujiao.calculators.forms.plans import BONUS, CASH, DEAREST, RIGHTS, RIGHTS_PRICE, share
from toujiao.calculators.forms.terms import MONEY
from toujiao.calculators.forms.wording import line, price
from toujiao.calculators.inputs import decimal, round_fen
from toujiao.calculators.price_limits import LONGEST_CHAIN, percent_change
from toujiao.calculators.texts import percent, plain
from toujiao.calculators.units import Length, Unit
from toujiao.errors import ToujiaoError

# A date that was read is blank in the text: 明天 is two blanks.
_THEN = r"再|又|接着|然后|第二天|次日|隔天|紧接着|\s\s"
# 涨停收11元 tells how the day closed; 涨停价 is a price.
_DONE = r"(?!价|[^，。]{0,3}收)"
_NUMBER = r"[\d一二两三四五六七八九十]+"
_STOP = r"(?:涨停|跌停)"
# Two or more days: never computed as one.
_MANY = (
    rf"第(?!一){_NUMBER}(?:个|天|次|板)|连续|连着|连板|连涨|连跌|连吃|连拉|接连|一连|{_NUMBER}连|"
    rf"(?<![第\d一二两三四五六七八九十])(?!一|1(?!\d)){_NUMBER}(?:个|天|次|日)[^，。]{{0,4}}(?:涨停|跌停|板)|"
    rf"{_STOP}了?[^，。价]{{0,3}}(?!一|1(?!\d)){_NUMBER}(?:个|天|次|日|回)|[又再][^，。]{{0,3}}{_STOP}|(?:继续|也|还是){_STOP}(?!价)|"
    rf"{_STOP}{_DONE}.{{0,12}}(?:{_THEN}).{{0,8}}{_STOP}|{_STOP}之?后.{{0,2}}{_STOP}(?!后)|"
    rf"{_STOP}了?[，,]?\\s*(?:再|明天?|后天?|次日|第二天|隔天)"
)
_TODAY = r"今天|今日|今儿|当[天日]|一[天日]|昨|前收|收盘|明"
_LIMIT = rf"{_STOP}|涨跌停|(?=.*(?:{_TODAY})).*(?:最高|最多|最低|顶多|至多|最大)[^，。]{{0,8}}(?:[涨跌]|能?到|价)|涨跌幅?(?:范围|区间)"
# The other way round: from a limit price back to the close.
_BACKWARDS = r"(?:昨收|收盘价?|前收|昨天收)[^，。\d]{0,3}(?:多少|几)"
_PROFIT = r"赚|亏|赔|损失|市值|值多少|变成多少|缩水|盈利|收益|少了?多少钱|多了?多少钱"
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
_DIFFERENCE = Choice("difference", "问差多少", {True: r"[涨跌高低差]了?(?:多少|几)(?:钱|块|毛|元|分)"})
_ONE_SIDE = Choice(
    "side", "涨停还是跌停", {"down": r"跌停|连跌", "up": r"涨停|连涨|连板|一字板|(?<![主业创证])板"}, required=True, ask="是涨停还是跌停？"
)  # fmt: skip
_PLAN = tuple(
    Slot(s.name, s.label, s.units, alone=s.alone, required=False, anchor=False, before=s.before,
         after=s.after, least=s.least, most=s.most)
    for s in (CASH, BONUS, RIGHTS, RIGHTS_PRICE)
)  # fmt: skip
_ONCE = Slot("once", "几个", (Unit.COUNT, Unit.DAYS), after=r"[涨跌]停|板", before=r"[涨跌]停", least=1, most=1, required=False, anchor=False)  # fmt: skip
_DAYS = Slot(
    "days", "连续几个", (Unit.COUNT, Unit.DAYS, Unit.TRADING_DAYS), ask="连续几个？", alone=True, least=2,
    before=r"连续?|连着|一连|接连|吃了?|拉了?|来了?|[涨跌]停了?|封了?|走出", after=r"一字|[涨跌]停|连?板|连", anchor=False,
)  # fmt: skip
_YESTERDAY = replace(CLOSE, before=rf"{YESTERDAY}|收盘价?|收在|收于|收", after=r"收盘|收的")
_SHARES = Slot("shares", "股数", (Unit.SHARES,), ask="有多少股？", alone=True, least=1)
_NOW = Slot(
    "price", "现价", MONEY, ask="现价是多少？", before=r"现价|现在|目前|最新价?|当前|盘中|这会儿?|此刻|涨到了?|跌到了?|到了|报|已经|今天|股价|价格|成交",
    after=r"了|现在", never_before=rf"{YESTERDAY}|涨停价?|跌停价?|收盘", alone=True, least=0.01, most=DEAREST,
)  # fmt: skip
_LIMIT_PRICE = Slot(
    "limit", "涨停价或跌停价", MONEY, ask="涨停价是多少？", before=r"[涨跌]停板?(?:的?价格?)?(?:是|为|在)?", after=r"^就?是?[涨跌]停",
    least=0.01, most=DEAREST,
)  # fmt: skip


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
    results, shown = dict(base.results) if base else {}, {}
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


_PATH = Choice(
    "path",
    "先后几个涨停、几个跌停",
    {
        "up_down": rf"涨停{_DONE}.{{0,14}}(?:{_THEN}|后|来个|吃).{{0,8}}跌停",
        "down_up": rf"跌停{_DONE}.{{0,14}}(?:{_THEN}|后|来个|吃).{{0,8}}涨停",
        "up_up": rf"^[^涨跌]*{_NUMBER}[^涨跌]*涨停{_DONE}.{{0,10}}(?:{_THEN}|继续|也).{{0,8}}涨停",
        "down_down": rf"^[^涨跌]*{_NUMBER}[^涨跌]*跌停{_DONE}.{{0,10}}(?:{_THEN}|继续|也).{{0,8}}跌停",
    },
    required=True,
    ask="从哪个价开始，先后几个涨停、几个跌停？",
)
_PATH_CUE = rf"{_STOP}(?!价).{{0,16}}{_STOP}|[又再]{_STOP}"
_THREE_TURNS = (
    r"涨停.*跌停.*涨停|跌停.*涨停.*跌停|涨停.*涨停.*跌停|跌停.*跌停.*涨停|涨停.*跌停.*跌停"
)
_GAP = r"(?:离|距离?|到|差|够).{0,5}[涨跌]停|[涨跌]停.{0,8}(?:还差|还有|差多少|空间|多远|距离)|还能?可?以?[涨跌]多少|还有多少空间"
FORMS = (
    Form(
        "price_limit", cue=_LIMIT, slots=(CLOSE, OTHER_PRICE, _ONCE, *_PLAN, *TERMS), choices=(_SIDE, _DIFFERENCE, *CHOICES),
        work=_price_limit, unless=rf"{OTHER_KINDS}|{_MANY}|{_PROFIT}|{_BACKWARDS}|{_GAP}", priority=5, uses_rules=True,
    ),
    Form(
        "limit_distance", cue=rf"{_LIMIT}|{_GAP}", slots=(_YESTERDAY, _NOW, *TERMS), choices=(_SIDE, *CHOICES),
        work=_distance, unless=rf"{OTHER_KINDS}|{_MANY}|{_PROFIT}|{_BACKWARDS}", priority=4, uses_rules=True,
    ),
    Form(
        "limit_distance_known", cue=_GAP, slots=(_LIMIT_PRICE, _NOW), choices=(_SIDE,),
        work=_distance_to, unless=rf"{OTHER_KINDS}|{_MANY}|{_PROFIT}", priority=3,
    ),
    Form(
        "limit_chain", cue=rf"(?=.*(?:{_STOP}|连板|一字|[\d一二三四五六七八九十]个?板)).*(?:{_MANY})", slots=(CLOSE, _DAYS, *TERMS), choices=(_ONE_SIDE, *CHOICES),
        work=_chain, unless=rf"{OTHER_KINDS}|涨停.*跌停|跌停.*涨停|赚.*(?:元|钱)|亏.*(?:元|钱)|{_BACKWARDS}", priority=6, uses_rules=True,
    ),
    Form(
        "limit_path", cue=_PATH_CUE, slots=(
            CLOSE,
            Slot("ups", "涨停个数", (Unit.COUNT, Unit.DAYS), after=r"连?一?字?涨停", before=r"涨停", never_after=r"一?字?跌停", required=False, anchor=False, least=1),
            Slot("downs", "跌停个数", (Unit.COUNT, Unit.DAYS), after=r"连?一?字?跌停", before=r"跌停", never_after=r"一?字?涨停", required=False, anchor=False, least=1),
            *TERMS,
        ), choices=(_PATH, *CHOICES), work=_path, unless=rf"{OTHER_KINDS}|{_THREE_TURNS}|连续|连着|{_BACKWARDS}", priority=5, uses_rules=True,
    ),
    Form(
        "limit_gain", cue=rf"(?={_LIMIT}).*(?:{_PROFIT})|(?:{_PROFIT}).*{_STOP}", slots=(CLOSE, _SHARES, _ONCE, *TERMS), choices=(_ONE_SIDE, *CHOICES),
        work=_gain, unless=rf"{OTHER_KINDS}|{_MANY}|{_BACKWARDS}|涨停.*跌停|跌停.*涨停", priority=5, uses_rules=True,
    ),
    Form(
        "limit_chain_gain", cue=rf"(?=.*(?:{_STOP}|连板|一字|[\d一二三四五六七八九十]个?板)).*(?:{_MANY})", slots=(CLOSE, _DAYS, _SHARES, *TERMS), choices=(_ONE_SIDE, *CHOICES),
        work=_gain, unless=rf"{OTHER_KINDS}|{_BACKWARDS}|涨停.*跌停|跌停.*涨停", priority=5, uses_rules=True,
    ),
    Form(
        "limit_of_fund", cue=rf"(?:{_LIMIT}).*(?:ETF|LOF|REIT|转债)|(?:ETF|LOF|REIT|转债).*(?:{_LIMIT})",
        slots=(CLOSE, *TERMS), work=_fund, priority=9,
    ),
)  # fmt: skip
