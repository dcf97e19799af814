"""Reads dividend and rights plans: 10送3转2派5元, 每股派0.5元, 每10股配3股."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from decimal import Decimal

from toujiao.understand.numerals import read_numeral
from toujiao.understand.tails import digit, money_tail

_NUM = r"(?:\d+(?:\.\d+)?|[零一二两三四五六七八九十百]+(?:点[零一二三四五六七八九]+)?)"
_FILLER = r"(?:的|能|可以|可|税前|拟|要|会|准备|打算|大概|以|用|分别|\s)*"
_PLAN_AHEAD = (
    r"(?=派|送|转(?!让|债|股价|手)|配|资本公积|分红(?!率|比例)|分(?!之|钱|别|红)|"
    r"现金|股利|股息(?!率)|红利)"
)
_BASE = re.compile(rf"(?P<per>每\s*)?({_NUM})\s*股?\s*{_FILLER}{_PLAN_AHEAD}")
_EACH = re.compile(rf"每股\s*{_FILLER}{_PLAN_AHEAD}")
_CASH_WORDS = r"派发?现?|现金(?:红利|分红|股利)?|分红|分配?发?|股息|股利|红利"
_PART = re.compile(
    rf"\s*[，,、和并且又再及还另外加]*\s*"
    rf"(?:(?P<cash>{_CASH_WORDS})|(?P<bonus>送|转增?|(?:资本)?公积金?转增?)|(?P<rights>配))"
    rf"(?:出|发|了|给|现金|红利|股息|股利|分红|红股|人民币|股|息|是|为|售|大概|\s)*(?P<number>{_NUM})\s*"
    rf"(?P<unit>元|块(?:钱)?|股(?!权|价|票|东|息)|角|毛|分钱?(?!红|配|发))?"
)
# 分红每股0.5元, 派息方案每10股5元; and 每股0.5元的分红.
_PER = rf"(?:每股|(?:每\s*|(?=[1一十])){_NUM.replace('(?:', '(?P<base>', 1)}\s*股)"
_MONEY = rf"(?P<number>{_NUM})\s*(?P<unit>元|块(?:钱)?|角|毛|分钱)"
_TURNED = (
    re.compile(
        rf"(?:分红|派息|派现|股息|股利|红利|现金红利)(?:方案|预案|金额)?(?:是|为|按|[:：，,])?{_PER}"
        rf"(?:给|有|是|为|\s)*{_MONEY}"
    ),
    re.compile(
        rf"{_PER}(?:给|有|是|能拿|拿|得)?\s*{_MONEY}(?=钱?的?(?:现金)?(?:分红|红利|股息|股利|派息|现金红利))"
    ),
)
_USUAL_BASES = (1, 10)
_AFTER_PART = re.compile(r"钱?\s*[（(]?(?:含税|税前)[）)]?")
_TIME_OR_RATE = re.compile(r"\s*(?:%|％|天|个月|年|万|倍|成|折)")
_FEN = re.compile(r"([1-9一二三四五六七八九])分?(?![\d.%])")
_UNITS = {
    "角": Decimal("0.1"),
    "毛": Decimal("0.1"),
    "分": Decimal("0.01"),
    "分钱": Decimal("0.01"),
}


@dataclass(frozen=True)
class Part:
    """One part of a plan, per share held: kind is 派 (yuan), 送 or 配 (shares)."""

    kind: str
    value: Decimal
    start: int
    end: int


def read_plan(text: str, at: int) -> list[Part]:
    """The parts of the plan that starts exactly at `at`; empty when none does."""
    if turned := _turned(text, at):
        return [turned]
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
        value, position = _amount(numeral.value, match.group("unit"), text, match.end())
        parts.append(Part(kind, value / base, start, position))
        start = position
    return _together(parts)


def _together(parts: list[Part]) -> list[Part]:
    """送 and 转 both give new shares: 10送3转2 is one part of 0.5 for each share."""
    kept: list[Part] = []
    for part in parts:
        at = next((i for i, other in enumerate(kept) if part.kind == other.kind == "送"), None)
        if at is None:
            kept.append(part)
            continue
        kept[at] = replace(kept[at], value=kept[at].value + part.value)
        kept[-1] = replace(kept[-1], end=part.end)
    return kept


def _turned(text: str, at: int) -> Part | None:
    """分红每股0.5元: the words of money stand before the base or behind the sum."""
    for pattern in _TURNED:
        if match := pattern.match(text, at):
            base = read_numeral(match.group("base"), 0) if match.group("base") else None
            numeral = read_numeral(match.group("number"), 0)
            if numeral is None or (base and not base.value):
                return None
            value, end = _amount(numeral.value, match.group("unit"), text, match.end())
            return Part("派", value / (base.value if base else 1), at, end)
    return None


def _amount(value: Decimal, unit: str | None, text: str, end: int) -> tuple[Decimal, int]:
    """The number in yuan (or shares), and where it ends: 两块五, 5毛, 5元（含税）."""
    if unit and unit[0] in "元块" and (tail := money_tail(text, end)):
        value, end = value + tail[0], tail[1]
    elif unit in ("角", "毛") and (fen := _FEN.match(text, end)):
        value, end = value / 10 + digit(fen.group(1)) / 100, fen.end()
    elif unit:
        value *= _UNITS.get(unit, Decimal(1))
    after = _AFTER_PART.match(text, end)
    return value, after.end() if after else end


def _base(text: str, at: int) -> tuple[Decimal | None, int]:
    if match := _EACH.match(text, at):
        return Decimal(1), match.end()
    if match := _BASE.match(text, at):
        numeral = read_numeral(match.group(2), 0)
        # 1000股分红500元 is a holding and its money; a plan counts one share or ten.
        if numeral and (match.group("per") or numeral.value in _USUAL_BASES):
            return numeral.value, match.end()
    return None, at
