"""The reference price on an ex-dividend or ex-rights day, and the change against it."""

from __future__ import annotations

from dataclasses import dataclass

from toujiao.calculators import texts
from toujiao.calculators.inputs import decimal, not_negative, positive, round_fen
from toujiao.calculators.price_limits import percent_change
from toujiao.calculators.texts import approx_percent, plain
from toujiao.errors import ToujiaoError


@dataclass(frozen=True)
class ExDayChange:
    """The change on an ex-day: against the reference price, as the quotation shows it.

    `reference` and `points` in yuan, `change` a fraction.
    """

    reference: float
    points: float
    change: float
    steps: tuple[str, ...]


def ex_rights_price(
    prev_close: float,
    cash_dividend: float = 0.0,
    bonus_ratio: float = 0.0,
    rights_ratio: float = 0.0,
    rights_price: float = 0.0,
) -> float:
    """Return the ex-rights reference price in yuan.

    Formula: (previous close - cash dividend + rights price x rights ratio)
    / (1 + bonus ratio + rights ratio), rounded half-up to 0.01 yuan.
    Units: everything per share: "10 派 5 元" is cash_dividend=0.5, "10 送 5" or "10 转 5" is
    bonus_ratio=0.5, "10 配 3" is rights_ratio=0.3.
    Errors: `ToujiaoError` for a negative figure, a rights issue without a price, or a dividend
    that is not below the price.
    Source: rule ex-rights-formula (SSE trading rules 4.3.2, SZSE 4.4.2).
    """
    close = decimal(positive(prev_close, "前收盘价"))
    cash = decimal(not_negative(cash_dividend, "每股现金红利"))
    bonus = decimal(not_negative(bonus_ratio, "每股送转比例"))
    rights = decimal(not_negative(rights_ratio, "每股配股比例"))
    subscription = decimal(not_negative(rights_price, "配股价"))
    if rights > 0 and subscription == 0:
        raise ToujiaoError("有配股比例就要填配股价（大于 0 的元数）。")
    if cash >= close:
        raise ToujiaoError(
            f"每股现金红利 {cash_dividend} 元不应高于或等于前收盘价 {prev_close} 元。"
            "分红按每股填，例如 10 派 5 元写成 0.5。"
        )
    return float(round_fen((close - cash + subscription * rights) / (1 + bonus + rights)))


def ex_day_change(
    prev_close: float,
    price: float,
    cash_dividend: float = 0.0,
    bonus_ratio: float = 0.0,
    rights_ratio: float = 0.0,
    rights_price: float = 0.0,
) -> ExDayChange:
    """Return how far `price` is from the reference price of an ex-day.

    Formula: reference = `ex_rights_price` (rounded to the fen), change = price / reference - 1.
    Against the previous close the fall of a pure ex-day would look like a loss.
    Units: yuan per share, ratios per share. Errors and source as `ex_rights_price`; `price`
    must not be negative.
    """
    reference = ex_rights_price(prev_close, cash_dividend, bonus_ratio, rights_ratio, rights_price)
    if reference == 0:
        raise ToujiaoError("除权除息参考价不到 1 分钱，算不出涨跌幅。请检查分红和送转的比例。")
    now = not_negative(price, "现价")
    change = percent_change(now, reference)
    # Checked above: what was given as text or as a flag becomes the number it stands for.
    close, cash, bonus, rights, rights_at = map(
        float, (prev_close, cash_dividend, bonus_ratio, rights_ratio, rights_price)
    )
    above = texts.EX_DAY_CASH.format(cash=plain(cash)) if cash else ""
    if rights:
        above += texts.EX_DAY_RIGHTS.format(rights_price=plain(rights_at), rights=plain(rights))
    points = decimal(now) - decimal(reference)
    steps = texts.lines(
        texts.EX_DAY,
        close=plain(close),
        above=above,
        below="".join(texts.EX_DAY_SHARES.format(shares=plain(n)) for n in (bonus, rights) if n),
        base=plain(reference),
        price=plain(now),
        points=plain(points),
        change=approx_percent(change),
    )
    return ExDayChange(reference, float(points), change, steps)
