"""Forms about the dividend yield: from the dividend, from the payout ratio, and back to yuan."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from toujiao.calculators import dividend_yield, dividend_yield_from_payout
from toujiao.calculators.forms.dividends import EACH, NEEDED_CASH, PAID, YEARLY, each_of
from toujiao.calculators.forms.form import Calculation, Form, Slot, Values, finish
from toujiao.calculators.forms.plans import share
from toujiao.calculators.forms.terms import MONEY
from toujiao.calculators.forms.wording import line
from toujiao.calculators.inputs import decimal, round_fen
from toujiao.calculators.texts import approx_percent, percent, plain
from toujiao.calculators.units import Unit

_YIELD_CUE = (
    r"股息率|股息收益率|分红收益率|分红回报|红利率|分红率|(?:派|分红|股息|"
    r"红利).*(?:收益率|百分之几|几个点|回报率)"
)


def _yield(values: Values, day: date) -> Calculation:
    each, price = each_of(values), values["price"]
    return _yield_result(each, price, [], dividend_yield(each, price))


def _yield_result(each: float, price: float, steps: list[str], ratio: float) -> Calculation:
    shown = line(
        "yield_before_tax", each=plain(each), price=plain(price), ratio=approx_percent(ratio)
    )
    return finish(
        "dividend_yield",
        {"dividend_per_share_yuan": each, "price_yuan": price},
        {"dividend_yield": ratio},
        [*steps, shown, line("result_yield", ratio=share(ratio))],
    )


def _payout(values: Values, day: date) -> Calculation:
    eps, payout, price = values["eps"], values["payout"], values["price"]
    each = float(decimal(eps) * decimal(payout))
    step = line("payout", eps=plain(eps), payout=percent(payout), each=plain(each))
    return _yield_result(each, price, [step], dividend_yield_from_payout(eps, payout, price))


def _payout_pe(values: Values, day: date) -> Calculation:
    payout, pe = values["payout"], values["pe"]
    ratio = float(decimal(payout) / decimal(pe))
    step = line("payout_pe", payout=percent(payout), pe=plain(pe), ratio=approx_percent(ratio))
    return finish(
        "dividend_yield",
        {"payout_ratio": payout, "pe_times": pe},
        {"dividend_yield": ratio},
        [step, line("result_yield", ratio=share(ratio))],
    )


def _by_yield(values: Values, day: date) -> Calculation:
    value, rate = values["value"], values["rate"]
    total = round_fen(decimal(value) * decimal(rate))
    shown = {"value": plain(value), "rate": percent(rate), "total": plain(total)}
    return finish(
        "dividend_by_yield",
        {"value_yuan": value, "dividend_yield": rate},
        {"dividend_yuan": float(total)},
        [line("by_yield", **shown), line("result_by_yield", **shown)],
    )


_PRICE = Slot(
    "price",
    "股价",
    MONEY,
    ask="股价是多少？",
    alone=True,
    least=0.01,
    before=(r"股价|现价|价格|市价|收盘价?|买入?价?|买的?|成本价?|现在|目前|市值|投入|" r"本金"),
    after=r"^(?:的?(?:股票?|票)|钱?一股|买)",
    never_before=rf"{PAID}|每股(?:收益|分|派|赚)|[分派]了?|EPS",
)
_LOOSE_EACH = replace(
    EACH,
    before=(
        rf"{PAID}|(?:每股|一股)(?!收益|净|价|能?[赚挣]|盈|利润)[^\d，。]{{0,4}}|" r"分了?|派了?|给"
    ),
    after=rf"^(?:钱|的|现金|每股|一股)*(?:{PAID})",
    never_before=r"股价|现价|价格|成本|市值|本金|投入|每股(?:收益|净|价)",
    most=None,
)
_EPS = Slot(
    "eps",
    "每股收益",
    MONEY,
    ask="每股收益是多少？",
    before=r"每股(?:收益|盈利|净?利润|盈余|赚|能赚|挣)|EPS|一股(?:能?赚|收益|挣)",
)
_PAYOUT = Slot(
    "payout",
    "分红率",
    (Unit.RATIO,),
    ask="分红率（分掉利润的百分之几）是多少？",
    least=0,
    before=(
        r"分红率|分红比例|分红比率|派息率|派息比例?|派息比率|股利支付率|支付率|"
        r"支付比例|分配比例|拿出?|分掉|把(?:利润|净利润)的"
    ),
    after=(
        r"^(?:的?(?:净?利润|收益|盈利))?(?:都|全)?(?:拿来|用来|用于|拿去|"
        r"去)?(?:分红|派息|分掉|分给|派|的?分红率)"
    ),
)
_PE = Slot(
    "pe",
    "市盈率",
    (Unit.TIMES, Unit.NONE),
    ask="市盈率是多少倍？",
    before=r"市盈率|PE",
    after=r"^的?(?:市盈率|PE)",
    least=0.01,
)
_VALUE = Slot(
    "value",
    "金额",
    (Unit.YUAN,),
    ask="一共多少钱的股票？",
    alone=True,
    least=0.01,
    before=r"投|买|市值|本金|持有|放|拿|股价|现价",
    after=r"^(?:钱|的)*(?:股票?|票|市值|本金|买)",
)
_RATE = Slot(
    "rate",
    "股息率",
    (Unit.RATIO,),
    ask="股息率是多少？",
    before=r"股息率|股息收益率|分红收益率|分红率",
    after=r"^的?(?:股息率|股息|分红率)",
    least=0,
    most=1,
)

FORMS = (
    Form(
        "dividend_yield",
        cue=_YIELD_CUE,
        slots=(NEEDED_CASH, _PRICE, YEARLY),
        work=_yield,
        priority=6,
        unless=r"基金|ETF|每股收益|EPS|[赚挣]|利润|(?<!含)税(?!前)|市盈率",
    ),
    Form(
        "dividend_yield_each",
        cue=_YIELD_CUE,
        slots=(_LOOSE_EACH, _PRICE, YEARLY),
        work=_yield,
        priority=5,
        unless=(
            r"基金|ETF|每股收益|EPS|[赚挣]|利润|盈利|(?<!含)税(?!前)|市盈率|" r"分红率.{0,4}\d"
        ),
    ),
    Form(
        "dividend_yield_payout",
        cue=_YIELD_CUE,
        slots=(_EPS, _PAYOUT, _PRICE, YEARLY),
        work=_payout,
        priority=6,
        unless=r"基金|ETF|(?<!含)税(?!前)",
    ),
    Form(
        "dividend_yield_pe",
        cue=_YIELD_CUE,
        slots=(_PE, _PAYOUT),
        work=_payout_pe,
        priority=6,
        unless=r"基金|ETF|(?<!含)税(?!前)",
    ),
    Form(
        "dividend_by_yield",
        cue=r"(?:股息率|股息收益率|分红率).*(?:分红|拿|得|钱|股息(?!率)|收|派|元)",
        slots=(_VALUE, _RATE, YEARLY),
        work=_by_yield,
        priority=4,
        unless=r"基金|ETF|税|每股收益|EPS|股息率.{0,3}(?:多少|几)|涨|跌|复利|再投",
    ),
)
