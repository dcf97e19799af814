"""Reads rates: 10%, 百分之十, 千分之一, 0.3‰, 万2.5, 万三, 5个点, 三成, 八折, 腰斩."""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal

from toujiao.understand.numerals import read_numeral


@dataclass(frozen=True)
class Rate:
    """A fraction (0.1 for 10 %), where it ends, and whether it is a discount (八折 is 0.8)."""

    value: Decimal
    end: int
    chinese: bool
    discount: bool = False


_PREFIXES = (
    (re.compile(r"百分之\s*"), Decimal("0.01")),
    (re.compile(r"千分之\s*"), Decimal("0.001")),
    (re.compile(r"万分之\s*"), Decimal("0.0001")),
    (re.compile(r"十万分之\s*"), Decimal("0.00001")),
    (re.compile(r"百万分之\s*"), Decimal("0.000001")),
)
# 万2.5 and 万三, but not 3万5, 万元, 万一 (in case): 万一 only beside the words of a commission.
_TEN_THOUSANDTH = re.compile(
    r"(?<![\d.十百千万亿一二两三四五六七八九零几数])万\s*(?=[\d一二两三四五六七八九])"
)
_THOUSANDTH = re.compile(
    r"(?<![\d.十百千万亿一二两三四五六七八九零几数])千\s*(?=[\d一二三四五六七八九])"
)
_FEE_WORD = re.compile(r"佣金|手续费|费率|印花税|过户费|免[五5]|规费|税率|费")
_LARGE_AFTER = re.compile(r"\s*[万元块股份手亿千百]")
_SUFFIXES = (
    (re.compile(r"\s*[%％]"), Decimal("0.01")),
    (re.compile(r"\s*‰"), Decimal("0.001")),
    (re.compile(r"\s*(?:个百分点|个点|百分点)"), Decimal("0.01")),
    # 20cm is what traders call a price limit of 20 %.
    (re.compile(r"\s*(?:cm|厘米)(?![a-z])", re.I), Decimal("0.01")),
)
_TENTHS = re.compile(
    r"\s*成(?![本交为了功立都长分熟份就员])(?:(半)|([一二三四五六七八九1-9])(?![\d十百千万个年天股]))?"
)
_DISCOUNT = re.compile(r"\s*折(?![算线扣合价旧现溢中])")
# 涨了5点: per cent when a share moves; points of an index are read elsewhere.
_POINTS = re.compile(r"\s*点(?![\d一二三四五六七八九]|钟|半|位|左右的?指数)")
_MOVED = re.compile(r"[涨跌亏赚息](?:了|幅|到|掉)?\s*$")
_INDEX = re.compile(r"指数|大盘|上证|深证|沪指|点位|恒指|纳指|道指")
_HALF_LOST = re.compile(
    r"(?:(?<=亏了)|(?<=跌了)|(?<=赔了)|(?<=亏掉)|(?<=跌去)|(?<=亏)|(?<=跌)|(?<=赔)|(?<=没了)|(?<=少了)|(?<=缩水))一?半(?![年个导路天])"
)
_HALVED = re.compile(r"腰斩")
_LARGEST_POINTS = 100


def read_rate(text: str, at: int) -> Rate | None:
    """The rate that starts exactly at `at`, or None."""
    if _HALVED.match(text, at):
        return Rate(Decimal("0.5"), at + 2, chinese=True)
    if match := _HALF_LOST.match(text, at):
        return Rate(Decimal("0.5"), match.end(), chinese=True)
    for pattern, factor in _PREFIXES:
        if match := pattern.match(text, at):
            return _after_prefix(text, match.end(), factor)
    return _short_prefix(text, at) or _with_suffix(text, at)


def _after_prefix(text: str, at: int, factor: Decimal) -> Rate | None:
    if text.startswith("百", at) and factor == Decimal("0.01"):
        return Rate(Decimal(1), at + 1, chinese=True)
    numeral = read_numeral(text, at)
    return Rate(numeral.value * factor, numeral.end, numeral.chinese) if numeral else None


def _short_prefix(text: str, at: int) -> Rate | None:
    for pattern, factor in ((_TEN_THOUSANDTH, Decimal("0.0001")), (_THOUSANDTH, Decimal("0.001"))):
        match = pattern.match(text, at)
        if match is None:
            continue
        numeral = read_numeral(text, match.end())
        if numeral is None or numeral.scaled or _LARGE_AFTER.match(text, numeral.end):
            continue
        unsure = factor == Decimal("0.001") or text[match.end()] == "一"
        if unsure and not _FEE_WORD.search(text[max(0, at - 8) : numeral.end + 4]):
            continue
        return Rate(numeral.value * factor, numeral.end, numeral.chinese)
    return None


def _with_suffix(text: str, at: int) -> Rate | None:
    numeral = read_numeral(text, at)
    if numeral is None:
        return None
    for pattern, factor in _SUFFIXES:
        if match := pattern.match(text, numeral.end):
            return Rate(numeral.value * factor, match.end(), numeral.chinese)
    if match := _TENTHS.match(text, numeral.end):
        more = read_numeral(match.group(2), 0) if match.group(2) else None
        part = more.value / 10 if more else Decimal("0.5") if match.group(1) else Decimal(0)
        tenths = numeral.value + part
        return Rate(tenths / 10, match.end(), numeral.chinese) if tenths <= 10 else None
    if match := _DISCOUNT.match(text, numeral.end):
        # 八折 is 0.8, 八五折 and 85折 are 0.85, 1.5折 is 0.15
        share = numeral.value / (100 if numeral.value >= 10 else 10)
        return Rate(share, match.end(), numeral.chinese, discount=True)
    if (
        (match := _POINTS.match(text, numeral.end))
        and _MOVED.search(text[:at])
        and numeral.value < _LARGEST_POINTS
        and not _INDEX.search(text)
    ):
        return Rate(numeral.value / 100, match.end(), numeral.chinese)
    return None
