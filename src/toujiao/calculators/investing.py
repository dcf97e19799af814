"""Regular investing (定投): the same amount every period, alone or on top of a lump sum."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

from toujiao.calculators import texts
from toujiao.calculators.inputs import above_minus_one, decimal, positive, round_fen, whole
from toujiao.calculators.returns import growth, multiple
from toujiao.calculators.texts import percent, plain, signed_percent
from toujiao.errors import ToujiaoError

When = Literal["start", "end"]

# A year on the Chinese exchanges has 242 to 250 trading days (243 in most years, 250 is the
# round figure usual in China); 252 is the American one. For paying in on every trading day.
TRADING_DAYS_PER_YEAR = 250
# 365 / 7 = 52.14; calculators count 52.
WEEKS_PER_YEAR = 52


@dataclass(frozen=True)
class RegularInvesting:
    """What regular investing put in and what it became, in yuan."""

    paid: float
    value: float
    gain: float
    steps: tuple[str, ...]


@dataclass(frozen=True)
class LumpSumPlusRegular:
    """A lump sum with additions, in yuan: `value` = `lump_value` + `regular_value`."""

    paid: float
    value: float
    gain: float
    lump_value: float
    regular_value: float
    steps: tuple[str, ...]


def regular_investing(
    amount: float,
    annual_rate: float,
    years: float,
    times_per_year: int = 12,
    when: When = "start",
) -> RegularInvesting:
    """Return the result of paying in `amount` yuan at the start or the end of every period.

    Formula: n = years x times, x = annual rate / times; value = amount x ((1 + x)^n - 1) / x,
    and times (1 + x) when paid at the start; amount x n when x is zero.
    Units: yuan; `annual_rate` a fraction, assumed the same every year, which no real fund is;
    `times_per_year` 12, 4, 1, `WEEKS_PER_YEAR` or `TRADING_DAYS_PER_YEAR`.
    Money is rounded to the fen. Errors: `ToujiaoError` for an amount that is not positive, a
    rate of -1 or less, years that are not a whole number of periods, or an unknown `when`.
    Source: annuity due ("start"), the form of the usual Chinese 定投 calculators, and ordinary
    annuity ("end").
    """
    each = positive(amount, "每期金额")
    times, count, yearly = _periods(annual_rate, years, times_per_year)
    rate = yearly / times
    if when not in ("start", "end"):
        raise ToujiaoError(f"投入时间要填 start（期初）或 end（期末），收到的是“{when}”。")
    payments = _payments(rate, count)
    if when == "start":
        payments *= 1 + rate
    paid, total = round_fen(decimal(each * count)), round_fen(decimal(each * payments))
    steps = texts.lines(
        texts.REGULAR_INVESTING[when],
        amount=plain(each),
        count=count,
        paid=plain(paid),
        annual_rate=percent(yearly),
        times=times,
        rate=percent(rate),
        value=plain(total),
        gain=plain(total - paid),
    )
    return RegularInvesting(float(paid), float(total), float(total - paid), steps)


def lump_sum_plus_regular(
    lump: float, amount: float, annual_rate: float, years: float, times_per_year: int = 1
) -> LumpSumPlusRegular:
    """Return what `lump` yuan now plus `amount` yuan at the END of every period become.

    Formula: n = years x times, x = annual rate / times,
    value = lump x (1 + x)^n + amount x ((1 + x)^n - 1) / x.
    Units, rounding and errors as `regular_investing`. The value is rounded as a whole; the part
    of the additions is the rest after the part of the lump sum, so that both add up to the fen.
    """
    start, each = positive(lump, "一次投入的金额"), positive(amount, "每期金额")
    times, count, yearly = _periods(annual_rate, years, times_per_year)
    rate = yearly / times
    grown, added = start * multiple(rate, count), each * _payments(rate, count)
    paid, total = round_fen(decimal(start + each * count)), round_fen(decimal(grown + added))
    lump_value = round_fen(decimal(grown))
    shown = {
        "lump": plain(start),
        "amount": plain(each),
        "count": count,
        "paid": plain(paid),
        "annual_rate": percent(yearly),
        "times": times,
        "rate": percent(rate),
        "growth": signed_percent(rate),
        "lump_value": plain(lump_value),
        "regular_value": plain(total - lump_value),
        "value": plain(total),
        "gain": plain(total - paid),
    }
    addition = (texts.LUMP_ADDED if rate else texts.LUMP_ADDED_FLAT).format(**shown)
    steps = texts.lines(texts.LUMP_PLUS_REGULAR, **shown, added=addition)
    return LumpSumPlusRegular(
        paid=float(paid),
        value=float(total),
        gain=float(total - paid),
        lump_value=float(lump_value),
        regular_value=float(total - lump_value),
        steps=steps,
    )


def _periods(annual_rate: float, years: float, times_per_year: int) -> tuple[int, int, float]:
    """Periods in a year, periods in all, and the yearly rate."""
    times = whole(times_per_year, "每年次数")
    count = whole(round(positive(years, "年数") * times, 9), "总期数（年数 × 每年次数）")
    return times, count, above_minus_one(annual_rate, "年收益率")


def _payments(rate: float, count: int) -> float:
    """What one yuan at the end of every period becomes."""
    return count if rate == 0 else growth(rate, count) / rate
