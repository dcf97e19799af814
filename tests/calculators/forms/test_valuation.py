"""Spoken questions about valuation and the books of a company."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from toujiao.calculators.forms.form import Calculation

from .conftest import SHARED, Ask, Asked, Value


@pytest.mark.parametrize(
    ("question", "key", "expected"),
    [
        ("股价20元，每股收益1元，市盈率多少", "pe_times", 20),
        ("每股收益0.5元股价15元PE是几倍", "pe_times", 30),
        ("股价15块一年每股赚7毛5市盈率几倍", "pe_times", 20),
        ("总市值100亿，净利润5亿，市盈率是多少倍", "pe_times", 20),
        ("净利润5亿，市值80亿，PE多少", "pe_times", 16),
        ("公司一年赚10亿，总市值150亿，市盈率是多少", "pe_times", 15),
        ("市值五百亿 年净利润二十个亿 市盈率", "pe_times", 25),
        ("股价30，净利润10亿，总股本5亿股，市盈率多少", "pe_times", 15),
        ("股价20元，市盈率多少//每股收益8毛", "pe_times", 25),
        ("市值100亿，市盈率多少//净利润5亿", "pe_times", 20),
        ("股价36，每股收益1.8，每股净资产12，PE和PB各多少", "pb_times", 3),
        ("市值300亿，净利润15亿，净资产100亿，市盈率和市净率分别是多少", "pe_times", 20),
        ("股价5块，每股净资产10块，市净率是多少", "pb_times", 0.5),
        ("每股净资产4.4元，股价8.8元，PB多少", "pb_times", 2),
        ("市净率，市值200亿，净资产150亿，是多少倍", "pb_times", 200 / 150),
        ("市盈率20倍，利润增速25%，PEG是多少", "peg", 0.8),
        ("PE30，增长率20%，PEG怎么算", "peg", 1.5),
        ("PE 18，增速12%，求PEG", "peg", 1.5),
        ("市盈率40倍，增速200%，PEG多少", "peg", 0.2),
        ("市盈率40，增长率50，PEG是多少", "peg", 0.8),
        ("股价40元，每股收益2元，增速25%，PEG多少", "peg", 0.8),
        ("市盈率15倍，每股收益2元，股价应该是多少", "price_yuan", 30),
        ("EPS 2块，PE 15，合理股价多少", "price_yuan", 30),
        ("市净率1.2倍，每股净资产8块，股价多少", "price_yuan", 9.6),
        ("市盈率20倍净利润5亿市值多少", "market_value_yuan", 100e8),
        ("股价12元，总股本8亿股，市值多少", "market_value_yuan", 96e8),
        ("10块钱的股票，发行了5000万股，总市值是多少", "market_value_yuan", 5e8),
        ("流通股3亿股，股价15元，流通市值多少", "market_value_yuan", 45e8),
    ],
)
def test_price_of_a_company(value: Value, question: str, key: str, expected: float) -> None:
    assert value(question, key) == pytest.approx(expected)


@pytest.mark.parametrize(
    ("question", "key", "expected"),
    [
        ("净利润3亿，总股本10亿股，每股收益多少", "eps_yuan", 0.3),
        ("净利润8000万，总股本2亿，EPS是多少", "eps_yuan", 0.4),
        ("公司亏损2亿，股本5亿股，每股收益多少", "eps_yuan", -0.4),
        ("总股本5亿股，净利润-1亿，每股收益多少", "eps_yuan", -0.2),
        ("每股净资产怎么算，净资产20亿，总股本4亿股", "bps_yuan", 5),
        ("净利润6亿，净资产40亿，ROE是多少", "roe", 0.15),
        ("净资产收益率怎么算，净利润6个亿，净资产40个亿", "roe", 0.15),
        ("每股收益1.2元，每股净资产8元，ROE多少", "roe", 0.15),
        ("净利润10亿，股东权益80亿，ROE怎么算", "roe", 0.125),
        ("净利率10%，总资产周转率0.8次，权益乘数2，ROE多少", "roe", 0.16),
        ("净利率15%周转率1.2权益乘数1.5用杜邦分析算ROE", "roe", 0.27),
        ("净利率10%，周转率0.8，资产负债率50%，ROE多少", "roe", 0.16),
        ("销售净利率20%，资产周转率0.5次，权益乘数2.5，净资产收益率", "roe", 0.25),
        ("总负债60亿，总资产100亿，资产负债率多少", "debt_ratio", 0.6),
        ("负债30亿净资产20亿负债率多少", "debt_ratio", 0.6),
        ("总资产100亿，净资产35亿，资产负债率是多少", "debt_ratio", 0.65),
        ("公司欠了30亿，总资产50亿，负债率是多少", "debt_ratio", 0.6),
        ("营业收入100亿，营业成本60亿，毛利率多少", "gross_margin", 0.4),
        ("卖价100成本70毛利率多少", "gross_margin", 0.3),
        ("一瓶酒成本50卖1000毛利率多少", "gross_margin", 0.95),
        ("收入50亿毛利20亿毛利率多少", "gross_margin", 0.4),
        ("营收5000万，成本3200万，毛利率是几", "gross_margin", 0.36),
        ("营收100亿，净利润12亿，净利率多少", "net_margin", 0.12),
        ("历史PE是10、15、20、25、30，现在18，百分位是多少", "percentile", 0.4),
        ("市盈率历史10倍、15倍、20倍、25倍，现在22倍，分位点多少", "percentile", 0.75),
        ("现在市盈率20，历史上是10,12,14,16,18,22,24,26,28,30，分位数是多少", "percentile", 0.5),
        ("过去五年PE：12、15、18、22、30，现在PE 16，百分位多少", "percentile", 0.4),
    ],
)
def test_books(value: Value, question: str, key: str, expected: float) -> None:
    assert value(question, key) == pytest.approx(expected)


@pytest.mark.parametrize(
    "question",
    [
        "股价10元，每股收益-1元，市盈率多少",
        "股价10元，每股收益负1元，市盈率多少",
        "股价10块，每股亏损5毛，市盈率多少",
        "市值50亿，一年亏了3亿，市盈率是多少",
        "亏损的公司市值50亿，亏损2亿，市盈率多少",
        "股价25元每股收益-0.8市盈率怎么算",
    ],
)
def test_a_loss_has_no_pe(asked_back: Asked, question: str) -> None:
    assert "没有意义" in asked_back(question)


@pytest.mark.parametrize(
    ("question", "part"),
    [
        ("市值100亿，市盈率多少", "净利润"),
        ("股价20元，市盈率多少", "每股收益"),
        ("净利润6亿，ROE是多少", "净资产"),
        ("净利率10%，总资产周转率0.8次，ROE多少", "权益乘数"),
        ("总资产100亿，资产负债率多少", "负债"),
        ("营业收入100亿，毛利率多少", "成本"),
        ("一季度净利润2亿，市值100亿，市盈率多少", "一整年"),
        ("PE为20，利润增长率为负10%，PEG多少", "没有增长"),
        ("股价20，每股收益1元，去年0.8元，市盈率多少", "0.8元"),
        ("市值100亿，利润5亿，明年增长20%，PE多少", "20%"),
    ],
)
def test_asked_back(asked_back: Asked, question: str, part: str) -> None:
    assert part in asked_back(question)


@pytest.mark.parametrize(
    "question",
    [
        "市盈率30倍高吗",
        "市盈率30倍贵不贵",
        "市盈率怎么算",
        "市盈率多少合理",
        "茅台市盈率多少",
        "ROE15%算高吗",
        "ROE多少算好",
        "毛利率60%高吗",
        "资产负债率70%危险吗",
        "资产负债率多少合适",
        "PEG小于1是便宜吗",
        "百分位30%是什么意思",
        "市盈率20倍和30倍哪个好",
    ],
)
def test_left_to_the_cards(ask: Ask, question: str) -> None:
    assert ask(question) is None


@SHARED
@given(price=st.integers(1, 3000), eps=st.integers(1, 500), swap=st.booleans())
def test_pe_in_any_order(ask: Ask, price: int, eps: int, swap: bool) -> None:
    facts = [f"股价{price / 10}元", f"每股收益{eps / 100}元"]
    done = ask("，".join(facts[::-1] if swap else facts) + "，市盈率是多少")
    assert isinstance(done, Calculation), done
    assert done.results["pe_times"] == pytest.approx(price * 10 / eps)


@SHARED
@given(
    profit=st.integers(1, 500),
    equity=st.integers(1, 5000),
    unit=st.sampled_from(["亿", "亿元", "个亿"]),
)
def test_roe_in_any_unit(ask: Ask, profit: int, equity: int, unit: str) -> None:
    done = ask(f"净资产{equity}{unit}，净利润{profit}{unit}，ROE是多少")
    assert isinstance(done, Calculation), done
    assert done.results["roe"] == pytest.approx(profit / equity)
