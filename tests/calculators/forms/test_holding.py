"""Spoken questions about what is still held."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from toujiao.assistant.calculate import AskBack
from toujiao.calculators.fees import trade_cost
from toujiao.calculators.forms.form import Calculation

from .conftest import SHARED, Ask, Asked, Value

GROSS, NET, COST = "gross_profit_yuan", "net_profit_yuan", "cost_yuan"
LOSS = 2000 * (11.8 - 12.5)


@pytest.mark.parametrize(
    "question",
    [
        "2000股成本12块5现在11块8浮亏多少",
        "成本12.5，现价11.8，持有2000股，浮亏多少钱",
        "我12块5买的2000股，现在11块8了，还没卖，亏了多少",
        "现在11块8，我成本是12块5，手里2000股，账面亏多少",
        "十二块五的成本两千股现在十一块八浮亏多少",
        "买了20手，成本价12.5元，目前股价11.8元，浮动盈亏是多少",
        "2000股成本12块5现在11块8不算手续费亏多少",
        "2023年买的，成本12.5，现在11.8，2000股，浮亏多少",
        "成本12块5，现在11块8，浮亏多少//2000股",
        "2000股成本12块5，浮亏多少//现在11块8",
        "2000股，现在11块8，浮亏多少//成本12块5",
        "2000股 均价12.5 现价11.8 盈亏",
        "12.5买了2000股跌到11.8了浮亏几多钱，多少",
        "2000股成本12块5现在13块浮盈多少//要是现在11块8呢",
    ],
)
def test_cost_and_price(ask: Ask, question: str) -> None:
    done = ask(question)
    assert isinstance(done, Calculation), done
    assert done.results[GROSS] == pytest.approx(LOSS)
    assert done.results["profit_ratio"] == pytest.approx(11.8 / 12.5 - 1)
    assert "1400 元" in done.steps[-1]
    assert "5.6%" in done.steps[-1]


@pytest.mark.parametrize(
    ("question", "gross"),
    [
        ("投了5万跌了8%亏多少", -4000),
        ("投了五万块钱亏了百分之八，亏了多少钱", -4000),
        ("5万块钱的股票亏了8个点还剩多少", -4000),
        ("跌幅8%投5万亏多少", -4000),
        ("本金5万，亏损幅度8%，亏损金额是多少", -4000),
        ("5000元收益率-8%，亏了多少", -400),
        ("投5万现在剩4万2亏了多少", -8000),
        ("投5万现在剩4万2亏了百分之几", -8000),
        ("本金5万，现在市值6万，收益率多少", 10_000),
        ("10万本金亏到8万5亏损比例多少", -15_000),
        ("本金从5万变成4万，亏了百分之多少", -10_000),
        ("投了五万赚了四千收益率多少", 4000),
        ("投了5万亏了4000，亏了百分之几", -4000),
        ("本金5万利润4000收益率是多少", 4000),
        ("投5万腰斩了还剩多少", -25_000),
        ("20000块跌了一半还剩多少钱", -10_000),
        ("10万块套了三成，亏了多少", -30_000),
        ("10万先跌20%再涨20%还剩多少", 100_000 * 0.8 * 1.2 - 100_000),
        ("10万第一年赚10%第二年亏5%第三年赚20%现在多少", 100_000 * 1.1 * 0.95 * 1.2 - 100_000),
        ("连亏3次每次亏2%，10万还剩多少", 100_000 * 0.98**3 - 100_000),
        ("1000股12块买的跌了10%浮亏多少", -1200),
        ("1000股12块买的，腰斩了，现在市值多少", -6000),
        ("买了3万块钱的基金，净值从1.5跌到1.2亏了多少", -6000),
        ("10万块买的股票从20跌到18亏了多少钱", -10_000),
        ("持有1万份基金，成本1.2，现在净值1.05，亏了多少", -1500),
        ("我买了1000股股票花了1万5现在股价12块亏了多少", -3000),
        ("投了5万，半年亏了8%，亏多少", -4000),
        ("持仓成本8.88，持股3000，最新价9.99，浮盈多少钱", 3330),
        ("我有只基金成本一块二毛三现在一块零五有八千份亏了多少", 8000 * (1.05 - 1.23)),
        ("我十二块三买了一千五百股，眼下十块零八，亏了多少钱", 1500 * (10.08 - 12.3)),
        ("5万进去4万2出来亏了百分之几", -8000),
        ("10万亏了还剩8万，亏了百分之几", -20_000),
        ("我2000股成本12.5元，如果涨到15元能赚多少", 5000),
        ("投了5万，现在亏了4000，亏了百分之几", -4000),
        ("20%的亏损，10万本金，剩多少", -20_000),
    ],
)
def test_amounts(value: Value, question: str, gross: float) -> None:
    assert value(question, GROSS) == pytest.approx(gross)


@pytest.mark.parametrize(
    ("question", "cost"),
    [
        ("现在8万，亏了20%，原来多少", 100_000),
        ("亏了20%后剩8万，原来是多少", 100_000),
        ("赚了20%是2万，本金多少", 100_000),
        ("浮亏1万是10%，本金多少", 100_000),
        ("跌到8块，跌了20%，原来多少钱", 10),
        ("亏了8%，亏了4000元，我投了多少", 50_000),
    ],
)
def test_what_it_was(value: Value, question: str, cost: float) -> None:
    assert value(question, COST) == pytest.approx(cost)


@pytest.mark.parametrize(
    ("question", "price"),
    [
        ("2000股成本12.5元，涨到多少能赚5000", 15),
        ("现在亏了3000块，2000股，成本12.5，现价多少", 11),
        ("2000股成本12.5，跌到多少就亏了5000块", 10),
    ],
)
def test_price_for_a_gain(value: Value, question: str, price: float) -> None:
    assert value(question, "price_yuan") == pytest.approx(price)


@pytest.mark.parametrize(
    "question",
    [
        "2000股成本12块5现在11块8扣掉手续费亏多少",
        "2000股成本12块5现在11块8，卖掉到手多少",
        "2000股成本12块5现在11块8卖掉到手多少",
        "2000股成本12.5现价11.8现在卖的话能拿回多少钱",
    ],
)
def test_fees_only_when_asked(ask: Ask, question: str) -> None:
    done = ask(question)
    assert isinstance(done, Calculation), done
    fees = trade_cost(11.8, 2000, "sell").total
    assert done.results[NET] == pytest.approx(LOSS - fees)
    assert done.results["proceeds_yuan"] == pytest.approx(23600 - fees)
    assert "没有说佣金" in done.steps[0]


@pytest.mark.parametrize(
    "question",
    [
        "2000股成本12块5现在11块8卖了亏多少",
        "2000股12块5买的11块8卖了，亏多少",
        "2000股成本12块5，11块8全抛了亏多少",
    ],
)
def test_a_sale_is_a_round_trip(ask: Ask, question: str) -> None:
    done = ask(question)
    assert isinstance(done, Calculation), done
    assert done.name == "round_trip"


@pytest.mark.parametrize(
    ("question", "part"),
    [
        ("成本12块5，现在11块8，浮亏多少", "多少股"),
        ("2000股，现在11块8，浮亏多少", "成本价"),
        ("2000股成本12块5，浮亏多少", "现在"),
        ("2000股成本12块5现在11块8浮亏多少，我今年35岁", "35"),
        ("2000股，成本大概12块多，现在11.8，浮亏多少", "准数"),
        ("几千股成本12.5现价11.8亏多少", "几千股"),
        ("5万块，一半买股票跌了10%，亏了多少", "一半"),
        ("2000股成本12.5，昨天11.8今天12，浮亏多少", "11.8"),
        ("10万亏了20%，又亏了1万，还剩多少", "1万"),
        ("1万份基金成本1.2现在1.05扣掉手续费亏多少", "赎回费率"),
    ],
)
def test_asked_back(asked_back: Asked, question: str, part: str) -> None:
    assert part in asked_back(question)


@pytest.mark.parametrize(
    "question",
    [
        "浮亏是什么意思",
        "浮亏10%要不要卖",
        "浮亏20%怎么办",
        "成本10块跌到8块要补仓吗",
        "浮亏30%要不要补仓",
        "跌了50%还会跌吗",
    ],
)
def test_left_to_the_cards(ask: Ask, question: str) -> None:
    assert ask(question) is None


@SHARED
@given(
    cost=st.integers(100, 20000),
    now=st.integers(100, 20000),
    lots=st.integers(1, 300),
    unit=st.sampled_from("元块"),
    order=st.permutations(range(3)),
)
def test_any_order(ask: Ask, cost: int, now: int, lots: int, unit: str, order: list[int]) -> None:
    facts = [f"成本{cost / 100}{unit}", f"现在{now / 100}{unit}", f"持有{lots * 100}股"]
    done = ask("，".join(facts[i] for i in order) + "，浮动盈亏多少")
    assert isinstance(done, Calculation), done
    assert done.results[GROSS] == pytest.approx((now - cost) * lots)


@SHARED
@given(st.integers(1, 99), st.integers(1, 500))
def test_percent_and_words_agree(ask: Ask, percent: int, thousands: int) -> None:
    said = ask(f"投了{thousands}千元跌了百分之{percent}还剩多少")
    written = ask(f"{thousands * 1000}元跌了{percent}%还剩多少")
    if isinstance(said, AskBack) or isinstance(written, AskBack):
        pytest.fail(f"{said} {written}")
    assert isinstance(said, Calculation)
    assert isinstance(written, Calculation)
    assert said.results == written.results
