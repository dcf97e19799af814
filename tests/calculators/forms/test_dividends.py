"""Spoken questions about dividends: cash, tax by time held, yield."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from toujiao.calculators.forms.form import Calculation

from .conftest import SHARED, Ask, Asked, Value

CASH, TAX, YIELD = "dividend_yuan", "tax_yuan", "dividend_yield"


@pytest.mark.parametrize(
    ("question", "key", "expected"),
    [
        ("每10股派5元，1000股能拿多少", CASH, 500),
        ("我有2000股，10派3块5，能分多少钱", CASH, 700),
        ("每股派息0.25元，持有800股，一共能拿多少分红", CASH, 200),
        ("5手股票，每股分红两毛，能分多少钱", CASH, 100),
        ("10送3派5，我有1000股能拿多少", "bonus_shares", 300),
        ("10送3派5，我有1000股能拿多少", CASH, 500),
        ("10股转5股派1.5元，2000股，分多少钱", CASH, 300),
        ("每10股派276.73元，100股茅台能分多少", CASH, 2767.3),
        ("派现每10股2元，1500股合计派多少钱", CASH, 300),
        ("5000股 10派1块2 到账几个钱", CASH, 600),
        ("每股5分钱，2万股，分红总共多少", CASH, 1000),
        ("我有500股，每股能分三毛五，一共领多少", CASH, 175),
        ("分红0.5元每股，我有1000股，能拿多少", CASH, 500),
        ("10派5元含税，1000股，能拿多少", CASH, 500),
        ("10送10，1000股变成几股", "shares_after", 2000),
        ("10送3转2，我有2000股，送转后一共多少股", "shares_after", 3000),
    ],
)
def test_cash(value: Value, question: str, key: str, expected: float) -> None:
    assert value(question, key) == pytest.approx(expected)


@pytest.mark.parametrize(
    ("question", "expected"),
    [
        ("分红1000元，持股20天，红利税多少", 200),
        ("10派5元，我有1000股，持有半年卖出，扣多少税", 50),
        ("每股分红0.5元，持有2000股，拿了一年半，要交多少红利税", 0),
        ("每股派0.3元，5000股，持有不到1个月就卖，税扣多少", 300),
        ("分红1000元，持股超过一年，红利税多少", 0),
        ("分红1000元，正好持股一年，红利税多少", 100),
        ("分红1000元，持有一年零一天，红利税多少", 0),
        ("持有1个月分红1000元扣多少", 200),
        ("持有31天分红1000元税多少", 100),
        ("分红到账500块，拿了一个多月，卖的时候要补多少税", 50),
        ("我拿了三周就卖了，分红300元，要扣多少税", 60),
        ("买了刚二十天，收到股息600块，卖掉要补多少税", 120),
        ("分红八百块，拿了大半年卖的，要补缴多少税", 80),
        ("2手，每10股派12块，放了一年多，扣税多少", 0),
        ("1000股分红500元，持有20天扣多少税", 100),
        ("税后到手多少，分红1000，持股11个月", 100),
        ("分红2000元，1月8日买的，2月8日卖的，扣多少税", 400),
        ("分红2000元，1月8日买的，2月9日卖的，扣多少税", 200),
        ("每股分红0.5元，1000股，2025年6月10日买2026年6月10日卖，税多少", 50),
        ("每股分红0.5元，1000股，2025年6月10日买2026年6月11日卖，税多少", 0),
        ("去年12月20号买的今年1月10号卖，到账分红800元，税是多少", 160),
        ("分红1000元 3月5号买的今天卖 扣多少税", 100),
        ("2014年分红1000元，持股2年，要交多少税", 50),
    ],
)
def test_tax(value: Value, question: str, expected: float) -> None:
    assert value(question, TAX) == pytest.approx(expected)


@pytest.mark.parametrize(
    ("question", "expected"),
    [
        ("股价10元，每股分红0.4元，股息率是多少", 0.04),
        ("股价25元，每10股派10元，股息率多少", 0.04),
        ("股息0.3元，股价6元，股息率", 0.05),
        ("股价12元，一年分红0.6元，股息率是多少", 0.05),
        ("一只股票现价8元，每股派息四毛，股息率百分之几", 0.05),
        ("股价15块5，10派6.2，股息率多少", 0.04),
        ("股息率怎么算，股价50，每股分红2.5", 0.05),
        ("市值20万，一年分红8000元，股息率多少", 0.04),
        ("股价20、每股收益2、分红率40%，股息率多少", 0.04),
        ("每股收益2元，拿出40%分红，股价20元，股息率几个点", 0.04),
        ("EPS 2元 派息率50% 股价25 股息率", 0.04),
        ("市盈率10倍，分红率40%，股息率是多少", 0.04),
    ],
)
def test_yield(value: Value, question: str, expected: float) -> None:
    assert value(question, YIELD) == pytest.approx(expected)


def test_dividend_by_yield(value: Value) -> None:
    assert value("股息率4%，10万块一年能拿多少分红", CASH) == pytest.approx(4000)
    assert value("市值50万股息率3.5%一年分多少钱", CASH) == pytest.approx(17500)


@pytest.mark.parametrize(
    ("question", "part"),
    [
        ("每10股派5元能拿多少钱", "多少股"),
        ("1000股，能分多少红", "分多少钱"),
        ("分红1000元，要交多少税", "拿了多久"),
        ("持有2年，每股分红0.3元，扣多少税", "多少股"),
        ("10派5元（含税），1000股，税后到手多少", "拿了多久"),
        ("去年3月买的，今年5月卖的，分红1000元，扣多少红利税", "哪天"),
        ("1000股分红0.5元，持有20天扣多少税", "每股的，还是"),
        ("分红1000元满一年卖扣多少税", "正好满"),
        ("分红1000元持有一年左右扣多少税", "前后"),
        ("拿了二十多天分红1000块税多少", "不是一个准数"),
        ("分红1000元，扣税20%，到手多少", "20%"),
        ("10送3派5，1000股，持有20天，扣多少税", "10送3"),
        ("每股派0.5元、1000股，持有1个月到1年，扣多少税", "1年"),
        ("1000股10派5再10派3一共能拿多少", "10派3"),
        ("10派5股息率是多少", "股价"),
        ("利润每股3元，40%拿去分红，股价30元，股息率", "3元"),
        ("10派5，我花了2万块买的，能分多少", "2万块"),
        ("股价20元，每股收益2元，股息率多少", "分红率"),
        ("我10元买的股票，现在20元，每股分红0.5元，股息率多少", "10元"),
        ("一年分红两次，每次每股0.2元，股价10元，股息率多少", "两次"),
    ],
)
def test_asked_back(asked_back: Asked, question: str, part: str) -> None:
    assert part in asked_back(question)


@pytest.mark.parametrize(
    "question",
    [
        "红利税怎么算",
        "股息率4%高吗",
        "分红率40%是什么意思",
        "港股通分红1000元，持股1年，扣多少税",
        "基金分红1000元要交税吗，持有20天",
        "股价20元，每股收益2元，市盈率多少",
        "10派5",
    ],
)
def test_left_to_others(ask: Ask, question: str) -> None:
    done = ask(question)
    assert done is None or "dividend" not in getattr(done, "name", "")


@pytest.mark.parametrize(
    ("turns", "key", "expected"),
    [
        ("每10股派5元能拿多少钱//1000股", CASH, 500),
        ("分红1000元，要交多少税//拿了20天", TAX, 200),
        ("10派5元，1000股，税后到手多少//持有半年", "net_yuan", 450),
        ("10派5股息率是多少//股价10元", YIELD, 0.05),
    ],
)
def test_two_turns(value: Value, turns: str, key: str, expected: float) -> None:
    assert value(turns, key) == pytest.approx(expected)


def test_cash_is_said_to_be_before_tax(ask: Ask) -> None:
    done = ask("每10股派5元，1000股能拿多少")
    assert isinstance(done, Calculation)
    assert "税前" in done.steps[-1]


CHINESE = "零一二三四五六七八九"


@SHARED
@given(cash=st.integers(1, 9), hands=st.integers(1, 9), front=st.booleans())
def test_notation_and_order_do_not_matter(value: Value, cash: int, hands: int, front: bool) -> None:
    expected = cash / 10 * hands * 100
    for plan in (f"10派{cash}", f"每10股派{cash}元", f"十派{CHINESE[cash]}", f"每股派{cash}毛"):
        for shares in (f"{hands}手", f"{hands * 100}股", f"{CHINESE[hands]}百股"):
            facts = [plan, f"我有{shares}"]
            question = "，".join(facts if front else facts[::-1]) + "，分红能拿多少"
            assert value(question, CASH) == pytest.approx(expected)


@SHARED
@given(days=st.integers(1, 800), total=st.integers(100, 9000))
def test_rate_by_days(value: Value, days: int, total: int) -> None:
    rate = 0.2 if days <= 30 else 0.1 if days <= 365 else 0.0
    assert value(f"分红{total}元，持有{days}天，扣多少税", TAX) == pytest.approx(total * rate)
    assert value(f"持股{days}天，到账股息{total}块，要补多少税", TAX) == pytest.approx(total * rate)
