"""Rises and falls in a row: slots for them, and what they come to together."""

from __future__ import annotations

from dataclasses import replace
from math import prod
from typing import Any

from toujiao.calculators.forms.form import Choice, Slot, Values
from toujiao.calculators.forms.wording import line
from toujiao.calculators.texts import signed_percent
from toujiao.calculators.units import Length, Unit
from toujiao.errors import ToujiaoError

HOW_MUCH = (
    r"还是|多少|几|[咋怎]么?算|算|求|是啥|多大|等于|[亏赚]了?[吗没]|够不够|剩啥|(?:[率值亏盈额份计]|"
    r"比例|本息|ROE|PEG?|PB|EPS|年后)[？?。\s]*$"
)
HOW = rf"{HOW_MUCH}|如何|[咋怎]么?样|吗|没有?[？?。]?$|[？?]|呢"
TIME = (Unit.DAYS, Unit.TRADING_DAYS, Unit.WEEKS, Unit.MONTHS, Unit.YEARS)
# 亏到6万 names what is left, not what was lost.
_NOT_WHAT_IS_LEFT = (
    r"(?!到|至|成|得|剩|的?只|停)(?:了|去|掉|幅|损|牢|进去)*+(?!到|至|成|得|剩|的?只)"
)
FALL = rf"(?:跌|亏|赔|套|缩水|回撤|损失|掉|降|蚀|贬值|回落){_NOT_WHAT_IS_LEFT}"
RISE = r"(?:涨|赚|盈|收益|升|反弹|回报|增值|增长|增加|回升)(?!停|到|至|成|回)(?:了|幅|率|利|值|回)*+(?!到|至|成)"
# Behind a word that forbids: it forbids its own number, not the one after it (跌幅8%投5万).
NO_NUMBER = r"(?!.*[\d%成点])"
# A gain or a loss in yuan, which is not what the money is worth now: 现在亏了4000, but not 亏了还剩4万.
MOVED = rf"(?:{FALL}|{RISE}|浮[亏盈])(?!.*[\d%点剩到现只值有还])"
# Behind a word that names a number: nothing but the number follows in the same clause.
CLOSE = r"(?!.*[，。；,;？?])"
_COUNTED = "一二三"
_FALL = Slot(
    "fall",
    "跌幅",
    (Unit.RATIO,),
    before=rf"{FALL}{CLOSE}",
    after=r"^的?(?:跌幅|亏损|回撤|损失)",
    ask="跌了（亏了）百分之多少？",
    least=0,
    required=False,
)
_RISE = Slot(
    "rise",
    "涨幅",
    (Unit.RATIO,),
    before=rf"{RISE}{CLOSE}",
    after=r"^的?(?:涨幅|收益|利润|回报|反弹)",
    ask="涨了（赚了）百分之多少？",
    least=0,
    required=False,
)
# “收益率−8%” says its direction itself.
_NEGATIVE = Slot(
    "negative",
    "涨跌幅",
    (Unit.RATIO,),
    ask="涨跌了百分之多少？",
    alone=True,
    most=-1e-9,
    required=False,
)
# 腰斩 stands without a word of falling.
_HALVED = Slot(
    "halved",
    "跌幅",
    (Unit.RATIO,),
    ask="跌了百分之多少？",
    alone=True,
    least=0.5,
    most=0.5,
    required=False,
    never_before=r"[涨赚升]了?",
    never_after=r"[的]?收益",
)
# 腰斩再腰斩: the second one stands right behind the word of order.
_HALVED_AGAIN = replace(
    _HALVED,
    before=r"(?:再|又|接着|然后|继续|之后|后)(?:次|来|被|遭|一次)?$",
    alone=False,
)
TIMES = Slot(
    "times",
    "时间或次数",
    (*TIME, Unit.COUNT),
    ask="一共几次（几天、几年）？",
    alone=True,
    required=False,
    anchor=False,
    before=r"连续?着?|过了|持有|拿了|套了|放了",
    least=1,
)
EACH = Choice(
    "each",
    "每次、每天还是每年",
    {
        "day": r"每[天日]|每个?交易日|天天",
        "week": r"每个?(?:周|星期|礼拜)",
        "month": r"每个?月|月月",
        "year": r"每年|一年(?=[涨跌亏赚赔])|年年",
        "time": r"每[次回笔把单]|各|都",
    },
)
# 先跌20%再跌10%: without such words the second one may be somebody else's.
IN_A_ROW = Choice(
    "in_a_row",
    "先后几次",
    {
        "row": (
            r"先|再|又|然后|接着|之后|后来|第[一二三四12345]|继续|连|随后|接下来|"
            r"[%％成点][^，。\d]{0,2}[跌亏涨赚赔](?:了|掉|去)?[\d一二两三四五六七八九百]"
        ),
        "back": r"以后|反弹|才能|能回本|够回本|才回本|要[涨赚]",
    },
)
_SPAN = {"week": Unit.WEEKS, "month": Unit.MONTHS, "year": Unit.YEARS}


# What the first move is called by, and the words without which it is none of that kind.
KINDS = {
    "fall": rf"\A(?=(?s:.*){FALL})",
    "rise": rf"\A(?=(?s:.*){RISE})",
    "negative": r"\A(?=(?s:.*)[-−–—负])",
    "halved": r"\A(?=(?s:.*)腰斩)",
}


def move_slots(kind: str, times: Slot = TIMES) -> tuple[Slot, ...]:
    """Slots for up to three falls and rises in a row, and for how often; `kind` is required."""
    first = {"fall": (_FALL,), "rise": (_RISE,), "negative": (_NEGATIVE,), "halved": (_HALVED,)}[
        kind
    ]
    again = (
        tuple(
            replace(_HALVED_AGAIN, name=f"halved{n}", label=f"第{_COUNTED[n]}次跌幅")
            for n in (1, 2)
        )
        if kind == "halved"
        else ()
    )
    falls = () if kind in ("rise", "negative") else _several(_FALL, 1 if kind == "fall" else 0)
    rises = () if kind == "negative" else _several(_RISE, 1 if kind == "rise" else 0)
    return (*(replace(slot, required=True) for slot in first), *again, *falls, *rises, times)


def with_required(slots: tuple[Slot, ...], name: str) -> tuple[Slot, ...]:
    """The same slots, with the one of that name required."""
    return tuple(replace(slot, required=True) if slot.name == name else slot for slot in slots)


def _several(slot: Slot, start: int) -> tuple[Slot, ...]:
    return tuple(
        replace(slot, name=f"{slot.name}{n}", label=f"第{_COUNTED[n]}次{slot.label}")
        for n in range(start, 3)
    )


def moves(values: Values) -> list[float]:
    """Every rise and fall as a fraction with its sign; the order makes no difference.

    Raises `ToujiaoError` for several moves that nothing says to follow each other.
    """
    found = [
        -values[name]
        for name in ("fall", "fall0", "fall1", "fall2", "halved", "halved1", "halved2")
        if name in values
    ]
    found += [
        values[name] for name in ("rise", "rise0", "rise1", "rise2", "negative") if name in values
    ]
    one_each = len(found) == 2 and min(found) < 0 < max(found)
    if len(found) > 1 and values.get("in_a_row") not in ("row", "back" if one_each else "row"):
        raise ToujiaoError(line("which_move"))
    return found * _repeated(values, len(found))


def _repeated(values: Values, count: int) -> int:
    """How often the one move comes: 每年亏10%，连着3年."""
    each, times = values.get("each"), values.get("times")
    if each is None and isinstance(times, int) and times > 1 and "halved" in values:
        each = "time"  # 腰斩两次
    if each is None or times is None:
        return 1
    if count > 1:
        raise ToujiaoError(line("which_move_repeats"))
    often = _times_of(each, times)
    if often != int(often) or not 1 <= often <= 1000:
        raise ToujiaoError(line("how_often"))
    return int(often)


def _times_of(each: str, times: Any) -> float:
    if not isinstance(times, Length):
        return float(times)
    if each == "time" or (each == "day" and times.unit is Unit.DAYS):
        return times.value
    if each not in _SPAN or times.unit is Unit.DAYS:
        raise ToujiaoError(line("how_often"))
    one = Length(1, _SPAN[each]).years
    return round(times.years / one, 6)


def together(found: list[float]) -> float:
    """What all moves come to, as a factor: 0.72 after falls of 20 % and 10 %."""
    return prod(1 + move for move in found)


def product(found: list[float]) -> str:
    """The moves as they are multiplied: (1 − 20%) × (1 + 10%); 的 3 次方 for equal ones."""
    if len(found) > 2 and len(set(found)) == 1:
        return f"(1 {signed_percent(found[0])}) 的 {len(found)} 次方"
    return " × ".join(f"(1 {signed_percent(move)})" for move in found)
