"""Forms about the price of a company: PE, PB, PEG, market value, percentile of a value."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from toujiao.calculators.forms.form import Calculation, Choice, Form, Slot, Values, finish
from toujiao.calculators.forms.moves import HOW_MUCH, NO_NUMBER
from toujiao.calculators.forms.show import fen, in_hundred_millions, said, share
from toujiao.calculators.forms.terms import MONEY
from toujiao.calculators.forms.wording import line
from toujiao.calculators.texts import approx, approx_percent, plain
from toujiao.calculators.units import Unit
from toujiao.calculators.valuation import eps as eps_of
from toujiao.calculators.valuation import market_value, pb, pe, peg, percentile
from toujiao.errors import ToujiaoError

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
_TIMES_OF_PE = Slot(
    "pe",
    "市盈率",
    (Unit.TIMES, Unit.NONE),
    ask="市盈率是多少倍？",
    least=0.01,
    before=PE,
    after=rf"的?(?:{PE}){NOT_ASKED}",
    never_before=rf"(?:{PEG}|增速|增长率?){NO_NUMBER}",
)
_GROWTH = Slot(
    "growth",
    "利润增长率",
    (Unit.RATIO,),
    ask="利润增长率是百分之多少？",
    least=-1,
    before=r"增长率?|增速|增幅|成长性?|增加|增|复合",
    after=rf"的?(?:增长|增速|增幅|成长){NOT_ASKED}",
    alone=True,
)
_GROWTH_POINTS = replace(_GROWTH, name="growth_points", units=(Unit.NONE,), alone=False)
# 一年赚5亿: the profit of a year, which is what is needed.
YEAR = Slot(
    "year", "一年", (Unit.YEARS,), alone=True, required=False, anchor=False, least=1, most=1
)
_SPAN = Slot(
    "span",
    "时间或个数",
    (Unit.COUNT, Unit.YEARS, Unit.MONTHS, Unit.DAYS),
    alone=True,
    required=False,
    anchor=False,
)
_INTERIM = Choice(
    "interim",
    "是不是全年的利润",
    {True: r"[一二三]季[报度]?|季[报度]|半年报?|中报|上半年|前三个?季|单季|一个季"},
    default=False,
)
_LOSS_MAKER = r"亏损|亏了|负|-|−|赔|没赚钱|不赚钱"


def _yearly_profit(values: Values) -> None:
    if values.get("interim"):
        raise ToujiaoError(line("interim_profit"))


def _profit(values: Values) -> float:
    return float(values["profit"]) if "profit" in values else -abs(values["deficit"])


def _no_meaning(name: str) -> Calculation:
    raise ToujiaoError(line(name))


def _pe_by_share(values: Values, day: date) -> Calculation:
    _yearly_profit(values)
    earned = values["eps"] if "eps" in values else -abs(values["eps_loss"])
    return _pe_pb((values["price"], earned), None)


def _pe_by_total(values: Values, day: date) -> Calculation:
    _yearly_profit(values)
    return _pe_pb((values["value"], _profit(values)), None)


def _pe_by_capital(values: Values, day: date) -> Calculation:
    """Price, profit and the number of shares."""
    _yearly_profit(values)
    profit, shares = _profit(values), values["shares"]
    earned = eps_of(profit, shares)
    step = line("eps", profit=plain(profit), shares=plain(shares), approx=approx(earned, 4))
    return _pe_pb((values["price"], earned), None, [step])


def _pb_by_share(values: Values, day: date) -> Calculation:
    return _pe_pb(None, (values["price"], values["bps"]))


def _pb_by_total(values: Values, day: date) -> Calculation:
    return _pe_pb(None, (values["value"], values["equity"]))


def _both_by_share(values: Values, day: date) -> Calculation:
    return _pe_pb((values["price"], values["eps"]), (values["price"], values["bps"]))


def _both_by_total(values: Values, day: date) -> Calculation:
    _yearly_profit(values)
    return _pe_pb((values["value"], _profit(values)), (values["value"], values["equity"]))


def _pe_pb(
    earned: tuple[float, float] | None,
    book: tuple[float, float] | None,
    steps: list[str] | None = None,
) -> Calculation:
    inputs: dict[str, float] = {}
    results: dict[str, float] = {}
    steps, shown = list(steps or []), {}
    if earned:
        if earned[1] <= 0:
            return _no_meaning("pe_no_meaning")
        value = pe(*earned)
        inputs |= {"price_yuan": earned[0], "earnings_yuan": earned[1]}
        results["pe_times"] = value
        shown["pe"] = said(value)
        steps.append(
            line("pe_working", price=plain(earned[0]), eps=plain(earned[1]), approx=approx(value))
        )
    if book:
        if book[1] <= 0:
            return _no_meaning("pb_no_meaning")
        value = pb(*book)
        inputs |= {"price_yuan": book[0], "book_value_yuan": book[1]}
        results["pb_times"] = value
        shown["pb"] = said(value)
        steps.append(
            line("pb_working", price=plain(book[0]), bps=plain(book[1]), approx=approx(value))
        )
    name = "result_pe_pb" if len(shown) == 2 else f"result_{next(iter(shown))}"
    return finish("pe" if earned else "pb", inputs, results, [*steps, line(name, **shown)])


def _peg(values: Values, day: date) -> Calculation:
    times, steps = values.get("pe"), []
    if times is None:
        earned = values["eps"]
        if earned <= 0:
            return _no_meaning("pe_no_meaning")
        times = pe(values["price"], earned)
        steps.append(
            line(
                "pe_working", price=plain(values["price"]), eps=plain(earned), approx=approx(times)
            )
        )
    growth = values["growth"] * 100 if "growth" in values else values["growth_points"]
    if growth <= 0 or values.get("shrinking"):
        raise ToujiaoError(line("peg_no_growth"))
    value = peg(times, growth)
    steps.append(
        line("peg_working", pe=plain(times, 2), growth=plain(growth), approx=approx(value))
    )
    inputs = {"pe_times": times, "growth_percent": growth}
    return finish("peg", inputs, {"peg": value}, [*steps, line("result_peg", peg=said(value))])


def _price_by(values: Values, day: date) -> Calculation:
    """What a share is worth at a ratio: the ratio times the figure per share."""
    name = "eps" if "eps" in values else "bps"
    times, each = values["times"], values[name]
    price = fen(times * each)
    shown = {"times": plain(times), "each": plain(each), "price": plain(price)}
    label = line("of_eps" if name == "eps" else "of_bps")
    steps = [line("price_by", label=label, **shown), line("result_price_by", **shown)]
    return finish(
        "price_by_ratio", {"times": times, "each_yuan": each}, {"price_yuan": price}, steps
    )


def _value_by(values: Values, day: date) -> Calculation:
    times, profit = values["times"], values["profit"]
    if profit <= 0:
        return _no_meaning("pe_no_meaning")
    value = fen(times * profit)
    shown = {"times": plain(times), "profit": plain(profit), "value": plain(value)}
    steps = [
        line("value_by", **shown),
        line("result_market_value", value=plain(value), large=in_hundred_millions(value)),
    ]
    return finish(
        "market_value", {"times": times, "profit_yuan": profit}, {"market_value_yuan": value}, steps
    )


def _market_value(values: Values, day: date) -> Calculation:
    price, shares = values["price"], values["shares"]
    value = fen(market_value(price, shares))
    steps = [
        line("market_value", price=plain(price), shares=plain(shares), value=plain(value)),
        line("result_market_value", value=plain(value), large=in_hundred_millions(value)),
    ]
    return finish(
        "market_value", {"price_yuan": price, "shares": shares}, {"market_value_yuan": value}, steps
    )


def _percentile(values: Values, day: date) -> Calculation:
    now, history = values["now"], values["history"]
    part = percentile(now, history)
    below = sum(value < now for value in history)
    shown = {"now": plain(now), "count": len(history), "below": below, "part": share(part)}
    steps = [
        line("percentile", approx=approx_percent(part), **shown),
        line("result_percentile", **shown),
    ]
    return finish("percentile", {"now": now, "history": list(history)}, {"percentile": part}, steps)


_ASKED = rf"(?=.*(?:{HOW_MUCH}|倍))"
_UNLESS = r"高吗|贵吗|便宜吗|低吗|合理吗|正常吗|怎么样"
_WANTS_PE = rf"{_ASKED}(?=.*(?:{PE}))"
_WANTS_PB = rf"{_ASKED}(?=.*(?:{PB}))"
_NOT_PEG = rf"{PEG}|{_UNLESS}|股息率|百分位|分位"
_BOTH = rf"{_ASKED}(?=.*(?:{PE}))(?=.*(?:{PB}))"
_ALONE_PRICE = replace(PRICE, alone=True)
_RATIO_PE = replace(_TIMES_OF_PE, name="times")
_RATIO_PB = replace(
    _TIMES_OF_PE,
    name="times",
    label="市净率",
    ask="市净率是多少倍？",
    before=PB,
    after=rf"的?(?:{PB}){NOT_ASKED}",
)
_PRICE_ASKED = (
    r"股价[^，。\d]{0,8}(?:多少|几|是)|值多少|多少钱一股|合理价|(?:多少|几)[元块]|"
    r"价格[^，。\d]{0,6}(?:多少|几)|对应"
)
_LIST_UNITS = (Unit.NONE, Unit.TIMES, Unit.POINTS, Unit.YUAN, Unit.RATIO)
_SHRINKING = Choice("shrinking", "下滑", {True: r"下滑|下降|减少|负增长|倒退|缩水"}, default=False)
FORMS = (
    Form(
        "pe",
        cue=_WANTS_PE,
        slots=(_ALONE_PRICE, EPS, YEAR),
        choices=(_INTERIM,),
        work=_pe_by_share,
        unless=_NOT_PEG,
        priority=8,
    ),
    Form(
        "pe_loss",
        cue=rf"{_WANTS_PE}(?=.*(?:{_LOSS_MAKER}))",
        slots=(_ALONE_PRICE, EPS_LOSS, YEAR),
        choices=(_INTERIM,),
        work=_pe_by_share,
        unless=_NOT_PEG,
        priority=9,
    ),
    Form(
        "pe_total",
        cue=_WANTS_PE,
        slots=(VALUE, PROFIT, YEAR),
        choices=(_INTERIM,),
        work=_pe_by_total,
        unless=_NOT_PEG,
        priority=8,
    ),
    Form(
        "pe_total_loss",
        cue=rf"{_WANTS_PE}(?=.*(?:{_LOSS_MAKER}))",
        slots=(VALUE, DEFICIT, YEAR),
        choices=(_INTERIM,),
        work=_pe_by_total,
        unless=_NOT_PEG,
        priority=8,
    ),
    Form(
        "pe_capital",
        cue=_WANTS_PE,
        slots=(PRICE, PROFIT, CAPITAL, YEAR),
        choices=(_INTERIM,),
        work=_pe_by_capital,
        unless=_NOT_PEG,
        priority=8,
    ),
    Form(
        "pe_capital_loss",
        cue=rf"{_WANTS_PE}(?=.*(?:{_LOSS_MAKER}))",
        slots=(PRICE, DEFICIT, CAPITAL, YEAR),
        choices=(_INTERIM,),
        work=_pe_by_capital,
        unless=_NOT_PEG,
        priority=7,
    ),
    Form(
        "pb",
        cue=_WANTS_PB,
        slots=(_ALONE_PRICE, BPS),
        work=_pb_by_share,
        unless=_NOT_PEG,
        priority=8,
    ),
    Form(
        "pb_total",
        cue=_WANTS_PB,
        slots=(VALUE, EQUITY),
        work=_pb_by_total,
        unless=_NOT_PEG,
        priority=8,
    ),
    Form(
        "pe_pb",
        cue=_BOTH,
        slots=(_ALONE_PRICE, EPS, BPS, YEAR),
        choices=(_INTERIM,),
        work=_both_by_share,
        unless=_NOT_PEG,
        priority=9,
    ),
    Form(
        "pe_pb_total",
        cue=_BOTH,
        slots=(VALUE, PROFIT, EQUITY, YEAR),
        choices=(_INTERIM,),
        work=_both_by_total,
        unless=_NOT_PEG,
        priority=9,
    ),
    *(
        Form(
            f"peg{name}",
            cue=rf"{_ASKED}(?=.*(?:{PEG}))",
            slots=(*given, growth),
            choices=(_SHRINKING,),
            work=_peg,
            unless=_UNLESS,
            priority=9,
        )
        for name, given, growth in (
            ("", (replace(_TIMES_OF_PE, alone=True),), _GROWTH),
            ("_points", (replace(_TIMES_OF_PE, alone=True),), _GROWTH_POINTS),
            ("_price", (PRICE, EPS), _GROWTH),
            ("_price_points", (PRICE, EPS), _GROWTH_POINTS),
        )
    ),
    Form(
        "price_by_pe",
        cue=rf"{_WANTS_PE}(?=.*(?:{_PRICE_ASKED}))",
        slots=(_RATIO_PE, EPS),
        work=_price_by,
        unless=rf"{_NOT_PEG}|市值",
        priority=8,
    ),
    Form(
        "price_by_pb",
        cue=rf"{_WANTS_PB}(?=.*(?:{_PRICE_ASKED}))",
        slots=(_RATIO_PB, BPS),
        work=_price_by,
        unless=rf"{_NOT_PEG}|市值",
        priority=8,
    ),
    Form(
        "value_by_pe",
        cue=rf"{_WANTS_PE}(?=.*(?:市值|值多少))",
        slots=(_RATIO_PE, PROFIT, YEAR),
        work=_value_by,
        unless=_NOT_PEG,
        priority=7,
    ),
    Form(
        "market_value",
        cue=rf"{_ASKED}(?=.*市值)",
        slots=(_ALONE_PRICE, replace(CAPITAL, alone=True)),
        work=_market_value,
        priority=4,
        unless=(
            rf"{PE}|{PB}|{_UNLESS}|成本|浮|买|亏|赚|申购|新股|打新|额度|跌|涨|持有|持仓|转债|手里|"
            rf"我有|现在卖|净利润|门槛"
        ),
    ),
    Form(
        "percentile",
        cue=rf"{_ASKED}(?=.*(?:百分位|分位|历史位置|排在|比[^，。]{{0,8}}高))",
        work=_percentile,
        priority=9,
        slots=(
            Slot(
                "now",
                "现在的数",
                _LIST_UNITS,
                ask="现在的数是多少？",
                alone=True,
                before=r"现在|当前|目前|今天|如今|最新|这次|是",
            ),
            Slot(
                "history",
                "历史数据",
                _LIST_UNITS,
                ask="历史上的数有哪些？",
                many=True,
                fewest=3,
                alone=True,
            ),
            _SPAN,
        ),
    ),
)
