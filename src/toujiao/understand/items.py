"""What fills a slot: one quantity, a list of numbers in a row, or a date, all with one face."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from toujiao.calculators.units import Unit
from toujiao.understand.day import DateMention
from toujiao.understand.quantities import Quantity

# Between two numbers of one list.
_GAP = re.compile(r"\s*(?:[、,，;；/]|和|跟|再?到|→|->|然后|接着是?|又|，?再)?\s*")


@dataclass(frozen=True)
class Item:
    """A quantity, a list or a date as slots take it."""

    value: Decimal
    unit: Unit
    start: int
    end: int
    text: str
    bound: str = ""
    vague: bool = False
    idle: bool = False
    values: tuple[Decimal, ...] = ()
    first: dt.date | None = None
    last: dt.date | None = None

    @property
    def is_list(self) -> bool:
        return bool(self.values)


def item_of(quantity: Quantity) -> Item:
    """A quantity as an item."""
    return Item(
        quantity.value,
        quantity.unit,
        quantity.start,
        quantity.end,
        quantity.text,
        quantity.bound,
        quantity.vague,
        quantity.idle,
    )


def date_item(mention: DateMention) -> Item:
    """A date as an item; it never has to be used, the day of the question is known anyway."""
    return Item(
        Decimal(0),
        Unit.DATE,
        mention.start,
        mention.end,
        mention.text,
        idle=True,
        first=mention.first,
        last=mention.last,
    )


def with_lists(
    items: Sequence[Item], text: str, fewest: int = 2, between: str = "", signed: bool = False
) -> list[Item]:
    """The items with every run of numbers of one unit joined into a list.

    The unit may stand behind the last number only: 10、11、12元, 1、2、3%. `between` are words
    that may stand between two numbers (周二, 又跌到); weekdays and dates there are passed over.
    `signed` gives a rate after 跌 or 亏 its minus: 涨1%、跌2% is 1 %, −2 %.
    """
    gap = re.compile(rf"(?:{_GAP.pattern}|\s|{between})*") if between else _GAP
    result: list[Item] = []
    run: list[Item] = []
    for item in items:
        if run and between and item.idle and item.unit in (Unit.WEEKDAY, Unit.DATE):
            result.append(item)
            continue
        if run and not _goes_on(run, item, text, gap):
            result += _close(run, text, fewest, signed)
            run = []
        run.append(item)
    found = result + _close(run, text, fewest, signed)
    return sorted(found, key=lambda item: item.start)


_LISTABLE = (Unit.NONE, Unit.YUAN, Unit.RATIO, Unit.POINTS, Unit.SHARES)
# “N=3，10、11、12”: the first number is no member of the list.
_PARAMETER = re.compile(r"(?:周期|参数|(?<![A-Za-z])[nN])\s*(?:是|为|取|用|[=＝:：])?\s*$")
_FALLEN = re.compile(r"(?:跌|亏|赔|负|绿|回撤|下挫|下滑|缩水|损失|套|降)[了损掉去幅到是为\s]{0,2}$")
_SIGNS = "-−–—+负正"
_GAP_END = re.compile(r"[\d%成点][、,，和跟\s]*$")
_RISEN = re.compile(r"(?:涨|赚|盈|升|红)[了利到幅是为\s]{0,2}$")


def _goes_on(run: list[Item], item: Item, text: str, words: re.Pattern[str]) -> bool:
    gap = text[run[-1].end : item.start]
    units = {member.unit for member in (*run, item)} - {Unit.NONE}
    alike = len(units) <= 1 and item.unit in _LISTABLE and run[-1].unit in _LISTABLE
    if len(run) == 1 and _PARAMETER.search(text[: run[0].start]):
        return False
    # 10元11元 needs nothing in between; in 十块五十一块 nobody knows where a number ends.
    digits = text[item.start].isascii() and not run[-1].text.endswith("块")
    apart = bool(gap) or (digits and run[-1].unit is not Unit.NONE)
    return alike and apart and words.fullmatch(gap) is not None


def _close(run: list[Item], text: str, fewest: int, signed: bool) -> list[Item]:
    if len(run) < fewest:
        return run
    unit = next((item.unit for item in run if item.unit is not Unit.NONE), Unit.NONE)
    start, end = run[0].start, run[-1].end
    values, doubtful = _scaled(run)
    if signed and unit is Unit.RATIO:
        values, doubtful = _with_signs(run, values, text), doubtful or _unsure_sign(run, text)
    vague = doubtful or any(item.vague for item in run)
    return [Item(values[0], unit, start, end, text[start:end], vague=vague, values=values)]


def _scaled(run: list[Item]) -> tuple[tuple[Decimal, ...], bool]:
    """The values, where only some carry the unit: 1、2、3% and 10、20、30万. True when in doubt."""
    plain = [item for item in run if item.unit is Unit.NONE]
    marked = next((item for item in reversed(run) if item.unit is not Unit.NONE), None)
    if not plain or marked is None:
        return tuple(item.value for item in run), False
    factor, scale = _factor(marked)
    written = marked.value / (factor * scale)
    doubtful = False
    if scale == 1 or _alike(plain, written):
        factor *= scale  # 10、20、30万: each counts in 万
    else:  # 5000、8000、1万: each is as large as it is written
        doubtful = not _alike(plain, written * scale)
    return tuple(i.value * factor if i.unit is Unit.NONE else i.value for i in run), doubtful


_FACTORS = (("千分|‰", "0.001"), ("万分", "0.0001"), ("成", "0.1"), ("", "0.01"))
_ALIKE = 50


def _factor(item: Item) -> tuple[Decimal, int]:
    """What a bare number beside this one is worth: 0.01 for 3%, 100 for 手; and the 万 or 亿."""
    if item.unit is Unit.RATIO:
        return Decimal(next(f for words, f in _FACTORS if re.search(words, item.text))), 1
    scale = 10**8 if "亿" in item.text else 10**4 if re.search(r"[万wW]", item.text) else 1
    if item.unit is Unit.SHARES and "手" in item.text:
        return Decimal(100), scale
    small = re.fullmatch(r"[^块元]+([毛角分])钱?", item.text) if item.unit is Unit.YUAN else None
    return Decimal("1" if not small else "0.01" if small.group(1) == "分" else "0.1"), scale


def _alike(items: Sequence[Item], size: Decimal) -> bool:
    """Whether the numbers are of that size."""
    return all(abs(size) / _ALIKE <= abs(item.value) <= abs(size) * _ALIKE for item in items)


def _with_signs(run: list[Item], values: tuple[Decimal, ...], text: str) -> tuple[Decimal, ...]:
    """A rate that is said to have fallen gets its minus.

    The word holds for what follows it until the next word or sign: 跌1%、2%，涨3%.
    """
    signed: list[Decimal] = []
    falling = False
    for item, value in zip(run, values, strict=True):
        before = text[max(0, item.start - 6) : item.start]
        if _RISEN.search(before) or item.text[0] in _SIGNS:
            falling = False
        elif _FALLEN.search(before):
            falling = True
        signed.append(-value if falling else value)
    return tuple(signed)


def _unsure_sign(run: list[Item], text: str) -> bool:
    """跌1%，第二天2%: whether the second fell too is not said."""
    falling = False
    for item in run:
        before = text[max(0, item.start - 6) : item.start]
        if _RISEN.search(before) or item.text[0] in _SIGNS:
            falling = False
        elif _FALLEN.search(before):
            falling = True
        elif falling and not _GAP_END.search(before):
            return True
    return False
