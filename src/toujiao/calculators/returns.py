"""Returns and compounding."""

from __future__ import annotations

import math
from collections.abc import Callable

from toujiao.calculators import texts
from toujiao.calculators.inputs import above_minus_one, fraction, not_negative, positive
from toujiao.calculators.texts import percent, plain
from toujiao.errors import ToujiaoError

RULE_OF_72 = 72


class DoublingYears(float):
    """Years to double by the rule of 72; `.exact` is the exact figure."""

    @property
    def rate(self) -> float:
        """The yearly return as a fraction."""
        return RULE_OF_72 / 100 / self

    @property
    def rule_of_72(self) -> float:
        """72 divided by the percentage: the same number as the object itself."""
        return float(self)

    @property
    def exact(self) -> float:
        """ln 2 / ln(1 + rate)."""
        return math.log(2) / math.log1p(self.rate)

    @property
    def steps(self) -> tuple[str, ...]:
        """The working, in Chinese."""
        return texts.lines(
            texts.DOUBLING,
            percent=plain(self.rate * 100),
            rate=percent(self.rate),
            rule_of_72=plain(float(self), 2),
            exact=plain(self.exact, 2),
        )


def simple_return(buy: float, sell: float) -> float:
    """Return (sell - buy) / buy as a fraction; fees are not counted.

    Units: two prices or two amounts in yuan. Errors: `ToujiaoError` unless buy > 0, sell >= 0.
    """
    cost = positive(buy, "买入价")
    return (not_negative(sell, "卖出价") - cost) / cost


def gain_to_recover(loss: float) -> float:
    """Return the gain needed to get back to the start after a loss.

    Formula: loss / (1 - loss), both fractions (0.5 -> 1.0: half lost needs a doubling).
    Errors: `ToujiaoError` unless 0 <= loss < 1.
    """
    lost = fraction(loss, "亏损比例")
    if lost == 1:
        raise ToujiaoError("亏损比例到了 1，本金已经没有了，涨多少都回不来。")
    return lost / (1 - lost)


def compound(principal: float, rate: float, years: float) -> float:
    """Return principal x (1 + rate) ^ years in yuan.

    Units: `rate` is a yearly fraction (0.05 = 5 %). Errors: `ToujiaoError` for a principal that
    is not positive, a rate of -1 or less, negative years, or a result too large to hold.
    """
    start = positive(principal, "本金")
    yearly = above_minus_one(rate, "年收益率")
    return start * multiple(yearly, not_negative(years, "年数"))


def years_to_double(rate: float) -> DoublingYears:
    """Return the years until money doubles at a yearly `rate` (fraction).

    Formula: the number itself is 72 / (rate x 100); `.exact` is ln 2 / ln(1 + rate).
    Errors: `ToujiaoError` unless rate > 0.
    """
    return DoublingYears(RULE_OF_72 / 100 / positive(rate, "年收益率"))


def annualize(total_return: float, years: float) -> float:
    """Return the yearly rate that compounds to `total_return` over `years`.

    Formula: (1 + total return) ^ (1 / years) - 1, fractions. The inverse of `compound`.
    Errors: `ToujiaoError` for a total return of -1 or less, or years that are not positive.
    """
    total = above_minus_one(total_return, "总收益率")
    return growth(total, 1 / positive(years, "年数"))


def multiple(rate: float, periods: float) -> float:
    """Return (1 + rate) ^ periods."""
    return _exponential(math.exp, rate, periods)


def growth(rate: float, periods: float) -> float:
    """Return (1 + rate) ^ periods - 1, exact also where the rate is tiny."""
    return _exponential(math.expm1, rate, periods)


def _exponential(function: Callable[[float], float], rate: float, periods: float) -> float:
    try:
        return function(periods * math.log1p(rate))
    except OverflowError:
        raise ToujiaoError("算出来的数太大了，请把收益率或年数填小一些。") from None
