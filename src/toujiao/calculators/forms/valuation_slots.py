"""Words and slots of the forms of valuation."""

from __future__ import annotations

from dataclasses import replace

from toujiao.calculators.forms.form import Choice, Slot
from toujiao.calculators.forms.moves import HOW_MUCH, NO_NUMBER
from toujiao.calculators.forms.terms import MONEY
from toujiao.calculators.units import Unit

PE = r"市盈率?|(?<![a-z])PE(?![a-z])"

PB = r"市净率?|(?<![a-z])PB(?![a-z])"

PEG = r"(?<![a-z])PEG(?![a-z])"

# What stands behind a number names it, but not when it is what the question asks for.
NOT_ASKED = r"(?!率)(?![^，。]{0,4}(?:多少|几|怎么|咋|是啥|各))"

# Totals of companies come as plain amounts; a number of shares may come without its unit.
_COUNT = (Unit.SHARES, Unit.YUAN, Unit.NONE)

PRICE = Slot(
    "price",
    "股价",
    MONEY,
    ask="股价是多少？",
    least=0.01,
    most=10000,
    before=r"股价|现价|价格|收盘价?|市价|(?<!评)(?<!估)价|一股|每股(?!收益|盈利|净|赚|利润)|现在|股票",
    after=rf"的?(?:股价|一股|股票|价格)|一股{NOT_ASKED}",
    never_before=rf"(?:每股(?:收益|盈利|净资产|利润|净利润|赚)了?|EPS|BPS|净资产){NO_NUMBER}",
)

EPS = Slot(
    "eps",
    "每股收益",
    MONEY,
    ask="每股收益是多少？",
    before=r"每股(?:收益|盈利|净?利润|赚|净收益)|EPS|一股赚",
    after=rf"的?每股收益{NOT_ASKED}",
    most=1000,
)

EPS_LOSS = replace(
    EPS,
    name="eps_loss",
    label="每股亏损",
    before=r"每股(?:收益)?(?:亏损?|亏了|赔)|每股收益为?负",
    least=0,
    ask="每股亏了多少？",
)

BPS = Slot(
    "bps",
    "每股净资产",
    MONEY,
    ask="每股净资产是多少？",
    before=r"每股净资产|BPS|每股(?:账面价值|账面净值)|净资产(?=每股|一股)",
    after=rf"的?每股净资产{NOT_ASKED}",
    most=10000,
)

VALUE = Slot(
    "value",
    "市值",
    MONEY,
    ask="市值是多少？",
    before=r"总?市值|值",
    after=rf"的?市值{NOT_ASKED}",
    least=1,
    alone=False,
)

PROFIT = Slot(
    "profit",
    "净利润",
    MONEY,
    ask="一年的净利润是多少？",
    before=r"(?:归母)?净利润?|年利润|(?<!毛)利润|盈利|(?<!每股)赚|挣",
    after=rf"的?(?:净利润?|利润|盈利){NOT_ASKED}",
    never_before=rf"(?:每股|每股净|毛利润?){NO_NUMBER}",
)

DEFICIT = Slot(
    "deficit",
    "亏损",
    MONEY,
    ask="一年亏了多少？",
    before=r"亏损?|亏了|净亏损?|赔",
    after=rf"的?(?:亏损|净亏损){NOT_ASKED}",
    least=0,
)

EQUITY = Slot(
    "equity",
    "净资产",
    MONEY,
    ask="净资产是多少？",
    before=r"(?<!每股)净资产(?!收益|回报)|股东权益(?!回报)|所有者权益|净值",
    after=rf"的?净资产{NOT_ASKED}",
)

CAPITAL = Slot(
    "shares",
    "总股本",
    _COUNT,
    ask="总股本是多少股？",
    least=2,
    before=r"总?股本|总股数|股份|流通股|发行|共有?",
    after=rf"的?(?:总?股本|股份){NOT_ASKED}",
    alone=False,
)

TIMES_OF_PE = Slot(
    "pe",
    "市盈率",
    (Unit.TIMES, Unit.NONE),
    ask="市盈率是多少倍？",
    least=0.01,
    before=PE,
    after=rf"的?(?:{PE}){NOT_ASKED}",
    never_before=rf"(?:{PEG}|增速|增长率?){NO_NUMBER}",
)

GROWTH = Slot(
    "growth",
    "利润增长率",
    (Unit.RATIO,),
    ask="利润增长率是百分之多少？",
    least=-1,
    before=r"增长率?|增速|增幅|成长性?|增加|增|复合",
    after=rf"的?(?:增长|增速|增幅|成长){NOT_ASKED}",
    alone=True,
)

GROWTH_POINTS = replace(GROWTH, name="growth_points", units=(Unit.NONE,), alone=False)

# 一年赚5亿: the profit of a year, which is what is needed.
YEAR = Slot(
    "year", "一年", (Unit.YEARS,), alone=True, required=False, anchor=False, least=1, most=1
)

SPAN = Slot(
    "span",
    "时间或个数",
    (Unit.COUNT, Unit.YEARS, Unit.MONTHS, Unit.DAYS),
    alone=True,
    required=False,
    anchor=False,
)

_FIRST_QUARTER = r"(?:一季报|一季度|1季[报度])(?!.*[二三四]季)"

_HALF_YEAR = r"(?:半年报|中报|上半年)(?!.*季)"

_THREE_QUARTERS = r"(?:三季报|前三个?季度?|前9个月|前九个月)(?!.*单季)"

INTERIM = Choice(
    "interim",
    "是不是全年的利润",
    {True: r"[一二三]季[报度]?|季[报度]|半年报?|中报|上半年|前三个?季|单季|一个季"},
    default=False,
)

# 动态市盈率 takes the profit so far for the same pace all year: four times the first quarter.
DYNAMIC = Choice(
    "dynamic",
    "动态市盈率用哪一段的利润",
    {
        "quarter": rf"动态.*{_FIRST_QUARTER}|{_FIRST_QUARTER}.*动态",
        "half": rf"动态.*{_HALF_YEAR}|{_HALF_YEAR}.*动态",
        "three": rf"动态.*{_THREE_QUARTERS}|{_THREE_QUARTERS}.*动态",
    },
)

LOSS_MAKER = r"亏损|亏了|负|-|−|赔|没赚钱|不赚钱"

ASKED = rf"\A(?=(?s:.*)(?:{HOW_MUCH}|倍))"

UNLESS = r"高吗|贵吗|便宜吗|低吗|合理吗|正常吗|怎么样"

WANTS_PE = rf"{ASKED}\A(?=(?s:.*)(?:{PE}))"

WANTS_PB = rf"{ASKED}\A(?=(?s:.*)(?:{PB}))"

NOT_PEG = rf"{PEG}|{UNLESS}|股息率|百分位|分位"

BOTH = rf"{ASKED}\A(?=(?s:.*)(?:{PE}))\A(?=(?s:.*)(?:{PB}))"

ALONE_PRICE = replace(PRICE, alone=True)

RATIO_PE = replace(TIMES_OF_PE, name="times")

RATIO_PB = replace(
    TIMES_OF_PE,
    name="times",
    label="市净率",
    ask="市净率是多少倍？",
    before=PB,
    after=rf"的?(?:{PB}){NOT_ASKED}",
)

PRICE_ASKED = (
    r"股价[^，。\d]{0,8}(?:多少|几|是)|值多少|多少钱一股|合理价|(?:多少|几)[元块]|"
    r"价格[^，。\d]{0,6}(?:多少|几)|对应"
)

LIST_UNITS = (Unit.NONE, Unit.TIMES, Unit.POINTS, Unit.YUAN, Unit.RATIO)

SHRINKING = Choice("shrinking", "下滑", {True: r"下滑|下降|减少|负增长|倒退|缩水"}, default=False)
