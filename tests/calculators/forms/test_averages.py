"""MA, EMA, BIAS and Bollinger bands, asked for in many words."""

from __future__ import annotations

import math
import statistics

import pytest
from hypothesis import given
from hypothesis import strategies as st

from toujiao.assistant.calculate import AskBack, calculate

from .conftest import worked_out

SAMPLE = statistics.stdev([19, 19, 20, 21, 21])  # divided by n − 1
WHOLE = statistics.pstdev([19, 19, 20, 21, 21])


def _ema(closes: list[float], n: int) -> float:
    value = closes[0]
    for close in closes[1:]:
        value = close * 2 / (n + 1) + value * (n - 1) / (n + 1)
    return value


MOVING = [
    ("收盘价10、11、12、13、14，5日均线是多少", 12),
    ("最近六天收盘 10 11 12 13 14 15，5日均线多少", (11 + 12 + 13 + 14 + 15) / 5),
    ("最近五天收盘10块、10块5、11块、10块8、11块2，五日均线多少", 53.5 / 5),
    ("收盘价是10 11 12 13 14，MA5是多少", 12),
    ("十块、十一块、十二块的均价", 11),
    ("第一天10块，第二天11块，第三天12块，三日均线", 11),
    ("周一收10，周二收10.5，周三收11，周四收10.8，周五收11.2，5日均线是多少", 53.5 / 5),
    ("收盘价分别是十块、十块五、十一块，三天的平均价是多少", 10.5),
    ("上证指数3000、3010、3020点，3日均线", 3010),
    ("帮我算MA3：20.1，20.5，19.8", 60.4 / 3),
    ("收盘价10 11 12 13 14 15 16 17 18 19，算一下最近5天的均线", 17),
    ("请问最近三个交易日收盘价为15.2、15.6、15.1，3日均线等于多少", 45.9 / 3),
    ("收盘价10元11元12元13元14元五日均线是多少", 12),
    ("股价连续四天是9.8 9.9 10.1 10.2，四日均线", 10),
    ("周期3，收盘价10、11、12、13，均线多少", 12),
    ("昨天收10.5今天收11，2日均线多少", 10.75),
]
EMA = [
    ("三天收盘价20、22、24，3日EMA是多少", _ema([20, 22, 24], 3)),
    ("收盘价依次是20、22、24，三日指数移动平均是多少", _ema([20, 22, 24], 3)),
    ("收盘价20、22、24，12周期EMA", _ema([20, 22, 24], 12)),
    ("ema5，收盘价10、10.2、10.4、10.3、10.6，是多少", _ema([10, 10.2, 10.4, 10.3, 10.6], 5)),
    ("昨天EMA是10元，今天收盘11元，12日EMA今天多少", 11 * 2 / 13 + 10 * 11 / 13),
    ("昨天的12日EMA是10.5，今天收盘价11，今天EMA12是多少", 11 * 2 / 13 + 10.5 * 11 / 13),
    ("昨日EMA10.5 今日收盘11 周期12 今天的EMA是多少", 11 * 2 / 13 + 10.5 * 11 / 13),
    ("今天收11块，昨天5日EMA 10块，今天5日EMA呢", 11 * 2 / 6 + 10 * 4 / 6),
    ("12日EMA昨天是20.5，今天股价收在21，那今天是多少", 21 * 2 / 13 + 20.5 * 11 / 13),
    ("昨天12日EMA15.2今天收15.8今天的12日EMA是多少", 15.8 * 2 / 13 + 15.2 * 11 / 13),
    ("EMA昨值10，收盘价12，N=9，EMA", 12 * 0.2 + 10 * 0.8),
    ("今天收盘12元，昨天EMA10元，9日EMA，算今天的EMA", 12 * 0.2 + 10 * 0.8),
]
BIAS = [
    ("收盘价11，5日均线10，乖离率是多少", 10),
    ("股价11元，在10日均线10元上方，乖离率多少", 10),
    ("均线10块，股价9块5，BIAS是多少", -5),
    ("6日均线20元，收盘21元，6日乖离率", 5),
    ("收盘价19、19、20、20、21、21，6日乖离率是多少", 5),
    ("10日均线是50，现价45，乖离率多少", -10),
    ("均线10.5收盘11乖离率是几", 0.5 / 10.5 * 100),
    ("现在股价12块，20日均线10块，乖离率百分之几", 20),
    ("BIAS：收盘15，均线16", -6.25),
    ("收盘价比5日均线10元高，收盘10.8，BIAS多少", 8),
    ("收盘价20块6毛，5日均线20块整，乖离率多少", 3),
    ("5日乖离率：收盘20.6，5日均线20", 3),
]
BOLL = [
    ("均值20，标准差1，布林带上轨下轨", 22, 18),
    ("中轨20块，标准差0.5块，布林带上轨是多少", 21, 19),
    ("20日均线是20元，标准差0.8元，布林带上轨和下轨各是多少", 21.6, 18.4),
    ("收盘价19、19、20、21、21，布林带上下轨多少", 20 + 2 * SAMPLE, 20 - 2 * SAMPLE),
    ("收盘价19、19、20、21、21，5日布林带，TA-Lib口径，上轨是多少", 20 + 2 * WHOLE, 20 - 2 * WHOLE),
    ("五天收盘价19、19、20、21、21，通达信布林线上轨", 20 + 2 * SAMPLE, 20 - 2 * SAMPLE),
    ("中轨15，标准差0.6，取3倍标准差，下轨多少", 16.8, 13.2),
    ("布林中轨十块，标准差五毛，上轨多少", 11, 9),
    ("均线和标准差分别是20和1，布林上轨多少", 22, 18),
    ("标准差和均线分别是1和20，布林上轨多少", 22, 18),
    ("布林带中轨25.6标准差1.2上下轨各多少", 28, 23.2),
    ("20日均价30元，标准差1.5元，布林带下轨等于多少", 33, 27),
]


@pytest.mark.parametrize(("question", "value"), MOVING)
def test_moving_average(question: str, value: float) -> None:
    result = worked_out(question)
    assert result.card_id == "moving-average"
    assert result.results["average_yuan"] == pytest.approx(value)


@pytest.mark.parametrize(("question", "value"), EMA)
def test_ema(question: str, value: float) -> None:
    assert worked_out(question).results["ema_yuan"] == pytest.approx(value)


@pytest.mark.parametrize(("question", "value"), BIAS)
def test_bias(question: str, value: float) -> None:
    assert worked_out(question).results["bias_percent"] == pytest.approx(value)


@pytest.mark.parametrize(("question", "upper", "lower"), BOLL)
def test_bollinger(question: str, upper: float, lower: float) -> None:
    results = worked_out(question).results
    assert results["upper_yuan"] == pytest.approx(upper)
    assert results["lower_yuan"] == pytest.approx(lower)


def test_two_averages_at_once() -> None:
    result = worked_out("收盘价10、11、12、13、14、15，3日均线和5日均线各是多少")
    assert result.results == {"average_yuan": 14, "average_5_yuan": 13}
    assert result.steps[-1] == "3日均线是 14 元，5日均线是 13 元"


def test_both_conventions_are_told_unless_one_is_named() -> None:
    assert worked_out("收盘价19、19、20、21、21，布林带上轨多少").steps[-1] == (
        "上轨是 22 元；按TA-Lib口径是 21.789 元"
    )
    assert worked_out("收盘价19、19、20、21、21，通达信布林带上轨多少").steps[-1] == "上轨是 22 元"
    steps = "".join(worked_out("收盘价20、22、24，3日EMA是多少").steps)
    assert "通达信口径" in steps
    assert "TA-Lib口径" in steps


@pytest.mark.parametrize(
    ("question", "said"),
    [
        ("收盘10、11、12，5日均线多少", "至少要有 5 个数"),
        ("最近5天收盘10、11、12，均线多少", "一共列了 3 个数"),
        ("收盘价20、22、24，EMA多少", "是几日的EMA"),
        ("昨天EMA是10，今天收盘11，EMA多少", "是几日的EMA"),
        ("标准差1，布林带上轨多少", "中轨"),
        ("收盘价10、11、12、13、14，我有1000股，5日均线是多少", "1000股"),
        ("收盘价负10、11、12，3日均线", "大于 0"),
        ("5日均线10元，10日均线11元，收盘价10.5元，乖离率多少", "11元"),
        ("今天收盘12，昨天收盘11，5日均线11.2，BIAS多少", "11"),
        ("5日均线10.5，20日均线10，乖离率多少", "收盘价"),
    ],
)
def test_asked_back(question: str, said: str) -> None:
    result = calculate(question)
    assert isinstance(result, AskBack), result
    assert said in result.text


@pytest.mark.parametrize(
    "question",
    [
        "20日均线和60日均线哪个重要",
        "K线5日均线上穿10日均线是什么意思",
        "跌破5日均线怎么办",
        "买了三次，10元、11元、12元，均价多少",
        "股价10元，5日均线9.8元，站上均线了吗",
        "布林带中轨10元，2倍标准差是1元，上轨多少",
        "布林带收口了是要变盘吗",
        "乖离率多少算大",
    ],
)
def test_left_to_the_cards(question: str) -> None:
    assert calculate(question) is None


def test_two_turns() -> None:
    assert worked_out("3日", "收盘价20、22、24，EMA多少").results["ema_yuan"] == pytest.approx(22.5)
    assert worked_out("20", "标准差1，布林带上轨多少").results["upper_yuan"] == pytest.approx(22)


_PRICES = st.lists(st.integers(100, 99_999), min_size=2, max_size=9)


@given(_PRICES, st.sampled_from(["、", "，", " ", "元、", "块，"]))
def test_any_notation_gives_the_mean(fen: list[int], gap: str) -> None:
    closes = [value / 100 for value in fen]
    listed = gap.join(f"{close:.2f}" for close in closes)
    result = worked_out(f"收盘价{listed}，{len(closes)}日均线是多少")
    assert result.results["average_yuan"] == pytest.approx(math.fsum(closes) / len(closes))


@given(st.integers(1, 999), st.integers(1, 99), st.booleans())
def test_order_does_not_matter_to_the_bands(mid: int, deviation: int, turned: bool) -> None:
    facts = [f"中轨{mid}元", f"标准差{deviation / 10}元"]
    text = "，".join(reversed(facts) if turned else facts)
    results = worked_out(f"{text}，布林带上轨是多少").results
    assert results["upper_yuan"] == pytest.approx(mid + 2 * deviation / 10)
