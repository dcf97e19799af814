"""Reads one number at a place in a text: 12.5, 1,000, 十二, 两万三, 3万5千, 1w, 十二点五.

Chinese and Arabic digits and their mixtures give the same `Decimal`. What the number counts is
not decided here (`quantities` does).
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from decimal import Decimal

DIGITS = {c: i for i, c in enumerate("零一二三四五六七八九")} | {"〇": 0, "两": 2, "俩": 2}
_SMALL = {"十": 10, "百": 100, "千": 1000}
_LARGE = {"万": 10**4, "亿": 10**8}
_LETTERS = {"w": 10**4, "W": 10**4, "k": 1000, "K": 1000}
_ARABIC = re.compile(r"\d{1,3}(?:,\d{3})+(?:\.\d+)?(?![\d,])|\d+(?:\.\d+)?")
_LETTER_SCALE = re.compile(r"\s?([wWkK])(?![a-zA-Z线])")
# 一个亿, 3个w: said for 一亿 and 3w.
_COUNTED_SCALE = re.compile(r"个(?=亿|[wW](?![a-zA-Z]))")
_DECIMALS = re.compile(r"点([零〇一二三四五六七八九]+)(?![十百千分半钟刻])")
_SPOKEN_POINT = re.compile(r"点(\d+)(?![分\d])")  # 0点35, as speech is written down
# 十万 is a number; a text that starts with 百, 千, 万 or 亿 starts a word (百姓, 千万别, 万科).
_STARTS = frozenset(DIGITS) | {"十"}


@dataclass(frozen=True)
class Numeral:
    """A number read: its value, where it ends, and how it was written."""

    value: Decimal
    end: int
    chinese: bool
    scaled: bool  # a 万 or 亿 (or w, k) stands in it: “10万” alone is money
    doubtful: bool = False  # 三四千, 七八个: between two numbers


def read_numeral(text: str, start: int) -> Numeral | None:
    """The number that starts exactly at `start`, or None."""
    if start >= len(text):
        return None
    if text[start].isascii() and text[start].isdigit():
        return _Reader(text, start).read()
    return _Reader(text, start).read() if text[start] in _STARTS else None


def chinese_number(numeral: str) -> Decimal:
    """The value of a whole text that is one number: 二十三 -> 23. ValueError for anything else."""
    read = read_numeral(numeral, 0)
    if read is None or read.end != len(numeral):
        raise ValueError(f"{numeral!r} is no number")
    return read.value


class _Reader:
    """Walks over one numeral; see `read`."""

    def __init__(self, text: str, start: int) -> None:
        self.text, self.at = text, start
        self.total = Decimal(0)  # closed by 万 or 亿
        self.section = Decimal(0)  # closed by 十, 百 or 千
        self.current: Decimal | None = None  # digits that no scale has followed yet
        self.last_scale = 1
        self.after_zero = False
        self.chinese = self.scaled = self.doubtful = False
        self.digits = 0

    def read(self) -> Numeral:
        while self.at < len(self.text) and self._step():
            pass
        value = self.total + self.section
        if self.current is not None:
            # 一千二 means 1200 and 3万5 means 35000; after 零 or 十 the digit counts as it is.
            short = self.last_scale >= 100 and not self.after_zero and self.digits == 1
            value += self.current * (self.last_scale // 10 if short else 1)
        return Numeral(value, self.at, self.chinese, self.scaled, self.doubtful)

    def _step(self) -> bool:
        """Take the next piece; False when the numeral is over."""
        character = self.text[self.at]
        if character == " " and self._large_after_space():
            self.at += 1
            character = self.text[self.at]
        if character in DIGITS:
            return self._digit(DIGITS[character])
        if character in _SMALL:
            return self._small(_SMALL[character])
        if character in _LARGE:
            return self._large(_LARGE[character])
        if self.current is not None and _COUNTED_SCALE.match(self.text, self.at):
            self.at += 1
            return True
        if character == "点" and (match := _DECIMALS.match(self.text, self.at)):
            digits = "".join(str(DIGITS[c]) for c in match.group(1))
            self.current = (self.current or Decimal(0)) + Decimal(f"0.{digits}")
            self.at = match.end()
            # 一点二万, 一点五个亿: only a large scale can follow
            return self.text[self.at : self.at + 1] in ("万", "亿") or bool(
                _COUNTED_SCALE.match(self.text, self.at)
            )
        if character.isascii() and character.isdigit():
            return self._arabic()
        return self._letter_scale()

    def _digit(self, digit: int) -> bool:
        self.chinese = True
        if self.current is None:
            if digit == 0 and (self.total or self.section):
                self.after_zero = True
            else:
                self.current, self.digits = Decimal(digit), 1
        elif self.digits == 1 and self._followed_by_scale() and digit == self.current + 1:
            self.doubtful = True  # 三四千
            self.current = Decimal(digit)
        else:  # 二零二六: digits one by one
            self.current = self.current * 10 + digit
            self.digits += 1
        self.at += 1
        return True

    def _large_after_space(self) -> bool:
        """“100 万元”: typeset with a space between the digits and their scale."""
        return self.current is not None and self.text[self.at + 1 : self.at + 2] in (*_LARGE,)

    def _followed_by_scale(self) -> bool:
        return self.text[self.at + 1 : self.at + 2] in (*_SMALL, *_LARGE, "个", "块", "天")

    def _arabic(self) -> bool:
        if self.current is not None:
            return False
        match = _ARABIC.match(self.text, self.at)
        if match is None:
            return False
        self.current = Decimal(match.group().replace(",", ""))
        self.digits = len(match.group())
        self.at = match.end()
        if match.group() == "0" and (tail := _SPOKEN_POINT.match(self.text, self.at)):
            self.current, self.at = Decimal(f"0.{tail.group(1)}"), tail.end()
            return False
        return True

    def _small(self, scale: int) -> bool:
        if self.current is None and (scale != 10 or self.section):
            return False
        if self.last_scale <= scale and self.section:
            return False
        self.section += (Decimal(1) if self.current is None else self.current) * scale
        self._closed(scale)
        self.chinese = True
        return True

    def _large(self, scale: int) -> bool:
        if self.current is None and not self.section and not self.total:
            return False
        if self.text.startswith("分之", self.at + 1):
            return False
        self.total = (self.total + self.section + (self.current or Decimal(0))) * scale
        self.section = Decimal(0)
        self.scaled = True
        self._closed(scale)
        return True

    def _letter_scale(self) -> bool:
        match = _LETTER_SCALE.match(self.text, self.at)
        if match is None or self.current is None:
            return False
        self.current *= _LETTERS[match.group(1)]
        self.digits = 2
        self.scaled = True
        self.at = match.end()
        return False

    def _closed(self, scale: int) -> None:
        self.current, self.digits = None, 0
        self.last_scale, self.after_zero = scale, False
        self.at += 1
