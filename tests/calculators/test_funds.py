"""Subscription and redemption of fund shares."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from toujiao.calculators.funds import redemption, redemption_by_amount, subscription
from toujiao.errors import ToujiaoError

amounts = st.integers(100, 100_000_000).map(lambda fen: fen / 100)
rates = st.integers(0, 500).map(lambda points: points / 10_000)
navs = st.integers(1_000, 99_999).map(lambda points: points / 10_000)


def test_a_purchase_by_hand() -> None:
    bought = subscription(10_000, 0.015, nav=1.25)
    # 10000 / 1.015 = 9852.2167, 9852.22 / 1.25 = 7881.776
    assert (bought.net, bought.fee, bought.shares, bought.rate) == (9852.22, 147.78, 7881.78, 0.015)
    assert bought.steps == (
        "净申购金额：10000 元 ÷ (1 + 1.5%) = 9852.22 元（四舍五入到分）",
        "申购费：10000 − 9852.22 = 147.78 元",
        "买到的份额：9852.22 元 ÷ 1.25 元 = 7881.78 份（保留两位小数）",
    )


def test_a_discount_by_hand() -> None:
    bought = subscription(10_000, 0.015, 0.1)
    # 10000 / 1.0015 = 9985.0225
    assert (bought.net, bought.fee, bought.shares, bought.rate) == (9985.02, 14.98, None, 0.0015)
    assert bought.steps[0] == "打折后的申购费率：1.5% × 0.1 = 0.15%"
    assert len(bought.steps) == 3


def test_without_a_fee_everything_is_invested() -> None:
    assert subscription(1_000, 0, nav=1).shares == 1_000
    assert subscription(1_000, 0.015, 0).fee == 0


@given(amounts, rates, navs)
def test_a_discount_of_one_is_none(amount: float, rate: float, nav: float) -> None:
    assert subscription(amount, rate, 1.0, nav) == subscription(amount, rate, nav=nav)


@given(amounts, rates, st.integers(0, 10).map(lambda tenths: tenths / 10))
def test_net_and_fee_are_the_amount(amount: float, rate: float, discount: float) -> None:
    bought = subscription(amount, rate, discount)
    assert Decimal(str(bought.net)) + Decimal(str(bought.fee)) == Decimal(str(amount))
    # The fee is the rate on what is invested, up to a fen.
    assert bought.fee == pytest.approx(bought.net * rate * discount, abs=0.011)


def test_a_sale_by_hand() -> None:
    sold = redemption(7881.78, 1.4, 0.005)
    # 7881.78 x 1.4 = 11034.492, x 0.005 = 55.17
    assert (sold.gross, sold.fee, sold.net) == (11034.49, 55.17, 10979.32)
    assert sold.steps == (
        "赎回总额：7881.78 份 × 1.4 元 = 11034.49 元",
        "赎回费：11034.49 元 × 0.5% = 55.17 元",
        "到手：11034.49 − 55.17 = 10979.32 元",
    )


@given(st.integers(100, 10_000_000).map(lambda n: n / 100), navs, rates)
def test_a_sale_by_amount_is_the_same_sale(shares: float, nav: float, rate: float) -> None:
    sold = redemption(shares, nav, rate)
    by_amount = redemption_by_amount(sold.gross, rate)
    assert (by_amount.fee, by_amount.net) == (sold.fee, sold.net)
    assert by_amount.steps == sold.steps[1:]


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: subscription(0, 0.015), "申购金额"),
        (lambda: subscription(0.001, 0.015), "不到 1 分钱"),
        (lambda: subscription(100, 1.5), "申购费率要在 0 到 1 之间"),
        (lambda: subscription(100, 0.015, 10), "费率折扣"),
        (lambda: subscription(100, 0.015, 1, 0), "单位净值"),
        (lambda: redemption(0, 1, 0), "赎回份额"),
        (lambda: redemption(1, -1, 0), "单位净值"),
        (lambda: redemption(0.001, 1, 0), "不到 1 分钱"),
        (lambda: redemption(100, 1, -0.01), "赎回费率"),
        (lambda: redemption_by_amount(-5, 0.01), "赎回金额"),
    ],
)
def test_bad_input_is_explained(call: Callable[[], object], message: str) -> None:
    with pytest.raises(ToujiaoError, match=message):
        call()
