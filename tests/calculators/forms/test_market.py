"""Spoken questions about price limits, ex-days and changes."""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from toujiao.calculators.forms.form import Calculation

from .conftest import SHARED, Ask, Asked, Value


def fen(exact: Decimal) -> float:
    return float(exact.quantize(Decimal("0.01"), ROUND_HALF_UP))


def times(close: str, *ratios: str) -> float:
    at = Decimal(close)
    for ratio in ratios:
        at = Decimal(str(fen(at * (1 + Decimal(ratio)))))
    return float(at)


UP, DOWN = "limit_up_yuan", "limit_down_yuan"


@pytest.mark.parametrize(
    ("question", "key", "expected"),
    [
        ("昨收10元的主板股票今天涨停价是多少", UP, times("10", "0.1")),
        ("昨收12.34涨停价", UP, times("12.34", "0.1")),
        ("昨天收盘价是8.88，创业板的，涨停和跌停价格", DOWN, times("8.88", "-0.2")),
        ("688981昨天收盘100元，跌停价是多少", DOWN, 80),
        ("300750昨收200，涨停多少钱", UP, 240),
        ("688开头的股票，昨收50块，跌停价", DOWN, 40),
        ("60开头的昨收15.55，涨跌停价各是多少", UP, times("15.55", "0.1")),
        ("北交所股票昨天收十块，涨停是几块钱", UP, 13),
        ("92开头的昨收10元涨停价", UP, 13),
        ("昨天收了8块3今天最高能涨到多少", UP, times("8.3", "0.1")),
        ("我那只票昨天收在七块六毛五主板的今天最多能跌到多少", DOWN, times("7.65", "-0.1")),
        ("帮我算下昨儿收盘18块2毛的涨停跌停", DOWN, times("18.2", "-0.1")),
        ("今天跌停价是几块？昨天收盘二十三块四", DOWN, times("23.4", "-0.1")),
        ("涨停价多少10块的票", UP, 11),
        ("一只股票现价10块，涨停是多少", UP, 11),
        ("昨收0.04元跌停价多少", DOWN, 0.03),
        ("ST股票昨天收盘3.33元，今天跌停价多少", DOWN, times("3.33", "-0.1")),
        ("2026年7月1日ST股票昨收3.33元，涨停价多少", UP, times("3.33", "0.05")),
        ("创业板ST股票昨收10元，今天涨停价多少", UP, 12),
        ("2020年8月1日创业板昨收10元涨停价", UP, 11),
        ("20cm的票昨收10元涨停多少", UP, 12),
        ("昨收10元，今天开盘10.2元，涨停价多少", UP, 11),
        ("今天涨停收11元，明天涨停是多少", UP, times("11", "0.1")),
        ("昨收10元，涨停后和跌停后各是多少钱", DOWN, 9),
        ("昨收10元1个涨停板多少钱", UP, 11),
        # On an ex-day the limits count from the reference price: (20 - 0.2) / 1.5 = 13.20
        ("昨收20元、每10股派2元送5股，今天的涨停价", UP, times("13.20", "0.1")),
        ("昨收15元，10送10，除权日涨停价多少", UP, times("7.50", "0.1")),
        ("10派10元，昨天收盘50块，今天除息，涨跌停价是多少", DOWN, times("49", "-0.1")),
        ("昨收12元 10配3 配股价8元 除权日跌停价", DOWN, times("11.08", "-0.1")),
    ],
)
def test_limit(value: Value, question: str, key: str, expected: float) -> None:
    assert value(question, key) == pytest.approx(expected)


LAST = "last_price_yuan"


@pytest.mark.parametrize(
    ("question", "key", "expected"),
    [
        ("10元的股票连续3个涨停是多少钱", LAST, times("10", "0.1", "0.1", "0.1")),
        ("10块钱的票连着两天涨停，现在多少钱", LAST, 12.1),
        ("三连板之后股价多少，起步价8元", LAST, times("8", "0.1", "0.1", "0.1")),
        ("10块起步，7连板多少钱", LAST, times("10", *["0.1"] * 7)),
        ("昨收20元，连续3个跌停跌到多少", LAST, times("20", "-0.1", "-0.1", "-0.1")),
        ("创业板的票15元，连吃3个跌停，还剩多少钱", LAST, times("15", "-0.2", "-0.2", "-0.2")),
        ("科创板20元的股票，3天涨停后股价", LAST, times("20", "0.2", "0.2", "0.2")),
        ("股价10元，5个一字涨停后是多少", LAST, times("10", *["0.1"] * 5)),
        ("昨收10元，第3个涨停价是多少", LAST, 13.31),
        ("昨收10元连续涨停5天多少钱", LAST, times("10", *["0.1"] * 5)),
        ("昨收10元，先涨停再跌停，最后多少钱", LAST, 9.9),
        ("10元的股票跌停后又涨停，还剩多少钱", LAST, 9.9),
        ("今天10块明天涨停后天跌停最后是多少", LAST, 9.9),
        ("昨收10元，今天涨停，明天再涨停是多少", LAST, 12.1),
        ("主板10元股票3个涨停再3个跌停，最后多少钱", LAST, times("13.31", "-0.1", "-0.1", "-0.1")),
        ("我有1000股，昨收10元，今天涨停能赚多少钱", "gain_yuan", 1000),
        ("我有3手，昨天收盘12元，跌停一天亏多少钱", "gain_yuan", -360),
        ("10元的股票1000股，三个涨停赚多少", "gain_yuan", 3310),
        ("昨收10元，现价10.5元，离涨停还差多少", "gap_up_yuan", 0.5),
        ("现价9.2，昨收10，离跌停还差多少", "gap_down_yuan", 0.2),
        ("昨收20，现在21.5，离涨停还有多少空间，创业板", "gap_up_yuan", 2.5),
        ("现价10.8元，昨天收盘10元，距离涨停板还差几毛钱", "gap_up_percent", 0.2 / 10.8 * 100),
        ("涨停价11元，现价10.4元，还差多少涨停", "gap_up_yuan", 0.6),
    ],
)
def test_rows_and_distances(value: Value, question: str, key: str, expected: float) -> None:
    assert value(question, key) == pytest.approx(expected)


@pytest.mark.parametrize(
    ("question", "key", "expected"),
    [
        ("股票收盘价20元，10送5，除权价是多少", "reference_price_yuan", 13.33),
        ("每10股派5元，股权登记日收盘价20元，除息价多少", "reference_price_yuan", 19.5),
        ("10配3，配股价8元，收盘价12元，除权价怎么算", "reference_price_yuan", 11.08),
        ("收盘15元，十送三转二派一元，除权除息参考价多少", "reference_price_yuan", 9.93),
        ("登记日收盘30块，每10股派3块送2股，第二天参考价是几块", "reference_price_yuan", 24.75),
        ("30元的股票10转8，除权后多少钱", "reference_price_yuan", 16.67),
        ("昨收10元、每股派0.5元、收盘9.8元，涨跌幅", "change_percent", 30 / 9.5),
        ("昨天收盘25元，10送10，今天收13元，实际涨了百分之几", "change_percent", 4),
        ("昨收10元今天收10.5元涨了多少", "change_percent", 5),
        ("今天收9.5昨天收10跌幅是多少", "change_percent", -5),
        ("昨收8块4现价8块1跌幅多少", "change_percent", -0.3 / 8.4 * 100),
        ("昨天3000点今天3050点涨了多少", "difference_points", 50),
    ],
)
def test_ex_days_and_changes(value: Value, question: str, key: str, expected: float) -> None:
    assert value(question, key) == pytest.approx(expected)


@pytest.mark.parametrize(
    ("question", "part"),
    [
        ("20开头的昨收3元，涨停价多少", "认不出"),
        ("9开头的昨收10元涨停价", "认不出"),
        ("510300昨收4元涨停价", "认不出"),
        ("沪深300ETF昨收4元，涨停价多少", "0.001"),
        ("可转债昨收120元，涨停价多少", "可转债"),
        ("昨收10元主板股票20%涨停是多少", "到底是哪一种"),
        ("持有500股成本8元，昨收10元，跌停亏多少", "8元"),
        ("昨收10元，前天收9.5元，涨停价多少", "9.5元"),
        ("昨收10元涨了3%，离涨停还差多少", "现价"),
        ("昨收10，现在12，离涨停还差多少", "超出"),
        ("现价10.5离涨停还差多少", "收盘"),
        ("10送10除权后股价会变成多少", "收盘"),
        ("每10股配3股，收盘价12元，除权价多少", "配股价"),
        ("收盘价20元，除权价是多少", "分红方案"),
        ("开盘10元收盘10.5元涨了多少", "10元"),
        ("我以涨停价买入1000股，昨收10元，要花多少钱", "1000股"),
        ("前天10元，昨天今天都涨停，现在多少钱", "连续几个"),
        ("昨天涨停收11元，今天又涨停，现价多少", "连续几个"),
        ("股价从10元涨停到11元涨了多少", "11元"),
        ("股价10元涨停后是多少，再跌10%是多少", "10%"),
        ("我今年35岁，昨收10元的票涨停价多少", "35"),
        ("昨收10元，哦不对，是12元，涨停价多少", "12元"),
        ("股票A昨收10元，股票B昨收20元，涨停价各多少", "20元"),
        ("昨收10元，今天最高10.8，收盘10.5，涨幅多少", "10.8"),
    ],
)
def test_asked_back(asked_back: Asked, question: str, part: str) -> None:
    assert part in asked_back(question)


@pytest.mark.parametrize(
    "question",
    [
        "什么是涨停板",
        "涨停板是10%吗",
        "科创板新股首日100元，涨停多少",
        "上市第二天的股票昨收50元，涨停多少",
        "港股腾讯昨收400涨停多少",
        "北证50昨收1000点涨停多少",
        "退市整理期股票昨收1元，涨停多少",
        "用1万块买股票，涨停后是多少钱",
        "涨停价11元，昨收多少",
        "什么是连板，三连板算不算强",
        "涨跌幅怎么算",
    ],
)
def test_left_to_the_cards(ask: Ask, question: str) -> None:
    assert ask(question) is None


@pytest.mark.parametrize(
    ("turns", "key", "expected"),
    [
        ("10元的股票连续几个涨停能到多少//3个", LAST, 13.31),
        ("10送10除权后股价会变成多少//30元", "reference_price_yuan", 15),
        ("现价10.5离涨停还差多少//昨收10元", "gap_up_yuan", 0.5),
        ("昨收10元涨停价是多少//换成创业板呢", UP, 12),
        ("昨收10元涨停价多少//那跌停呢", DOWN, 9),
    ],
)
def test_two_turns(value: Value, turns: str, key: str, expected: float) -> None:
    assert value(turns, key) == pytest.approx(expected)


def test_a_year_of_two_rules_gives_both(ask: Ask) -> None:
    done = ask("2026年ST股票昨收10元，涨停价多少")
    assert isinstance(done, Calculation)
    assert "10.50" in done.steps[-1]
    assert "11.00" in done.steps[-1]


def test_defaults_are_said(ask: Ask) -> None:
    done = ask("10元的股票，涨停是多少")
    assert isinstance(done, Calculation)
    text = "\n".join(done.steps)
    assert "按主板算" in text
    assert "当作前一个交易日的收盘价" in text


CHINESE = "零一二三四五六七八九"


@SHARED
@given(
    yuan=st.integers(1, 9),
    jiao=st.integers(1, 9),
    front=st.booleans(),
    unit=st.sampled_from("元块"),
)
def test_notation_and_order_do_not_matter(
    value: Value, yuan: int, jiao: int, front: bool, unit: str
) -> None:
    spoken = f"{CHINESE[yuan]}{unit}{CHINESE[jiao]}"
    expected = times(f"{yuan}.{jiao}", "0.2")
    for written in (spoken, f"{yuan}.{jiao}{unit}", f"{yuan}{unit}{jiao}毛"):
        facts = [f"昨天收盘{written}", "创业板的股票"]
        question = "，".join(facts if front else facts[::-1]) + "，涨停价是多少"
        assert value(question, UP) == pytest.approx(expected)


@SHARED
@given(count=st.integers(2, 9), fen_price=st.integers(200, 9999))
def test_row_is_day_after_day(value: Value, count: int, fen_price: int) -> None:
    close = f"{fen_price / 100:.2f}"
    expected = times(close, *["-0.1"] * count)
    for written in (f"{count}个", f"{CHINESE[count]}个"):
        assert value(f"股价{close}元，连续{written}跌停后是多少钱", LAST) == pytest.approx(expected)
