"""Limit days by date, without a price, held at cost; and questions without their numbers."""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Decimal

import pytest

from toujiao.assistant.calculate import AskBack, calculate

from .conftest import Ask, Asked, Value


def times(close: str, *ratios: str) -> float:
    at = Decimal(close)
    for ratio in ratios:
        at = (at * (1 + Decimal(ratio))).quantize(Decimal("0.01"), ROUND_HALF_UP)
    return float(at)


PRICE = "last_price_yuan"


@pytest.mark.parametrize(
    ("question", "expected"),
    [
        ("四块六连续三个跌停后多少钱", times("4.6", "-0.1", "-0.1", "-0.1")),
        ("股价8块3连着5个涨停是多少", times("8.3", *["0.1"] * 5)),
        ("科创板6块2连吃两个跌停剩多少", times("6.2", "-0.2", "-0.2")),
        # The limit of ST shares on the main board was 5 % until 2026-07-05.
        ("2026年7月3日收盘ST股6块，7月3日之后连着三个跌停多少钱", times("6", *["-0.1"] * 3)),
        ("2026年7月2日收盘ST股6块，之后连着三个涨停多少钱", times("6", "0.05", "0.1", "0.1")),
        ("从2026年7月3日起ST股4块连续两个跌停多少钱", times("4", "-0.05", "-0.1")),
        ("2026年5月8日ST股6块，连着两个涨停多少钱", times("6", "0.05", "0.05")),
        ("2026年7月3日普通股票6块，连着两个涨停多少钱", times("6", "0.1", "0.1")),
        ("ST股7月2日收8块，7月3日和7月6日都跌停，多少钱", times("8", "-0.05", "-0.1")),
        ("ST股7月3日收8块，7月6日涨停，7月7日又涨停，多少钱", times("8", "0.1", "0.1")),
    ],
)
def test_each_limit_day_has_its_own_rule(question: str, expected: float, value: Value) -> None:
    assert value(question, PRICE) == expected


@pytest.mark.parametrize(
    ("question", "said"),
    [
        ("2026年7月3日ST股6块，连着两个涨停多少钱", "收盘那天"),
        ("ST股7月1日收8块，7月3日和7月6日都跌停，多少钱", "前后两个交易日"),
        ("前天、昨天和今天都涨停，前收10元，现在多少钱", "几个"),
        ("600股成本15块，昨天收盘14块，吃了两个跌停，亏多少", ""),
    ],
)
def test_asked_back(question: str, said: str, asked_back: Asked) -> None:
    assert said in asked_back(question)


@pytest.mark.parametrize(
    ("question", "key", "expected"),
    [
        ("四个涨停一共涨百分之几", "change_percent", (1.1**4 - 1) * 100),
        ("连续两个跌停总共跌了多少", "change_percent", (0.9**2 - 1) * 100),
        ("创业板连着3个涨停涨幅多少", "change_percent", (1.2**3 - 1) * 100),
        ("六连板涨了百分之多少", "change_percent", (1.1**6 - 1) * 100),
        ("要多少个涨停翻一番", "count_days", 8),
        ("科创板几个涨停能翻倍", "count_days", 4),
        ("北交所的票几个跌停就腰斩", "count_days", 2),
        ("几个跌停亏一半", "count_days", 7),
        ("跌掉30%要几个跌停", "count_days", 4),
        ("几个涨停能涨50%", "count_days", 5),
    ],
)
def test_limit_days_without_a_price(question: str, key: str, expected: float, value: Value) -> None:
    assert value(question, key) == pytest.approx(expected)


@pytest.mark.parametrize(
    ("question", "loss"),
    [
        ("800股成本15块，吃了三个跌停，亏多少", 800 * (15 - times("15", *["-0.1"] * 3))),
        ("我有500股，成本价20元，连着两个跌停，市值还剩多少", 500 * (20 - 16.2)),
        ("300股，持仓成本9元，吃了一个跌停，亏多少", 300 * 0.9),
    ],
)
def test_held_at_cost(question: str, loss: float, value: Value, ask: Ask) -> None:
    assert value(question, "gain_yuan") == pytest.approx(-loss)
    assert any("成本价" in step for step in getattr(ask(question), "steps", ()))


@pytest.mark.parametrize(
    ("question", "missing"),
    [
        ("请问跌停价是多少呀", "前一天的收盘价"),
        ("今天的涨停价多少钱", "前一天的收盘价"),
        ("明天10送3除权，跌停价是多少", "前一天的收盘价"),
        ("每10股派3元今天除息，涨停价几块", "前一天的收盘价"),
        ("我打新最多能申购多少股", "日均市值"),
        ("新股能打几股", "日均市值"),
        ("RSI多少，周期14", "收盘价"),
        ("6日RSI是多少", "收盘价"),
        ("四连板之后股价是多少", "前一天的收盘价"),
        ("连着5个跌停后多少钱", "前一天的收盘价"),
    ],
)
def test_a_sum_without_its_numbers_is_asked_about(question: str, missing: str) -> None:
    outcome = calculate(question)
    assert isinstance(outcome, AskBack), outcome
    assert missing in outcome.missing


@pytest.mark.parametrize(
    "question",
    [
        "涨停价是什么",
        "跌停价怎么算",
        "涨停价怎么算出来的",
        "涨停板是多少",
        "ST股涨停是多少",
        "RSI是多少算超买",
        "RSI一般设多少",
        "打新要多少市值",
        "连续三个涨停算不算异动",
        "连续几个涨停会停牌",
        "三个涨停就要停牌核查吗",
        "这只票今年有几个涨停板涨了50%",
        "创业板注册制以前三个涨停一共涨多少",
    ],
)
def test_questions_of_terms_stay_with_the_cards(question: str) -> None:
    assert calculate(question) is None


def test_the_answer_to_the_question_back() -> None:
    done = calculate("前收18块", earlier=["涨停价是多少啊"])
    assert done is not None
    assert getattr(done, "results", {}).get("limit_up_yuan") == 19.8
