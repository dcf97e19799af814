"""Words around a number that make it none: a range, or how often something comes."""

from __future__ import annotations

import re

from toujiao.understand.numerals import read_numeral

# 八到十个点, 3-5年: between two numbers. 从8到10 and 涨到10 are moves, 1到2到3 is a list.
_RANGE_BEFORE = re.compile(r"\s*(?:到|至|[-~～—–])\s*$")
_RANGE_START = re.compile(r"(?:[\d.,]+|[零一二两三四五六七八九十百千]+)(?:个)?$")
_MOVE_BEFORE = re.compile(r"(?:从|由|自|到|至|[-~～—–=＝:：]|[A-Za-z\d])[^，。；,;]{0,5}$")
# 一年涨6%, 一年付一次, 半年一付: how often, not how long. 拿了一年 is a length.
_YEARLY_AFTER = re.compile(
    r"(?:能|可以|大概|大约|平均|差不多|也就|有)*(?:(?:按|算|[涨赚]|收益|增长|回报|利率|利息)(?!了)[^，。；\d]{0,4})?"
    r"(?:\d+(?:\.\d+)?\s*(?:[%％]|个点|个百分点)|百分之|[一二三四五六七八九十]+个点)"
)
_ONCE_AFTER = re.compile(r"(?:一|1|两|2)(?:付|次|结|派)|(?:付|派|结|计)(?:一|1|两|2)?(?:次|息|利)")
_LENGTH_BEFORE = re.compile(r"(?:[了过满足第后前再又头有]|持有|坚持|不到|整整)\s*$")


def range_start(text: str, at: int) -> int | None:
    """Where the range begins that the number at `at` ends, or None."""
    link = _RANGE_BEFORE.search(text[:at])
    first = _RANGE_START.search(text[: link.start()]) if link else None
    if first is None or _MOVE_BEFORE.search(text[: first.start()]):
        return None
    numeral = read_numeral(text, first.start())
    ends = numeral is not None and numeral.end in (first.end(), first.end() - 1)
    return first.start() if ends else None


def says_how_often(text: str, start: int, end: int, months: int) -> bool:
    """一年涨6%, 一年付一次, 半年一付: the words from `start` to `end` name so many `months`."""
    if months not in (3, 6, 12) or _LENGTH_BEFORE.search(text[:start]):
        return False
    after = text[end:]
    return bool(_ONCE_AFTER.match(after) or (months == 12 and _YEARLY_AFTER.match(after)))
