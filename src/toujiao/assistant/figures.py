"""Reads every figure of a sentence as a value with its unit, however it is written.

`understand.quantities` reads amounts; here are added what a checker must not overlook and a sum
never needs: dates by their parts, times of day, ordinals, file numbers, ratios, measure words.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from decimal import Decimal
from functools import lru_cache

from toujiao.understand.numerals import DIGITS, chinese_number, read_numeral
from toujiao.understand.quantities import Quantity, Unit, read_quantities

Parts = tuple[int | None, ...]
Value = Decimal | str | Parts
DATE, TIME, NAME, BARE = "日期", "时刻", "名", ""


@dataclass(frozen=True)
class Figure:
    """One figure: what it counts, its value, its place.

    `idle` is a word like 一天 that often says nothing: it is compared in a near copy only.
    """

    kind: str
    value: Value
    start: int
    end: int
    text: str
    idle: bool = False

    def fits(self, fact: Figure) -> bool:
        """Whether this figure says the same as one of the material, perhaps with less detail."""
        said, other = self.value, fact.value
        if isinstance(said, tuple) and isinstance(other, tuple) and self.kind == fact.kind:
            return _date_fits(said, other) if self.kind == DATE else _time_fits(said, other)
        return said == other and _same_kind(self.kind, fact.kind)


def _date_fits(said: Parts, fact: Parts) -> bool:
    return all(part is None or part == of for part, of in zip(said, fact, strict=True))


def _time_fits(said: Parts, fact: Parts) -> bool:
    """Minutes of the day; three o'clock without “afternoon” may be fifteen o'clock."""
    one, other = said[0] or 0, fact[0] or 0
    sure = said[1] and fact[1]
    return one == other or (not sure and one % 720 == other % 720)


_COUNTERS = frozenset(("个", "只", "家", "人", "项", "条", "种", "类"))


def _same_kind(one: str, other: str) -> bool:
    return one == other or ("个" in (one, other) and {one, other} <= _COUNTERS)


_WIDE = str.maketrans("０１２３４５６７８９．％＋－，：／（）", "0123456789.%+-,:/()")
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
_FILE = re.compile(r"[〔\[](?P<a>\d{4}|[二〇零一三四五六七八九]{4})[〕\]]\s*(?:第\s*)?(?P<b>[^\s号]{1,6})\s*号")
_ORDINAL = re.compile(
    r"第\s*(?P<n>\d+(?:\.\d+)*|[零一二两三四五六七八九十百]+)(?P<more>(?:\s*、\s*\d+)*)\s*"
    r"(?P<what>个?交易日|个周[一二三四五六日]|季度|[条款节号章期类天日年月个次步只笔种大名轮根])?"
)
_CLOCK = re.compile(r"(?<![\d.:])(?P<hour>[01]?\d|2[0-4])\s*:\s*(?P<minute>[0-5]\d)(?![\d:])")
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
_MEASURE = re.compile(
    r"\s*(分钟|个?小时|个?钟头|秒钟?|刻钟|个?自然日|个?工作日|个?基点|级|档|个?部门|辆|位|名|套|层|楼|题|度|"
    r"公里|米|斤|吨|亩|碗|队|样|步|句话?|件|道|幅|组|把|厘米|cm|次方|"
    r"次|期|笔|只|个|家|根|回|轮|条|遍|趟|户|人|项|类|种|本(?=[账书])|支|棵|行(?=[。，])|个?部分|张|块(?!钱)|点(?=注意|要)|成(?=就)|折(?=算)|大(?=类|指数|报表))"
)
_SAME_MEASURE = {
    "个小时": "小时", "钟头": "小时", "个钟头": "小时", "秒钟": "秒", "个自然日": "天", "自然日": "天",
    "个工作日": "工作日", "个基点": "基点", "个部门": "部门", "句话": "句", "位": "人", "名": "人",
}  # fmt: skip
_BETWEEN = re.compile(r"\s*(?:、|,|到|至|[-–—~～]|和|或|与)\s*")
_NO_COUNT = re.compile(
    r"两(?:者|边|头|端|面|旁|回事|手空)|十分(?![之钟])|三心|四处|四面|五花|七上|八下|三番|两难|[三四五六七八九]角|"
    r"两全|一两|三两|两三|三四|七八|百分|十字|十几"
)
# How an answer counts its own parts: 三个要点, 两个坑.
_OWN_PARTS = re.compile(r"(?:小|大|常见|关键)?(?:要点|坑|误区|方面|原因|步骤|地方|提醒|注意|问题|结论|例子|办法)")
_HARD_ONES = frozenset(("小时", "分钟", "级", "工作日", "基点"))
# “三到六个月”, “除以五。”, “零以上”: a single Chinese digit that is no part of a word.
_STANDS_ALONE = re.compile(r"[到至][\d一二三四五六七八九十]|以[上下内]|左右|之间|或者|[^\u4e00-\u9fff]|$")
_HALF = re.compile(r"一半(?!以)")
_MINUS = re.compile(r"(?:^|[^\dA-Za-z)\]%元股])[-−]$|(?<![正抱辜胜])负\s?$")
# A list number in front of a sentence counts nothing.
LIST_MARK = re.compile(r"^\s*(?:[-*•·]\s*)?(?:\d{1,2}\s*[.、)）](?!\d)|[①-⑳]|[一二三四五六七八九]、)\s*")
_Reader = Callable[[str], Iterator[Figure]]


@lru_cache(maxsize=4096)
def read_figures(text: str) -> tuple[Figure, ...]:
    """Every figure of the text in reading order."""
    text = text.translate(_WIDE)
    found: list[Figure] = []
    if mark := LIST_MARK.match(text):
        text = "\0" * mark.end() + text[mark.end() :]
    for reader in _READERS:
        found += reader(_without(text, found))
    return tuple(_share_units(sorted(found, key=lambda figure: figure.start), text))


def _without(text: str, taken: Iterable[Figure]) -> str:
    """The text with the figures taken blanked out (a mark that belongs to no word)."""
    for figure in taken:
        text = text[: figure.start] + "\0" * (figure.end - figure.start) + text[figure.end :]
    return text


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


def _amounts(text: str) -> Iterator[Figure]:
    for quantity in read_quantities(text):
        figure = _from_quantity(quantity, text)
        if figure is not None and "\0" not in figure.text:
            yield _tenths(figure)


def _from_quantity(quantity: Quantity, text: str) -> Figure | None:
    kind, value, end = str(quantity.unit), quantity.value, quantity.end
    if quantity.unit in (Unit.CODE, Unit.PERIOD):
        return Figure(NAME, f"{kind}{quantity.text}", quantity.start, end, quantity.text)
    if quantity.vague:
        return Figure(NAME, f"约{quantity.text}", quantity.start, end, quantity.text, idle=True)
    written = text[quantity.start : end]
    if quantity.unit in (Unit.COUNT, Unit.NONE):
        numeral = read_numeral(text, quantity.start)
        if numeral is None:
            return None
        kind, end = _measure(text, numeral.end)
        written = text[quantity.start : end]
    # 一手 and 一股 are never idle here: they name a unit that can be swapped.
    one_thing = value == 1 and quantity.unit in (Unit.COUNT, Unit.DAYS)
    free = quantity.unit is not Unit.SHARES and kind not in _HARD_ONES
    own = kind == "个" and bool(_OWN_PARTS.match(text, end))
    idle = free and (one_thing or quantity.idle or own)
    signed = -value if _MINUS.search(text[: quantity.start]) else value
    return Figure(kind, signed, quantity.start, end, written, idle)


def _measure(text: str, at: int) -> tuple[str, int]:
    """The measure word after a number and where it ends; "" for none."""
    match = _MEASURE.match(text, at)
    if match is None:
        return BARE, at
    return _SAME_MEASURE.get(match.group(1), match.group(1)), match.end()


def _leftovers(text: str) -> Iterator[Figure]:
    """Numerals that nothing above has read: all digits, and Chinese ones that count something."""
    at = 0
    while at < len(text):
        skip = _NO_COUNT.match(text, at)
        numeral = None if skip else read_numeral(text, at)
        if numeral is None:
            at = skip.end() if skip else at + 1
            continue
        kind, end = _measure(text, numeral.end)
        written = text[at : numeral.end]
        word = numeral.chinese and len(written) == 1 and kind == BARE
        if not word or _STANDS_ALONE.match(text, end):
            own = kind == "个" and bool(_OWN_PARTS.match(text, end))
            idle = (written == "一" and kind not in _HARD_ONES) or own
            yield _tenths(Figure(kind, numeral.value, at, end, text[at:end], idle))
        at = max(end, at + 1)


def _tenths(figure: Figure) -> Figure:
    """跌两成就 and 按七折算, which the reader of rates takes for words."""
    if figure.kind not in ("成", "折") or not isinstance(figure.value, Decimal) or figure.value < 1:
        return figure
    kind = Unit.RATIO if figure.kind == "成" else Unit.DISCOUNT
    return replace(figure, kind=str(kind), value=figure.value / 10)


def _share_units(figures: list[Figure], text: str) -> list[Figure]:
    """Give the numbers of a list or a range the unit that stands at its last one."""
    for i in range(len(figures) - 2, -1, -1):
        this, after = figures[i], figures[i + 1]
        if this.kind or after.kind in (DATE, TIME, NAME, BARE):
            continue
        if _BETWEEN.fullmatch(text[this.end : after.start]):
            scaled = "×" if set("万亿") & set(after.text) else ""
            figures[i] = replace(this, kind=after.kind + scaled)
    return figures


_READERS: tuple[_Reader, ...] = (
    _files, _ordinals, _dates, _clocks, _named, _fractions, _amounts, _leftovers,
)  # fmt: skip
