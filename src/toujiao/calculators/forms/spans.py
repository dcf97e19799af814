"""Slots for a rate and a length of time, and how both are told."""

from __future__ import annotations

from toujiao.calculators.forms.form import Choice, Slot
from toujiao.calculators.forms.moves import MOVED, NO_NUMBER
from toujiao.calculators.forms.terms import MONEY
from toujiao.calculators.forms.wording import line
from toujiao.calculators.texts import plain
from toujiao.calculators.units import Length, Unit
from toujiao.errors import ToujiaoError

LENGTHS = (Unit.YEARS, Unit.MONTHS, Unit.DAYS, Unit.WEEKS)
_NOT_A_RETURN = r"佣金|手续费|费率|税率?|管理费|申购费|赎回费|工资|收入"
RATE = Slot(
    "rate",
    "收益率",
    (Unit.RATIO,),
    ask="收益率按每年百分之几来算？",
    alone=True,
    least=-0.9999,
    most=100,
    before=r"年化|收益率?|利率|回报率?|利息|每年|复利|增长率?|增速|[赚涨]|每个?[月天周]|按",
    after=r"的?(?:年化|收益|利率|回报|复利|增长|速度|利息)",
    never_before=_NOT_A_RETURN,
)
LENGTH = Slot(
    "length",
    "时间",
    LENGTHS,
    ask="一共多长时间？",
    alone=True,
    anchor=False,
    never_before=rf"(?:每隔?){NO_NUMBER}",
)
PRINCIPAL = Slot(
    "principal",
    "本金",
    MONEY,
    ask="一开始投入多少钱？",
    alone=True,
    least=0.01,
    before=r"本金|投入?|存|放|买|拿|本钱|从|由|起初|最初|成本|手里有|我有|[现目]前?在?有|已有",
    after=r"的?本金|块?钱?(?:投|存|放|买|做|拿)",
    never_before=(
        rf"(?:(?:变成?|[做涨到]到|达到|赚[了到]?|目标|亏了?|剩下?|想要|攒够?|凑够|"
        rf"现在(?!有))){NO_NUMBER}"
    ),
)
GOAL = Slot(
    "goal",
    "目标金额",
    MONEY,
    ask="最后想要（或已经有）多少钱？",
    least=0.01,
    before=(
        r"变成?了?|[做涨增攒存赚滚长]到|长到|到了?|成了?|达到|攒[够下]|凑[够齐]|目标是?|拥有|后有|有|"
        r"想要|实现|拿到|现在是?|剩下?|值|卖"
    ),
    after=r"的?目标|卖",
    never_before=MOVED,
)
# Which time the rate is for; 复利 alone goes with years.
PER = Choice(
    "per",
    "收益是每年、每月还是一共的",
    {
        "year": (
            r"年化|年利率|(?<![\d半一二两三四五六七八九十几多])年(?:收益|回报)|每年|年增长|年均|"
            r"平均一年|一年(?:能|可以|大概)?(?:赚|涨|收益|"
            r"增长|有)|年息|按年|年复利|"
            r"一年(?:按|能|有|大概|平均|算)*(?:\d+(?:\.\d+)?\s*(?:[%％]|个点)|百分之|[一二三四五六七八九十]+个点)"
        ),
        "month": r"每个?月|月收益|月回报|月均|月化|一个月(?:能|可以)?(?:赚|涨|收益)|按月",
        "week": r"每个?(?:周|星期|礼拜)|周收益|一周(?:能|可以)?(?:赚|涨|收益)",
        "day": r"每[天日]|每个?交易日|日收益|天天|一天(?:能|可以)?(?:赚|涨|收益)",
        "as_year": r"利|滚存|滚雪球|72|七十?二|^(?!.*收益).*(?:年(?:以|之)?后|几年|多少年|多久)",
    },
    required=True,
    ask="这个收益率是每年的，还是整段时间一共的？",
)
PER_UNIT = {
    "year": Unit.YEARS,
    "as_year": Unit.YEARS,
    "month": Unit.MONTHS,
    "week": Unit.WEEKS,
    "day": Unit.DAYS,
}


def told(length: Length) -> str:
    """3 年, 18 个月, 90 天."""
    return f"{plain(length.value)} {length.unit.value}"


def periods(length: Length, per: str) -> float:
    """How many times the rate's time goes into a length: 24 months in 2 years.

    Raises `ToujiaoError` for days in a year: on some of them the exchange is closed.
    """
    unit = PER_UNIT[per]
    if unit is Unit.DAYS and length.unit is not Unit.DAYS:
        raise ToujiaoError(line("days_of_year", length=told(length)))
    if unit is length.unit:
        return length.value
    return length.years / Length(1, unit).years
