"""Spoken questions about money over time: compounding, doubling, yearly return, what is needed."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from toujiao.calculators.forms.form import Calculation

from .conftest import SHARED, Ask, Asked, Value


@pytest.mark.parametrize(
    ("question", "worth"),
    [
        ("10万元年化8%复利20年后是多少", 100_000 * 1.08**20),
        ("一万块每年5%放二十年变多少", 10_000 * 1.05**20),
        ("10万元，年化8%，3年零6个月后多少", 100_000 * 1.08**3.5),
        ("复利8%，5万，30年后多少钱", 50_000 * 1.08**30),
        ("10万每年亏5%10年后还剩多少", 100_000 * 0.95**10),
        ("年利率6%按月复利10万10年后多少", 100_000 * 1.005**120),
        ("年化6%按季复利，5万，4年后有多少", 50_000 * 1.015**16),
        ("单利5%，10万，3年利息一共多少", 115_000),
        ("10万年化4%持有90天利息多少", 100_000 * (1 + 0.04 * 90 / 365)),
        ("年化6%，10万投半年收益多少", 103_000),
        ("100万理财年化3%一年多少收益", 1_030_000),
        ("每月赚2%，10万一年后多少", 100_000 * 1.02**12),
        ("1万每周赚1%，一年后有多少", 10_000 * 1.01**52),
        ("8%的年化，10年后10万变多少", 100_000 * 1.08**10),
        ("50万放三年，年化百分之三点五，到期多少钱", 500_000 * 1.035**3),
        ("每年8%的收益，10万块，5年后本金加收益多少", 100_000 * 1.08**5),
        ("本金100000，年化收益率7%，30年复利终值多少", 100_000 * 1.07**30),
        ("10万三年年化8%能变成多少", 100_000 * 1.08**3),
        ("5000年化4%10年后多少", 5000 * 1.04**10),
        ("10万块钱20年后变成多少钱//年化8%", 100_000 * 1.08**20),
        ("5万收益率8%三年能赚多少//每年的", 50_000 * 1.08**3),
        ("年化8%，20年后是多少//10万", 100_000 * 1.08**20),
    ],
)
def test_compound(value: Value, question: str, worth: float) -> None:
    assert value(question, "value_yuan") == pytest.approx(worth, abs=0.006)


@pytest.mark.parametrize(
    ("question", "times"),
    [
        ("年化10%，10年后翻几倍", 1.1**10),
        ("年化15%，20年能翻多少倍", 1.15**20),
        ("每年赚7.2%，10年能翻倍吗", 1.072**10),
        ("巴菲特年化20%，50年多少倍", 1.2**50),
        ("每天赚1%100天后变多少倍", 1.01**100),
        ("每年年化12%，连续10年，总收益率多少", 1.12**10),
    ],
)
def test_times(value: Value, question: str, times: float) -> None:
    assert value(question, "times") == pytest.approx(times)


@pytest.mark.parametrize(
    ("question", "years", "said"),
    [
        ("年化8%多少年翻倍", math.log(2) / math.log(1.08), "9 年"),
        ("年化10%多久能翻倍", math.log(2) / math.log(1.1), "7.27 年"),
        ("按72法则，年化9%几年翻倍", math.log(2) / math.log(1.09), "72 法则，8 年"),
        ("用七十二法则，年化6%要多少年翻倍", math.log(2) / math.log(1.06), "12 年"),
        ("资产翻两番要多少年，年化12%", math.log(4) / math.log(1.12), "12.23 年"),
        ("年化7%多少年变成3倍", math.log(3) / math.log(1.07), "16.24 年"),
        ("年化7%多少年涨一倍", math.log(2) / math.log(1.07), "10.24 年"),
        ("利率6%，翻一番要几年", math.log(2) / math.log(1.06), "11.9 年"),
    ],
)
def test_doubling(ask: Ask, question: str, years: float, said: str) -> None:
    done = ask(question)
    assert isinstance(done, Calculation), done
    assert done.results["years_exact"] == pytest.approx(years)
    assert said in done.steps[-1]


@pytest.mark.parametrize(
    ("question", "rate"),
    [
        ("10年翻一倍，年化收益要多少", 2 ** (1 / 10) - 1),
        ("5年翻倍需要多少年化", 2 ** (1 / 5) - 1),
        ("三年翻了一倍年化收益率是多少", 2 ** (1 / 3) - 1),
        ("10年10倍年化收益率是多少", 10 ** (1 / 10) - 1),
        ("10万6年翻两番，年化多少", 4 ** (1 / 6) - 1),
        ("资产15年涨到原来的5倍，年化多少", 5 ** (1 / 15) - 1),
        ("10万五年想翻倍，每年收益率得多少", 2 ** (1 / 5) - 1),
    ],
)
def test_doubling_rate(value: Value, question: str, rate: float) -> None:
    assert value(question, "annual_rate_exact") == pytest.approx(rate)


@pytest.mark.parametrize(
    ("question", "rate"),
    [
        ("10万三年变成15万年化多少", 1.5 ** (1 / 3) - 1),
        ("投10万，3年后变成13万，年化收益率是多少", 1.3 ** (1 / 3) - 1),
        ("投了10万，两年赚了3万，年化收益率多少", 1.3 ** (1 / 2) - 1),
        ("10万块做了5年，现在16万，平均每年赚多少", 1.6 ** (1 / 5) - 1),
        ("3年赚了30%年化多少", 1.3 ** (1 / 3) - 1),
        ("10万3年赚了30%年化多少", 1.3 ** (1 / 3) - 1),
        ("半年收益6%，年化收益率多少", 1.06**2 - 1),
        ("一年半亏了12%，年化亏多少", 0.88 ** (1 / 1.5) - 1),
        ("10年后想要200万，现在有50万，年化要多少", 4 ** (1 / 10) - 1),
        ("10万，3年，现在赚了2万，年化多少", 1.2 ** (1 / 3) - 1),
        ("半年赚了10%，年化收益率是多少", 1.1**2 - 1),
        ("90天收益率3%年化是多少", 1.03 ** (365 / 90) - 1),
        ("18个月亏了20%年化多少", 0.8 ** (1 / 1.5) - 1),
        ("两年半赚了25%折合年化多少", 1.25 ** (1 / 2.5) - 1),
        ("买了一只基金，持有两年半，总收益45%，年化收益率多少", 1.45 ** (1 / 2.5) - 1),
        ("2020年1月1日投10万到2025年1月1日变成15万年化多少", 1.5 ** (1 / 5) - 1),
        ("从2018年5月1日到2023年5月1日，10万变成20万，年化多少", 2 ** (1 / 5) - 1),
        ("2018年3月到2023年3月10万变成20万，年化多少", 2 ** (1 / 5) - 1),
        ("10万想5年变成20万每年要赚多少", 2 ** (1 / 5) - 1),
        ("从10万做到100万用了8年，年化收益率多少", 10 ** (1 / 8) - 1),
        ("利润5年从1亿增长到2亿，复合增长率多少", 2 ** (1 / 5) - 1),
        ("三年收益率分别是10%、-5%、20%，年化多少", (1.1 * 0.95 * 1.2) ** (1 / 3) - 1),
    ],
)
def test_yearly(value: Value, question: str, rate: float) -> None:
    assert value(question, "annual_return") == pytest.approx(rate)


@pytest.mark.parametrize(
    ("question", "key", "expected"),
    [
        ("想10年后有100万，年化8%，现在要投多少", "principal_yuan", 1e6 / 1.08**10),
        ("100万的目标，年化10%，20年，需要本金多少", "principal_yuan", 1e6 / 1.1**20),
        ("想20年后攒够200万，年化7%现在一次性投多少", "principal_yuan", 2e6 / 1.07**20),
        ("本金20万，年化6%，多少年能到50万", "years", math.log(2.5) / math.log(1.06)),
        ("10万变50万，年化15%要几年", "years", math.log(5) / math.log(1.15)),
        ("亏了30%，每年涨10%几年回本", "years", -math.log(0.7) / math.log(1.1)),
        ("10块买的12块卖的收益率多少", "return", 0.2),
        ("从3000点跌到2700点，跌了百分之几", "return", -0.1),
        ("8块2买的8块卖的亏百分之几", "return", 8 / 8.2 - 1),
        ("买入10万卖出12万收益率多少", "return", 0.2),
        ("净利润从5亿增加到6亿，增长率多少", "change", 0.2),
    ],
)
def test_what_is_needed(value: Value, question: str, key: str, expected: float) -> None:
    assert value(question, key) == pytest.approx(expected, abs=0.006)


@pytest.mark.parametrize(
    ("question", "part"),
    [
        ("年化8%，20年后是多少", "投入多少钱"),
        ("10万块钱20年后变成多少钱", "每年百分之几"),
        ("5万收益率8%三年能赚多少", "每年的，还是整段时间"),
        ("年化7%多少年涨3倍", "变成几倍"),
        ("10万年化8%管理费1.5%，10年后多少", "1.5%"),
        ("10万年化5%到8%，10年后多少", "8%"),
        ("10万年化8%，前5年，后5年年化6%，10年后多少", "6%"),
        ("每天赚1%一年能翻几倍", "天数"),
        ("2018年到2023年10万变成20万，年化多少", "几年"),
    ],
)
def test_asked_back(asked_back: Asked, question: str, part: str) -> None:
    assert part in asked_back(question)


@pytest.mark.parametrize(
    "question",
    [
        "72法则怎么用",
        "复利是什么",
        "7日年化2%的货币基金，1万块一天多少钱",
        "年化收益20%的策略，最大回撤30%，能做吗",
        "年化收益率15%高吗",
        "月息5%一年是多少",
        "保证年化20%的产品能买吗",
        "10万块怎么理财",
        "目标价15，现价12，涨幅多少",
    ],
)
def test_left_to_the_cards(ask: Ask, question: str) -> None:
    assert ask(question) is None


@SHARED
@given(
    thousands=st.integers(1, 900),
    rate=st.integers(1, 30),
    years=st.integers(1, 40),
    order=st.permutations(range(3)),
)
def test_any_order(ask: Ask, thousands: int, rate: int, years: int, order: list[int]) -> None:
    facts = [f"本金{thousands * 1000}元", f"年化{rate}%", f"存{years}年"]
    done = ask("，".join(facts[i] for i in order) + "，复利，最后一共多少钱")
    assert isinstance(done, Calculation), done
    expected = thousands * 1000 * (1 + rate / 100) ** years
    assert done.results["value_yuan"] == pytest.approx(expected, rel=1e-9, abs=0.006)


@SHARED
@given(st.integers(1, 90), st.integers(1, 30), st.integers(1, 30))
def test_no_punctuation(ask: Ask, wan: int, rate: int, years: int) -> None:
    done = ask(f"{wan}万{years}年年化{rate}%能变成多少")
    assert isinstance(done, Calculation), done
    expected = wan * 10_000 * (1 + rate / 100) ** years
    assert done.results["value_yuan"] == pytest.approx(expected, rel=1e-9, abs=0.006)
