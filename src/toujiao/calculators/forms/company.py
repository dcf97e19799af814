"""Forms about the books of a company: EPS, ROE, DuPont, debt ratio, margins."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from toujiao.calculators.forms.form import Calculation, Form, Slot, Values, finish
from toujiao.calculators.forms.moves import HOW_MUCH, NO_NUMBER
from toujiao.calculators.forms.show import said, share
from toujiao.calculators.forms.terms import MONEY
from toujiao.calculators.forms.valuation import (
    BPS,
    CAPITAL,
    DEFICIT,
    EPS,
    EQUITY,
    NOT_ASKED,
    PROFIT,
    YEAR,
)
from toujiao.calculators.forms.wording import line
from toujiao.calculators.texts import approx, approx_percent, percent, plain
from toujiao.calculators.units import Unit
from toujiao.calculators.valuation import debt_ratio, dupont, gross_margin, roe
from toujiao.calculators.valuation import eps as eps_of
from toujiao.errors import ToujiaoError

_EARNINGS_RATIO = r"市盈|市净|(?<![a-z])P[EB]"
_ROE = r"ROE|净资产收益率|股东权益回报率?|净资产回报率?|权益净利率"
_DEBT_RATIO = r"资产负债率|负债率|负债比"
_LIABILITIES = Slot(
    "liabilities",
    "总负债",
    MONEY,
    ask="总负债是多少？",
    least=0,
    before=r"总?负债(?:合计|总额)?|欠(?:了|债)?|借了?|债务",
    after=rf"的?(?:负债|债务|欠债){NOT_ASKED}",
    never_before=rf"(?:负债率|净资产|总资产){NO_NUMBER}",
)
_ASSETS = Slot(
    "assets",
    "总资产",
    MONEY,
    ask="总资产是多少？",
    least=1,
    before=r"(?<!净)总?资产(?:合计|总额|总计)?(?!负债)",
    after=rf"的?(?:总资产|资产){NOT_ASKED}",
    never_before=rf"(?:净资产|负债){NO_NUMBER}",
)
_REVENUE = Slot(
    "revenue",
    "营业收入",
    MONEY,
    ask="营业收入是多少？",
    least=1,
    before=r"营业?收入|营收|收入|销售额|卖了?|销售收入|售价|营业额",
    after=rf"的?(?:营收|收入|销售额){NOT_ASKED}",
    never_before=rf"(?:成本|毛利润?|净利润?){NO_NUMBER}",
)
_COST = Slot(
    "cost",
    "营业成本",
    MONEY,
    ask="营业成本是多少？",
    least=0,
    before=r"(?:营业|销售|生产|直接)?成本|进价",
    after=rf"的?成本{NOT_ASKED}",
    never_before=rf"(?:收入|营收|售价){NO_NUMBER}",
)
_GROSS = Slot(
    "gross",
    "毛利",
    MONEY,
    ask="毛利是多少？",
    before=r"毛利(?!率)润?|毛利润",
    after=rf"的?毛利(?!率){NOT_ASKED}",
)
_MARGIN = Slot(
    "margin",
    "净利率",
    (Unit.RATIO,),
    ask="净利率是百分之多少？",
    before=r"净利润?率|销售净利率|利润率",
    after=rf"的?(?:净利率|利润率){NOT_ASKED}",
    least=-10,
    most=1,
)
_TURNOVER = Slot(
    "turnover",
    "总资产周转率",
    (Unit.TIMES, Unit.NONE, Unit.COUNT, Unit.RATIO),
    ask="总资产周转率是多少次？",
    least=0,
    most=100,
    before=r"周转率?(?:次数)?|周转",
    after=rf"的?周转率?{NOT_ASKED}",
)
_MULTIPLIER = Slot(
    "multiplier",
    "权益乘数",
    (Unit.TIMES, Unit.NONE),
    ask="权益乘数是多少？",
    before=r"权益乘数|杠杆(?:倍数|率)?|乘数",
    after=rf"的?(?:权益乘数|杠杆){NOT_ASKED}",
    least=0,
    most=1000,
)
_DEBT = Slot(
    "debt",
    "资产负债率",
    (Unit.RATIO,),
    ask="资产负债率是百分之多少？",
    before=rf"{_DEBT_RATIO}",
    after=rf"的?(?:{_DEBT_RATIO}){NOT_ASKED}",
    least=0,
    most=0.9999,
)


def _earned(values: Values) -> float:
    return float(values["profit"]) if "profit" in values else -abs(values["deficit"])


def _eps(values: Values, day: date) -> Calculation:
    profit, shares = _earned(values), values["shares"]
    value = eps_of(profit, shares)
    steps = [
        line("eps", profit=plain(profit), shares=plain(shares), approx=approx(value, 4)),
        line("result_eps", eps=said(value, 4)),
    ]
    return finish("eps", {"profit_yuan": profit, "shares": shares}, {"eps_yuan": value}, steps)


def _bps(values: Values, day: date) -> Calculation:
    equity, shares = values["equity"], values["shares"]
    value = eps_of(equity, shares)
    steps = [
        line("bps", equity=plain(equity), shares=plain(shares), approx=approx(value, 4)),
        line("result_bps", bps=said(value, 4)),
    ]
    return finish("bps", {"equity_yuan": equity, "shares": shares}, {"bps_yuan": value}, steps)


def _roe(values: Values, day: date) -> Calculation:
    if "eps" in values:
        earned, equity = values["eps"], values["bps"]
    else:
        earned, equity = _earned(values), values["equity"]
    if equity <= 0:
        raise ToujiaoError(line("roe_no_meaning"))
    value = roe(earned, equity)
    steps = [
        line("roe", profit=plain(earned), equity=plain(equity), approx=approx_percent(value)),
        line("result_roe", roe=share(value)),
    ]
    return finish("roe", {"profit_yuan": earned, "equity_yuan": equity}, {"roe": value}, steps)


def _dupont(values: Values, day: date) -> Calculation:
    steps = []
    if "debt" in values:
        multiplier = 1 / (1 - values["debt"])
        steps.append(
            line("multiplier_of_debt", debt=percent(values["debt"]), approx=approx(multiplier))
        )
    else:
        multiplier = values["multiplier"]
    margin, turnover = values["margin"], values["turnover"]
    value = dupont(margin, turnover, multiplier)
    shown = {
        "margin": percent(margin),
        "turnover": plain(turnover),
        "multiplier": plain(multiplier, 2),
    }
    steps += [
        line("dupont", approx=approx_percent(value), **shown),
        line("result_roe", roe=share(value)),
    ]
    inputs = {"net_margin": margin, "asset_turnover": turnover, "equity_multiplier": multiplier}
    return finish("dupont", inputs, {"roe": value}, steps)


def _debt_ratio(values: Values, day: date) -> Calculation:
    steps = []
    assets, liabilities = values.get("assets"), values.get("liabilities")
    if assets is None:
        assets = liabilities + values["equity"]
        steps.append(
            line(
                "assets_of_both",
                liabilities=plain(liabilities),
                equity=plain(values["equity"]),
                assets=plain(assets),
            )
        )
    elif liabilities is None:
        liabilities = assets - values["equity"]
        steps.append(
            line(
                "liabilities_of_both",
                assets=plain(assets),
                equity=plain(values["equity"]),
                liabilities=plain(liabilities),
            )
        )
    value = debt_ratio(liabilities, assets)
    steps += [
        line(
            "debt_ratio",
            liabilities=plain(liabilities),
            assets=plain(assets),
            approx=approx_percent(value),
        ),
        line("result_debt_ratio", ratio=share(value)),
    ]
    inputs = {"liabilities_yuan": liabilities, "assets_yuan": assets}
    return finish("debt_ratio", inputs, {"debt_ratio": value}, steps)


def _gross_margin(values: Values, day: date) -> Calculation:
    revenue = values["revenue"]
    cost = values["cost"] if "cost" in values else revenue - values["gross"]
    value = gross_margin(revenue, cost)
    if "gross" in values:
        working = line(
            "margin_of_gross",
            gross=plain(values["gross"]),
            revenue=plain(revenue),
            approx=approx_percent(value),
        )
    else:
        working = line(
            "gross_margin", revenue=plain(revenue), cost=plain(cost), approx=approx_percent(value)
        )
    steps = [working, line("result_gross_margin", margin=share(value))]
    return finish(
        "gross_margin", {"revenue_yuan": revenue, "cost_yuan": cost}, {"gross_margin": value}, steps
    )


def _net_margin(values: Values, day: date) -> Calculation:
    revenue, profit = values["revenue"], _earned(values)
    value = profit / revenue
    steps = [
        line(
            "net_margin", profit=plain(profit), revenue=plain(revenue), approx=approx_percent(value)
        ),
        line("result_net_margin", margin=share(value)),
    ]
    return finish(
        "net_margin", {"revenue_yuan": revenue, "profit_yuan": profit}, {"net_margin": value}, steps
    )


_ASKED = rf"(?=.*(?:{HOW_MUCH}))"
_OPINION = r"高吗|低吗|好吗|合理吗|正常吗|危险吗|算高|算低|怎么样|多少(?:才|算)(?!出)|多少合适"
_EPS_ASKED = rf"{_ASKED}(?=.*(?:每股(?:收益|盈利|利润|净利润?|赚)|EPS))"
_WITH_LOSS = r"(?=.*亏)"
_ROE_ASKED = rf"{_ASKED}(?=.*(?:{_ROE}))"
_NOT_EPS = rf"{_EARNINGS_RATIO}|{_OPINION}|股价|股息"
_DEBT_ASKED = rf"{_ASKED}(?=.*(?:{_DEBT_RATIO}))"
_FREE_CAPITAL = replace(CAPITAL, alone=True)
_FORMS_OF_LOSS = (("", PROFIT, ""), ("_loss", DEFICIT, _WITH_LOSS))
FORMS = (
    *(
        Form(
            f"eps{name}",
            cue=f"{said_so}{_EPS_ASKED}",
            slots=(slot, _FREE_CAPITAL, YEAR),
            work=_eps,
            unless=_NOT_EPS,
            priority=8,
        )
        for name, slot, said_so in _FORMS_OF_LOSS
    ),
    Form(
        "bps",
        cue=rf"{_ASKED}(?=.*(?:每股净资产|BPS))",
        slots=(EQUITY, _FREE_CAPITAL),
        work=_bps,
        unless=_NOT_EPS,
        priority=8,
    ),
    *(
        Form(
            f"roe{name}",
            cue=f"{said_so}{_ROE_ASKED}",
            slots=(slot, EQUITY, YEAR),
            work=_roe,
            unless=rf"{_OPINION}|周转|乘数|总资产收益",
            priority=8,
        )
        for name, slot, said_so in _FORMS_OF_LOSS
    ),
    Form(
        "roe_each",
        cue=_ROE_ASKED,
        slots=(EPS, BPS, YEAR),
        work=_roe,
        unless=rf"{_OPINION}|周转|乘数",
        priority=9,
    ),
    Form(
        "dupont",
        cue=rf"{_ASKED}(?=.*(?:{_ROE}|杜邦))",
        slots=(_MARGIN, _TURNOVER, _MULTIPLIER),
        work=_dupont,
        unless=_OPINION,
        priority=9,
    ),
    Form(
        "dupont_debt",
        cue=rf"{_ASKED}(?=.*(?:{_ROE}|杜邦))",
        slots=(_MARGIN, _TURNOVER, _DEBT),
        work=_dupont,
        unless=_OPINION,
        priority=9,
    ),
    Form(
        "debt_ratio",
        cue=_DEBT_ASKED,
        slots=(_LIABILITIES, _ASSETS),
        work=_debt_ratio,
        unless=_OPINION,
        priority=8,
    ),
    Form(
        "debt_ratio_of_equity",
        cue=_DEBT_ASKED,
        slots=(_LIABILITIES, EQUITY),
        work=_debt_ratio,
        unless=_OPINION,
        priority=7,
    ),
    Form(
        "debt_ratio_of_assets",
        cue=_DEBT_ASKED,
        slots=(_ASSETS, EQUITY),
        work=_debt_ratio,
        unless=_OPINION,
        priority=7,
    ),
    Form(
        "gross_margin",
        cue=rf"{_ASKED}(?=.*毛利)",
        slots=(replace(_REVENUE, alone=True), _COST),
        work=_gross_margin,
        unless=_OPINION,
        priority=8,
    ),
    Form(
        "margin_of_gross",
        cue=rf"{_ASKED}(?=.*毛利率)",
        slots=(_REVENUE, _GROSS, YEAR),
        work=_gross_margin,
        unless=_OPINION,
        priority=8,
    ),
    *(
        Form(
            f"net_margin{name}",
            cue=rf"{said_so}{_ASKED}(?=.*(?:净利润?率|净利率|销售净利|利润率))",
            slots=(_REVENUE, slot, YEAR),
            work=_net_margin,
            unless=rf"{_OPINION}|毛利|ROE|杜邦|周转",
            priority=8,
        )
        for name, slot, said_so in _FORMS_OF_LOSS
    ),
)
