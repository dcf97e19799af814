"""MACD, KDJ, RSI, WR, ATR and OBV, asked for in many words."""

from __future__ import annotations

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from toujiao.assistant.calculate import AskBack, calculate
from toujiao.calculators.forms.form import Calculation

from .conftest import worked_out

MACD = [
    ("DIF是0.35，DEA是0.28，MACD柱是多少", 0.14),
    ("DIF -0.12 DEA -0.05 macd柱多少", -0.14),
    ("DIF零点三五，DEA零点二八，macd柱子是多少", 0.14),
    ("DIF是负的0.12，DEA是-0.2，柱子多少", 0.16),
    ("DIF和DEA分别是0.35和0.28，MACD柱多少", 0.14),
    ("DEA和DIF分别是0.28和0.35，MACD柱多少", 0.14),
    ("dif=0.5 dea=0.3 求macd", 0.4),
    ("DEA 0.3，DIF 0.5，红柱多长", 0.4),
    ("DIF0.5，DEA0.3，柱子乘2是多少", 0.4),
    ("DIF 0.5，DEA 0.3，TA-Lib的MACD柱多少", 0.2),
    ("快线1.2，慢线0.9，MACD红柱是多少", 0.6),
    ("DIF为-0.3，DEA为-0.1，MACD柱是多少", -0.4),
    ("DIF负0.3，DEA正0.1，柱子是多少", -0.8),
    ("dif-0.3 dea-0.1 macd柱", -0.4),
    ("EMA12=10.5，EMA26=10.2，DEA=0.2，MACD柱=?", 0.2),
    # Yesterday's DEA is not today's: 0.35 × 0.2 + 0.2 × 0.8 = 0.23.
    ("昨天DEA是0.2，今天DIF是0.35，MACD柱多少", 2 * (0.35 - 0.23)),
    ("DIF 0.35，前一天的DEA是0.2，今天DEA多少", 2 * (0.35 - 0.23)),
]
DIF = [
    ("12日EMA是10.5，26日EMA是10.2，DIF是多少", 0.3),
    ("EMA12是10.5，EMA26是10.2，DIF多少", 0.3),
    ("26日EMA 10.2元，12日EMA 10.5元，dif多少", 0.3),
    ("12日和26日EMA分别是10.5和10.2，DIF多少", 0.3),
    ("12日EMA 25.3 26日EMA 24.8 求DIF值", 0.5),
    ("短期EMA是25.3，长期EMA是24.8，DIF是多少", 0.5),
    ("EMA(12)=25.3，EMA(26)=24.8，DIF=？", 0.5),
    ("快线EMA12为10.2慢线EMA26为10.5，dif等于几", -0.3),
]
J = [
    ("K值80，D值70，J值是多少", 100),
    ("K80 D70 J多少", 100),
    ("K=80,D=70,J=?", 100),
    ("K和D分别是80和70，J是多少", 100),
    ("D和K分别是70和80，J是多少", 100),
    ("KD分别是80和70，J值多少", 100),
    ("D值70，K值80，求J值", 100),
    ("K值八十，D值七十，J值多少", 100),
    ("K是20，D是35，J值会是负的吗，多少", -10),
    ("J=3K-2D，K75，D68，J是多少", 3 * 75 - 2 * 68),
    ("KDJ指标K值75.5 D值68.2 求J", 3 * 75.5 - 2 * 68.2),
    ("今天K是75，D是68，J值怎么算", 89),
]
KDJ = [  # K = 2/3 × 60 + 1/3 × 75 = 65, D = 2/3 × 50 + 1/3 × 65 = 55, J = 85
    "昨天K值60，D值50，今天RSV是75，今天的KDJ多少",
    "昨K60昨D50今天RSV75，KDJ各是多少",
    "前一天K是60，D是50，RSV75，今天K值多少",
    "昨天的KD分别是60和50，今天RSV是75，今天的K、D、J是多少",
    "RSV75，昨天D50，K60，J值多少",
    "9天最高12，最低10，收11.5，昨天K60，D50，今天KDJ多少",
    "昨日K 60，昨日D 50，今日RSV 75，今日K值是多少",
    "前一日K值60前一日D值50今日RSV75求今日KDJ",
]
RSV = [
    "最近9天最高12块，最低10块，今天收盘11块5，RSV是多少",
    "9日内最高价12元，最低价10元，收盘价11.5元，RSV多少",
    "最高12最低10收盘11.5，RSV",
    "最高价、最低价、收盘价分别是12、10、11.5，RSV多少",
    "收盘11.5，九天最低10，最高12，rsv",
    "9日最高价12 9日最低价10 今日收盘11.5 RSV等于多少",
]
RSI = [
    ("平均涨0.3元，平均跌0.1元，RSI是多少", 75),
    ("平均每天涨三毛跌一毛，rsi多少", 75),
    ("平均涨幅2%，平均跌幅1%，RSI多少", 200 / 3),
    ("14天里上涨平均0.6，下跌平均0.4，RSI是多少", 60),
    ("涨幅合计3元，跌幅合计1元，RSI", 75),
    ("平均涨幅和平均跌幅分别是0.3和0.1，RSI多少", 75),
    ("平均跌幅和平均涨幅分别是0.1和0.3，RSI多少", 75),
    ("RS是3，RSI多少", 75),
    ("14日平均涨幅0.8%，平均跌幅0.4%，RSI14等于多少", 200 / 3),
    ("6天内涨的总和是3块，跌的总和是1块5，RSI多少", 200 / 3),
    # TA-Lib, as many changes as days: rises 1.7 of 2.2.
    ("收盘价10、10.5、10.2、10.8、10.6、11、11.2，6日RSI，TA-Lib口径多少", 1.7 / 2.2 * 100),
    ("收盘价一直是10、10、10、10，3日RSI多少", 50),
]
WR = [
    ("最高20最低15收盘19，WR是多少", 20),
    ("10天最高20元，最低15元，现价19元，威廉指标多少", 20),
    ("10日WR，最高20，最低15，收盘16", 80),
    ("最高20最低15收盘19，WR按TA-Lib是多少", -20),
    ("WR多少，最高最低收盘分别是25、20、23", 40),
    ("最近14天最高30最低24收28，威廉指标等于几", 100 / 3),
    ("10日内最高价25元、最低价20元，收盘23元，W&R是多少", 40),
    ("威廉指标：14天最高25，14天最低20，收盘价23，是多少", 40),
]
RANGES = [
    ("真实波幅：最高11，最低10，昨收10.5，是多少", 1),
    ("今天最高11元，最低10.5元，昨天收盘10元，TR是多少", 1),
    ("昨天收盘10，今天最高11最低10.5收盘10.8，真实波幅多少", 1),
    ("最高12.5最低11.8昨收12 TR等于多少", 0.7),
    ("今天最高15元最低14元，前一天收盘13.5元，TR是多少", 1.5),
    ("最高价和最低价分别是12.5和11.8，昨收12，TR多少", 0.7),
    ("TR是多少，高11低10昨收9.5", 1.5),
    ("今天最高9元，最低8元，昨收10元，TR多少", 2),
]
ATR = [
    ("TR分别是0.5、0.6、0.4，ATR多少", 0.5),
    ("5天的TR是1、0.6、0.4、0.5、0.5元，ATR是多少", 0.6),
    ("TR 1、0.6、0.4、0.5、0.5，3日ATR多少", 1.4 / 3),
    ("昨天ATR是0.5，今天TR是0.8，14日ATR多少", (0.5 * 13 + 0.8) / 14),
    ("ATR：TR是0.5、0.7、0.6、0.8，4日平均", 0.65),
]
OBV = [
    ("收盘价10、11、10.5、10.5、12，成交量100、200、150、80、300手，OBV是多少", 35_000),
    ("收盘10 11 10.5，成交量1000 2000 1500，OBV多少", 500),
    ("收盘价10、11、10.5、10.8，成交量10、20、15、12万手，OBV多少", 17_000_000),
    ("三天收盘10、10.5、10.2元，成交量分别1万手、1.2万手、8000手，OBV", 400_000),
    ("昨天OBV是5000手，今天成交800手，股价跌了，今天OBV是多少", 420_000),
    ("昨天OBV 100万股，今天成交量20万股，收涨，OBV多少", 1_200_000),
    ("昨日OBV是12万，今天成交3万手，收跌，OBV多少", 9_000_000),
    ("昨天OBV是500000，今天成交量100000，涨了，今天OBV多少", 600_000),
    ("昨天OBV是5000手，昨收10元，今收10.5元，成交800手，OBV是多少", 580_000),
    ("OBV昨天是2万手，今天平盘，成交3000手，OBV多少", 2_000_000),
    ("前一天OBV负3000手，今天涨，成交1万手，OBV多少", 700_000),
    ("昨天能量潮是1万手，今天股价从10元涨到10.2元，成交量2千手，能量潮多少", 1_200_000),
    ("昨天跌了今天涨了，昨天OBV1000手，今天成交量500手，OBV多少", 150_000),
    ("OBV昨天1万手今天跌了成交3000手OBV是多少", 700_000),
]


@pytest.mark.parametrize(
    ("key", "question", "value"),
    [
        *(("macd_bar", *row) for row in MACD),
        *(("dif", *row) for row in DIF),
        *(("j", *row) for row in J),
        *(("rsv", row, 75) for row in RSV),
        *(("rsi", *row) for row in RSI),
        *(("wr", *row) for row in WR),
        *(("true_range_yuan", *row) for row in RANGES),
        *(("atr_yuan", *row) for row in ATR),
        *(("obv", *row) for row in OBV),
    ],
)
def test_values(key: str, question: str, value: float) -> None:
    assert worked_out(question).results[key] == pytest.approx(value)


@pytest.mark.parametrize("question", KDJ)
def test_kdj_of_the_next_day(question: str) -> None:
    results = worked_out(question).results
    assert (results["k"], results["d"], results["j"]) == pytest.approx((65, 55, 85))


def test_first_day_takes_fifty() -> None:
    for question in (
        "第一天，K和D都按50，RSV是80，KDJ多少",
        "第一天没有前一天的K和D，RSV80，K值多少",
    ):
        results = worked_out(question).results
        assert (results["k"], results["d"]) == pytest.approx((60, 50 * 2 / 3 + 20))


def test_rsi_of_closes_in_both_conventions() -> None:
    closes = [10, 10.5, 10.2, 10.8, 10.6, 11, 11.2]
    rise = both = None
    for before, after in itertools.pairwise(closes):
        change = after - before
        up = max(change, 0)
        rise = up if rise is None else (up + 5 * rise) / 6
        both = abs(change) if both is None else (abs(change) + 5 * both) / 6
    assert rise is not None
    assert both is not None
    result = worked_out("收盘价10、10.5、10.2、10.8、10.6、11、11.2，6日RSI是多少")
    assert result.results["rsi"] == pytest.approx(rise / both * 100)
    assert result.results["rsi_talib"] == pytest.approx(1.7 / 2.2 * 100)
    assert result.steps[-1] == "6日RSI按通达信口径是 88.03，按TA-Lib口径是 77.27"


def test_obv_is_told_in_lots_and_shares() -> None:
    result = worked_out("昨天OBV是5000手，今天成交800手，收跌，OBV多少")
    assert result.steps[-1] == "OBV是 4200 手（420000 股）"


def test_the_convention_stands_in_a_step() -> None:
    for question in (
        "DIF是0.5，DEA是0.3，MACD柱多少",
        "最高20最低15收盘19，WR是多少",
        "TR分别是0.5、0.6、0.4，ATR多少",
        "收盘10 11 10.5，成交量1000 2000 1500，OBV多少",
        "昨天K值60，D值50，今天RSV是75，今天的KDJ多少",
    ):
        assert "通达信" in "".join(worked_out(question).steps)


@pytest.mark.parametrize(
    ("question", "said"),
    [
        ("DIF是0.5，MACD柱多少", "DEA是多少"),
        ("K80，J值是多少", "D值是多少"),
        ("昨天K60，D50，今天K是多少", "RSV"),
        ("RSV是75，K是60，D是50，J多少", "75"),
        ("K值昨天60今天65，D值55，J多少", "65"),
        ("WR：最高价20，最低价15，收盘价22", "收盘价不在"),
        ("收盘价10、11、12，6日RSI多少", "至少要有 7 个数"),
        ("收盘价10、11、10、12，RSI是多少", "是几日的RSI"),
        ("平均涨幅0.3元，RSI是75，平均跌幅多少", "75"),
        ("昨天OBV是500000，今天成交量100000，OBV多少", "涨了、跌了"),
        ("昨天OBV是10万手，今天成交量2万手，股价涨了5%，OBV是多少", "5%"),
        ("DIF是0.3，昨天DIF是0.2，DEA是0.25，MACD柱多少", "0.2"),
        ("9日最高25，10日最低20，收盘23，RSV多少", "分不清"),
        ("今天最高11元最低10元开盘10.2收盘10.8昨收10.1，TR是多少", "10.2"),
    ],
)
def test_asked_back(question: str, said: str) -> None:
    result = calculate(question)
    assert isinstance(result, AskBack), result
    assert said in result.text


@pytest.mark.parametrize(
    "question",
    [
        "RSI超过70是不是该卖了",
        "RSI 70高吗",
        "RSI跌到20多了算跌够了没",
        "KDJ金叉是什么意思",
        "J值超过100怎么办",
        "ATR 0.5是什么意思",
        "最高20最低15收盘19，算出来20的那个指标叫什么",
        "obv那数几千万几个亿的，有啥讲头没",
        "12、26、9这三个数填在哪个指标里",
    ],
)
def test_left_to_the_cards(question: str) -> None:
    result = calculate(question)
    assert not isinstance(result, Calculation)
    assert result is None or "KDJ" not in result.text


def test_two_turns() -> None:
    assert worked_out("DEA是0.3", "DIF是0.5，MACD柱多少").results["macd_bar"] == pytest.approx(0.4)
    assert worked_out("D是70", "K80，J值是多少").results["j"] == pytest.approx(100)
    first = "收盘价10、10.5、10.2、10.8、10.6、11、11.2，RSI是多少"
    assert worked_out("6日", first).results["rsi"] == pytest.approx(88.034, abs=1e-3)
    first = "昨天OBV是500000，今天成交量100000，OBV多少"
    assert worked_out("涨了", first).results["obv"] == 600_000


_FIGURE = st.integers(-999, 999).map(lambda value: value / 100)


@given(_FIGURE, _FIGURE, st.booleans(), st.sampled_from(["是", "为", "=", " "]))
def test_bar_of_any_figures_in_any_order(dif: float, dea: float, turned: bool, mark: str) -> None:
    facts = [f"DIF{mark}{dif}", f"DEA{mark}{dea}"]
    text = "，".join(reversed(facts) if turned else facts)
    bar = worked_out(f"{text}，MACD柱是多少").results["macd_bar"]
    assert bar == pytest.approx(2 * (dif - dea))


@given(st.integers(0, 100), st.integers(0, 100))
def test_j_of_any_k_and_d(k: int, d: int) -> None:
    assert worked_out(f"K值{k}，D值{d}，J值是多少").results["j"] == 3 * k - 2 * d


@given(st.permutations(["最高20元", "最低15元", "收盘19元"]))
def test_order_does_not_matter_to_wr(facts: list[str]) -> None:
    assert worked_out("，".join(facts) + "，WR是多少").results["wr"] == pytest.approx(20)


@given(
    st.integers(1, 9_999),
    st.sampled_from([("手", 100), ("股", 1), ("万股", 10_000), ("万手", 10**6)]),
)
def test_obv_in_any_unit(volume: int, unit: tuple[str, int]) -> None:
    word, factor = unit
    text = f"昨天OBV是{volume * 2}{word}，今天成交{volume}{word}，收涨，OBV是多少"
    assert worked_out(text).results["obv"] == volume * 3 * factor
