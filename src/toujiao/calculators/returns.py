"""Returns, compounding, regular investing and reverse repo."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

from toujiao.calculators import texts
from toujiao.calculators.inputs import (
    above_minus_one,
    decimal,
    fraction,
    not_negative,
    positive,
    round_fen,
    whole,
)
from toujiao.calculators.rates import rule_number
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


@dataclass(frozen=True)
class RegularInvesting:
    """What regular investing put in and what it became, in yuan."""

    paid: float
    value: float
    gain: float
    steps: tuple[str, ...]


@dataclass(frozen=True)
class ReverseRepo:
    """The interest of a reverse repo in yuan, before the broker's fee."""

    interest: float
    steps: tuple[str, ...]


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


def regular_investing(
    amount: float, annual_rate: float, years: float, times_per_year: int = 12
) -> RegularInvesting:
    """Return the result of paying in `amount` yuan at the start of every period.

    Formula: n = years x times, x = annual rate / times,
    value = amount x (1 + x) x ((1 + x)^n - 1) / x (amount x n when x is zero).
    Units: yuan; `annual_rate` a fraction, assumed the same every year, which no real fund is.
    Money is rounded to the fen. Errors: `ToujiaoError` for an amount that is not positive, a
    rate of -1 or less, or years that are not a whole number of periods.
    Source: annuity due, the form of the usual Chinese 定投 calculators.
    """
    each = positive(amount, "每期金额")
    times = whole(times_per_year, "每年次数")
    count = whole(round(positive(years, "年数") * times, 9), "总期数（年数 × 每年次数）")
    rate = above_minus_one(annual_rate, "年收益率") / times
    payments = count if rate == 0 else (1 + rate) * growth(rate, count) / rate
    paid, total = round_fen(decimal(each * count)), round_fen(decimal(each * payments))
    steps = texts.lines(
        texts.REGULAR_INVESTING,
        amount=plain(each),
        count=count,
        paid=plain(paid),
        annual_rate=percent(annual_rate),
        times=times,
        rate=percent(rate),
        value=plain(total),
        gain=plain(total - paid),
    )
    return RegularInvesting(float(paid), float(total), float(total - paid), steps)


def reverse_repo(
    principal: float, annual_rate: float, days: int, as_of: date | None = None
) -> ReverseRepo:
    """Return the interest of lending `principal` yuan by government-bond reverse repo.

    Formula: principal x annual rate x days / day count, rounded to the fen. The broker's fee
    is not deducted: it is agreed with the broker.
    Units: yuan; `annual_rate` a fraction; `days` = calendar days the money is really away (a
    one-day repo on a Thursday counts three).
    Errors: `ToujiaoError` below the minimum amount, for a negative rate or no days.
    Source: rule reverse-repo (minimum_yuan, day_count).
    """
    money = decimal(positive(principal, "本金"))
    rate = decimal(not_negative(annual_rate, "年化利率"))
    length = whole(days, "占款天数")
    minimum = rule_number("reverse-repo", "minimum_yuan", as_of)
    if money < minimum:
        raise ToujiaoError(f"国债逆回购 {plain(minimum)} 元起，收到的是 {principal} 元。")
    day_count = rule_number("reverse-repo", "day_count", as_of)
    interest = round_fen(money * rate * length / day_count)
    steps = texts.lines(
        texts.REVERSE_REPO,
        principal=plain(money),
        annual_rate=percent(rate),
        days=length,
        day_count=plain(day_count),
        interest=plain(interest),
    )
    return ReverseRepo(float(interest), steps)


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
