"""What the forms of indicators and risk share: lists of prices and returns, periods, conventions."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from toujiao.calculators.forms.form import Choice, Slot, Values
from toujiao.calculators.forms.wording import line
from toujiao.calculators.texts import plain
from toujiao.calculators.units import Unit
from toujiao.errors import ToujiaoError

# Words that may stand between two numbers of a list: the day of the next one, which way it went.
BETWEEN = (
    r"第(?:[一二三四五六七八九十]+|\d+)(?:[天日周次期年]|个?(?:月|季度?|交易日))|(?:周|"
    r"星期|礼拜)[一二三四五六日天]|"
    r"(?:\d{1,2}|[一二三四五六七八九十]{1,3})月份?|今[天日年]|昨[天日]|前天|次日|隔天|"
    r"后来|最后|之后|接着|随后|"
    r"又|再|然后|的时候|收盘价?|收在?|净值|股价|价格|是|为|到|从|"
    r"[做亏赚变滚缩剩]到|变[成为]|(?:上|下)?[涨跌](?:到|至|回)?了?|"
    r"[回升降掉落弹反]{1,3}(?:到|至)?了?|收[涨跌]|赚了?|亏了?|[盈亏]利?损?了?|"
    r"收益率?|最多|最惨|[+正]"
)
PRICE = (Unit.YUAN, Unit.NONE, Unit.POINTS)
PERIODS = (Unit.PERIOD, Unit.DAYS, Unit.TRADING_DAYS)
CLOSES = Slot(
    "closes", "收盘价", PRICE, ask="每天的收盘价是多少？请从早到晚一个一个说。",
    before=r"收盘价?|收|股价|价格|点位", alone=True, many=True, between=BETWEEN,
)  # fmt: skip
_COUNTED = (Unit.DAYS, Unit.TRADING_DAYS, Unit.COUNT, Unit.WEEKS, Unit.MONTHS, Unit.YEARS)
# The number of days that a list covers; only compared with the list.
COUNT = Slot(
    "count",
    "天数",
    _COUNTED,
    required=False,
    anchor=False,
    least=2,
    before=r"最近|近|过去|连续|前|这|一共|共|总共",
    after=r"(?:内|里|来)?的?(?:收盘|股价|价格|净值|收益|涨跌)|收",
    never_before="成立",
    never_after=(
        r"股票|基金|标的|资产|的?(?:简单)?(?:移动)?"
        r"(?:均线|平均|均价|指数|EMA|MA|RSI|布林|BOLL|乖离|BIAS|ATR|真实)"
    ),
)
COUNT_AGAIN = replace(COUNT, name="count_again")
CONVENTION = Choice(
    "convention",
    "口径",
    {
        "talib": r"TA-?Lib|国外|西方|威尔德|wilder|不乘|除以n(?!-|减)|总体标准差",
        "tdx": r"通达信|同花顺|东财|国内",
    },
    default="open",  # 通达信 first, the other one is told as well
)
POINTS = Choice(
    "points",
    "点还是元",
    {True: r"指数(?!移动|平均|加权|均线)|大盘|上证|深证|沪指|\d\s?点"},
    default=False,
)
_SEPARATOR = r"\s*(?:、|，|,|/|和|跟|与)?\s*"
_NUMBER = r"[-−负]?[\d.]+[元块点%手股]*"
_EACH = r"(?:分别|依次|各自?)(?:是|为|有|在)?[:：]?\s*"


def in_turn(label: str, others: str, count: int = 2) -> str:
    """Words before a number of “K和D分别是80和70”, wherever `label` stands among the labels.

    `others` are the words of the other labels, `count` how many labels there are together.
    """
    patterns = []
    for many in range(count, 1, -1):
        for place in range(many):
            rest = rf"(?:{_SEPARATOR}(?:{others})){{{many - 1 - place}}}"
            seen = rf"(?:{_NUMBER}{_SEPARATOR}){{{place}}}"
            said = _EACH if place else rf"(?:{_EACH}|是|为|[:：=])?"
            patterns.append(rf"{label}{rest}{said}{seen}")
    return "|".join([*patterns, label])


def period_slot(ask: str, required: bool = True) -> Slot:
    """The n of an n-day average, in each way that it is said."""
    return Slot(
        "n", "天数", PERIODS, ask=ask, required=required, anchor=False, alone=True, least=1, most=500,
    )  # fmt: skip


def days(value: Any) -> int:
    """A period as whole days. Raises `ToujiaoError` for half days."""
    number = float(getattr(value, "value", value))
    if number != int(number):
        raise ToujiaoError(line("whole_days", days=plain(number)))
    return int(number)


def check_count(values: Values, listed: Sequence[float]) -> None:
    """Raise when the question names another number of days than it lists."""
    if "count" not in values:
        return
    said, months = days(values["count"]), getattr(values["count"], "unit", None) is Unit.MONTHS
    # 四个季度 are read as twelve months.
    if said != len(listed) and not (months and said == 3 * len(listed)):
        raise ToujiaoError(line("count_differs", said=said, listed=len(listed)))


def prices_of(values: Values, name: str = "closes") -> list[float]:
    """The list of prices, checked: above zero, and as many as the question says."""
    prices = list(values[name])
    if min(prices) <= 0:
        raise ToujiaoError(line("prices_above_zero"))
    check_count(values, prices)
    return prices


def enough(listed: Sequence[float], needed: int, title: str) -> None:
    """Raise when a list is too short for the period."""
    if len(listed) < needed:
        raise ToujiaoError(line("too_few", title=title, needed=needed, listed=len(listed)))


def signed(value: float, places: int = 3) -> str:
    """A number for a sum: a negative one in brackets."""
    return f"({plain(value, places)})" if value < 0 else plain(value, places)


def listed(numbers: Sequence[float], places: int = 3) -> str:
    """Numbers in a row: 10、11、12."""
    return "、".join(plain(number, places) for number in numbers)


def added(numbers: Sequence[float], places: int = 3) -> str:
    """A written sum: 10 + 11 + 12."""
    return " + ".join(signed(number, places) for number in numbers)


def unit_of(values: Values) -> str:
    """点 for an index, else 元."""
    return "点" if values.get("points") else "元"


CLOSE_WORDS = r"现在|目前|收盘价?|现价|股价|收在?|价格|今收|最新价|涨到|跌到|到了?"
N_OPTIONAL = period_slot("", required=False)


def convention_name(western: bool) -> str:
    return "TA-Lib口径" if western else "通达信口径"


RETURNS = Slot(
    "returns",
    "每期的收益率",
    (Unit.RATIO,),
    ask="每一期的收益率是多少？请一个一个说。",
    many=True,
    alone=True,
    between=BETWEEN,
    signed=True,
    before=r"收益率?|涨跌幅?|回报率?",
)
