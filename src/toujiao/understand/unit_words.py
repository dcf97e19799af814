"""The words of units after a number, and how long a length can be."""

from __future__ import annotations

import re
from decimal import Decimal

from toujiao.calculators.units import Unit

# (pattern right after the number, unit, factor); the first that fits wins.
UNITS: tuple[tuple[re.Pattern[str], Unit, Decimal], ...] = tuple(
    (re.compile(rf"\s*(?:{pattern})"), unit, Decimal(str(factor)))
    for pattern, unit, factor in (
        (r"毛(?!利)钱?|角钱?", Unit.YUAN, "0.1"),
        (r"分钱", Unit.YUAN, "0.01"),
        (r"元钱?|块钱?|圆|人民币|rmb|RMB|大洋", Unit.YUAN, 1),
        (r"个?交易日", Unit.TRADING_DAYS, 1),
        (r"股(?![价市票东息民权灾指吧本])", Unit.SHARES, 1),
        (r"手(?![续机里上动段法头绢艺])", Unit.SHARES, 100),
        (r"份(?!额的|子)|个份额", Unit.FUND_UNITS, 1),
        (r"张(?![三家嘴])", Unit.BONDS, 1),
        (r"个月|月(?=后|内|期|就|卖|以)", Unit.MONTHS, 1),
        (r"个?季度?", Unit.MONTHS, 3),
        (r"个?(?:星期|礼拜)(?![一二三四五六日天])|周(?![一二三四五六日天期岁转])", Unit.WEEKS, 1),
        (r"天|日(?![均线K收]|移动|平均)", Unit.DAYS, 1),
        (r"年(?!代|级|报|初|底|末|度|化|均)", Unit.YEARS, 1),
        (r"周?岁(?!末)", Unit.AGE, 1),
        (r"倍", Unit.TIMES, 1),
        (r"个?点位?(?!钟|半|整)", Unit.POINTS, 1),
        (
            r"次|期(?![末初间限权货])|笔|只|个(?!股)|家|根|连板|回(?![落升撤调到报本暖吐踩购])|轮|条|遍|趟|户|人|项|类|种",
            Unit.COUNT,
            1,
        ),
    )
)
LENGTHS = (Unit.DAYS, Unit.TRADING_DAYS, Unit.WEEKS, Unit.MONTHS, Unit.YEARS)
LONGEST = {
    Unit.DAYS: 100_000,
    Unit.TRADING_DAYS: 100_000,
    Unit.WEEKS: 10_000,
    Unit.MONTHS: 2000,
    Unit.YEARS: 200,
}
