"""What the words around a quantity make of it: a range, a bound (不到, 超过), how often (每三个月)."""

from __future__ import annotations

import re
from dataclasses import replace

from toujiao.calculators.units import Unit
from toujiao.understand.guesses import range_start, says_how_often
from toujiao.understand.quantity import Quantity
from toujiao.understand.unit_words import LENGTHS

_RANGED = (Unit.RATIO, Unit.YUAN, Unit.SHARES, Unit.TIMES, Unit.MONTHS, Unit.YEARS)
_BOUND_BEFORE = re.compile(
    r"(不到|没到|未到|不满|没满|未满|不足|少于|低于|超过|大于|多于|高于|满|不超过|没超过|没有超过|未超过|不大于)"
    r"(?:了|有)?\s*$"
)
_BOUNDS = {
    **dict.fromkeys(("不到", "没到", "未到", "不满", "没满", "未满", "不足", "少于", "低于"), "<"),
    **dict.fromkeys(("超过", "大于", "多于", "高于"), ">"),
    "满": ">=",
    **dict.fromkeys(("不超过", "没超过", "没有超过", "未超过", "不大于"), "<="),
}
_EVERY = re.compile(r"每隔?\s*$")


def with_ranges(found: list[Quantity], text: str) -> list[Quantity]:
    """八到十个点, 3-5年: neither end is what was meant, so both are vague."""
    result: list[Quantity] = []
    for quantity in found:
        start = range_start(text, quantity.start) if quantity.unit in _RANGED else None
        if start is None:
            result.append(quantity)
            continue
        if result and result[-1].end > start:
            result[-1] = replace(result[-1], vague=True)
            start = quantity.start
        written = text[start : quantity.end]
        result.append(replace(quantity, start=start, text=written, vague=True))
    return result


def with_bound(quantity: Quantity, text: str) -> Quantity:
    if quantity.unit in LENGTHS and (
        _EVERY.search(text[: quantity.start])
        or says_how_often(text, quantity.start, quantity.end, _months(quantity))
    ):
        quantity = replace(quantity, idle=True)
    match = _BOUND_BEFORE.search(text[: quantity.start])
    return replace(quantity, bound=_BOUNDS[match.group(1)]) if match else quantity


def _months(quantity: Quantity) -> int:
    """12 for 一年, 6 for 半年; 0 for what counts no time."""
    many = {Unit.YEARS: 12, Unit.MONTHS: 1}.get(quantity.unit, 0)
    return int(quantity.value * many)
