"""The word lists: advice and promises are found, teaching and warnings are not."""

from __future__ import annotations

import pytest

from toujiao.knowledge.wording import load_wording


@pytest.mark.parametrize(
    "sentence",
    [
        "建议买入这只股票。",
        "建议大家逢低加仓。",
        "现在正是抄底的好时机。",
        "目前是上车的机会。",
        "这只股票值得长期持有。",
        "可以考虑买入。",
        "可以逢低买进。",
        "目标价看到 50 元。",
        "赶紧上车。",
        "适合重仓。",
    ],
)
def test_advice_is_found(sentence: str) -> None:
    assert load_wording().find_advice(sentence)


@pytest.mark.parametrize(
    "sentence",
    [
        "建议先查公告再决定。",
        "建议不要借钱炒股。",
        "不可以买入自己看不懂的东西。",
        "有人说“建议买入”，这不算数。",
        "“现在正是抄底的好时机”是骗人的话。",
        "止损价是多少，要自己定。",
        "今天买入的股票，明天才能卖出。",
        "持有满一年，红利免税。",
    ],
)
def test_teaching_is_not_advice(sentence: str) -> None:
    assert load_wording().find_advice(sentence) is None


@pytest.mark.parametrize("sentence", ["跟着做稳赚。", "这是零风险的买卖。", "明天一定会涨。"])
def test_a_promise_is_found(sentence: str) -> None:
    assert load_wording().find_promise(sentence)


@pytest.mark.parametrize(
    "sentence",
    [
        "没有稳赚的买卖。",
        "凡是说稳赚的，都要小心。",
        "“稳赚不赔”是骗局的开场白。",
        "对方承诺保本，就是违法。",
        "它不保本。",
    ],
)
def test_a_denied_or_quoted_promise_is_none(sentence: str) -> None:
    assert load_wording().find_promise(sentence) is None


def test_a_denied_promise_does_not_hide_a_later_one() -> None:
    assert load_wording().find_promise("有人说没有稳赚的事，其实跟着我就能够稳赚。") == "稳赚"
