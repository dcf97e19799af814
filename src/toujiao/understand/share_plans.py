"""Reads dividend and rights plans: 10送3转2派5元, 每股派0.5元, 每10股配3股."""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal

from toujiao.understand.numerals import read_numeral

_NUM = r"(?:\d+(?:\.\d+)?|[零一二两三四五六七八九十百]+(?:点[零一二三四五六七八九]+)?)"
_BASE = re.compile(rf"(?:每\s*)?({_NUM})\s*股?\s*(?=(?:派|送|转|配|分红|分(?!之|钱|别)|现金))")
_EACH = re.compile(r"每股\s*(?:税前)?(?=(?:派|送|转|配|分红|分(?!之|钱|别)|现金|股利|股息|红利))")
_PART = re.compile(
    rf"\s*[，,、和并且又再及]*\s*(?:(?P<cash>派发?|分红|分发?|现金(?:红利|分红)?|股息|股利|红利)|(?P<bonus>送|转增?|资本公积转增)|(?P<rights>配))"
    rf"(?:出|发|了|现金|红利|股息|红股|股|息|是|为|售)*\s*(?P<number>{_NUM})\s*(?P<unit>元|块(?:钱)?|股|角|毛|分钱)?(?:（?含税）?)?"
)
_TIME_OR_RATE = re.compile(r"\s*(?:%|％|天|个月|年|万|倍|成|折)")


@dataclass(frozen=True)
class Part:
    """One part of a plan, per share held: kind is 派 (yuan), 送 or 配 (shares)."""

    kind: str
    value: Decimal
    start: int
    end: int


def read_plan(text: str, at: int) -> list[Part]:
    """The parts of the plan that starts exactly at `at`; empty when none does."""
    base, position = _base(text, at)
    if base is None or base == 0:
        return []
    parts: list[Part] = []
    start = at
    while match := _PART.match(text, position):
        numeral = read_numeral(match.group("number"), 0)
        if numeral is None or _TIME_OR_RATE.match(text, match.end()):
            break
        kind = "派" if match.group("cash") else "送" if match.group("bonus") else "配"
        value = numeral.value / base
        if match.group("unit") in ("角", "毛"):
            value /= 10
        parts.append(Part(kind, value, start, match.end()))
        start = position = match.end()
    return parts


def _base(text: str, at: int) -> tuple[Decimal | None, int]:
    if match := _EACH.match(text, at):
        return Decimal(1), match.end()
    if match := _BASE.match(text, at):
        numeral = read_numeral(match.group(1), 0)
        return (numeral.value if numeral else None), match.end()
    return None, at
