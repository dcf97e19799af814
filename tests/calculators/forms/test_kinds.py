"""Kinds of questions that were wrong or unanswered once, told with other numbers and words."""

from __future__ import annotations

import pytest

from toujiao.assistant.calculate import AskBack

from .conftest import Ask, Value


def _due(amount: float, rate: float, count: int) -> float:
    """Paid in at the start of every period, one by one."""
    total = 0.0
    for _ in range(count):
        total = (total + amount) * (1 + rate)
    return total


def _coupons(face: float, each: float, rate: float, count: int) -> float:
    """Every payment of a bond, discounted one by one."""
    return sum(each / (1 + rate) ** n for n in range(1, count + 1)) + face / (1 + rate) ** count


ROWS = [
    # how often is no length
    ("三万五一年涨4%，六年以后是多少钱", "value_yuan", 35000 * 1.04**6, 0.01),
    ("5万一年3个点，四年后多少", "value_yuan", 50000 * 1.03**4, 0.01),
    ("月薪两万，每月工资的5%拿去定投，一年按6%算，投10年，最后有多少", "value_yuan", _due(1000, 0.005, 120), 0.01),
    ("20万一年涨5%多少", "value_yuan", 210000, 0.01),
    # a plan without a word of asking
    ("每年年初投三万，一年5%，投它十五年", "value_yuan", _due(30000, 0.05, 15), 0.01),
    ("每个月月末定投800，年化4.8%，五年", "value_yuan", _due(800, 0.004, 60) / 1.004, 0.01),
    ("手里5万先买进去，以后每年再加1万，年化4%，六年", "value_yuan",
     50000 * 1.04**6 + _due(10000, 0.04, 6) / 1.04, 0.02),
    ("8万，年化3%，五年", "value_yuan", 80000 * 1.03**5, 0.01),
    # an amount each month without 投 is no lump sum
    ("每月700，年化6%，八年后能有多少", "value_yuan", _due(700, 0.005, 96), 0.01),
    ("每年3万块，年化4%，十年后多少", "value_yuan", _due(30000, 0.04, 10), 0.01),
    ("6万，每年百分之四，三年后多少", "value_yuan", 60000 * 1.04**3, 0.01),
    # a first turn without numbers
    ("定投能攒多少钱//每月500//年化3%，五年", "value_yuan", _due(500, 0.0025, 60), 0.01),
    ("多少年能翻倍//年化9%", "years_exact", 8.0432, 0.001),
    ("我买了两年，现在收益率多少//8块买的，10块卖", "return", 0.25, 1e-9),
    ("先放一笔进去，再每月加500，年化6%，五年后多少//2万", "value_yuan",
     20000 * 1.005**60 + _due(500, 0.005, 60) / 1.005, 0.02),
    # halved again, a price at so many tenths, back to the start
    ("腰斩后又腰斩，还剩多少", "left", 0.25, 1e-9),
    ("腰斩了三次，要涨多少才回本", "gain_needed", 7.0, 1e-9),
    ("股价打了七五折，回本得涨多少", "gain_needed", 1 / 0.75 - 1, 1e-9),
    ("本金8万亏掉了2万，剩下的要涨多少才能回到8万", "gain_needed", 1 / 3, 1e-9),
    # a letter with a digit
    ("我2万本金现在账户里是1w7，亏了百分之几", "profit_ratio", -0.15, 1e-9),
    # two purchases
    ("第一次12块买了300股，后来10块又买了700股，现价11块，盈亏多少", "gross_profit_yuan", 400, 0.01),
    ("500股10块买的，又8块买了300股，现在9块，赚多少", "gross_profit_yuan", -200, 0.01),
    ("20块和16块各买了200股，现在17块，亏了多少", "gross_profit_yuan", -400, 0.01),
    # a return with the dividend
    ("10块买的，12块卖的，中间分红3毛，加上分红一共赚了百分之几", "return", 0.23, 1e-9),
    ("买入价10元，每10股派5元，现在9元，算上分红收益率多少", "return", -0.05, 1e-9),
    # two dividends of a year
    ("中期每股派0.3元，年末每股派0.5元，股价16元，股息率多少", "dividend_yield", 0.05, 1e-9),
    ("年中分了一毛，年底又分了四毛，股价20块，股息率多少", "dividend_yield", 0.025, 1e-9),
    # the books
    ("一季报每股收益0.4元，股价24，动态市盈率多少", "pe_times", 15, 1e-9),
    ("中报每股收益0.8，股价32，动态市盈率是几倍", "pe_times", 20, 1e-9),
    ("前三季度赚了9亿，市值240亿，动态市盈率多少", "pe_times", 20, 1e-9),
    ("股价9块，股本2亿股，净资产30亿，PB多少", "pb_times", 0.6, 1e-9),
    ("净利润9亿，期初净资产50亿期末净资产70亿，ROE是多少", "roe", 0.15, 1e-9),
    ("总资产80亿，净资产40亿，营业收入100亿，净利润5亿，杜邦算ROE多少", "roe", 0.125, 1e-9),
    ("总股本4亿5千万股，股价6块，总市值多少", "market_value_yuan", 2.7e9, 1),
    # bonds
    ("面值100，票面4%一年付一次，还剩3年，市场利率5%，债券值多少", "price_yuan", _coupons(100, 4, 0.05, 3), 0.006),
    ("面值100，票面5%，一年付两次利息，还有2年到期，市场利率4%，债券值多少", "price_yuan",
     _coupons(100, 2.5, 0.02, 4), 0.006),
    ("票面利率5%每半年付息，还有2年半到期，市场利率4%，债券价格多少", "price_yuan",
     _coupons(100, 2.5, 0.02, 5), 0.006),
    ("零息债券面值500，还有6年到期，市场利率4%，价格多少", "price_yuan", 500 / 1.04**6, 0.006),
    ("贴现国债面值100元，2年后到期，市场利率2%，现在值多少钱", "price_yuan", 100 / 1.02**2, 0.006),
]  # fmt: skip


@pytest.mark.parametrize(("question", "key", "expected", "within"), ROWS)
def test_kind(value: Value, question: str, key: str, expected: float, within: float) -> None:
    assert value(question, key) == pytest.approx(expected, abs=within)


@pytest.mark.parametrize(
    "question",
    [
        # vague
        *(
            "20万，年化五到六个点，八年后多少",
            "每月投800到1000，年化4%，三年后多少",
            "每月投个三五百，年化5%，六年",
        ),
        *("跌了好几成，回本要涨多少", "亏了两三成，回本要涨多少"),
        # not all is told
        *(
            "我有8万块放六年，能变成多少",
            "定投能攒多少钱//每周300",
            "我买了两年，现在卖掉收益率多少",
        ),
        *(
            "先存一笔进去，再每月投500，年化4%，五年后多少",
            "先10块买了500股，又8块买了，现在9块，浮盈多少",
        ),
        # what does not fit together
        *("本金10万亏掉了3万，要涨多少才能回到12万", "一季报每股收益0.5元，股价40，市盈率多少"),
        *(
            "二季度每股收益0.5元，股价40，动态市盈率多少",
            "去年分了两毛，今年又分了三毛，股价10块，股息率多少",
        ),
        *("面值100，每半年付2块利息，还有2年到期，市场利率4%，债券值多少",),
        *("20块买的，分红1块，又分红5毛，现在21块，连分红总收益率多少",),
        *("10万，第一年涨6%，八年后多少",),
        # two shares, three purchases
        *("先10块买了500股A，又8块买了500股B，现在9块5，浮盈多少",),
        *("先10块买了500股茅台，又8块买了500股五粮液，现在9块5，浮盈多少",),
        *("先10块买了500股，又8块买了500股，再7块买了500股，现在9块5，浮盈多少",),
    ],
)
def test_asked_back(ask: Ask, question: str) -> None:
    assert isinstance(ask(question), AskBack)


@pytest.mark.parametrize(
    "question",
    [
        *("定投能攒多少钱", "我的钱几年能翻倍", "手续费怎么算", "跌了八折，回本要涨多少"),
        *(
            "我每月定投1000，年化收益8%，坚持了10年，还要继续吗",
            "我每月定投1000，年化8%，投了10年，感觉定投没用",
        ),
        *(
            "我10块买了1000股，现在12块",
            "市盈率多少算高//30倍",
            "定投收益率多少合适//8%",
            "你好//10万",
        ),
        *(
            "年化20%的策略，回撤30%，做了3年",
            "我持有一年了，收益率多少算高",
            "年化5%，通胀3%，10年",
        ),
        *(
            "每月1000，年化6%，10年，20年",
            "10万，年化5%，3年，手续费1%",
        ),
    ],
)
def test_left_to_the_cards(ask: Ask, question: str) -> None:
    assert ask(question) is None
