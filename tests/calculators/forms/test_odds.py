"""Kelly, expectation, win rate, payoff and shares from a stop, asked for in many words."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from toujiao.assistant.calculate import AskBack, calculate

from .conftest import worked_out


def _kelly(win: float, payoff: float) -> float:
    return win - (1 - win) / payoff


KELLY = [
    ("胜率60%，盈亏比2，凯利公式仓位是多少", 0.4),
    ("胜率五成，赔率2比1，凯利公式算多少", 0.25),
    ("赢的概率40%，盈亏比1:1，用凯利公式算", -0.2),
    ("胜率60%，赢一次赚300元，输一次亏200元，凯利公式是多少", _kelly(0.6, 1.5)),
    ("胜率55%，平均盈利1000，平均亏损800，凯利多少", _kelly(0.55, 1.25)),
    ("胜率0.6，赔率1.5，凯利比例", _kelly(0.6, 1.5)),
    ("赔率一赔二，胜率四成，凯利公式", _kelly(0.4, 2)),
    ("10次赢6次，盈亏比1.5，凯利公式算出来是多少", _kelly(0.6, 1.5)),
    ("赢面六成，赢一块输一块，凯利公式算多少", 0.2),
    ("胜率60%，赚20%亏10%，凯利是多少", _kelly(0.6, 2)),
    ("输的概率40%，赔率2，凯利多少", 0.4),
    ("b=2，p=0.5，kelly是多少", 0.25),
    ("胜率六成，盈亏比一点五，凯利公式算出来几成", _kelly(0.6, 1.5)),
    ("胜率60%，败率40%，盈亏比2，凯利公式多少", 0.4),
    ("盈亏比三比一，胜率百分之五十，凯利公式等于多少", _kelly(0.5, 3)),
]
EXPECTATION = [
    ("expectation_yuan", "胜率40%，赚一次300元，亏一次100元，期望是多少", 60),
    ("expectation_yuan", "胜率四成，平均盈利300，平均亏损100，每次交易的期望值", 60),
    ("expectation_yuan", "甲方法胜率80%，赢一次50块，输一次亏300块，平均每次赚多少", -20),
    ("expectation_rate", "60%概率涨10%，40%概率跌5%，期望收益是多少", 0.04),
    ("expectation_rate", "胜率50%，盈利时赚20%，亏损时亏10%，期望收益多少", 0.05),
    ("expectation_yuan", "10次交易赢6次，每次赚500，亏的4次每次亏300，期望是多少", 180),
    ("expectation_yuan", "赢三次输七次，每次赢1000，每次输200，平均每次赚多少", 160),
    ("expectation_yuan", "做了100笔，赚了45笔，平均赚800，平均亏500，期望值是多少", 85),
    ("expectation_yuan", "10次交易总共赚3000，总共亏1000，平均每次赚多少", 200),
    ("expectation_times_loss", "胜率40%，盈亏比2，期望多少", 0.2),
    ("expectation_times_loss", "盈亏比2比1，胜率35%，长期下来能赚钱吗", 0.05),
    ("expectation_yuan", "胜率50%，赚一次200元，亏一次负100元，期望多少", 50),
]
WIN_RATE = [
    ("win_rate", "做了20次，赢了12次，胜率多少", 0.6),
    ("win_rate", "20笔交易里12笔盈利，胜率是多少", 0.6),
    ("win_rate", "赢了6次亏了4次胜率多少", 0.6),
    ("win_rate", "十次对七次，胜率几成", 0.7),
    ("win_rate", "做了50次，亏了20次，胜率是多少", 0.6),
    ("payoff", "平均赚300，平均亏100，盈亏比多少", 3),
    ("payoff", "赚一次300亏一次100，盈亏比是多少", 3),
    ("payoff", "赢6次共赚3000，亏4次共亏1000，盈亏比是多少", 2),
    ("payoff", "赢6次赚3000，亏4次亏1000，盈亏比多少", 2),
    ("payoff", "赢了6次每次赚500，亏了4次每次亏300，盈亏比多少", 5 / 3),
    ("win_rate", "10次里赢了6次一共赚3000元，亏了4次一共亏1000元，胜率和盈亏比各是多少", 0.6),
    ("payoff", "赚了3次一共900元，亏了2次一共400元，盈亏比", 1.5),
    ("payoff", "止盈20%，止损10%，盈亏比是多少", 2),
    ("payoff", "10元买，目标12元，止损9元，盈亏比多少", 2),
    ("payoff", "买入价20，止盈价26，止损价18，盈亏比是多少", 3),
    ("payoff", "20元买的，止损18元，止盈25元，盈亏比", 2.5),
    ("payoff", "现价50，支撑位45，压力位65，盈亏比多少", 3),
    ("break_even_win_rate", "盈亏比2，胜率多少才不亏", 1 / 3),
    ("break_even_win_rate", "盈亏比3比1，胜率至少要多少才能保本", 0.25),
    ("break_even_payoff", "胜率40%，盈亏比至少多少才不亏", 1.5),
]
POSITION = [
    ("买价10块，止损9.5，单笔最多亏1000，能买多少股", 2000),
    ("本金10万，每笔最多亏2%，买入价10元，止损价9元，能买多少股", 2000),
    ("10万资金，单笔风险1%，20元买入，止损19元，可以买几手", 1000),
    ("最多亏2000块，现价25元，止损5%，能买多少股", 1600),
    ("十万本金单笔风险百分之一20元买入止损19元可以买几手", 1000),
    ("买入价10元，止损价9.2元，每次最多亏800元，买几手", 1000),
    ("总资金20万，单笔亏损不超过1%，买入价25，止损价24，能买多少股", 2000),
    ("10元买入，9.7元止损，最多亏1000元，买多少股", 3300),
]


@pytest.mark.parametrize(
    ("key", "question", "value"),
    [
        *(("kelly_fraction", *row) for row in KELLY),
        *EXPECTATION,
        *WIN_RATE,
        *(("shares", *row) for row in POSITION),
    ],
)
def test_values(key: str, question: str, value: float) -> None:
    assert worked_out(question).results[key] == pytest.approx(value)


def test_half_kelly() -> None:
    result = worked_out("胜率60%，盈亏比2，半凯利是多少")
    assert result.results["half_kelly_fraction"] == pytest.approx(0.2)
    assert result.steps[-1].endswith("半凯利是 20%")


def test_kelly_always_comes_with_its_caution() -> None:
    assert "不是下单的依据" in "".join(worked_out("胜率60%，盈亏比2，凯利公式是多少").steps)
    assert "不该参加" in worked_out("赢的概率40%，盈亏比1:1，用凯利公式算").steps[-1]


@pytest.mark.parametrize(
    ("question", "said"),
    [
        ("胜率60%，凯利公式多少", "盈亏比是多少"),
        ("抛硬币正面赢2元反面输1元，凯利比例是多少", "胜率是多少"),
        ("盈亏比1:3，胜率40%，凯利", "赚 1 亏 3，还是赚 3 亏 1"),
        ("胜率120%，盈亏比2，凯利", "胜率是多少"),
        ("胜率60%，败率50%，盈亏比2，凯利公式多少", "不是 100%"),
        ("胜率60%的话，10万块凯利该下多少，盈亏比1.5", "10万块"),
        ("胜率60%，赚500，亏300，做100次，期望赚多少", "100次"),
        ("胜率50%，平均赚10%，平均亏500元，期望多少", "10%"),
        ("10次里赢6次输5次，胜率多少", "对不上"),
        ("总盈利9000，总亏损4500，盈亏比多少", "赢了几次"),
        ("止盈12元，止损9元，盈亏比多少", "买入价"),
        ("10元买，目标9元，止损12元，盈亏比多少", "止损价比买入价低"),
        ("平均赚300，平均亏0，盈亏比多少", "没有亏过"),
        ("买入价10元，止损价11元，最多亏1000元，能买多少股", "止损价要比买入价低"),
    ],
)
def test_asked_back(question: str, said: str) -> None:
    result = calculate(question)
    assert isinstance(result, AskBack), result
    assert said in result.text


@pytest.mark.parametrize(
    "question",
    [
        "胜率八成为什么还会亏钱",
        "盈亏比三比一是啥意思",
        "胜率60%高吗",
        "凯利公式算出来一个比例，那个比例指的是啥",
        "做一次平均能赚几块钱，用哪几个数乘一乘",
        "单笔最多亏一千块能买多少股怎么倒推",
        "赚一次300亏一次100，这两个数一除叫什么",
        "股价10元，我有1万元，能买多少股",
    ],
)
def test_left_to_the_cards(question: str) -> None:
    assert calculate(question) is None


def test_two_turns() -> None:
    first = "胜率60%，凯利公式多少"
    assert worked_out("盈亏比2", first).results["kelly_fraction"] == pytest.approx(0.4)
    first = "止盈12元，止损9元，盈亏比多少"
    assert worked_out("买入价10元", first).results["payoff"] == pytest.approx(2)


_TENTHS = "一二三四五六七八九"


@given(st.integers(1, 9), st.integers(1, 9), st.booleans())
def test_notations_of_a_win_rate_give_the_same(tenths: int, payoff: int, turned: bool) -> None:
    spoken = f"{_TENTHS[tenths - 1]}成"
    for said in (f"{tenths * 10}%", spoken, f"百分之{tenths * 10}", f"{tenths / 10}"):
        facts = [f"胜率{said}", f"盈亏比{payoff}"]
        text = "，".join(reversed(facts) if turned else facts)
        result = worked_out(f"{text}，凯利公式是多少")
        assert result.results["kelly_fraction"] == pytest.approx(_kelly(tenths / 10, payoff))


@given(st.permutations(["胜率45%", "平均赚800元", "平均亏500元"]))
def test_order_does_not_matter_to_the_expectation(facts: list[str]) -> None:
    results = worked_out("，".join(facts) + "，每次的期望是多少").results
    assert results["expectation_yuan"] == pytest.approx(0.45 * 800 - 0.55 * 500)


@given(st.integers(2, 500), st.integers(1, 500), st.sampled_from(["元", "块", ""]))
def test_payoff_in_any_money(win: int, loss: int, unit: str) -> None:
    result = worked_out(f"平均赚{win}{unit}，平均亏{loss}{unit}，盈亏比是多少")
    assert result.results["payoff"] == pytest.approx(win / loss)
