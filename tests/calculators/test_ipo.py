"""What a market value allows to apply for."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from toujiao import clock
from toujiao.calculators.ipo import subscription_quota
from toujiao.errors import ToujiaoError

DAY = date(2026, 10, 9)
LAST_OLD, FIRST_NEW = date(2023, 2, 16), date(2023, 2, 17)


@pytest.mark.parametrize(
    ("value", "units", "shares"),
    [
        (0, 0, 0),
        (9_999.99, 0, 0),
        (10_000, 2, 1_000),
        (14_999.99, 2, 1_000),
        (15_000, 3, 1_500),
        (123_456, 24, 12_000),
    ],
)
@pytest.mark.parametrize("market", ["sse", "szse"])
def test_quota_by_hand(value: float, units: int, shares: int, market: str) -> None:
    quota = subscription_quota(value, market, DAY)
    assert (quota.units, quota.shares) == (units, shares)


def test_the_steps_show_the_working() -> None:
    assert subscription_quota(23_456, "szse", DAY).steps == (
        "深市：前 20 个交易日的日均市值 23456 元，达到了 10000 元的门槛",
        "申购单位：23456 ÷ 5000，去掉零头是 4 个",
        "可申购：4 × 500 = 2000 股，同时不能超过这只新股公布的申购上限",
    )
    assert subscription_quota(9_000, "sse", DAY).steps == (
        "沪市：前 20 个交易日的日均市值 9000 元，不到 10000 元的门槛，不能申购",
    )


def test_shanghai_had_a_larger_unit_before_2023_02_17() -> None:
    assert subscription_quota(15_000, "sse", LAST_OLD).shares == 1_000
    assert subscription_quota(15_000, "sse", FIRST_NEW).shares == 1_500
    assert subscription_quota(15_000, "szse", LAST_OLD).shares == 1_500
    with clock.fixed(LAST_OLD):
        assert subscription_quota(15_000, "sse").units == 1


@given(st.floats(0, 1e8), st.floats(0, 1e8), st.sampled_from(["sse", "szse"]))
def test_more_value_never_allows_less(first: float, second: float, market: str) -> None:
    low, high = sorted((first, second))
    less, more = subscription_quota(low, market, DAY), subscription_quota(high, market, DAY)
    assert less.shares <= more.shares
    assert more.shares == more.units * 500


@pytest.mark.parametrize(
    ("value", "market", "message"),
    [
        (-1, "sse", "日均市值不能是负数"),
        (1e300, "sse", "金额太大"),
        (10_000, "bse", "北交所打新要先付全款"),
        (10_000, "nyse", "sse（沪市）或 szse（深市）"),
        (10_000, ["sse"], "市场要填"),
    ],
)
def test_bad_input_is_explained(value: float, market: Any, message: str) -> None:
    with pytest.raises(ToujiaoError, match=message):
        subscription_quota(value, market, DAY)
