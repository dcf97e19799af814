"""Drawdown, volatility, Sharpe, beta, correlation and turnover, asked for in many words."""

from __future__ import annotations

import math
import statistics

import pytest
from hypothesis import given
from hypothesis import strategies as st

from toujiao.assistant.calculate import AskBack, calculate

from .conftest import worked_out

SPREAD = statistics.stdev([0.01, -0.02, 0.03, -0.01])


DRAWDOWN = [
    ("净值1.0，1.2，0.9，1.1，最大回撤多少", 0.25),
    ("净值从最高2元跌到1.5元，最大回撤是多少", 0.25),
    ("净值1.0，1.2，1.3，最大回撤多少", 0),
    ("净值1.0 1.2 0.9 1.1 最大回撤", 0.25),
    ("从1涨到1.5又跌到1.2再涨到1.8最后跌到1.35，最大回撤是多少", 0.25),
    ("账户最高到12万，后来最低9万，最大回撤多少", 0.25),
    ("最高点3000点，最低点2400点，最大回撤是多少", 0.2),
    ("高点和低点分别是20和15，最大回撤多少", 0.25),
    ("低点和高点分别是15和20，最大回撤多少", 0.25),
    ("先涨10%，再跌20%，又涨5%，最大回撤多少", 0.2),
    ("收益率10%、-20%、5%，最大回撤", 0.2),
    ("跌1%、2%、3%，最大回撤多少", 1 - 0.99 * 0.98 * 0.97),
    ("净值一块二跌到九毛，回撤多少", 0.25),
    ("基金净值从1.5回落到1.2，最大回撤百分之几", 0.2),
    ("账户100到120再到90，最大回撤怎么算", 0.25),
    ("10万做到15万又跌回12万，最大回撤多少", 0.2),
    ("2021年净值1.5元，2022年净值1.2元，2023年净值1.8元，最大回撤多少", 0.2),
    ("1月份净值1.2，2月份1.1，3月份1.3，最大回撤多少", 0.1 / 1.2),
    ("沪深300从5900点跌到3600点，最大回撤是多少", 2300 / 5900),
    ("从最低0.8元涨到1.2元，最大回撤是多少", 0),
]
VOLATILITY = [
    ("volatility", "收益率1%、-2%、3%、负1%，波动率多少", SPREAD),
    ("volatility", "涨1%跌2%涨3%跌1%，波动率多少", SPREAD),
    ("volatility", "收益率1、-2、3、-1%，标准差多少", SPREAD),
    ("volatility", "周一涨1%，周二跌2%，周三涨3%，周四跌1%，波动率是多少", SPREAD),
    ("volatility", "第一天涨1%，第二天跌2%，第三天涨3%，第四天跌1%，波动率多少", SPREAD),
    ("volatility", "收益率1%、-2%、3%、-1%，总体标准差多少", SPREAD * math.sqrt(3 / 4)),
    ("annual_volatility", "每天收益1%、-2%、3%、-1%，年化波动率是多少", SPREAD * math.sqrt(252)),
    ("annual_volatility", "每周收益1%、-2%、3%、-1%，年化波动率是多少", SPREAD * math.sqrt(52)),
    ("annual_volatility", "日波动率1.5%，年化波动率是多少", 0.015 * math.sqrt(252)),
    ("annual_volatility", "日波动率1.5%，一年按242个交易日，年化多少", 0.015 * math.sqrt(242)),
    ("annual_volatility", "每日波动率1%，250个交易日，年化波动率", 0.01 * math.sqrt(250)),
    ("annual_volatility", "月波动率百分之五，年化多少", 0.05 * math.sqrt(12)),
    ("annual_volatility", "周波动率2%，年化波动率是多少", 0.02 * math.sqrt(52)),
    ("annual_volatility", "每天的标准差是2%，换算成年化波动率是多少", 0.02 * math.sqrt(252)),
    ("volatility", "年化波动率30%，日波动率多少", 0.3 / math.sqrt(252)),
    ("volatility", "年化波动率24%，每月波动多少", 0.24 / math.sqrt(12)),
    ("volatility", "年波动率16%，一个月的波动率是多少", 0.16 / math.sqrt(12)),
]
SHARPE = [
    ("年化收益15%，无风险利率3%，波动率20%，夏普多少", 0.6),
    ("年化收益率12%，波动率15%，无风险利率2%，夏普比率是多少", 10 / 15),
    ("无风险利率2%，基金收益10%，标准差16%，夏普比率", 0.5),
    ("收益15个点，无风险2个点，波动20个点，夏普多少", 0.65),
    ("年化收益15%，波动率20%，不考虑无风险利率，夏普多少", 0.75),
    ("年化收益15%，波动率20%，无风险利率为0，夏普多少", 0.75),
    ("收益-5%，无风险利率2%，波动率10%，夏普比率多少", -0.7),
    ("收益率、无风险利率和波动率分别是15%、3%、20%，夏普多少", 0.6),
    ("无风险利率、收益率和波动率分别是3%、15%、20%，夏普多少", 0.6),
    ("基金一年赚百分之十五，国债利率百分之三，波动百分之二十，夏普值是多少", 0.6),
    (
        "每月收益1%、2%、-1%、3%，无风险利率2%，夏普比率是多少",
        (0.0125 * 12 - 0.02) / (statistics.stdev([0.01, 0.02, -0.01, 0.03]) * math.sqrt(12)),
    ),
]
BETA = [
    ("A股票1%、2%、-1%，大盘0.5%、1%、-0.5%，贝塔是多少", 2),
    ("股票涨2%、跌1%、涨3%，大盘涨1%、跌0.5%、涨1.5%，贝塔多少", 2),
    ("大盘1%、-1%、2%，个股2%、-2%、4%，beta是多少", 2),
    ("茅台1%、2%、3%，大盘0.5%、1%、1.5%，贝塔", 2),
    ("协方差0.02，大盘方差0.01，贝塔是多少", 2),
    ("相关系数0.8，股票波动率30%，大盘波动率20%，贝塔多少", 1.2),
]
CORRELATION = [
    ("甲1、2、3，乙2、4、6，相关系数是多少", 1),
    ("A涨1%、2%、3%，B跌1%、2%、3%，相关系数多少", -1),
    ("A涨1%、2%、3%，B跌3%、2%、1%，相关系数多少", 1),
    (
        "茅台1%、2%、3%，五粮液2%、3%、5%，相关系数多少",
        statistics.correlation([1, 2, 3], [2, 3, 5]),
    ),
]
TURNOVER = [
    ("成交量500万股，流通股本1亿股，换手率多少", 0.05),
    ("成交2万手，流通盘1个亿，换手率", 0.02),
    ("今天成交50万手，流通股10亿股，换手率是多少", 0.05),
    ("流通股本一千万股，今天成交五十万股，换手率多少", 0.05),
    ("流通盘2亿股，总股本5亿股，今天成交1000万股，换手率多少", 0.05),
    ("成交额5亿元，流通市值100亿元，换手率多少", 0.05),
    ("成交了三百万股，流通股本八千万股，算算换手率", 0.0375),
    ("换手率怎么算，成交量12万手，流通盘3亿", 0.04),
    ("成交量1200手 流通股本240000股 换手率多少", 0.5),
    ("成交量300万，流通股6000万，换手率百分之几", 0.05),
    ("今天成交了15万手，流通股本3亿股，换手率怎么算", 0.05),
    ("流通盘5亿股成交2500万股换手率几个点", 0.05),
]
OTHERS = [
    ("volume_shares", "换手率5%，流通股本1亿股，成交量多少", 5_000_000),
    ("volume_shares", "流通股3000万股，换手率2%，成交了多少股", 600_000),
    ("free_shares", "换手率3%，成交量600万股，流通股本多少", 200_000_000),
    ("expected_move", "大盘涨2%，贝塔1.5，股票涨多少", 0.03),
    ("expected_move", "贝塔1.2，大盘跌5%，我的股票大概跌多少", -0.06),
    ("expected_move", "β是0.5的票，大盘跌一成它大概跌多少", -0.05),
    ("alpha", "基金涨15%，大盘涨10%，贝塔1.2，阿尔法多少", 0.03),
]


@pytest.mark.parametrize(
    ("key", "question", "value"),
    [
        *(("max_drawdown", *row) for row in DRAWDOWN),
        *VOLATILITY,
        *(("sharpe_ratio", *row) for row in SHARPE),
        *(("beta", *row) for row in BETA),
        *(("correlation", *row) for row in CORRELATION),
        *(("turnover_rate", *row) for row in TURNOVER),
        *OTHERS,
    ],
)
def test_values(key: str, question: str, value: float) -> None:
    assert worked_out(question).results[key] == pytest.approx(value)


@pytest.mark.parametrize(
    ("question", "said"),
    [
        ("收益率1%、-1%、2%，年化波动率是多少", "每天、每周还是每月"),
        ("第一天跌1%，第二天2%，第三天涨3%，波动率多少", "2%"),
        ("年化收益15%，波动率20%，夏普多少", "无风险利率"),
        ("基金亏了5%，无风险利率2%，波动率10%，夏普多少", "年化收益率"),
        ("股票1%、2%、3%，大盘0.5%、1%，贝塔多少", "个数要一样"),
        ("股票1%、2%、3%，贝塔多少", "大盘"),
        ("贝塔1.2，大盘动2%，股票动多少", "涨还是跌"),
        ("成交量30万手，换手率多少", "流通股本"),
        ("成交了5000万元，流通盘1亿股，换手率", "流通市值"),
        ("流通股本1亿股，5天成交了2000万股，换手率多少", "5天"),
        ("昨天成交100万股，今天成交200万股，流通股本5000万股，换手率多少", "200万股"),
        ("自由流通股本5000万股，成交250万股，换手率多少", "流通股本"),
        ("流通股本2亿，今天成交1000万股，股价10元，换手率多少", "10元"),
        ("基金成立3年，净值1.0、1.3、0.91、1.2，最大回撤多少", "3年"),
        ("最高净值2元，最大回撤30%，跌到多少", "30%"),
        ("成交量500万手，流通股本100万股，换手率多少", "单位"),
    ],
)
def test_asked_back(question: str, said: str) -> None:
    result = calculate(question)
    assert isinstance(result, AskBack), result
    assert said in result.text


@pytest.mark.parametrize(
    "question",
    [
        "策略最大回撤30%，能做吗",
        "年化收益20%的策略，最大回撤30%，能做吗",
        "夏普比率1.5高吗",
        "波动率20%算高吗",
        "贝塔1.2是什么意思",
        "贝塔1.2高吗",
        # A day's figures make no yearly ratio.
        "日收益0.1%，日波动1%，无风险利率2%，夏普多少",
        "换手率5%算高吗",
        "一天换手20%说明啥",
        "亏损30%就是最大回撤30%吗",
        "年化12%波动20%，跟年化8%波动6%，谁性价比高",
    ],
)
def test_left_to_the_cards(question: str) -> None:
    assert calculate(question) is None


def test_two_turns() -> None:
    first = "年化收益15%，波动率20%，夏普多少"
    assert worked_out("无风险利率3%", first).results["sharpe_ratio"] == pytest.approx(0.6)
    first = "收益率1%、-1%、2%，年化波动率是多少"
    value = statistics.stdev([0.01, -0.01, 0.02]) * math.sqrt(52)
    assert worked_out("每周的", first).results["annual_volatility"] == pytest.approx(value)
    assert worked_out("流通股本10亿股", "成交量30万手，换手率多少").results["turnover_rate"] == 0.03


def test_every_default_is_told() -> None:
    assert "252" in "".join(worked_out("日波动率1.5%，年化波动率是多少").steps)
    assert "样本" in "".join(worked_out("收益率1%、-2%、3%，波动率多少").steps)
    assert "按股算" in "".join(worked_out("成交量300万，流通股6000万，换手率百分之几").steps)
    assert "总股本用不上" in "".join(
        worked_out("流通盘2亿股，总股本5亿股，今天成交1000万股，换手率多少").steps
    )
    assert "不计无风险利率" in "".join(
        worked_out("基金涨15%，大盘涨10%，贝塔1.2，阿尔法多少").steps
    )


_CHANGES = st.lists(st.integers(-90, 90).filter(bool), min_size=2, max_size=8)


def _said(change: int) -> str:
    return f"涨{change}%" if change > 0 else f"跌{-change}%"


@given(_CHANGES)
def test_words_and_signs_give_the_same_drawdown(changes: list[int]) -> None:
    words = "、".join(map(_said, changes))
    signs = "、".join(f"{change}%" for change in changes)
    spoken, written = (
        worked_out(f"{text}，最大回撤是多少").results["max_drawdown"] for text in (words, signs)
    )
    value = peak = 1.0
    deepest = 0.0
    for change in changes:
        value *= 1 + change / 100
        peak = max(peak, value)
        deepest = max(deepest, 1 - value / peak)
    assert spoken == written == pytest.approx(deepest)


@given(st.permutations(["年化收益率18%", "无风险利率2%", "波动率32%"]))
def test_order_does_not_matter_to_sharpe(facts: list[str]) -> None:
    assert worked_out("，".join(facts) + "，夏普比率多少").results["sharpe_ratio"] == pytest.approx(
        0.5
    )


@given(st.integers(1, 999), st.integers(1000, 9999), st.booleans())
def test_turnover_in_lots_and_shares(volume: int, free: int, turned: bool) -> None:
    for said in (f"成交{volume}万股", f"成交{volume * 100}手"):
        facts = [said, f"流通股本{free}万股"]
        text = "，".join(reversed(facts) if turned else facts)
        assert worked_out(f"{text}，换手率多少").results["turnover_rate"] == pytest.approx(
            volume / free
        )
