"""Daily price limits (涨停价 and 跌停价) by board and date, several in a row, and percent changes."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Literal

from toujiao.calculators import texts
from toujiao.calculators.boards import find_board
from toujiao.calculators.inputs import FEN, decimal, not_negative, positive, round_fen, whole
from toujiao.calculators.rates import rule_number
from toujiao.calculators.texts import approx_percent, percent, plain
from toujiao.errors import ToujiaoError

Direction = Literal["up", "down"]

# A longer row has never been seen; the cap keeps the working readable.
LONGEST_CHAIN = 100


@dataclass(frozen=True)
class LimitChain:
    """The price at the end of each limit day in yuan, and the change over all of them.

    `ratio` is the limit of one day and `change` that of the whole row, as fractions.
    """

    prices: tuple[float, ...]
    ratio: float
    change: float
    steps: tuple[str, ...]

    @property
    def last(self) -> float:
        """The price at the end of the row."""
        return self.prices[-1]


def price_limit_ratio(board: str = "main", st: bool = False, as_of: date | None = None) -> float:
    """Return how far a share may move in one day, as a fraction of the previous close.

    Errors: `ToujiaoError` for an unknown board or a day without a rule.
    Source: rules price-limit-main-board, -main-board-st, -chinext, -star, -bse.
    """
    return float(_ratio(board, st, as_of))


def limit_up(
    prev_close: float, board: str = "main", st: bool = False, as_of: date | None = None
) -> float:
    """Return the highest price allowed that day, in yuan.

    Formula: previous close x (1 + ratio), rounded half-up to 0.01 yuan, and at least one
    price step above the previous close. `prev_close` is taken to the fen first. Days without
    a limit (new listings) are not this function's business.
    Errors: `ToujiaoError` for a price that is not positive, an unknown board, no rule.
    Source: the exchanges' trading rules; ratio as `price_limit_ratio`.
    """
    return float(_limit(_close(prev_close), _ratio(board, st, as_of), "up"))


def limit_down(
    prev_close: float, board: str = "main", st: bool = False, as_of: date | None = None
) -> float:
    """Return the lowest price allowed that day, in yuan.

    Formula: previous close x (1 - ratio), rounded half-up to 0.01 yuan, at least one price
    step below the previous close, and never below one price step. Errors and source as
    `limit_up`.
    """
    return float(_limit(_close(prev_close), _ratio(board, st, as_of), "down"))


def limit_chain(
    prev_close: float,
    days: int,
    direction: Direction = "up",
    board: str = "main",
    st: bool = False,
    as_of: date | None = None,
) -> LimitChain:
    """Return the price of each of `days` limit days in a row, in yuan.

    Formula: every day is `limit_up` (or `limit_down`) of the price the day before, rounded
    half-up to 0.01 yuan each time; change = last price / `prev_close` - 1. The limit is that of
    `as_of` on all days.
    Errors: `ToujiaoError` for days that are not a whole number from 1 to 100, an unknown
    direction, a price that grows too large; otherwise and source as `limit_up`.
    """
    first, count = _close(prev_close), whole(days, "连续天数")
    if count > LONGEST_CHAIN:
        raise ToujiaoError(f"连续天数最多算到 {LONGEST_CHAIN} 天，收到的是 {count}。")
    if direction not in ("up", "down"):
        raise ToujiaoError(f"方向要填 up（涨停）或 down（跌停），收到的是“{direction}”。")
    ratio = _ratio(board, st, as_of)
    prices = [first]
    steps = []
    for n in range(1, count + 1):
        price = _limit(prices[-1], ratio, direction)
        steps.append(_limit_step(n, prices[-1], price, ratio, direction))
        prices.append(price)
    change = (prices[-1] - first) / first
    total = texts.LIMIT_CHAIN[direction].format(
        days=count, first=plain(first), last=plain(prices[-1]), change=approx_percent(change)
    )
    return LimitChain(
        prices=tuple(float(price) for price in prices[1:]),
        ratio=float(ratio),
        change=float(change),
        steps=(*steps, total),
    )


def percent_change(price: float, base: float) -> float:
    """Return (price - base) / base as a fraction (涨跌幅).

    The base is the previous close; on an ex-dividend or ex-rights day it is the reference
    price, see `ex_day_change`. Units: yuan. Errors: `ToujiaoError` unless base > 0, price >= 0.
    """
    start = decimal(positive(base, "基准价"))
    return float((decimal(not_negative(price, "现价")) - start) / start)


def _limit(close: Decimal, ratio: Decimal, direction: Direction) -> Decimal:
    """The limit of a day after `close`: at least one price step away, never below one step."""
    if direction == "up":
        return max(round_fen(close * (1 + ratio)), close + FEN)
    return max(min(round_fen(close * (1 - ratio)), close - FEN), FEN)


def _limit_step(n: int, before: Decimal, price: Decimal, ratio: Decimal, to: Direction) -> str:
    raw = before * (1 + ratio if to == "up" else 1 - ratio)
    if raw == price:
        rounded = ""
    elif round_fen(raw) == price:
        rounded = texts.LIMIT_ROUNDED
    else:
        rounded = texts.LIMIT_STEP
    return texts.LIMIT_DAY[to].format(
        n=n,
        before=plain(before),
        ratio=percent(ratio),
        raw=plain(raw),
        rounded=rounded.format(price=plain(price), fen=FEN),
    )


def _ratio(board: str, st: bool, as_of: date | None) -> Decimal:
    found = find_board(board)
    rule_id = found.risk_warning_limit_rule if st else found.limit_rule
    return rule_number(rule_id, "limit", as_of)


def _close(prev_close: float) -> Decimal:
    close = round_fen(decimal(positive(prev_close, "前收盘价")))
    if close < FEN:
        raise ToujiaoError(f"前收盘价至少是 {FEN} 元，收到的是 {prev_close}。")
    return close
