"""Kinds of questions that the first blind sums found wrong or asked back for nothing."""

from __future__ import annotations

from statistics import correlation, stdev

import pytest

from .conftest import Ask, Asked, Value

MONTHS = [0.02, -0.01, 0.05]


@pytest.mark.parametrize(
    ("question", "key", "expected"),
    [
        ("10送3配1，配股价6块，派2块，昨收18元，除权价多少", "reference_price_yuan", 13.14),
        ("每10股配3股配股价五块，送2股，派1元，收盘12元，除权参考价是多少", "reference_price_yuan", 8.93),
        ("正好满一年，10派4，2000股，红利税多少", "tax_yuan", 80),
        ("刚好持有1年，分红3000元，扣多少税", "tax_yuan", 300),
        ("股票拿了整整一年，收到股息800块，要交多少税", "tax_yuan", 80),
        ("恰好满一个月卖的，分红600元，交多少税", "tax_yuan", 120),
        ("拿了3年免赎回费，赎回5000份，净值1.6，到手多少", "net_yuan", 8000),
        ("赎回费全免，赎回3万块基金，到手多少", "net_yuan", 30000),
        ("不收赎回费，1200.5份净值2元，赎回能拿多少", "net_yuan", 2401),
        ("沪市市值8500能打新吗，能打几股", "shares", 0),
        ("深市市值只有9000块，打新能申购多少股", "shares", 0),
        ("我沪市市值36000，打新能申购多少股", "shares", 3500),
        ("10万做GC001 利率1.5% 利息多少//周四", "interest_days", 3),
        ("5万做逆回购1天期，利率2%，利息多少//星期四做的", "interest_days", 3),
        ("昨天K值是30，今天RSV是90，今天K是多少", "k", 50),
        ("昨天的K值是60，RSV是30，今天K值等于多少", "k", 50),
        ("昨天D值是30，今天K值是60，今天D值多少", "d", 40),
        ("昨天的D是45，今天的K是60，今天的D等于多少", "d", 50),
        ("三天的TR分别是1、2、3，3日ATR是多少", "atr_yuan", 2),
        ("四天的真实波幅是1、1.2、0.8、1，4日ATR多少", "atr_yuan", 1),
        ("OBV从0开始，收盘5、6、5.5，成交量10、20、5手，OBV是多少", "obv", 1500),
        ("OBV从0起算，收盘5、6、7，成交量10、20、5手，OBV是多少", "obv", 2500),
        ("月收益率2%、-1%、5%，一年12个月，年化波动率多少", "annual_volatility", stdev(MONTHS) * 12**0.5),
        ("每周收益2%、-1%、5%，按一年52周，年化波动率多少", "annual_volatility", stdev(MONTHS) * 52**0.5),
        ("胜率55%，赢了赚1.5倍，亏了全没，凯利仓位多少", "kelly_fraction", 0.55 - 0.45 / 1.5),
        ("赢的概率70%，赢了赚0.8倍，输了血本无归，凯利公式算多少", "kelly_fraction", 0.7 - 0.3 / 0.8),
        ("做了20次赢12次，赢一次赚900，输一次亏600，平均每次期望多少", "expectation_yuan", 300),
        ("这三天涨跌2%、-1%、5%，波动率多少", "volatility", stdev(MONTHS)),
        ("两只票收益率：甲2%、-1%、5%，乙1%、0.5%、2%，相关系数是多少", "correlation",
         correlation(MONTHS, [0.01, 0.005, 0.02])),
        ("三期收益 甲2%、-1%、5% 乙1%、0.5%、2% 相关系数", "correlation",
         correlation(MONTHS, [0.01, 0.005, 0.02])),
    ],
)  # fmt: skip
def test_the_whole_kind(question: str, key: str, expected: float, value: Value) -> None:
    assert value(question, key) == pytest.approx(expected, abs=1e-9)


@pytest.mark.parametrize(
    ("question", "said"),
    [
        ("满一年，10派4，2000股，红利税多少", "正好满"),
        ("刚满一个月，分红600元，交多少税", "正好满"),
        ("不免赎回费，赎回5000份，净值1.6，到手多少", "赎回费率"),
        ("满2年免赎回费，我拿了1年，赎回5000份，净值1.6，到手多少", "年"),
        ("昨天K值是30，今天RSV是90，今天K值和D值多少", "D值"),
        ("OBV从300开始，收盘5、6、5.5，成交量10、20、5手，OBV是多少", "300"),
        ("每周收益2%、-1%、5%，一年12个月，年化波动率多少", "对不上"),
        ("胜率55%，赢了翻倍，亏了全没，凯利仓位多少", "盈亏比"),
        ("胜率55%，赢了变成1.5倍，亏了全没，凯利仓位多少", "盈亏比"),
        ("赢一次赚900，输一次亏600，凯利仓位多少", "胜率"),
        ("赢1次能赚900，输1次要亏600，平均每笔期望多少", "胜率"),
    ],
)
def test_asked_back(question: str, said: str, asked_back: Asked) -> None:
    assert said in asked_back(question)


def test_below_the_threshold_is_said(ask: Ask) -> None:
    assert "不到门槛" in getattr(ask("沪市市值8500能打新吗，能打几股"), "steps", [""])[-1]


def test_a_win_and_two_losses_are_counts(value: Value) -> None:
    assert value("赢了1次亏了3次，胜率多少", "win_rate") == 0.25
    assert value("赢1次亏3次，胜率多少", "win_rate") == 0.25


def test_a_word_that_is_no_day_changes_no_sum_of_before(ask: Ask) -> None:
    assert ask("10万做GC001 利率1.5% 利息多少//一天") is None
