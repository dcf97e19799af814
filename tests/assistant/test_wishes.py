"""A sum beside a wish for a verdict gets both; a sum is no scam, no forecast and no tip."""

from __future__ import annotations

import pytest

from toujiao.assistant.pipeline import Assistant
from toujiao.assistant.wishes import verdict_wished
from toujiao.records import Kind


@pytest.mark.parametrize(
    ("question", "result"),
    [
        ("茅台成本1500买100股现在1400亏多少，还能拿吗", "亏"),
        ("市值450亿，一年净利润18亿，市盈率是多少，贵不贵能买吗", "25"),
        ("DIF是-0.18，DEA是-0.10，MACD柱是多少，该不该割", "−0.16"),
    ],
)
def test_the_sum_and_the_refusal(bot: Assistant, question: str, result: str) -> None:
    answer = bot.ask(question)
    assert answer.kind == Kind.REFUSAL
    assert answer.calculation
    before, _, after = answer.answer.partition("\n\n")
    assert result in before
    assert "证券投资咨询的资格" in after
    assert "茅台" not in answer.answer


@pytest.mark.parametrize(
    ("question", "kind"),
    [
        ("成本8.8元，500股，卖到多少不亏", Kind.CALCULATION),
        ("我13块买的，多少钱卖才不亏手续费", Kind.ASK_BACK),
        ("跌了三成需要涨几成才能解套", Kind.CALCULATION),
        ("昨天收了8块3今天最高能涨到多少", Kind.CALCULATION),
        ("2000股成本12.5元，涨到多少能赚5000", Kind.CALCULATION),
        ("卖了一百来股，20块一股，费用多少", Kind.ASK_BACK),
        ("老师带我买，保证保本，投10万年化20%一年能赚多少", Kind.SCAM_WARNING),
    ],
)
def test_plain_arithmetic_is_no_tip_and_a_story_stays_a_warning(
    bot: Assistant, question: str, kind: Kind
) -> None:
    assert bot.ask(question).kind == kind


@pytest.mark.parametrize(
    "question", ["我的基金怎么赎回", "C类一直收服务费吗", "这只基金怎么赎回到账"]
)
def test_questions_of_procedure_are_no_tips(bot: Assistant, question: str) -> None:
    assert bot.ask(question).kind not in (Kind.REFUSAL, Kind.SCAM_WARNING)


def test_arithmetic_with_the_words_of_trading_wishes_nothing() -> None:
    for question in (
        "10元买1000股，多少钱卖才不亏",
        "10万块能买几手",
        "1000股能拿多少钱分红",
        "打新能申购多少股",
    ):
        assert verdict_wished(question) is None
