"""Reads every quantity of a text: value, unit, place, and how sure it is.

The one reader of numbers: sums fill their slots from it, the check of a model's sentences compares
with it. A misreading is worse than none: words that only look like numbers (十字星, 三板, 沪深300,
5日均线, T+1) are names, not quantities.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from decimal import Decimal

from toujiao.calculators.units import Unit
from toujiao.understand import names
from toujiao.understand.bounds import with_bound, with_ranges
from toujiao.understand.numerals import Numeral, read_numeral
from toujiao.understand.quantity import Quantity
from toujiao.understand.rates import read_rate
from toujiao.understand.share_plans import read_plan
from toujiao.understand.tails import digit, length_tail, money_tail
from toujiao.understand.unit_words import LENGTHS, LONGEST, UNITS

# The full-width comma stays: it ends a clause and never groups digits (现价18，500股).
_FULL_WIDTH = str.maketrans("０１２３４５６７８９．％＋－：", "0123456789.%+-:")
_VAGUE_AFTER = re.compile(r"\s*(?:来|多|几|余)(?=\s*(?:[元块股手份张天年点倍万亿千百只个]|$))")
_VAGUE_WORDS = re.compile(
    r"(?<![第周期])(?:好?几|数)(?:十|百|千|万|亿)+(?:来|多)?[元块股手份张天]?钱?|"
    r"(?<![第周])上[百千万]+(?:元|块|股)"
)
# 12块多, 5万多: no exact number. 多少 asks.
_SOME_MORE = re.compile(r"\s*(?:多|来)(?:块|元)?钱?(?![少久长大高次一算看说讲计定收])")
_MORE_AFTER = re.compile(r"\s*(?:多(?!少)|出头|以上|往上|开外)")
# 一个多月, 两个来月: the word of vagueness stands inside the unit.
_INSIDE_MONTHS = re.compile(r"\s*个(多|来|几)月")
# 好几成, 百分之几十: no exact rate. 几成 alone asks.
_VAGUE_RATES = re.compile(
    r"(?:好几|好?几十|十几|上百)(?:成|个点|个?百分点|[%％])|百分之(?:好几|好?几十|十几)(?!多少)"
)
_WEEKDAY = re.compile(r"(?:周|星期|礼拜)([一二三四五六日天])")
_FEN_TAIL = re.compile(r"([1-9一二三四五六七八九])分?")
# 十块零八 is 10.08.
_ZERO_FEN_TAIL = re.compile(
    r"[零0]([1-9一二三四五六七八九])分?(?![\d.%万千百元块股天个月年手份倍成折十点毛角岁])"
)
_HALVES = (
    (re.compile(r"半年(?![报导线度])"), Decimal(6), Unit.MONTHS),
    (re.compile(r"半个(?=多?月)"), Decimal(15), Unit.DAYS),
)
_SIGN = re.compile(r"(?:[-−–—+]|(?<![胜正])负的?|正的?)(?=[\d零一二两三四五六七八九十百])")
# 2000-3000, 600519-5月: a dash between two things is no sign; “1% -2%” and “DIF-0.1” are signs.
_ALONGSIDE = re.compile(r"[\dA-Za-z%年月日号)）]$")
_NAMED = re.compile(r"(?<![A-Za-z])(?:DIFF?|DEA|MACD|[JKD])$", re.I)
_TWICE = re.compile(r"翻(?:了)?(?:一?倍|一?番|1倍|1番)(?!以上)")
# 翻一番 doubles, 翻两番 gives four times.
_DOUBLINGS = re.compile(r"翻(?:了|个)?([两二三四2-4])番")
# 每半年, 每隔两周: how often, not how long.
_TOO_LONG_FOR_A_NUMBER = 24
_CHINESE_DECIMAL = re.compile(r"[零〇一二两三四五六七八九十百]+点[零〇一二三四五六七八九]+")
# What stands before a lone Chinese digit that is a number, not part of a word.
_NUMBER_BEFORE = re.compile(r"(?:为|是|按|等于|价|收|赔率|盈亏比|比|赔|到|[:：])\s*$")
_LABEL_BEFORE = re.compile(
    r"(?:盈亏比|赔率|(?<![A-Za-z])(?:RSV|DIFF?|DEA)|标准差)(?:为|是|等于|[:：=])?\s*$", re.I
)


def read_quantities(text: str, ranges: bool = True) -> list[Quantity]:
    """Every quantity in reading order. Calendar dates must be taken out first (`dates`).

    With `ranges` both ends of 八到十个点 are vague: a sum needs one number. Who compares texts reads
    the ends as they stand.
    """
    text = text.translate(_FULL_WIDTH)
    found = list(_scan(text))
    if ranges:
        found = with_ranges(found, text)
    return [with_bound(quantity, text) for quantity in found]


def _scan(text: str) -> Iterator[Quantity]:
    at = 0
    while at < len(text):
        if sign := _sign_at(text, at):
            signed = _signed(text, at, sign)
            yield from signed
            at = signed[-1].end if signed else sign.end()
            continue
        if (end := names.name_at(text, at)) is not None:
            yield from _named(text, at, end)
            at = end
            continue
        quantities = _quantities_at(text, at)
        yield from quantities
        at = quantities[-1].end if quantities else at + 1


def _sign_at(text: str, at: int) -> re.Match[str] | None:
    """The sign of a number that starts here: −5%, 负的0.3, +2%."""
    match = _SIGN.match(text, at)
    before = text[:at]
    if match is None or text[at] in "负正":
        return match
    return None if _ALONGSIDE.search(before) and not _NAMED.search(before) else match


def _signed(text: str, at: int, sign: re.Match[str]) -> list[Quantity]:
    """The number with its sign."""
    found = _quantities_at(text, sign.end())
    if len(found) != 1:
        return found
    only = found[0]
    value = only.value if text[at] in "+正" else -only.value
    return [replace(only, value=value, start=at, text=text[at : only.end])]


def _named(text: str, start: int, end: int) -> Iterator[Quantity]:
    """A name that holds a number which a sum may want: a stock code, the 5 of 5日均线."""
    if (term := names.repo_term_in(text[start:end])) is not None:
        # 隔夜 may be said of anything; a code must be used by the sum.
        idle = not text[start:end].isascii()
        yield Quantity(Decimal(term), Unit.DAYS, start, end, text[start:end], idle=idle)
    elif code := names.code_in(text, start, end):
        yield Quantity(Decimal(0), Unit.CODE, start, end, code, idle=True)
    elif (count := names.limits_in(text, start, end)) is not None:
        yield Quantity(Decimal(count), Unit.COUNT, start, end, text[start:end], idle=True)
    elif (period := names.period_in(text[start:end])) is not None:
        yield Quantity(Decimal(period), Unit.PERIOD, start, end, text[start:end], idle=True)


def _quantities_at(text: str, at: int) -> list[Quantity]:
    """What starts exactly here; a plan like 10送3派5 gives several."""
    if plan := read_plan(text, at):
        return [
            Quantity(
                part.value,
                Unit(part.kind),
                part.start,
                part.end,
                text[part.start : part.end],
                per_share=True,
            )
            for part in plan
        ]
    if rate := read_rate(text, at):
        unit = Unit.DISCOUNT if rate.discount else Unit.RATIO
        written = text[at : rate.end]
        return [
            Quantity(
                rate.value,
                unit,
                at,
                rate.end,
                written,
                vague=rate.vague,
                chinese=rate.chinese,
            )
        ]
    for reader in (_vague, _half, _weekday, _twice, _counted):
        if quantity := reader(text, at):
            return [quantity]
    return []


def _vague(text: str, at: int) -> Quantity | None:
    if match := _VAGUE_RATES.match(text, at):
        return Quantity(Decimal(0), Unit.RATIO, at, match.end(), match.group(), vague=True)
    if match := _VAGUE_WORDS.match(text, at):
        unit = Unit.SHARES if match.group()[-1] in "股手" else Unit.YUAN
        return Quantity(Decimal(0), unit, at, match.end(), match.group(), vague=True, chinese=True)
    return None


def _half(text: str, at: int) -> Quantity | None:
    for pattern, value, unit in _HALVES:
        if match := pattern.match(text, at):
            end = match.end()
            more = _MORE_AFTER.match(text, end)
            end = more.end() if more else end
            end += text.startswith("月", end) and unit is Unit.DAYS
            bound = ">" if more else ""
            return Quantity(value, unit, at, end, text[at:end], bound=bound, chinese=True)
    return None


def _weekday(text: str, at: int) -> Quantity | None:
    if match := _WEEKDAY.match(text, at):
        day = "一二三四五六日".index(match.group(1).replace("天", "日")) + 1
        return Quantity(Decimal(day), Unit.WEEKDAY, at, match.end(), match.group(), idle=True)
    return None


def _twice(text: str, at: int) -> Quantity | None:
    """翻倍 says "two times"; it is idle because “几年翻倍” asks for it."""
    if match := _TWICE.match(text, at):
        return Quantity(Decimal(2), Unit.TIMES, at, match.end(), match.group(), idle=True)
    if match := _DOUBLINGS.match(text, at):
        times = Decimal(2) ** int(digit(match.group(1)))
        return Quantity(times, Unit.TIMES, at, match.end(), match.group(), chinese=True)
    return None


def _counted(text: str, at: int) -> Quantity | None:
    """A numeral with its unit, or a bare one where it cannot be part of a word."""
    numeral = read_numeral(text, at)
    if numeral is None or numeral.end - at > _TOO_LONG_FOR_A_NUMBER:
        return None
    if match := _INSIDE_MONTHS.match(text, numeral.end):
        read = _make(text, at, numeral, match.end(), Unit.MONTHS, numeral.value, False)
        unsure = match.group(1) != "多"
        return replace(read, bound="" if unsure else ">", vague=unsure or read.vague)
    vague = _VAGUE_AFTER.match(text, numeral.end)
    end = vague.end() if vague else numeral.end
    for pattern, unit, factor in UNITS:
        if unit in LENGTHS and (numeral.scaled or numeral.value >= LONGEST[unit]):
            continue  # 10万年利率4%, 5000年收益4%: an amount, and a yearly rate
        if match := pattern.match(text, end):
            return _finish(text, at, numeral, match.end(), unit, factor, vague is not None)
    if numeral.scaled:  # 10万, 3w: money unless shares are named, which the units above take
        return _make(text, at, numeral, end, Unit.YUAN, numeral.value, vague is not None)
    if numeral.chinese and not _is_bare_number(text, at, numeral):
        return None
    return _make(text, at, numeral, end, Unit.NONE, numeral.value, vague is not None)


def _is_bare_number(text: str, at: int, numeral: Numeral) -> bool:
    """A Chinese numeral without a unit is a number only when long, or beside a word of quantity."""
    written = text[at : numeral.end]
    if len(written) > 1 and any(c in written for c in "十百千"):
        return True
    if _CHINESE_DECIMAL.fullmatch(written) or _LABEL_BEFORE.search(text[:at]):
        return True
    after = text[numeral.end : numeral.end + 1]
    return bool(_NUMBER_BEFORE.search(text[:at])) and (not after.isalpha() or after in "比赔")


def _finish(
    text: str, at: int, numeral: Numeral, end: int, unit: Unit, factor: Decimal, vague: bool
) -> Quantity:
    value = numeral.value * factor
    if unit is Unit.YUAN and factor == 1 and (tail := _ZERO_FEN_TAIL.match(text, end)):
        value, end = value + digit(tail.group(1)) / 100, tail.end()
    elif unit is Unit.YUAN and text[end - 1] in "块元" and (money := money_tail(text, end)):
        value, end = value + money[0], money[1]
    elif unit is Unit.YUAN and factor == Decimal("0.1") and (tail := _FEN_TAIL.match(text, end)):
        value, end = value + digit(tail.group(1)) / 100, tail.end()
    elif length := length_tail(text, end, value, unit):
        value, unit, end = length
    elif unit is Unit.COUNT and text.startswith("个半月", end - 1):
        value, unit, end = numeral.value * 30 + 15, Unit.DAYS, end + 2
    return _make(text, at, numeral, end, unit, value, vague)


def _make(
    text: str, at: int, numeral: Numeral, end: int, unit: Unit, value: Decimal, vague: bool
) -> Quantity:
    written = text[at:end]
    more = unit in (Unit.DAYS, Unit.MONTHS, Unit.YEARS, Unit.WEEKS) and _MORE_AFTER.match(text, end)
    more_money = unit in (Unit.YUAN, Unit.SHARES) and _SOME_MORE.match(text, end)
    one = numeral.value == 1 and (value == 1 or unit is Unit.SHARES)
    idiom = one and numeral.chinese and unit in (Unit.COUNT, Unit.DAYS, Unit.SHARES)
    return Quantity(
        value,
        unit,
        at,
        more.end() if more else end,
        written,
        bound=">" if more else "",
        vague=vague or numeral.doubtful or bool(more_money),
        idle=idiom,
        chinese=numeral.chinese,
        per_share=text[:at].endswith("每") and unit is Unit.SHARES,
    )
