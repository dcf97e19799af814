"""Cash dividends: the tax by holding time, and the yield from earnings and payout ratio."""

from __future__ import annotations

import calendar
from dataclasses import dataclass
from datetime import date

from toujiao.calculators import texts
from toujiao.calculators.inputs import (
    calendar_day,
    decimal,
    not_negative,
    positive,
    round_fen,
    whole,
)
from toujiao.calculators.rates import rule_number
from toujiao.calculators.texts import percent, plain
from toujiao.clock import chinese_date
from toujiao.errors import ToujiaoError

# The law counts in months and years; a calculator that is given days needs a length for them.
DAYS_PER_MONTH = 30
DAYS_PER_YEAR = 365
MONTHS_PER_YEAR = 12

# How long shares were held, and the field of the rule that holds the rate.
_UP_TO_MONTH = "rate_up_to_1_month"
_UP_TO_YEAR = "rate_1_month_to_1_year"
_OVER_YEAR = "rate_over_1_year"


@dataclass(frozen=True)
class DividendTax:
    """The personal income tax on a cash dividend, in yuan."""

    rate: float
    tax: float
    net: float
    steps: tuple[str, ...]


def dividend_tax(
    dividend: float,
    holding_days: int | None = None,
    as_of: date | None = None,
    bought: date | None = None,
    sold: date | None = None,
) -> DividendTax:
    """Return the tax an individual pays on a cash dividend of a listed company.

    Formula: tax = dividend x rate; the rate depends on how long the shares were held before
    they are sold: up to one month, up to one year, longer. Give either `holding_days` or both
    `bought` and `sold`. The law counts from the day of purchase to the day before the sale, in
    calendar months: with dates the count is exact (bought on 8 January, up to one month when
    sold by 8 February, up to one year by 8 January; a day that the month lacks is its last).
    Days are taken as 30 for a month and 365 for a year, so that a day or two around the limit
    can differ.
    Units: yuan; `holding_days` in calendar days; `as_of` is the day whose rates hold (default:
    `sold`, else today).
    Errors: `ToujiaoError` for a dividend that is not positive, less than one day, a sale that
    is not after the purchase, or both ways of giving the time at once.
    Source: rule dividend-tax; the count in 财税〔2012〕85号.
    """
    exact = decimal(positive(dividend, "分红金额"))
    if (holding_days is None) == (bought is None and sold is None):
        raise ToujiaoError("持股时间请填天数，或者买入日和卖出日，两种填一种。")
    if holding_days is not None:
        field, held = _held_days(whole(holding_days, "持股天数"))
    else:
        first, last = calendar_day(bought, "买入日"), calendar_day(sold, "卖出日")
        field, held = _held_dates(first, last)
        as_of = as_of or last
    rate = rule_number("dividend-tax", field, as_of)
    tax = round_fen(exact * rate)
    steps = texts.lines(
        (held + texts.TAX_RATE, *texts.DIVIDEND_TAX),
        rate=percent(rate),
        dividend=plain(exact),
        tax=plain(tax),
        net=plain(exact - tax),
    )
    return DividendTax(rate=float(rate), tax=float(tax), net=float(exact - tax), steps=steps)


def dividend_yield_from_payout(eps: float, payout_ratio: float, price: float) -> float:
    """Return the dividend yield as a fraction, before tax.

    Formula: dividend per share = eps x payout ratio; yield = dividend per share / price.
    Units: yuan per share; `payout_ratio` a fraction of the profit (0.3 = 30 %), above 1 when
    more than the profit is paid. Errors: `ToujiaoError` for earnings or a price that are not
    positive (a loss has no payout ratio), or a negative ratio.
    """
    earnings = decimal(positive(eps, "每股收益"))
    paid = earnings * decimal(not_negative(payout_ratio, "分红比例"))
    return float(paid / decimal(positive(price, "股价")))


def _held_days(days: int) -> tuple[str, str]:
    """The rate's field and the text for a time given in days."""
    if days <= DAYS_PER_MONTH:
        return _UP_TO_MONTH, texts.HELD_UP_TO_MONTH.format(days=days)
    if days <= DAYS_PER_YEAR:
        return _UP_TO_YEAR, texts.HELD_UP_TO_YEAR.format(days=days)
    return _OVER_YEAR, texts.HELD_OVER_YEAR.format(days=days)


def _held_dates(bought: date, sold: date) -> tuple[str, str]:
    """The rate's field and the text for a time given by its first and last day."""
    if sold <= bought:
        raise ToujiaoError(f"卖出日 {sold} 必须晚于买入日 {bought}，请检查日期。")
    month, year = _months_later(bought, 1), _months_later(bought, MONTHS_PER_YEAR)
    if sold <= month:
        field, text = _UP_TO_MONTH, texts.SOLD_WITHIN_MONTH
    elif sold <= year:
        field, text = _UP_TO_YEAR, texts.SOLD_WITHIN_YEAR
    else:
        field, text = _OVER_YEAR, texts.SOLD_AFTER_YEAR
    shown = {
        "bought": chinese_date(bought),
        "sold": chinese_date(sold),
        "days": (sold - bought).days,
        "month": chinese_date(month),
        "year": chinese_date(year),
    }
    return field, (texts.HELD_DATES + text).format(**shown)


def _months_later(day: date, months: int) -> date:
    """The same day some months later; the last day of that month where it has no such day."""
    years, month = divmod(day.month - 1 + months, MONTHS_PER_YEAR)
    year, month = day.year + years, month + 1
    if year > date.max.year:
        return date.max
    return date(year, month, min(day.day, calendar.monthrange(year, month)[1]))
