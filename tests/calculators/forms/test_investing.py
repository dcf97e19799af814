"""Spoken questions about regular investing."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from toujiao.calculators.forms.form import Calculation

from .conftest import Ask, Asked, Value

SHARED = settings(
    max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)


def due(amount: float, yearly: float, times: int, count: int, late: bool = False) -> float:
    """The sum of all payments, each grown by itself; paid at the start unless `late`."""
    rate = yearly / times
    return sum(amount * (1 + rate) ** (count - n - late) for n in range(count))


@pytest.mark.parametrize(
    ("question", "worth"),
    [
        ("每月定投1000元，年化8%，定投20年有多少", due(1000, 0.08, 12, 240)),
        ("每月月末定投1000元，年化6%，十年后多少", due(1000, 0.06, 12, 120, late=True)),
        ("每周定投500块，年化百分之六，十年后多少钱", due(500, 0.06, 52, 520)),
        ("工资8000定投10%、年化8%、30年有多少", due(800, 0.08, 12, 360)),
        ("工资8000，每月拿10%定投，年化8%，30年后有多少", due(800, 0.08, 12, 360)),
        (
            "月薪八千，每个月拿出百分之十定投，按年化百分之八，三十年能有多少",
            due(800, 0.08, 12, 360),
        ),
        ("月入一万，拿出四分之一定投，年化8%，10年多少", due(2500, 0.08, 12, 120)),
        ("工资8000定投10%，每年8%收益，30年后多少", due(800, 0.08, 12, 360)),
        ("每月15号定投1000元，年化8%，20年有多少", due(1000, 0.08, 12, 240)),
        ("每周二定投300元，3年，年化10%，到期多少", due(300, 0.1, 52, 156)),
        ("每两周投500，年化8%，5年有多少", due(500, 0.08, 26, 130)),
        ("每半年投5000，年化8%，10年有多少", due(5000, 0.08, 2, 20)),
        ("每季度定投3000，年化6%，5年后多少", due(3000, 0.06, 4, 20)),
        ("每年存1万，年化5%，20年有多少", due(10_000, 0.05, 1, 20)),
        ("每个交易日定投100元，一年，年化10%，有多少", due(100, 0.1, 250, 250)),
        ("从25岁开始每月定投1000，到60岁，年化8%有多少", due(1000, 0.08, 12, 420)),
        ("我30岁每月定投2000到60岁年化7%能攒多少", due(2000, 0.07, 12, 360)),
        ("15年 每月2000 年化8% 定投 多少钱", due(2000, 0.08, 12, 180)),
        ("每月月初定投1000，年化12%，3年多少", due(1000, 0.12, 12, 36)),
        ("每月定投1000元10年能有多少//8%", due(1000, 0.08, 12, 120)),
        ("定投1000元，年化8%，20年有多少//每月", due(1000, 0.08, 12, 240)),
        ("一次投10万再每年加2万，年化6%，十年后多少", 442_700.67),
        ("一次投10万再每年加2万、6%、十年，最后多少", 442_700.67),
        ("先投10万，以后每年年末再投2万，年收益6%，十年以后多少钱", 442_700.67),
        (
            "本金10万，每月定投2000，年化6%，10年后多少",
            100_000 * 1.005**120 + due(2000, 0.06, 12, 120, late=True),
        ),
        (
            "本金10万，每月月初定投2000，年化6%，10年后多少",
            100_000 * 1.005**120 + due(2000, 0.06, 12, 120),
        ),
    ],
)
def test_worth(value: Value, question: str, worth: float) -> None:
    assert value(question, "value_yuan") == pytest.approx(worth, abs=0.011)


@pytest.mark.parametrize(
    ("question", "paid"),
    [
        ("每天定投50元十年一共投了多少本金", 125_000),
        ("每月定投500定投20年本金是多少", 120_000),
        ("定投10年每月3000一共投入多少钱", 360_000),
        ("每月投1000，投了36期，一共投了多少", 36_000),
        ("每月定投1500元，连续18个月，投入本金多少", 27_000),
        ("每天投20，投了100天，一共投了多少本金", 2000),
        ("每天存10块，存一年一共存了多少", 3650),
        ("每月两千一共投了多少，投了3年定投", 72_000),
        ("每周定投200，定投两年，一共投入多少本金", 20_800),
    ],
)
def test_paid_needs_no_rate(value: Value, question: str, paid: float) -> None:
    assert value(question, "paid_yuan") == pytest.approx(paid)


def test_days_of_a_year_are_told(ask: Ask) -> None:
    done = ask("每天定投50元十年一共投了多少本金")
    assert isinstance(done, Calculation)
    assert "250 个交易日" in done.steps[-1]
    assert "182500" in done.steps[-1]


@pytest.mark.parametrize(
    ("question", "key", "expected"),
    [
        ("想10年攒够100万，年化8%，每月要定投多少", "amount_yuan", 1e6 / due(1, 0.08, 12, 120)),
        ("20年后要有200万，年化7%，每个月得投多少钱", "amount_yuan", 2e6 / due(1, 0.07, 12, 240)),
        ("每月定投1000，定投3年，现在账户有4万，赚了多少", "gain_yuan", 4000),
        ("定投3年，每月1000，亏了15%，亏了多少钱", "gain_yuan", -5400),
        ("每月定投1000，年化8%，多少年到100万", "years", 25.5),
    ],
)
def test_other_ways_round(value: Value, question: str, key: str, expected: float) -> None:
    assert value(question, key) == pytest.approx(expected, abs=0.006)


@pytest.mark.parametrize(
    ("question", "part"),
    [
        ("每月定投1000元10年能有多少", "收益率"),
        ("每天定投50元，十年后有多少", "收益率"),
        ("定投1000元，年化8%，20年有多少", "多久投一次"),
        ("定投1000，每年收益8%，20年多少", "多久投一次"),
        ("每月定投1000，年化8%，最后多少钱", "多长时间"),
        ("我35岁，每月定投1000，年化8%，20年有多少", "35"),
        ("每月定投1000到2000，年化8%，10年多少", "2000"),
        ("每月定投1000，每年增加10%，年化8%，20年多少", "10%"),
        ("前5年每月定投1000后5年每月定投2000，年化8%，多少", "2000"),
        ("每月定投1000，年化8%，投10年后不投了，再放10年，有多少", "10年"),
    ],
)
def test_asked_back(asked_back: Asked, question: str, part: str) -> None:
    assert part in asked_back(question)


@pytest.mark.parametrize(
    "question",
    [
        "什么是定投",
        "定投怎么选基金",
        "定投10年能赚多少",
        "定投一年亏了怎么办",
        "定投5年亏了20%要停吗",
        "定投多少钱合适",
    ],
)
def test_left_to_the_cards(ask: Ask, question: str) -> None:
    assert ask(question) is None


@SHARED
@given(
    hundreds=st.integers(1, 99),
    rate=st.integers(1, 20),
    years=st.integers(1, 40),
    order=st.permutations(range(3)),
)
def test_any_order(ask: Ask, hundreds: int, rate: int, years: int, order: list[int]) -> None:
    facts = [f"每月定投{hundreds * 100}元", f"年化{rate}%", f"投{years}年"]
    done = ask("，".join(facts[i] for i in order) + "，最后一共有多少")
    assert isinstance(done, Calculation), done
    assert done.results["paid_yuan"] == hundreds * 100 * 12 * years
    expected = due(hundreds * 100, rate / 100, 12, 12 * years)
    assert done.results["value_yuan"] == pytest.approx(expected, rel=1e-9, abs=0.011)
