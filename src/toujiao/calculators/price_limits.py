"""Daily price limits (涨停价 and 跌停价) by board and date."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

from toujiao.calculators.boards import find_board
from toujiao.calculators.inputs import FEN, decimal, positive, round_fen
from toujiao.calculators.rates import rule_number
from toujiao.errors import ToujiaoError


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
    close = _close(prev_close)
    limit = round_fen(close * (1 + _ratio(board, st, as_of)))
    return float(max(limit, close + FEN))


def limit_down(
    prev_close: float, board: str = "main", st: bool = False, as_of: date | None = None
) -> float:
    """Return the lowest price allowed that day, in yuan.

    Formula: previous close x (1 - ratio), rounded half-up to 0.01 yuan, at least one price
    step below the previous close, and never below one price step. Errors and source as
    `limit_up`.
    """
    close = _close(prev_close)
    limit = round_fen(close * (1 - _ratio(board, st, as_of)))
    return float(max(min(limit, close - FEN), FEN))


def _ratio(board: str, st: bool, as_of: date | None) -> Decimal:
    found = find_board(board)
    rule_id = found.risk_warning_limit_rule if st else found.limit_rule
    return rule_number(rule_id, "limit", as_of)


def _close(prev_close: float) -> Decimal:
    close = round_fen(decimal(positive(prev_close, "前收盘价")))
    if close < FEN:
        raise ToujiaoError(f"前收盘价至少是 {FEN} 元，收到的是 {prev_close}。")
    return close
