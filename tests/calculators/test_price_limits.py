"""Price limits by board and day, and the ex-rights reference price."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from toujiao.calculators.ex_rights import ex_day_change, ex_rights_price
from toujiao.calculators.inputs import FEN
from toujiao.calculators.price_limits import (
    limit_chain,
    limit_down,
    limit_up,
    percent_change,
    price_limit_ratio,
)
from toujiao.errors import ToujiaoError
from toujiao.rules.in_use import in_use

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
    with pytest.raises(ToujiaoError, match="没有查到，或者那时还没有"):
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


def test_three_limit_days_by_hand() -> None:
    # 12.34 x 1.1 = 13.574, 13.57 x 1.1 = 14.927, 14.93 x 1.1 = 16.423
    chain = limit_chain(12.34, 3, as_of=DAY)
    assert (chain.prices, chain.last, chain.ratio) == ((13.57, 14.93, 16.42), 16.42, 0.1)
    # 4.08 / 12.34
    assert chain.change == pytest.approx(0.330632, abs=1e-6)
    assert chain.steps == (
        "第 1 个涨停：12.34 × (1 + 10%) = 13.574 元，四舍五入到分是 13.57 元",
        "第 2 个涨停：13.57 × (1 + 10%) = 14.927 元，四舍五入到分是 14.93 元",
        "第 3 个涨停：14.93 × (1 + 10%) = 16.423 元，四舍五入到分是 16.42 元",
        "3 个涨停一共：(16.42 − 12.34) ÷ 12.34 ≈ 33.06%",
    )


def test_falling_days_by_hand() -> None:
    chain = limit_chain(10, 3, "down", "chinext", as_of=DAY)
    assert chain.prices == (8, 6.4, 5.12)
    assert chain.change == pytest.approx(-0.488)
    assert chain.steps[0] == "第 1 个跌停：10 × (1 − 20%) = 8 元"
    assert chain.steps[-1] == "3 个跌停一共：(5.12 − 10) ÷ 10 = −48.8%"


def test_a_chain_takes_the_limit_of_its_day() -> None:
    assert limit_chain(4, 2, st=True, as_of=LAST_OLD).prices == (4.2, 4.41)
    assert limit_chain(4, 2, st=True, as_of=FIRST_NEW).prices == (4.4, 4.84)


def test_a_penny_share_says_why_it_moves_by_a_step() -> None:
    assert limit_chain(0.04, 1, as_of=DAY).steps[0] == (
        "第 1 个涨停：0.04 × (1 + 10%) = 0.044 元，至少要变动 0.01 元，是 0.05 元"
    )
    stuck = limit_chain(0.02, 2, "down", as_of=DAY)
    assert stuck.prices == (0.01, 0.01)
    assert stuck.steps[1].endswith("= 0.009 元，四舍五入到分是 0.01 元")


@given(closes, boards, st.booleans(), st.integers(1, 12))
def test_a_chain_is_one_limit_after_the_other(
    close: float, board: str, st_share: bool, days: int
) -> None:
    for direction, one_day in (("up", limit_up), ("down", limit_down)):
        chain = limit_chain(close, days, direction, board, st_share, DAY)
        assert chain.prices[0] == one_day(close, board, st_share, DAY)
        for before, after in pairwise(chain.prices):
            assert after == one_day(before, board, st_share, DAY)
        assert len(chain.prices) == days == len(chain.steps) - 1
        assert percent_change(chain.last, close) == pytest.approx(chain.change)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"days": 0}, "连续天数必须大于 0"),
        ({"days": 2.5}, "连续天数要填整数"),
        ({"days": 101}, "最多算到 100 天"),
        ({"direction": "涨"}, "up（涨停）或 down（跌停）"),
        ({"prev_close": 0}, "前收盘价"),
        ({"board": "nasdaq"}, "板块"),
        ({"prev_close": 1e19, "days": 60}, "太大"),
    ],
)
def test_impossible_chains_are_explained(arguments: dict[str, Any], message: str) -> None:
    with pytest.raises(ToujiaoError, match=message):
        limit_chain(**{"prev_close": 10, "days": 3, "as_of": DAY, **arguments})


def test_percent_change() -> None:
    assert percent_change(10.5, 10) == 0.05
    assert percent_change(9.7, 10) == -0.03
    assert percent_change(0, 10) == -1
    with pytest.raises(ToujiaoError, match="基准价"):
        percent_change(10, 0)
    with pytest.raises(ToujiaoError, match="现价"):
        percent_change(-1, 10)


def test_an_ex_day_is_measured_against_the_reference_price() -> None:
    # (20 - 0.5) / 1.5 = 13, and 13.26 is 2 % above it, though far below the close of 20
    result = ex_day_change(20, 13.26, cash_dividend=0.5, bonus_ratio=0.5)
    assert (result.reference, result.points, result.change) == (13, 0.26, 0.02)
    assert result.steps == (
        "除权除息参考价：(20 − 0.5) ÷ (1 + 0.5) = 13 元（四舍五入到分）",
        "和参考价比：13.26 − 13 = 0.26 元",
        "涨跌幅：0.26 ÷ 13 = 2%",
    )


def test_an_ex_day_with_everything_shows_everything() -> None:
    plan = {"cash_dividend": 1, "bonus_ratio": 0.5, "rights_ratio": 0.2, "rights_price": 8}
    result = ex_day_change(20, 12, **plan)
    assert result.reference == 12.12
    assert result.steps[0].startswith(
        "除权除息参考价：(20 − 1 + 8 × 0.2) ÷ (1 + 0.5 + 0.2) = 12.12"
    )
    assert result.steps[-1] == "涨跌幅：−0.12 ÷ 12.12 ≈ −0.99%"


def test_without_a_plan_an_ex_day_is_any_day() -> None:
    result = ex_day_change(20, 21)
    assert (result.reference, result.change) == (20, 0.05)


def test_numbers_written_as_text_are_taken_as_numbers() -> None:
    text: Any = "13.26"
    assert ex_day_change(20, text, 0.5, 0.5) == ex_day_change(20, 13.26, 0.5, 0.5)


def test_a_reference_price_of_nothing_is_explained() -> None:
    with pytest.raises(ToujiaoError, match="不到 1 分钱"):
        ex_day_change(0.01, 0.01, bonus_ratio=9)


def test_the_price_step_is_the_one_of_the_rule() -> None:
    assert Decimal(str(in_use().at("tick-size", on=DAY).fields["stock"])) == FEN


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
