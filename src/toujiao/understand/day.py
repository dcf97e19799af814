"""The day a question is about: absolute (2023年8月28日), relative (去年六月, 昨天), or today.

One `Day` per question, decided once; rules, sums, cards, closing lines and votes all take it. A
month or a year is a period: where a rule changed within it, both values have to be said.
"""

from __future__ import annotations

import datetime as dt
import re
from calendar import monthrange
from collections.abc import Callable
from dataclasses import dataclass

from toujiao.understand.numerals import DIGITS, chinese_number


@dataclass(frozen=True)
class DateMention:
    """A date in a text: its span, and the first and last day that it can mean."""

    start: int
    end: int
    text: str
    first: dt.date
    last: dt.date


@dataclass(frozen=True)
class Day:
    """The day whose rules hold. `first` and `last` differ when the question names a period."""

    first: dt.date
    last: dt.date
    stated: bool
    text: str = ""

    @property
    def on(self) -> dt.date:
        """The one day to use where only one can be used: the last of the period."""
        return self.last

    @property
    def is_period(self) -> bool:
        return self.first != self.last


_N = r"(?:\d{1,2}|[一二三四五六七八九十]{1,3})"
_YEAR = r"(?P<year>(?:19|20)\d\d|[一二][九零〇][零〇一二三四五六七八九]{2})"
_RELATIVE_YEAR = r"(?P<relative>大前年|前年|去年|上一?年|今年|本年|明年)"
_MONTH = rf"(?P<month>{_N})"
_DAY = rf"(?P<day>{_N})"
# “2000年化5%” is an amount and a yearly rate; “2000-3000元” and “2023.5元” are no dates.
_NO_YEAR = r"(?![化息利均限期内]|[前后](?!\d))"
_Groups = dict[str, str | None]


def _number(text: str) -> int:
    if text.isascii():
        return int(text)
    if len(text) == 4:  # 二零二六
        return int("".join(str(DIGITS[c]) for c in text))
    return int(chinese_number(text))


def _month_days(year: int, month: int) -> tuple[dt.date, dt.date]:
    return dt.date(year, month, 1), dt.date(year, month, monthrange(year, month)[1])


def _year_of(found: _Groups, today: dt.date) -> int:
    if year := found.get("year"):
        return _number(year)
    shifts = {"大前年": -3, "前年": -2, "去年": -1, "上年": -1, "上一年": -1, "明年": 1}
    return today.year + shifts.get(found.get("relative") or "", 0)


def _full(found: _Groups, today: dt.date) -> tuple[dt.date, dt.date]:
    day = dt.date(
        _year_of(found, today), _number(found["month"] or ""), _number(found["day"] or "")
    )
    return day, day


def _month_of(found: _Groups, today: dt.date) -> tuple[dt.date, dt.date]:
    return _month_days(_year_of(found, today), _number(found["month"] or ""))


def _whole_year(found: _Groups, today: dt.date) -> tuple[dt.date, dt.date]:
    year = _year_of(found, today)
    half = found.get("half")
    first = dt.date(year, 7 if half and half.startswith("下") else 1, 1)
    last = dt.date(year, 6, 30) if half and half.startswith("上") else dt.date(year, 12, 31)
    # This year so far: what will hold later is not known.
    return first, max(first, min(last, today)) if year == today.year else last


def _two_digit_year(found: _Groups, today: dt.date) -> tuple[dt.date, dt.date]:
    year = 2000 + int(found["short"] or 0)
    if found.get("day"):
        day = dt.date(year, _number(found["month"] or ""), _number(found["day"] or ""))
        return day, day
    return _month_days(year, _number(found["month"] or ""))


def _this_year(found: _Groups, today: dt.date) -> tuple[dt.date, dt.date]:
    month = _number(found["month"] or "")
    if found.get("day"):
        day = dt.date(today.year, month, _number(found["day"] or ""))
        return day, day
    return _month_days(today.year, month)


def _month_before(found: _Groups, today: dt.date) -> tuple[dt.date, dt.date]:
    back = {
        "上上个月": 2,
        "上上月": 2,
        "上个月": 1,
        "上月": 1,
        "本月": 0,
        "这个月": 0,
        "下个月": -1,
        "下月": -1,
    }
    count = today.year * 12 + today.month - 1 - back[found["which"] or ""]
    first, last = _month_days(count // 12, count % 12 + 1)
    if day := found.get("day"):
        exact = first.replace(day=_number(day))
        return exact, exact
    return first, max(first, min(last, today)) if back[found["which"] or ""] == 0 else last


def _near_day(found: _Groups, today: dt.date) -> tuple[dt.date, dt.date]:
    shift = {
        "大前天": -3,
        "前天": -2,
        "昨天": -1,
        "昨日": -1,
        "今天": 0,
        "今日": 0,
        "明天": 1,
        "明日": 1,
        "后天": 2,
    }
    day = today + dt.timedelta(days=shift[found["near"] or ""])
    return day, day


def _weekday(found: _Groups, today: dt.date) -> tuple[dt.date, dt.date]:
    wanted = "一二三四五六日".index((found["weekday"] or "").replace("天", "日"))
    weeks = {"上上": -2, "上": -1, "上个": -1, "这": 0, "本": 0, "这个": 0, "下": 1, "下个": 1}
    monday = today - dt.timedelta(days=today.weekday())
    day = monday + dt.timedelta(days=wanted, weeks=weeks[found["week"] or ""])
    return day, day


_Reader = Callable[[_Groups, dt.date], tuple[dt.date, dt.date]]
_PATTERNS: tuple[tuple[re.Pattern[str], _Reader], ...] = tuple(
    (re.compile(pattern), reader)
    for pattern, reader in (
        (rf"(?<![\d.]){_YEAR}\s*年\s*{_MONTH}\s*月\s*{_DAY}\s*(?:日|号|(?![\d个]))", _full),
        (
            r"(?<![\d.])(?P<year>(?:19|20)\d\d)(?P<mark>[-/.])(?P<month>\d{1,2})(?P=mark)(?P<day>\d{1,2})(?!\d)",
            _full,
        ),
        (
            r"(?<!\d)(?P<year>20[0-3]\d)(?P<month>0[1-9]|1[0-2])(?P<day>[0-3]\d)(?!\d|元|块|股)",
            _full,
        ),
        (rf"{_RELATIVE_YEAR}(?:的)?\s*{_MONTH}\s*月\s*{_DAY}\s*(?:日|号)", _full),
        (rf"(?<![\d.]){_YEAR}\s*年\s*{_MONTH}\s*月(?:份)?(?!\d)", _month_of),
        (rf"{_RELATIVE_YEAR}(?:的)?\s*{_MONTH}\s*月(?:份)?", _month_of),
        (r"(?<![\d.])(?P<year>(?:19|20)\d\d)-(?P<month>0[1-9]|1[0-2])(?![\d-])", _month_of),
        (
            rf"(?<![\d.])(?P<short>[12]\d)\s*年\s*{_MONTH}\s*月(?:份)?(?:\s*{_DAY}\s*[日号])?",
            _two_digit_year,
        ),
        (rf"(?<![\d.]){_YEAR}\s*年(?P<half>上半年|下半年)?{_NO_YEAR}", _whole_year),
        (rf"{_RELATIVE_YEAR}(?P<half>上半年|下半年)?", _whole_year),
        (
            rf"(?P<which>上上个?月|上个?月|本月|这个月|下个?月)(?:\s*{_DAY}\s*[日号])?",
            _month_before,
        ),
        (rf"(?<![\d个.]){_MONTH}\s*月\s*{_DAY}\s*(?:日|号)", _this_year),
        (rf"(?<![\d个.]){_MONTH}\s*月(?:份|初|中旬|底|末)", _this_year),
        (r"(?P<near>大前天|前天|昨天|昨日|明天|明日|后天)", _near_day),
        (
            r"(?P<week>上上|上个|上|这个|这|本|下个|下)(?:周|星期|礼拜)(?P<weekday>[一二三四五六日天])",
            _weekday,
        ),
    )
)
# These name yesterday's closing price or indicator, not the day asked about.
_CLOSE_OF = re.compile(
    r"(?:前一?天|昨[天日]|前天|上周五|上个?周五)的?(?:股价|价格|价|收盘|收|的?收|.{0,6}收)|"
    r"(?:昨[天日]|前天)的?(?:\d+[天日]的?)?(?:EMA|EXPMA|MA|DEA|DIF|MACD|OBV|ATR|KD|RSV|K(?!线)|[DJ](?![A-Za-z])|"
    r"能量潮|指数移动|指数平均|真实波幅)",
    re.I,
)


def read_dates(text: str, today: dt.date) -> list[DateMention]:
    """Every date of the text in reading order; impossible ones (2月30日) are no dates."""
    taken: list[DateMention] = []
    skip = [match.span() for match in _CLOSE_OF.finditer(text)]
    for pattern, reader in _PATTERNS:
        for match in pattern.finditer(text):
            inside = any(match.start() < m.end and m.start < match.end() for m in taken)
            if inside or any(start <= match.start() < end for start, end in skip):
                continue
            try:
                first, last = reader(match.groupdict(), today)
            except (ValueError, OverflowError):  # 2月30日: its year alone is no date either
                skip.append(match.span())
                continue
            taken.append(DateMention(match.start(), match.end(), match.group(), first, last))
    return _ranges([_before(m, text) for m in sorted(taken, key=lambda m: m.start)], text)


_TO = re.compile(r"\s*(?:到|至|[-~—–])\s*")


def _ranges(mentions: list[DateMention], text: str) -> list[DateMention]:
    """从2022年到2024年 is one period."""
    joined: list[DateMention] = []
    for mention in mentions:
        before = joined[-1] if joined else None
        if (
            before
            and mention.last >= before.first
            and _TO.fullmatch(text[before.end : mention.start])
        ):
            span = text[before.start : mention.end]
            joined[-1] = DateMention(before.start, mention.end, span, before.first, mention.last)
        else:
            joined.append(mention)
    return joined


_BEFORE = re.compile(r"\s*(?:之前|以前|前(?![一两几天后]))")


def _before(mention: DateMention, text: str) -> DateMention:
    """“7月6号之前” means the day before it."""
    match = _BEFORE.match(text, mention.end)
    if match is None:
        return mention
    day = mention.first - dt.timedelta(days=1)
    return DateMention(mention.start, match.end(), text[mention.start : match.end()], day, day)


def without_dates(text: str, mentions: list[DateMention]) -> str:
    """The text with every date blanked out, so that spans stay what they were."""
    for mention in mentions:
        text = text[: mention.start] + " " * (mention.end - mention.start) + text[mention.end :]
    return text


def day_of(text: str, today: dt.date, as_of: dt.date | None = None) -> Day:
    """The day of a question: `as_of` when given, else the last date of the text, else today.

    The last one, because the day of the sale decides the tax.
    """
    if as_of is not None:
        return Day(as_of, as_of, stated=True)
    mentions = read_dates(text, today)
    if not mentions:
        return Day(today, today, stated=False)
    last = mentions[-1]
    return Day(last.first, last.last, stated=True, text=last.text)
