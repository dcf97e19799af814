"""Price limits by board and day, and the ex-rights reference price."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from toujiao.calculators.ex_rights import ex_rights_price
from toujiao.calculators.inputs import FEN
from toujiao.calculators.price_limits import limit_down, limit_up, price_limit_ratio
from toujiao.errors import ToujiaoError
from toujiao.knowledge.rulebook import load_rules

DAY = date(2026, 10, 9)
LAST_OLD, FIRST_NEW = date(2026, 7, 5), date(2026, 7, 6)

closes = st.integers(1, 300_000).map(lambda fen: fen / 100)
boards = st.sampled_from(["main", "chinext", "star", "bse"])


@pytest.mark.parametrize(
    ("board", "st_share", "up", "down"),
    [
        ("main", False, 13.57, 11.11),
        ("main", True, 13.57, 11.11),
        ("chinext", False, 14.81, 9.87),
        ("chinext", True, 14.81, 9.87),
        ("star", False, 14.81, 9.87),
        ("bse", False, 16.04, 8.64),
        ("bse", True, 16.04, 8.64),
    ],
)
def test_limits_of_each_board(board: str, st_share: bool, up: float, down: float) -> None:
    assert limit_up(12.34, board, st_share, DAY) == up
    assert limit_down(12.34, board, st_share, DAY) == down


def test_st_limits_were_widened_on_2026_07_06() -> None:
    assert price_limit_ratio("main", True, LAST_OLD) == 0.05
    assert price_limit_ratio("main", True, FIRST_NEW) == 0.1
    assert (limit_up(4, st=True, as_of=LAST_OLD), limit_down(4, st=True, as_of=LAST_OLD)) == (
        4.2,
        3.8,
    )
    assert (limit_up(4, st=True, as_of=FIRST_NEW), limit_down(4, st=True, as_of=FIRST_NEW)) == (
        4.4,
        3.6,
    )


def test_only_main_board_st_shares_had_a_narrower_limit() -> None:
    assert price_limit_ratio("main", False, LAST_OLD) == 0.1
    assert price_limit_ratio("chinext", True, LAST_OLD) == 0.2


def test_the_limit_is_rounded_half_up() -> None:
    # 3.35 x 1.1 = 3.685 and 3.35 x 0.9 = 3.015: binary floats and banker's rounding say less
    assert limit_up(3.35, as_of=DAY) == 3.69
    assert limit_down(3.35, as_of=DAY) == 3.02


def test_a_penny_share_can_still_move_by_one_step() -> None:
    assert (limit_up(0.04, as_of=DAY), limit_down(0.04, as_of=DAY)) == (0.05, 0.03)
    assert limit_down(0.01, as_of=DAY) == 0.01


def test_a_close_with_noise_in_the_last_place_is_taken_to_the_fen() -> None:
    assert limit_up(10 * 1.1, as_of=DAY) == 12.1


def test_the_star_market_had_no_rule_before_it_opened() -> None:
    with pytest.raises(ToujiaoError, match="没有生效的版本"):
        limit_up(10, "star", as_of=date(2019, 7, 21))


@pytest.mark.parametrize("close", [0, -1, 0.001, float("inf"), None])
def test_impossible_closes_are_explained(close: float) -> None:
    with pytest.raises(ToujiaoError, match="前收盘价"):
        limit_up(close, as_of=DAY)


def test_an_unknown_board_is_explained() -> None:
    with pytest.raises(ToujiaoError, match="chinext（创业板）"):
        limit_down(10, "创业", as_of=DAY)


@given(closes, boards, st.booleans())
def test_limits_enclose_the_close_and_stay_near_the_ratio(
    close: float, board: str, st_share: bool
) -> None:
    up, down = limit_up(close, board, st_share, DAY), limit_down(close, board, st_share, DAY)
    assert 0 < down <= close < up
    ratio = price_limit_ratio(board, st_share, DAY)
    step = 0.01 + 1e-9
    assert abs(up - close * (1 + ratio)) <= step
    assert abs(down - close * (1 - ratio)) <= step


def test_the_price_step_is_the_one_of_the_rule() -> None:
    assert Decimal(str(load_rules().at("tick-size", on=DAY).fields["stock"])) == FEN


@pytest.mark.parametrize(
    ("arguments", "price"),
    [
        ({}, 20),
        ({"cash_dividend": 0.5}, 19.5),
        ({"bonus_ratio": 1.0}, 10),
        ({"bonus_ratio": 0.5}, 13.33),
        ({"cash_dividend": 0.5, "bonus_ratio": 0.5}, 13),
        # (20 + 10 x 0.3) / 1.3 = 17.692
        ({"rights_ratio": 0.3, "rights_price": 10}, 17.69),
        # (20 - 1 + 8 x 0.2) / 1.7 = 12.1176
        ({"cash_dividend": 1, "bonus_ratio": 0.5, "rights_ratio": 0.2, "rights_price": 8}, 12.12),
        # 20 / 1.6 = 12.5; 20.01 / 1.6 = 12.50625
        ({"bonus_ratio": 0.6}, 12.5),
    ],
)
def test_ex_rights_price(arguments: dict[str, float], price: float) -> None:
    assert ex_rights_price(20, **arguments) == price


def test_ex_rights_price_is_rounded_half_up() -> None:
    # 10.05 / 2 = 5.025
    assert ex_rights_price(10.05, bonus_ratio=1) == 5.03


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"prev_close": 0}, "前收盘价"),
        ({"prev_close": 10, "cash_dividend": -1}, "现金红利不能是负数"),
        ({"prev_close": 10, "cash_dividend": 10}, "10 派 5 元写成 0.5"),
        ({"prev_close": 10, "bonus_ratio": -0.5}, "送转比例"),
        ({"prev_close": 10, "rights_ratio": 0.3}, "配股价"),
    ],
)
def test_impossible_ex_rights_are_explained(arguments: dict[str, float], message: str) -> None:
    with pytest.raises(ToujiaoError, match=message):
        ex_rights_price(**arguments)


@given(closes, st.floats(0, 3))
def test_a_bonus_issue_keeps_the_value(close: float, bonus: float) -> None:
    # One share becomes 1 + bonus shares; only rounding to the fen may be lost.
    assert abs(ex_rights_price(close, bonus_ratio=bonus) * (1 + bonus) - close) <= 0.0051 * (
        1 + bonus
    )
