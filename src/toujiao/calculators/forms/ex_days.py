"""Forms about ex-days and changes: the reference price, and the change against the right base."""

from __future__ import annotations

from datetime import date

from toujiao.calculators import ex_day_change, percent_change
from toujiao.calculators.forms.form import Calculation, Choice, Form, Slot, Values, finish
from toujiao.calculators.forms.limit_words import NOT_CLOSE, YESTERDAY
from toujiao.calculators.forms.plans import (
    DEAREST,
    PLAN,
    plan_of,
    reference,
    share,
)
from toujiao.calculators.forms.terms import MONEY
from toujiao.calculators.forms.wording import line, price
from toujiao.calculators.inputs import decimal
from toujiao.calculators.texts import approx_percent, plain
from toujiao.calculators.units import Unit
from toujiao.errors import ToujiaoError

_AMOUNTS = (*MONEY, Unit.POINTS)
_LARGEST = 100_000  # an index stands below
_CLOSE = Slot(
    "close",
    "前一天的收盘价",
    MONEY,
    ask="股权登记日（前一天）收盘是多少钱？",
    alone=True,
    least=0.01,
    most=DEAREST,
    before=(
        rf"{YESTERDAY}|登记日[^，。]{{0,6}}|收盘价?|收在|收于|收|股价|现价|价格|"
        r"现在|市价|原来|除权前|除息前"
    ),
    after=r"收盘(?![\d价在于是为])|的?(?:股票?|票)|钱?一股",
    never_before=rf"配股?(?:的?价格?)?|{NOT_CLOSE}",
)
_BASE = Slot(
    "base",
    "原来的价",
    _AMOUNTS,
    ask="原来（前一天收盘）是多少？",
    alone=True,
    least=0.01,
    most=_LARGEST,
    before=(
        rf"{YESTERDAY}|从|由|原来|之前|原价|开始|起初|最初|本来|年初|"
        rf"登记日[^，。]{{0,6}}|基准价?"
    ),
    after=r"^(?:一路)?(?:涨|跌|升|降|掉|变)(?:到|至|成)",
    never_before=(
        r"开盘价?|今开|最[高低]价?|涨到了?|跌到了?|到了?|今[天日]?收?盘?|现价|" r"现在|变成"
    ),
)
_PRICE = Slot(
    "price",
    "现在的价",
    _AMOUNTS,
    ask="现在（今天收盘）是多少？",
    least=0.01,
    most=_LARGEST,
    before=(
        r"今[天日]?的?(?:股价|价格)?(?:收盘?价?)?|现价|现在|目前|最新价?|"
        r"[涨跌升降掉]到了?|到了?|变成|收盘价?|收在|收于|收|盘中|至"
    ),
    after=r"^了?收盘(?![\d价在于是为])",
    never_before=YESTERDAY,
)


def _ex_rights(values: Values, day: date) -> Calculation:
    found = reference(values, values["close"])
    plan = plan_of(values)
    return finish(
        "ex_rights",
        {
            "previous_close_yuan": values["close"],
            "cash_per_share_yuan": plan.get("cash", 0.0),
            "bonus_per_share": plan.get("bonus", 0.0),
            "rights_per_share": plan.get("rights", 0.0),
            "rights_price_yuan": values.get("rights_price", 0.0),
        },
        {"reference_price_yuan": found.price},
        found.steps,
    )


def _change(values: Values, day: date) -> Calculation:
    base, now = values["base"], values["price"]
    if plan_of(values):
        return _ex_change(values, base, now)
    change = percent_change(now, base)
    difference = decimal(now) - decimal(base)
    unit = "points" if values["kind"] == "index" else "yuan"
    shown = {"base": plain(base), "price": plain(now), "difference": plain(difference)}
    move = line(f"change_{unit}", **shown)
    side = "up" if change > 0 else "down" if change < 0 else "even"
    return finish(
        "percent_change",
        {"base": base, "price": now},
        {"change_percent": change * 100, f"difference_{unit}": float(difference)},
        [
            line("change", base=plain(base), price=plain(now), change=approx_percent(change)),
            line(f"result_change_{side}", move=move, change=share(abs(change))),
        ],
        card_id="stock-index" if unit == "points" else None,
    )


def _ex_change(values: Values, base: float, now: float) -> Calculation:
    plan, each = plan_of(values), values.get("rights_price", 0.0)
    if "rights" in plan and not each:
        raise ToujiaoError(line("rights_price_missing"))
    cash, bonus, rights = (plan.get(name, 0.0) for name in ("cash", "bonus", "rights"))
    found = ex_day_change(base, now, cash, bonus, rights, each)
    sign = "+" if found.change > 0 else "−" if found.change < 0 else ""
    size = share(abs(found.change))
    change = f"约 {sign}{size[1:]}" if size.startswith("约") else f"{sign}{size}"
    shown = {"reference": price(found.reference), "change": change}
    return finish(
        "ex_day_change",
        {"previous_close_yuan": base, "price_yuan": now, **plan},
        {
            "reference_price_yuan": found.reference,
            "change_percent": found.change * 100,
            "change_yuan": found.points,
        },
        [
            line("ex_change_reference", **shown),
            *found.steps,
            line("result_ex_change", **shown),
        ],
    )


_KIND = Choice(
    "kind",
    "股票还是指数",
    {
        "index": (
            r"指数|大盘|沪指|上证|深证|深成指|创业板指|科创50|沪深300|恒指|纳指|道指|"
            r"\d{3}(?:\.\d+)?\s?点|[百千]\S{0,6}点"
        )
    },
    default="share",
)
_EX_CUE = (
    r"除权|除息|参考价|XD|XR|DR|(?:送|转增?)[\d一二三四五六七八九十].*(?:股价|"
    r"价格|变成?多少钱|变成?几块|值多少钱一股)"
)
# Money that was put in, and other ratios, are other sums.
_NOT_A_CHANGE = (
    r"目标|涨停|跌停|买|卖|成本|持仓|持有|本金|赚|亏|赔|盈|回本|基金|定投|净值|"
    r"年化|市盈率|市净率|回撤|均线|翻|复利|利率|"
    r"股息率|连续|连涨|连跌|每年|平均|再[涨跌]|又[涨跌]|先[涨跌]|手续费|"
    r"止[盈损]|逆回购|转债|振幅|换手|量比|方差|波动"
)
_CHANGE_CUE = (
    r"涨跌幅|涨幅|跌幅|[涨跌升降]了?(?:多少|几)|百分之(?:多少|几)|几个点|变动|"
    r"变化|是涨是跌|涨还是跌|[涨跌]了(?!.*[涨跌]到)"
)
FORMS = (
    Form(
        "ex_rights",
        cue=_EX_CUE,
        slots=(_CLOSE, *PLAN),
        work=_ex_rights,
        priority=5,
        unless=(
            r"(?<!含)税|成本|涨停|跌停|涨跌幅|涨幅|跌幅|填权|股息率|持有.*(?:市值|"
            r"多少股)|百分之|[涨跌]了"
        ),
    ),
    Form(
        "percent_change",
        cue=_CHANGE_CUE,
        slots=(_BASE, _PRICE, *PLAN),
        choices=(_KIND,),
        work=_change,
        priority=4,
        unless=_NOT_A_CHANGE,
    ),
)
