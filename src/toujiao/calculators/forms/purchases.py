"""Forms about shares bought at two prices, and about a return with the dividend counted in."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from toujiao.calculators.forms.dividends import NEEDED_CASH, each_of
from toujiao.calculators.forms.form import Calculation, Choice, Form, Slot, Values, finish
from toujiao.calculators.forms.holding_slots import (
    ASKED,
    COST_PRICE,
    KIND,
    NOW,
    PRICE_NOW,
    SHARES,
    UNLESS,
)
from toujiao.calculators.forms.moves import HOW_MUCH
from toujiao.calculators.forms.show import fen, money, outcome, share
from toujiao.calculators.forms.strangers import without_strangers
from toujiao.calculators.forms.terms import MONEY
from toujiao.calculators.forms.wording import line
from toujiao.calculators.forms.yearly_slots import DEAREST
from toujiao.calculators.inputs import decimal, round_fen
from toujiao.calculators.texts import approx, approx_percent, plain
from toujiao.calculators.units import Unit
from toujiao.errors import ToujiaoError


def _held_twice(values: Values, day: date) -> Calculation:
    """What two purchases cost together, and what they are worth now."""
    first, second, now = (decimal(values[n]) for n in ("price1", "price2", "price_now"))
    many = decimal(values["shares1"])
    more = decimal(values.get("shares2", values["shares1"]))
    cost = round_fen(first * many + second * more)
    value = round_fen(now * (many + more))
    gross = fen(float(value - cost))
    average = float(cost / (many + more))
    shown = {
        "first": plain(first),
        "second": plain(second),
        "many": plain(many),
        "more": plain(more),
        "count": plain(many + more),
        "cost": money(float(cost)),
        "value": money(float(value)),
        "now": plain(now),
        "gross": money(abs(gross)),
        "ratio": share(abs(gross) / float(cost)),
    }
    steps = [
        line("twice_cost", approx=approx(average, 4), **shown),
        line("twice_value", **shown),
        line(f"holding_{outcome(gross)}", **shown),
    ]
    inputs = {"cost_yuan": float(cost), "value_yuan": float(value)}
    results = {
        "gross_profit_yuan": gross,
        "profit_ratio": gross / float(cost),
        "value_yuan": float(value),
        "average_cost_yuan": average,
    }
    return finish("holding", inputs, results, steps)


def _with_dividend(values: Values, day: date) -> Calculation:
    """The return of price and dividend together, per share."""
    buy, sell, each = values["buy"], values["sell"], each_of(values)
    if each > buy:
        raise ToujiaoError(line("dividend_of_a_share"))
    gain = fen(sell - buy + each)
    rate = gain / buy
    shown = {"buy": plain(buy), "sell": plain(sell), "each": plain(each)}
    steps = [
        line("return_with_dividend", approx=approx_percent(rate), **shown),
        line(f"result_with_dividend_{outcome(rate)}", rate=share(abs(rate))),
    ]
    inputs = {"buy_yuan": buy, "sell_yuan": sell, "dividend_per_share_yuan": each}
    return finish("return_with_dividend", inputs, {"return": rate}, steps)


_BOUGHT = r"先|又|再|后来|接着|然后|第[一二]次"
_PRICE = replace(
    COST_PRICE,
    label="买入价",
    ask="每次是多少钱一股买的？",
    never_before=rf"{COST_PRICE.never_before}|{NOW}",
)
_NOW = replace(PRICE_NOW, alone=False)
_MANY = replace(SHARES, ask="每次买了多少股（份）？", before=r"买[了入]?|[加补]仓?了?", least=1)
_EACH_TIME = r"各买?|分别|都买?|一样"
# What was bought stays: sold shares, dividends and more are another sum.
_TWICE = rf"{ASKED}\A(?=(?s:.*)(?:{_BOUGHT}|各|分别|都买|两[次笔]))\A(?=(?s:.*)(?:买|加|补|建仓|入手|进))"
# Two shares have two prices now: 500股茅台, 又买了500股五粮液.
_TWO_SHARES = (
    r"(?:\d|[十百千万])(?:股|手)(?!后|又|再|然|接|现|一|总|分|都|的|股|票|成|价|均|如|目|第|加|补|浮|亏|赚|每|平|合|最|今|"
    r"涨|跌|[^\u4e00-\u9fffA-Za-z]|$)|(?:股|手)的(?!成本|股票|价)|(?<![A-Za-z])[A-D甲乙](?![A-Za-z])|"
    r"两[只个支家]|另[一外]|老婆|朋友|别人"
)
_NOT_TWICE = rf"{UNLESS.replace('|补仓|加仓|摊', '|摊')}|{_TWO_SHARES}"

_DIVIDEND = Slot(
    "each",
    "每股分红",
    MONEY,
    ask="每股分了多少钱？",
    before=r"(?:分红|红利|股息|派息|分[到了过]?|派[了过]?)(?:每股|一股|是|为)?[^，。；\d]{0,2}$",
    after=r"^(?:钱|的|现金|每股)*(?:分红|红利|股息|派息)",
    least=0.0001,
    most=500,
)
_BUY = Slot(
    "buy",
    "买入价",
    MONEY,
    ask="多少钱买的？",
    alone=True,
    least=0.0001,
    most=DEAREST,
    before=r"成本价?|买入?[的了]?价?|进价|入手",
    after=r"^的?(?:时?候?)?(?:买|进的|入的?|建仓|入手|成本)",
    never_before=r"现在|现价|卖|分红?了?|红利|股息|派息?了?|[涨跌]到",
)
_SELL = Slot(
    "sell",
    "现价或卖出价",
    MONEY,
    ask="现在多少钱（或者多少钱卖的）？",
    least=0.0001,
    most=DEAREST,
    before=rf"{NOW}|卖[出了]?|抛",
    after=r"^[^，。]{0,2}(?:卖|抛|出|清仓)",
    never_before=r"分红?了?|红利|股息|派息?了?",
    never_after=r"(?:的?时?候?)?(?:买|进的|入手)",
)
_HELD = Slot(
    "held",
    "持有时间",
    (Unit.YEARS, Unit.MONTHS, Unit.DAYS, Unit.WEEKS),
    alone=True,
    required=False,
    anchor=False,
)

FORMS = without_strangers(
    (
        Form(
            "holding_twice",
            cue=_TWICE,
            slots=(
                replace(_PRICE, name="price1"),
                replace(_MANY, name="shares1"),
                replace(_PRICE, name="price2"),
                replace(_MANY, name="shares2"),
                _NOW,
            ),
            choices=(KIND,),
            work=_held_twice,
            unless=rf"{_NOT_TWICE}|手续费|费用|佣金|税|净[赚亏]|到手",
            priority=10,
        ),
        Form(
            "holding_twice_each",
            cue=rf"{_TWICE}\A(?=(?s:.*)(?:{_EACH_TIME}))",
            slots=(
                replace(_PRICE, name="price1"),
                replace(_PRICE, name="price2"),
                replace(_MANY, name="shares1"),
                _NOW,
            ),
            choices=(
                KIND,
                Choice(
                    "each_time",
                    "每次一样多",
                    {True: _EACH_TIME},
                    required=True,
                    ask="每次买了多少股？",
                ),
            ),
            work=_held_twice,
            unless=rf"{_NOT_TWICE}|手续费|费用|佣金|税|净[赚亏]|到手",
            priority=10,
        ),
        *(
            Form(
                f"return_with_dividend{name}",
                cue=(
                    rf"\A(?=(?s:.*)(?:{HOW_MUCH}))\A(?=(?s:.*)(?:分红|红利|股息|派息|分了|派了))"
                    r"\A(?=(?s:.*)(?:总|连|加上?|算上|算进|含|包括|带|一起|合)[^。]*(?:收益率|回报率|百分之|个点|几成))"
                ),
                slots=(_BUY, _SELL, dividend, _HELD),
                work=_with_dividend,
                unless=r"年化|年均|每年|税|股息率|手续费|佣金|费用|基金|复利|再投|除权|除息|定投|送股|转增|市盈|债",
                priority=10,
            )
            for name, dividend in (("", _DIVIDEND), ("_plan", NEEDED_CASH))
        ),
    )
)
