"""Reads numbers the way people write them: 十二块五, 3.5万, 万2.5, 百分之十, 10手, 半年.

`plain_numbers` rewrites a question so that every quantity is digits and a unit: 元 (money), 股,
% (also for ‰, 万分之, 成, 个点), 天, 个月, 年. `take_date` takes out a calendar date first.
"""

from __future__ import annotations

import re
from datetime import date
from decimal import Decimal

NUMBER = r"(\d+(?:\.\d+)?)"
_DIGITS = {c: i for i, c in enumerate("零一二三四五六七八九")} | {"〇": 0, "两": 2, "俩": 2}
_SCALES = {"十": 10, "百": 100, "千": 1000}
_LARGE = {"万": 10**4, "亿": 10**8}
_NUMERAL = re.compile(
    r"(?<![周期拜第])[零〇一二两俩三四五六七八九十百千][零〇一二两俩三四五六七八九十百千万亿]*"
    r"(?:点[零〇一二三四五六七八九]+)?"
)
# A Chinese numeral is a number only beside one of these; elsewhere it is part of a word (十字星).
_UNIT_AFTER = re.compile(
    r"\s*(?:元|块|毛|角|分钱|股|手|年|个?月|天|日|倍|%|成|期|个点|个百分点|送|派|转|配|万|亿|多|"
    r"比|[:：]|做|的?(?:胜率|赔率|本金))"
)
_UNIT_BEFORE = re.compile(
    r"(?:分之|[送派转配]|转增|(?<!\d)万|涨|跌|亏|块|元|毛|角|盈亏比|赔率|胜率|价|收|本金|为|是|按|[股盈]|投|于)\s*$"
)
_DATES = (
    re.compile(
        r"(?<![\d.])((?:19|20)\d\d)\s*[年\-/.]\s*(\d{1,2})\s*[月\-/.]\s*(\d{1,2})(?:[日号]|(?!\d))"
    ),
    re.compile(r"(?<![\d.])((?:19|20)\d\d)\s*年\s*(\d{1,2})\s*月(?:份)?"),
    re.compile(r"(?<![\d.])((?:19|20)\d\d)\s*年(?![化利前后内期收回赚])"),
)
_SEPARATED = re.compile(r"(?<![\d.,])\d{1,3}(?:,\d{3})+(?=\.\d|\s*(?:元|块|股|万|本金))")
# (pattern, factor, unit): applied from top to bottom.
_UNITS: tuple[tuple[str, Decimal, str], ...] = (
    (r"百分之\s*{n}", Decimal(1), "%"),
    (r"千分之\s*{n}", Decimal("0.1"), "%"),
    (r"{n}\s*‰", Decimal("0.1"), "%"),
    (r"万分之\s*{n}", Decimal("0.01"), "%"),
    (r"(?<![\d.])万\s*{n}(?!\s*[万元股])", Decimal("0.01"), "%"),
    (r"{n}\s*亿\s*(?:元|块钱?)?(?!股|份)", Decimal(10**8), "元"),
    (r"{n}\s*亿(?=股|份)", Decimal(10**8), ""),
    (r"{n}\s*(?:万|[wW](?![a-zA-Z]))\s*(?:元|块钱?)?(?!\s*[股份手])", Decimal(10**4), "元"),
    (r"{n}\s*万(?=\s*[股份手])", Decimal(10**4), ""),
    (r"{n}\s*(?:千|[kK](?![a-zA-Z线]))\s*(?:元|块钱?)?(?!\s*[股份手])", Decimal(1000), "元"),
    (r"{n}\s*千(?=\s*[股份手])", Decimal(1000), ""),
    (r"{n}\s*手(?!续)", Decimal(100), "股"),
    (r"{n}\s*(?:个点|个?百分点)(?!\d)", Decimal(1), "%"),
    (r"(?<=[涨跌亏赚息化率])了?{n}\s*点(?!\d|钟|半)", Decimal(1), "%"),
    (r"{n}\s*成(?!本|交|为|了|功)", Decimal(10), "%"),
)
_MONEY_PARTS = re.compile(
    r"(\d+(?:\.\d+)?)(?:块|元)(\d)(?:毛|角)?(\d)?(?:分)?(?![\d.%万千股元块天年个手倍成])"
)
_TENTHS = re.compile(r"(\d)\s*(?:毛|角)(?:钱)?(\d)?(?:分)?")


def take_date(text: str, on: date) -> tuple[str, date, bool]:
    """The text without its calendar dates, the last of them (or `on`), and whether one was found.

    The last one, because the day of the sale decides the tax. A bare month or year means its
    first day.
    """
    found = None
    for pattern in _DATES:
        days = [day for match in pattern.finditer(text) if (day := _date(match))]
        found = found or (days[-1] if days else None)
        text = pattern.sub(lambda match: " " if _date(match) else match.group(), text)
    return text, found or on, found is not None


def _date(match: re.Match[str]) -> date | None:
    year, month, day = [*(int(part) for part in match.groups()), 1, 1][:3]
    try:
        return date(year, month, day)
    except ValueError:
        return None


def plain_numbers(text: str) -> str:
    """The text with all quantities as digits and a plain unit."""
    text = _SEPARATED.sub(lambda match: match.group().replace(",", ""), text)
    text = re.sub(r"半年(?!报)", "6个月", text).replace("一年半", "18个月")
    text = re.sub(r"(\d)\s*年半", lambda m: f"{int(m.group(1)) * 12 + 6}个月", text)
    text = re.sub(r"(?<=[亏跌赔了掉剩])(?:了|掉|去)?一?半(?!年|导|个)|腰斩", "50%", text)
    text = _NUMERAL.sub(_digits_where_due, text)
    text = re.sub(
        r"(\d+(?:\.\d+)?)([万千])([1-9])(?![\d.万千百十元块%股个年月天])", _shorthand, text
    )
    for pattern, factor, unit in _UNITS:
        text = _scaled(text, pattern, factor, unit)
    return _money(text)


def numbers_in_a_row(text: str, at_least: int = 3) -> list[float]:
    """The longest run of bare numbers set apart by commas, spaces or 、."""
    item = r"\d+(?:\.\d+)?\s*元?"
    gap = r"(?:\s*[、,，;；/]\s*|\s+|\s*(?:和|再?到)\s*|\s*(?:→|->|-)\s*)"
    runs = re.findall(rf"{item}(?:{gap}{item})+(?![\d.]|\s*[日天年股%个])", text)
    lists = [[float(n) for n in re.findall(r"\d+(?:\.\d+)?", run)] for run in runs]
    longest = max(lists, key=len, default=[])
    return longest if len(longest) >= at_least else []


def find(text: str, *patterns: str) -> float | None:
    """The number that the first fitting pattern catches; {n} stands for a number."""
    for pattern in patterns:
        if match := re.search(pattern.replace("{n}", NUMBER), text, re.I):
            return float(next(group for group in match.groups() if group is not None))
    return None


def take_base(text: str) -> tuple[float | None, str]:
    """The 10 of “10送3派5”, and the text without it."""
    match = re.search(r"每?\s*(\d+)股?(?=[送转派配分])", text)
    if not match:
        return None, text
    return float(match.group(1)), f"{text[: match.start()]} {text[match.end() :]}"


def chinese_number(numeral: str) -> Decimal:
    """二十三 -> 23, 一千二 -> 1200, 十二点五 -> 12.5"""
    whole, _, decimals = numeral.partition("点")
    value = Decimal(_whole(whole))
    if decimals:
        value += Decimal("0." + "".join(str(_DIGITS[c]) for c in decimals))
    return value


def _whole(numeral: str) -> int:
    if all(c in _DIGITS for c in numeral):
        return int("".join(str(_DIGITS[c]) for c in numeral))
    total = section = digit = 0
    last_scale = 1
    for character in numeral:
        if character in _DIGITS:
            digit = _DIGITS[character]
            last_scale = 10 if character in "零〇" else last_scale
        elif character in _SCALES:
            last_scale = _SCALES[character]
            section += (digit or 1) * last_scale
            digit = 0
        else:
            last_scale = _LARGE[character]
            total = (total + section + digit) * last_scale
            section = digit = 0
    # 一千二 means 1200, 一万五 means 15000; after 零 or 十 the digit counts as it is.
    return total + section + digit * max(last_scale // 10, 1)


def _digits_where_due(match: re.Match[str]) -> str:
    text, numeral = match.string, match.group()
    long_enough = len(numeral) > 1 and numeral[0] not in "百千"
    beside_unit = _UNIT_AFTER.match(text, match.end()) or _UNIT_BEFORE.search(text[: match.start()])
    if not beside_unit and not (long_enough and any(c in "十百千万亿" for c in numeral)):
        return numeral
    if numeral[0] in "百千" and len(numeral) == 1:
        return numeral
    # 五百万 is left to the unit table, so that 500万股 and 500万元 are told apart there.
    large = next((c for c in "亿万" if numeral.endswith(c)), "")
    number = _plain(chinese_number(numeral.removesuffix(large))) + large
    money = not large and any(c in numeral for c in "亿万") and not beside_unit
    return f"{number}元" if money else number


def _shorthand(match: re.Match[str]) -> str:
    number, scale, tenth = match.groups()
    return f"{_plain(Decimal(number) + Decimal(tenth) / 10)}{scale}"


def _scaled(text: str, pattern: str, factor: Decimal, unit: str) -> str:
    return re.sub(
        pattern.replace("{n}", NUMBER),
        lambda match: f"{_plain(Decimal(match.group(1)) * factor)}{unit}",
        text,
    )


def _money(text: str) -> str:
    text = _MONEY_PARTS.sub(lambda m: f"{m.group(1)}.{m.group(2)}{m.group(3) or ''}元", text)
    text = _TENTHS.sub(lambda m: f"0.{m.group(1)}{m.group(2) or ''}元", text)
    return re.sub(r"(\d)\s*(?:块钱?|元钱|圆|rmb|RMB)", r"\1元", text)


def _plain(value: Decimal) -> str:
    text = f"{value:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text
