"""What may follow a number and its unit and still belongs to it: 12块5, 十块零五分, 一年零一天."""

from __future__ import annotations

import re
from decimal import Decimal

from toujiao.calculators.units import Length, Unit
from toujiao.understand.numerals import read_numeral

_DIGIT = "[1-9一二三四五六七八九]"
# Not before what the digit counts itself: 10块3连板, 10元2手, 10元20%.
_END = r"(?![\d.%％‰万千百元块股天个月年手份倍成折十点连板次只张期笔周日号档])"
_MONEY = re.compile(rf"({_DIGIT}|两)(?:毛|角)?({_DIGIT})?(?:分)?{_END}")
# 十块零五 leaves out the tenths: 10.05.
_HUNDREDTHS = re.compile(rf"零({_DIGIT})(毛|角|分)?{_END}")
_NUMBER = r"(\d+|[一二两三四五六七八九十]+)"
_HALF = re.compile(r"半(?!年)")
_MONTHS = re.compile(rf"(?:零|又|多)?{_NUMBER}个月")
_DAYS = re.compile(rf"(?:零|又|加|多|过|外加)?{_NUMBER}天")


def money_tail(text: str, at: int) -> tuple[Decimal, int] | None:
    """The part of a yuan after 块 or 元, and where it ends: 12块5 -> 0.5."""
    if match := _HUNDREDTHS.match(text, at):
        part = Decimal("0.1") if match.group(2) in ("毛", "角") else Decimal("0.01")
        return digit(match.group(1)) * part, match.end()
    if match := _MONEY.match(text, at):
        digits = "".join(str(digit(c)) for c in match.groups() if c)
        return Decimal(f"0.{digits}"), match.end()
    return None


def length_tail(text: str, at: int, value: Decimal, unit: Unit) -> tuple[Decimal, Unit, int] | None:
    """A length of time with its second part: 两年半, 一年零三个月, 一年零一天, 1个月零5天."""
    if unit is Unit.YEARS and (match := _HALF.match(text, at)):
        return value * 12 + 6, Unit.MONTHS, match.end()
    if unit is Unit.YEARS and (match := _MONTHS.match(text, at)):
        months = value * 12 + _number(match.group(1))
        return length_tail(text, match.end(), months, Unit.MONTHS) or (
            months,
            Unit.MONTHS,
            match.end(),
        )
    if unit in (Unit.YEARS, Unit.MONTHS, Unit.WEEKS) and (match := _DAYS.match(text, at)):
        days = Length(float(value), unit).days + _number(match.group(1))
        return days, Unit.DAYS, match.end()
    return None


def digit(character: str) -> Decimal:
    """The value of one digit, Arabic or Chinese."""
    return _number(character)


def _number(written: str) -> Decimal:
    numeral = read_numeral(written, 0)
    assert numeral is not None
    return numeral.value
