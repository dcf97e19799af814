"""Reads every figure of a sentence as a value with its unit, however it is written.

`understand.quantities` reads amounts; here are added what a checker must not overlook and a sum
never needs: dates by their parts, times of day, ordinals, file numbers, ratios, measure words.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from decimal import Decimal
from functools import lru_cache

from toujiao.assistant.figure import BARE, DATE, NAME, TIME, Figure
from toujiao.assistant.written_figures import READERS
from toujiao.understand.numerals import read_numeral
from toujiao.understand.quantities import Quantity, Unit, read_quantities

_WIDE = str.maketrans("０１２３４５６７８９．％＋－，：／（）", "0123456789.%+-,:/()")
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
_OWN_PARTS = re.compile(
    r"(?:小|大|常见|关键)?(?:要点|坑|误区|方面|原因|步骤|地方|提醒|注意|问题|结论|例子|办法)"
)
_HARD_ONES = frozenset(("小时", "分钟", "级", "工作日", "基点"))
# “三到六个月”, “除以五。”, “零以上”: a single Chinese digit that is no part of a word.
_STANDS_ALONE = re.compile(
    r"[到至][\0\d一二三四五六七八九十]|以[上下内]|左右|之间|或者|[^\u4e00-\u9fff]|$"
)
_MINUS = re.compile(r"(?:^|[^\dA-Za-z)\]%元股])[-−]$|(?<![正抱辜胜])负\s?$")
# A list number in front of a sentence counts nothing.
LIST_MARK = re.compile(
    r"^\s*(?:[-*•·]\s*)?(?:\d{1,2}\s*[.、)）](?!\d)|[①-⑳]|[一二三四五六七八九]、)\s*"
)
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


def _amounts(text: str) -> Iterator[Figure]:
    for quantity in read_quantities(text, ranges=False):
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
    if written.endswith(("万", "亿")) and text.startswith("股", end):  # 一万股本金
        kind = str(Unit.SHARES)
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


_READERS: tuple[_Reader, ...] = (*READERS, _amounts, _leftovers)
