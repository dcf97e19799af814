"""Reads the figures that are no plain amounts: days, times, ordinals, file numbers, fractions, names.

Days are compared by their parts, so they are not resolved to a calendar day as `understand.day`
does: 7月6日 fits 2026年7月6日 in every year.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from decimal import Decimal

from toujiao.assistant.figure import DATE, NAME, TIME, Figure
from toujiao.understand.numerals import DIGITS, chinese_number, read_numeral
from toujiao.understand.quantities import Unit

_N = r"(?:\d{1,2}|[一二三四五六七八九十]{1,3})"
_NN = r"(?:\d+(?:\.\d+)?|[零〇一二两三四五六七八九十百千万亿]+(?:点[零一二三四五六七八九]+)?)"
_YEAR = r"(?P<year>(?:19|20)\d\d|[一二][九零〇][零〇一二三四五六七八九]{2})"
_DATES = tuple(
    re.compile(pattern)
    for pattern in (
        rf"(?<![\d.]){_YEAR}\s*年\s*(?P<month>{_N})\s*月\s*(?P<day>{_N})\s*(?:日|号)?(?![\d个])",
        r"(?<![\d.])(?P<year>(?:19|20)\d\d)([-/.])(?P<month>\d{1,2})\2(?P<day>\d{1,2})(?!\d)",
        rf"(?<![\d.]){_YEAR}\s*年\s*(?P<month>{_N})\s*月(?:份)?(?!\d)",
        rf"(?<![\d.]){_YEAR}\s*年(?!化|利率)",
        rf"(?<![\d个.])(?P<month>{_N})\s*月\s*(?P<day>{_N})\s*(?:日|号)?(?![\d个])",
        rf"(?<![\d个.几])(?P<month>{_N})\s*月(?![后内息])(?:份|初|中旬|底|末)?",
        rf"(?<![\d第])(?P<day>{_N})\s*号(?![码召称])",
    )
)
_DAY_RANGE = re.compile(rf"\s*[-–—~～至到]\s*(?P<day>{_N})\s*(?:日|号)")
_FILE = re.compile(
    r"[〔\[](?P<a>\d{4}|[二〇零一三四五六七八九]{4})[〕\]]\s*(?:第\s*)?(?P<b>[^\s号]{1,6})\s*号"
)
_ORDINAL = re.compile(
    r"第\s*(?P<n>\d+(?:\.\d+)*|[零一二两三四五六七八九十百]+)(?P<more>(?:\s*、\s*\d+)*)\s*"
    r"(?P<what>个?交易日|个周[一二三四五六日]|季度|[条款节号章期类天日年月个次步只笔种大名轮根])?"
)
_CLOCK = re.compile(r"(?<![\d.:])(?P<hour>[01]?\d|2[0-4])\s*:\s*(?P<minute>[0-5]\d)(?!\d|:\d)")
_CLOCK_WORDS = re.compile(
    rf"(?P<half>上午|早上|早晨|凌晨|中午|下午|午后|晚上|晚间)?\s*(?P<hour>{_N}|两)\s*点"
    rf"(?:(?P<quarter>一刻|三刻|半)|钟?\s*(?P<minute>零?{_N}|[二三四五]十[一二三四五六七八九]?)\s*分(?![钱之])"
    r"|(?P<sharp>钟|整|(?=[前后以之][，、才提前后]?)))?"
)
_LATE = ("下午", "午后", "晚上", "晚间")
_RATIO = re.compile(rf"(?<![\d.])(?P<a>{_NN})\s*(?::|比)\s*(?P<b>{_NN})(?![\d:])")
_FRACTION = re.compile(r"(?<![\d/.])(?P<b>\d+)\s*/\s*(?P<a>\d+)(?![\d/])")
_PARTS = re.compile(
    r"(?<![百千万])(?P<a>十万|百万|[二三四五六七八九十两]|\d+)\s*分之\s*(?P<b>[零一二两三四五六七八九]+(?:点[零一二三四五六七八九]+)?|\d+(?:\.\d+)?)"
)
_WHOLE = re.compile(r"百分之百|百分之一百(?![零一二三四五六七八九])|百分百")
_NAMED = re.compile(
    r"[tT]\s?\+\s?(?P<t>[\d一二零])"
    r"|(?P<first>前?)(?P<quarter>[一二三四1234])\s*个?(?:季度|季报)"
    r"|(?P<half>[上下]半年|半年报)"
    r"|(?P<average>\d{1,3}|[一二三五六七八九十百]+)\s*[日天](?:移动平均线|均线|线|(?=年化|\s*(?:EMA|SMA|MA)))"
    r"|(?P<index>沪深|中证|上证|深证|国证|科创|标普|双创)\s?(?P<size>\d{2,4}|[三五一]百|五十|一千)"
    r"|(?P<version>\d+\.\d+\.\d+)(?!\d)"
    r"|(?P<board>[新老]三板)|(?P<label>[A-Za-z]{1,6})-?(?P<number>\d{1,3})(?![\d.%])"
)
_HALF = re.compile(r"一半(?!以)")


def _number(written: str) -> int:
    if written.isascii():
        return int(written)
    if len(written) == 4 and not set(written) & set("十百千"):
        return int("".join(str(DIGITS[c]) for c in written))
    return int(chinese_number(written.removeprefix("零") or "零"))


def _dates(text: str) -> Iterator[Figure]:
    taken: list[tuple[int, int]] = []
    for pattern in _DATES:
        for match in pattern.finditer(text):
            if any(match.start() < end and start < match.end() for start, end in taken):
                continue
            groups = match.groupdict()
            year, month, day = (
                _number(part) if (part := groups.get(name)) else None
                for name in ("year", "month", "day")
            )
            taken.append(match.span())
            yield Figure(DATE, (year, month, day), *match.span(), match.group())
            if day and (last := _DAY_RANGE.match(text, match.end())):
                taken.append(last.span())
                value = (year, month, _number(last["day"]))
                yield Figure(DATE, value, last.start("day"), last.end(), last.group())


def _files(text: str) -> Iterator[Figure]:
    for match in _FILE.finditer(text):
        try:
            value = f"文{_number(match['a'])}-{_number(match['b'])}"
        except (ValueError, KeyError):
            continue
        yield Figure(NAME, value, *match.span(), match.group())


def _ordinals(text: str) -> Iterator[Figure]:
    for match in _ORDINAL.finditer(text):
        n = match["n"] if match["n"].isascii() else str(_number(match["n"]))
        more = re.sub(r"\s", "", match["more"])
        what = (match["what"] or "").removeprefix("个").replace("天", "日")
        yield Figure(NAME, f"第{n}{more}{what}", *match.span(), match.group())


def _clocks(text: str) -> Iterator[Figure]:
    for match in _CLOCK.finditer(text):
        minutes = int(match["hour"]) * 60 + int(match["minute"])
        yield Figure(TIME, (minutes, 1), *match.span(), match.group())
    for match in _CLOCK_WORDS.finditer(text):
        if not (match["half"] or match["quarter"] or match["minute"] or match["sharp"] is not None):
            continue
        if not (match["half"] or not match["sharp"] or match["sharp"] in ("钟", "整")):
            continue
        hour = 2 if match["hour"] == "两" else _number(match["hour"])
        quarter = {"一刻": 15, "半": 30, "三刻": 45}.get(match["quarter"] or "", 0)
        minute = _number(match["minute"]) if match["minute"] else quarter
        late = match["half"] in _LATE and hour < 12
        sure = 1 if match["half"] or hour > 12 else 0
        if hour <= 24:
            value = ((hour + 12 * late) * 60 + minute, sure)
            yield Figure(TIME, value, *match.span(), match.group())


def _named(text: str) -> Iterator[Figure]:
    for match in _NAMED.finditer(text):
        yield Figure(NAME, _name_of(match.groupdict()), *match.span(), match.group())


def _name_of(parts: dict[str, str | None]) -> str:
    if written := parts["t"]:
        return f"T+{_number(written)}"
    if written := parts["quarter"]:
        return f"{parts['first']}{_number(written)}季"
    if written := parts["average"]:
        return f"{_number(written)}日线"
    if written := parts["size"]:
        return f"{parts['index']}{_number(written)}"
    if written := parts["label"]:
        return f"{written.upper()}{parts['number']}"
    return parts["half"] or parts["board"] or parts["version"] or ""


def _fractions(text: str) -> Iterator[Figure]:
    for match in _RATIO.finditer(text):
        one, other = read_numeral(match["a"], 0), read_numeral(match["b"], 0)
        if one and other:
            yield Figure(NAME, f"{one.value}:{other.value}", *match.span(), match.group())
    for pattern in (_FRACTION, _PARTS):
        for match in pattern.finditer(text):
            whole, part = _value(match["a"]), _value(match["b"])
            if whole and part is not None:
                value = (part / whole).quantize(Decimal("1e-9")).normalize()
                yield Figure(str(Unit.RATIO), value, *match.span(), match.group())
    for match in _WHOLE.finditer(text):
        yield Figure(str(Unit.RATIO), Decimal(1), *match.span(), match.group())
    for match in _HALF.finditer(text):
        yield Figure(str(Unit.RATIO), Decimal("0.5"), *match.span(), match.group(), idle=True)


def _value(written: str) -> Decimal | None:
    if written == "百万":  # never read alone: 百 starts a word
        return Decimal(10**6)
    numeral = read_numeral(written, 0)
    return numeral.value if numeral else None


# When, said without a number: 去年, 下周一, 按季, 每天. The same word has to stand in the material.
_CALENDAR = re.compile(
    r"(?P<year>大?前年|去年|明年|后年)"
    r"|(?P<weekday>(?:上上|[上下这本]个?)?(?:周|星期|礼拜)[一二三四五六日天])"
    r"|(?P<often>(?:按|逐|每隔?一?个?)(?:天|日|周|星期|月|季度?|半年|年)(?!化|息|利率|线))"
)


def _calendar(text: str) -> Iterator[Figure]:
    for match in _CALENDAR.finditer(text):
        if match["often"]:
            word = f"每{match['often'][-1].replace('日', '天').replace('度', '季')}"
        else:
            word = re.sub("星期|礼拜", "周", match.group()).replace("个", "").replace("天", "日")
        yield Figure(NAME, word, *match.span(), match.group())


READERS = (_files, _ordinals, _dates, _clocks, _calendar, _named, _fractions)
