"""calculate: which questions become a sum, with which result, and which are left to the cards."""

from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from toujiao.assistant.calculation import wording
from toujiao.assistant.parse_numbers import (
    chinese_number,
    numbers_in_a_row,
    plain_numbers,
    take_date,
)

from toujiao.assistant.calculate import calculate
from toujiao.calculators import round_trip
from toujiao.knowledge.folders import ours
from toujiao.knowledge.wording import load_wording

TODAY = date(2026, 11, 23)

# (name, card): question, one result by hand, text that must stand in the last line
SUMS: dict[tuple[str, str], list[tuple[str, str, float, str]]] = {
    ("round_trip", "trading-cost"): [
        ("10块买1000股，11块卖掉，手续费多少", "total_fees_yuan", 15.71, "15.71 元"),
        ("十二块五买了两千股，十三块二卖出，净赚多少？", "net_profit_yuan", 1373.44, "净赚 1373.44 元"),
        ("我10.5元买入500股，9.8元卖出，亏了多少钱", "net_profit_yuan", -362.55, "净亏 362.55 元"),
        ("买入价20元，卖出价25元，1000股，佣金万三，总费用是多少", "total_fees_yuan", 26.45, "26.45 元"),
        ("22块卖掉20块买的1000股，一共赚多少", "net_profit_yuan", 1978.08, "1978.08 元"),
        ("我买了1000股10元的股票，12元卖出，能赚多少", "total_fees_yuan", 16.22, "16.22 元"),
        ("以10元的价格买入10手，涨了10%卖出，净赚多少", "total_fees_yuan", 15.71, "984.29 元"),
        ("2023年8月1日，10元买1000股，11元卖掉，费用一共多少", "total_fees_yuan", 21.21, "21.21 元"),
        ("我15块进了200股，14块2割了，连手续费亏多少", "net_profit_yuan", -171.48, "净亏 171.48 元"),
        ("1万元的股票一买一卖手续费一共多少", "total_fees_yuan", 15.2, "15.2 元"),
    ],
    ("break_even", "trading-cost"): [
        ("10元买1000股，多少钱卖才不亏", "break_even_price_yuan", 10.02, "10.02 元"),
    ],
    ("trade_cost", "trading-cost"): [
        ("买5手股票，每股8块，佣金万2.5免五，手续费多少", "total_fees_yuan", 1.04, "1.04 元"),
        ("卖出1000股，每股10元，手续费一共多少", "total_fees_yuan", 10.1, "10.1 元"),
    ],
    ("trade_cost", "stamp-duty"): [
        ("卖出10万元股票印花税多少", "stamp_duty_yuan", 50, "50 元"),
        ("2023年8月1日卖出10万元股票，印花税多少", "stamp_duty_yuan", 100, "100 元"),
        ("2022年3月1日买的，2024年3月1日卖出10万元股票，印花税多少", "stamp_duty_yuan", 50, "50 元"),
        ("10万元的股票印花税多少", "stamp_duty_yuan", 50, "50 元"),
    ],
    ("trade_cost", "commission"): [
        ("买1万元股票，佣金万分之一点五，佣金是多少", "commission_yuan", 5, "5 元"),
    ],
    ("trade_cost", "transfer-fee"): [
        ("卖了3.5万块钱的股票，过户费多少钱", "transfer_fee_yuan", 0.35, "0.35 元"),
    ],
    ("price_limit", "price-limit"): [
        ("昨收10元的主板股票今天涨停价是多少", "limit_up_yuan", 11, "11.00 元"),
        ("昨天收盘价是8.88，创业板的，涨停和跌停价格", "limit_down_yuan", 7.1, "10.66 元，跌停价是 7.10 元"),
        ("300750昨天收盘250元，今天最多能涨到多少", "limit_up_yuan", 300, "300.00 元"),
        ("688981昨天收盘100元，跌停价是多少", "limit_down_yuan", 80, "80.00 元"),
        ("北交所股票昨天收十块，涨停是几块钱", "limit_up_yuan", 13, "13.00 元"),
    ],
    ("price_limit", "price-limit-risk-warning"): [
        ("ST股票昨天收盘3.33元，今天跌停价多少", "limit_down_yuan", 3, "3.00 元"),
        ("2026年7月1日ST股票昨收3.33元，涨停价多少", "limit_up_yuan", 3.5, "3.50 元"),
        ("创业板ST股票昨收10元，今天涨停价多少", "limit_up_yuan", 12, "12.00 元"),
    ],
    ("ex_rights", "ex-rights"): [
        ("股票收盘价20元，10送5，除权价是多少", "reference_price_yuan", 13.33, "13.33 元"),
        ("每10股派5元，股权登记日收盘价20元，除息价多少", "reference_price_yuan", 19.5, "19.50 元"),
        ("10配3，配股价8元，收盘价12元，除权价怎么算", "reference_price_yuan", 11.08, "11.08 元"),
        ("收盘15元，十送三转二派一元，除权除息参考价多少", "reference_price_yuan", 9.93, "9.93 元"),
    ],
    ("dividend_tax", "dividend-tax"): [
        ("分红1000元，持股20天，红利税多少", "tax_yuan", 200, "200 元"),
        ("10派5元，我有1000股，持有半年卖出，扣多少税", "tax_yuan", 50, "50 元"),
        ("每股分红0.5元，持有2000股，拿了一年半，要交多少红利税", "tax_yuan", 0, "0 元"),
        ("每股派0.3元，5000股，持有不到1个月就卖，税扣多少", "tax_yuan", 300, "300 元"),
        ("分红1000元，持股超过一年，红利税多少", "tax_yuan", 0, "0 元"),
        ("分红1000元，正好持股一年，红利税多少", "tax_yuan", 100, "100 元"),
    ],
    ("recover", "loss-recovery"): [
        ("亏了一半要涨多少才能回本", "gain_needed", 1, "100%"),
        ("从10万亏到6万，要涨多少才能回本", "gain_needed", 2 / 3, "66.67%"),
        ("跌了三成需要涨几成才能解套", "gain_needed", 3 / 7, "42.86%"),
        ("亏损百分之二十，要赚百分之多少才能回本", "gain_needed", 0.25, "25%"),
    ],
    ("compound", "compounding"): [
        ("10万元年化8%复利20年后是多少", "value_yuan", 466095.71, "466095.71 元"),
        ("一万块每年5%放二十年变多少", "value_yuan", 26532.98, "26532.98 元"),
        ("年化10%，10年后翻几倍", "times", 2.5937424601, "2.59 倍"),
    ],
    ("doubling", "compounding"): [
        ("年化8%多少年翻倍", "years_rule_of_72", 9, "9 年"),
        ("10年翻一倍，年化收益要多少", "annual_rate_rule_of_72", 0.072, "7.18%"),
    ],
    ("regular_investing", "regular-investing"): [
        ("每月定投1000元，年化8%，定投20年有多少", "value_yuan", 592947.22, "592947.22 元"),
        ("每月月末定投1000元，年化6%，十年后多少", "value_yuan", 163879.35, "163879.35 元"),
        ("每周定投500块，年化百分之六，十年后多少钱", "paid_yuan", 260000, "260000 元"),
    ],
    ("pe", "pe-ratio"): [
        ("股价20元，每股收益1元，市盈率多少", "pe_times", 20, "20 倍"),
        ("总市值100亿，净利润5亿，市盈率是多少倍", "pe_times", 20, "20 倍"),
        ("股价36，每股收益1.8，每股净资产12，PE和PB各多少", "pb_times", 3, "市净率是 3 倍"),
    ],
    ("pb", "pb-ratio"): [
        ("股价5块，每股净资产10块，市净率是多少", "pb_times", 0.5, "0.5 倍"),
    ],
    ("peg", "peg"): [
        ("市盈率20倍，利润增速25%，PEG是多少", "peg", 0.8, "0.8"),
    ],
    ("dividend_yield", "dividend-yield"): [
        ("股价10元，每股分红0.4元，股息率是多少", "dividend_yield", 0.04, "4%"),
        ("股价25元，每10股派10元，股息率多少", "dividend_yield", 0.04, "4%"),
    ],
    ("moving_average", "moving-average"): [
        ("收盘价10、11、12、13、14，5日均线是多少", "average_yuan", 12, "12"),
        ("最近六天收盘 10 11 12 13 14 15，5日均线多少", "average_yuan", 13, "13"),
    ],
    ("max_drawdown", "max-drawdown"): [
        ("净值1.0，1.2，0.9，1.1，最大回撤多少", "max_drawdown", 0.25, "25%"),
        ("净值从最高2元跌到1.5元，最大回撤是多少", "max_drawdown", 0.25, "25%"),
        ("净值1.0，1.2，1.3，最大回撤多少", "max_drawdown", 0, "0%"),
    ],
    ("kelly", "kelly"): [
        ("胜率60%，盈亏比2，凯利公式仓位是多少", "kelly_fraction", 0.4, "40%"),
        ("胜率五成，赔率2比1，凯利公式算多少", "kelly_fraction", 0.25, "25%"),
        ("赢的概率40%，盈亏比1:1，用凯利公式算", "kelly_fraction", -0.2, "不该参加"),
    ],
    ("reverse_repo", "reverse-repo"): [
        ("10万元做1天期国债逆回购，年化2%，利息多少", "interest_yuan", 5.48, "5.48 元"),
        ("周四买10万元一天期逆回购，利率3%，能赚多少", "interest_yuan", 24.66, "24.66 元"),
        ("100,000元做国债逆回购14天利率1.8%，收益多少", "interest_yuan", 69.04, "69.04 元"),
    ],
}  # fmt: skip

LEFT_TO_THE_CARDS = """什么是涨停板 | 涨停板是10%吗 | 印花税是0.05%吗 | 止损10%是什么意思 | 市盈率30倍高吗
    | K线5日均线上穿10日均线是什么意思 | 1手是100股吗 | 为什么跌50%要涨100%才能回本
    | 亏了一半为啥得翻一倍才回本 | 亏10%和亏50%回本难度差多少
    | 开创业板要10万，还要交多少手续费 | 每10股派5元能拿多少钱
    | 基金赎回费1.5%，1万块要扣多少 | 20日均线和60日均线哪个重要 | 3000点的时候买1000股
    | 夏普比率1.5高吗 | 佣金万2.5是多少 | 年化收益20%的策略，最大回撤30%，能做吗
    | 72法则怎么用 | 7日年化2%的货币基金，1万块一天多少钱 | 10送10除权后股价会变成多少
    | T+1今天买1000股明天才能卖1000股吗 | 科创板新股首日100元，涨停多少
    | 用1万块买股票，涨停后是多少钱 | 10元买1000股ETF，11元卖出，手续费多少
    | 10元的股票连续3个涨停是多少钱 | 月息5%一年是多少 | 十字星是什么 | 一买一卖是什么意思
    | 十万块本钱最多能借多少 | 股价10元，每股收益-1元，市盈率多少 | 茅台现在能买吗
    | 佣金百分之五，10元买1000股手续费多少 | 逆回购500元，利率2%，7天利息多少 | 你好 | 股
    | 股价10元，每股收益负1元，市盈率多少
    | 15元买200股，14元没了，手续费多少"""

PLAIN = [
    ("十二块五", "12.5元"),
    ("12块5", "12.5元"),
    ("三块二毛五", "3.25元"),
    ("五毛钱", "0.5元"),
    ("3.5万元", "35000元"),
    ("一万五", "15000元"),
    ("两万块", "20000元"),
    ("10w", "100000元"),
    ("100亿", "10000000000元"),
    ("1千股", "1000股"),
    ("两千股", "2000股"),
    ("1万股", "10000股"),
    ("10手", "1000股"),
    ("万2.5", "0.025%"),
    ("万分之2.5", "0.025%"),
    ("佣金万三", "佣金0.03%"),
    ("千分之五", "0.5%"),
    ("百分之十", "10%"),
    ("百分之十二点五", "12.5%"),
    ("三成", "30%"),
    ("5个点", "5%"),
    ("亏了一半", "亏50%"),
    ("半年", "6个月"),
    ("一年半", "18个月"),
    ("三个月", "3个月"),
    ("四十天", "40天"),
    ("每十股派五元", "每10股派5元"),
    ("十送三派五", "10送3派5"),
    ("100,000元", "100000元"),
    # words, not numbers
    ("十字星", "十字星"),
    ("一买一卖", "一买一卖"),
    ("第二天", "第二天"),
    ("周四", "周四"),
    ("万科", "万科"),
    ("手续费", "手续费"),
    ("半年报", "半年报"),
    ("3000点", "3000点"),
]


@pytest.mark.parametrize(
    ("kind", "question", "key", "value", "last"),
    [(kind, *row) for kind, rows in SUMS.items() for row in rows],
)
def test_sum(kind: tuple[str, str], question: str, key: str, value: float, last: str) -> None:
    done = calculate(question, TODAY)
    assert done is not None
    assert (done.name, done.card_id) == kind
    assert done.results[key] == pytest.approx(value, abs=1e-9)
    assert last in done.steps[-1]


@pytest.mark.parametrize("question", [part.strip() for part in LEFT_TO_THE_CARDS.split("|")])
def test_left_to_the_cards(question: str) -> None:
    assert calculate(question, TODAY) is None


@pytest.mark.parametrize(("raw", "expected"), PLAIN)
def test_plain_numbers(raw: str, expected: str) -> None:
    assert plain_numbers(raw) == expected


def test_chinese_numbers() -> None:
    read = {
        "二十三": 23,
        "一百零五": 105,
        "一千二": 1200,
        "三百五": 350,
        "十": 10,
        "二零二六": 2026,
    }
    assert {text: int(chinese_number(text)) for text in read} == read


def test_date_of_the_question_wins() -> None:
    text, day, stated = take_date("2026年7月1日，ST股昨收10元", TODAY)
    assert (day, stated) == (date(2026, 7, 1), True)
    assert "2026" not in text
    assert take_date("本金2000年化5%", TODAY) == ("本金2000年化5%", TODAY, False)
    assert take_date("2023年2月30日", TODAY)[1] != date(2023, 2, 28)


def test_numbers_in_a_row() -> None:
    assert numbers_in_a_row("收盘价10、11、12，5日均线", 2) == [10, 11, 12]
    assert numbers_in_a_row("10元、11元和12.5元", 2) == [10, 11, 12.5]
    assert numbers_in_a_row("10元") == []


def test_what_was_assumed_is_said() -> None:
    plain = calculate("10块买1000股，11块卖掉，手续费多少", TODAY)
    given = calculate("10块买1000股，11块卖掉，佣金万1.5免五，手续费多少", TODAY)
    limit = calculate("昨收10元，今天涨停价是多少", TODAY)
    assert plain
    assert "没有说佣金" in plain.steps[0]
    assert given
    assert "万1.5" in given.steps[0]
    assert limit
    assert "主板" in limit.steps[0]
    dated = calculate("2023年8月1日卖出10万元股票，印花税多少", TODAY)
    assert dated
    assert "2023年8月1日" in dated.steps[0]


def test_sentences_are_fit_to_be_shown() -> None:
    deck = ours().cards
    for entry in wording()["sums"].values():
        assert entry["card"] in deck
    for sentence in wording()["lines"].values():
        assert load_wording().find_advice(sentence) is None
        assert load_wording().find_promise(sentence) is None


@given(
    st.integers(100, 30000), st.integers(100, 30000), st.integers(1, 200), st.sampled_from("元块")
)
@settings(max_examples=60, deadline=None)
def test_any_round_trip(buy: int, sell: int, lots: int, unit: str) -> None:
    bought, sold, shares = buy / 100, sell / 100, lots * 100
    question = f"{bought}{unit}买入{shares}股，{sold}{unit}卖出，手续费一共多少？"
    done = calculate(question, TODAY)
    assert done is not None
    assert (
        done.results["total_fees_yuan"] == round_trip(bought, sold, shares, as_of=TODAY).total_fees
    )


PIECES = st.sampled_from(
    [
        *"109.万千亿%元块股手年月天个十二半成买卖派送配亏税每、，-",
        *["涨停", "跌停", "昨收", "手续费", "佣金", "多少", "股价", "每股收益", "市盈率", "定投"],
        *["年化", "复利", "翻倍", "回本", "逆回购", "回撤", "均线", "胜率", "凯利", "盈亏比"],
        *["分红", "除权", "2023年8月"],
    ]
)


@settings(max_examples=150, deadline=None)
@given(st.one_of(st.text(max_size=60), st.lists(PIECES, max_size=25).map("".join)))
def test_nothing_makes_it_fail(text: str) -> None:
    done = calculate(text + "多少", TODAY)
    if done is not None:
        assert done.steps
        assert all(isinstance(value, int | float) for value in done.results.values())
        assert "{" not in "".join(done.steps)
