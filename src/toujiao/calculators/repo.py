"""Government-bond reverse repo (国债逆回购): the days that bear interest, and the interest."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta

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
from toujiao.calculators.texts import day_and_weekday, percent, plain, weekday_name
from toujiao.calculators.trading_calendar import is_trading_day, is_weekday, open_from
from toujiao.clock import chinese_date
from toujiao.errors import ToujiaoError

FRIDAY = 5
# The exchanges' longest term is shorter; the cap keeps a typing error from running off.
LONGEST_TERM = 365


@dataclass(frozen=True)
class ReverseRepo:
    """The interest of a reverse repo in yuan, before the broker's fee."""

    interest: float
    steps: tuple[str, ...]


@dataclass(frozen=True)
class RepoDays:
    """For how many days a reverse repo bears interest.

    The money is away from `first_settlement` to `second_settlement`, from when it can be taken
    out; `maturity` is the day it can trade again. The dates are None where only the day of the
    week was known.
    """

    days: int
    first_settlement: date | None
    maturity: date | None
    second_settlement: date | None
    steps: tuple[str, ...]


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


def repo_days(term_days: int, trade_day: date) -> RepoDays:
    """Return for how many days a repo of `term_days` traded on `trade_day` bears interest.

    Formula: first settlement = next trading day after the trade; maturity = trade + term in
    calendar days, moved to the next trading day when closed; second settlement = next trading
    day after maturity; days = second - first settlement (实际占款天数).
    Errors: `ToujiaoError` for a term that is not a whole number of days, a day without trading,
    or days in a year whose closed days the rule book does not hold.
    Source: rules reverse-repo and trading-calendar-<year>.
    """
    term, traded = _term(term_days), calendar_day(trade_day, "成交日")
    if not is_trading_day(traded):
        raise ToujiaoError(f"{chinese_date(traded)}不开市，做不了逆回购。请换一个交易日。")
    first, maturity, second = _settlements(term, traded, is_trading_day)
    steps = _steps(term, (traded, first, maturity, second), day_and_weekday)
    return RepoDays((second - first).days, first, maturity, second, steps)


def repo_days_by_weekday(term_days: int, weekday: int) -> RepoDays:
    """Return the days of interest where only the day of the week is known.

    `weekday` is 1 for Monday to 5 for Friday (周一 to 周五). Like `repo_days`, but no holidays
    are assumed, and the last step says so. Errors: `ToujiaoError` for another weekday or term.
    """
    term, number = _term(term_days), whole(weekday, "星期几")
    if number > FRIDAY:
        raise ToujiaoError(f"星期几填 1（周一）到 5（周五），周末不开市，收到的是 {weekday}。")
    # Any week will do: without holidays every week is like every other.
    traded = date.fromisocalendar(2001, 1, number)
    first, maturity, second = _settlements(term, traded, is_weekday)
    steps = _steps(term, (traded, first, maturity, second), weekday_name)
    return RepoDays((second - first).days, None, None, None, (*steps, texts.REPO_NO_HOLIDAYS))


def _term(term_days: int) -> int:
    term = whole(term_days, "借出天数")
    if term > LONGEST_TERM:
        raise ToujiaoError(f"逆回购最长不到一年，借出天数收到的是 {term_days}。")
    return term


def _settlements(
    term: int, traded: date, is_open: Callable[[date], bool]
) -> tuple[date, date, date]:
    """First settlement, maturity and second settlement."""
    one = timedelta(days=1)
    maturity = open_from(traded + timedelta(days=term), is_open)
    return open_from(traded + one, is_open), maturity, open_from(maturity + one, is_open)


def _steps(
    term: int, days: tuple[date, date, date, date], write: Callable[[date], str]
) -> tuple[str, ...]:
    trade, first, maturity, second = map(write, days)
    return texts.lines(
        texts.REPO_DAYS,
        term=term,
        trade=trade,
        first=first,
        maturity=maturity,
        second=second,
        days=(days[3] - days[1]).days,
    )
