"""The units in which quantities are read and slots are filled."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Unit(StrEnum):
    """What a number counts. Values are kept in the unit named here."""

    YUAN = "元"
    SHARES = "股"
    FUND_UNITS = "份"
    BONDS = "张"
    RATIO = "比率"  # a fraction: 0.1 for 10%, 三成, 5个点
    DISCOUNT = "折"  # a fraction: 0.15 for 1.5折
    TIMES = "倍"
    DAYS = "天"
    TRADING_DAYS = "个交易日"
    WEEKS = "周"
    MONTHS = "个月"
    YEARS = "年"
    WEEKDAY = "周几"  # 1 to 7
    POINTS = "点"
    COUNT = "个"
    BONUS = "送"  # shares for each share held
    CASH = "派"  # yuan for each share held
    RIGHTS = "配"  # shares that may be bought for each share held
    AGE = "岁"
    CODE = "代码"  # value 0; the text is the code or the prefix
    PERIOD = "周期"  # the 5 of 5日均线
    DATE = "日期"  # a calendar date, read by `understand.dates`
    NONE = ""


_DAYS_IN = {Unit.DAYS: 1, Unit.WEEKS: 7, Unit.MONTHS: 30, Unit.YEARS: 365}
_YEARS_IN = {Unit.WEEKS: 52, Unit.MONTHS: 12, Unit.YEARS: 1, Unit.DAYS: 365}


@dataclass(frozen=True)
class Length:
    """A length of time as it was said; `bound` is "<", "<=", ">=" or ">" for 不到, 满, 超过."""

    value: float
    unit: Unit
    bound: str = ""

    @property
    def years(self) -> float:
        """In years: 18 months are 1.5, 73 days are 0.2."""
        return self.value / _YEARS_IN[self.unit]

    @property
    def days(self) -> int:
        """In days, counting 30 for a month and 365 for a year; 不到 and 超过 move it by one."""
        total = round(self.value * _DAYS_IN[self.unit])
        if self.unit is Unit.MONTHS and self.value >= 12:
            total = round(self.value // 12 * 365 + self.value % 12 * 30)
        return max(total - 1, 1) if self.bound == "<" else total + (self.bound == ">")
