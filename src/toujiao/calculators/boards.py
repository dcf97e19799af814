"""The four boards and the ids of the rules that differ between them."""

from __future__ import annotations

from dataclasses import dataclass

from toujiao.errors import ToujiaoError


@dataclass(frozen=True)
class Board:
    """A board: its Chinese name and which rules hold its price limits and handling fee."""

    title: str
    limit_rule: str
    risk_warning_limit_rule: str
    handling_fee_rule: str


BOARDS = {
    "main": Board(
        "主板", "price-limit-main-board", "price-limit-main-board-st", "handling-fee-sse-szse"
    ),
    # Only the main board has a separate rule for ST shares; elsewhere they follow the board.
    "chinext": Board(
        "创业板", "price-limit-chinext", "price-limit-chinext", "handling-fee-sse-szse"
    ),
    "star": Board("科创板", "price-limit-star", "price-limit-star", "handling-fee-sse-szse"),
    "bse": Board("北交所", "price-limit-bse", "price-limit-bse", "handling-fee-bse"),
}


def find_board(name: str) -> Board:
    """Return the board called `name`; raise `ToujiaoError` for an unknown one."""
    try:
        return BOARDS[name]
    except (KeyError, TypeError):
        known = "、".join(f"{key}（{board.title}）" for key, board in BOARDS.items())
        raise ToujiaoError(f"没有“{name}”这个板块，可以填：{known}。") from None


# Which numbers the codes of a board start with (rule bse-code for 920; the older ones of the
# Beijing exchange were 43, 83 and 87). Codes of B shares, funds and bonds belong to no board.
_PREFIXES = {
    "star": ("688", "689"),
    "chinext": ("300", "301", "302"),
    "main": ("600", "601", "603", "605", "000", "001", "002", "003"),
    "bse": ("920", "43", "83", "87"),
}
# B shares belong to none of the four; 9 alone may be Beijing or a B share of Shanghai.
_B_SHARES = ("900", "200")


def board_of_code(code: str) -> str | None:
    """Return the board of a six-digit code or of its first digits; None for an unknown one.

    A prefix counts when every code of the board that starts with it belongs there: 30, 60, 00,
    68 and 8 do, 6 does not.
    """
    fitting = {
        board
        for board, prefixes in (*_PREFIXES.items(), (None, _B_SHARES))
        for prefix in prefixes
        if code.startswith(prefix) or prefix.startswith(code)
    }
    return fitting.pop() if len(fitting) == 1 else None
