"""Forms about the books of a company: EPS, ROE, DuPont, debt ratio, margins."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from toujiao.calculators.forms.company_slots import (
    ASKED,
    ASSETS,
    COST,
    DEBT,
    DEBT_ASKED,
    EPS_ASKED,
    FORMS_OF_LOSS,
    FREE_CAPITAL,
    GROSS,
    LIABILITIES,
    MARGIN,
    MULTIPLIER,
    NOT_EPS,
    OPINION,
    REVENUE,
    ROE,
    ROE_ASKED,
    TURNOVER,
)
from toujiao.calculators.forms.form import Calculation, Form, Values, finish
from toujiao.calculators.forms.show import said, share
from toujiao.calculators.forms.strangers import without_strangers
from toujiao.calculators.forms.valuation_slots import BPS, EPS, EQUITY, YEAR
from toujiao.calculators.forms.wording import line
from toujiao.calculators.texts import approx, approx_percent, percent, plain
from toujiao.calculators.valuation import debt_ratio, dupont, gross_margin, roe
from toujiao.calculators.valuation import eps as eps_of
from toujiao.errors import ToujiaoError


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


def roe_of(values: Values, day: date) -> Calculation:
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


def _debts_and_assets(values: Values) -> tuple[float, float, list[str]]:
    """Liabilities and assets; the one that was not given is the rest beside the equity."""
    if "assets" not in values:
        liabilities = values["liabilities"]
        assets = liabilities + values["equity"]
        shown = {"liabilities": plain(liabilities), "assets": plain(assets)}
        return (
            liabilities,
            assets,
            [line("assets_of_both", equity=plain(values["equity"]), **shown)],
        )
    assets = values["assets"]
    if "liabilities" in values:
        return values["liabilities"], assets, []
    liabilities = assets - values["equity"]
    shown = {"liabilities": plain(liabilities), "assets": plain(assets)}
    return (
        liabilities,
        assets,
        [line("liabilities_of_both", equity=plain(values["equity"]), **shown)],
    )


def _debt_ratio(values: Values, day: date) -> Calculation:
    liabilities, assets, steps = _debts_and_assets(values)
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


FORMS = without_strangers(
    (
        *(
            Form(
                f"eps{name}",
                cue=f"{said_so}{EPS_ASKED}",
                slots=(slot, FREE_CAPITAL, YEAR),
                work=_eps,
                unless=NOT_EPS,
                priority=8,
            )
            for name, slot, said_so in FORMS_OF_LOSS
        ),
        Form(
            "bps",
            cue=rf"{ASKED}\A(?=(?s:.*)(?:每股净资产|BPS))",
            slots=(EQUITY, FREE_CAPITAL),
            work=_bps,
            unless=NOT_EPS,
            priority=8,
        ),
        *(
            Form(
                f"roe{name}",
                cue=f"{said_so}{ROE_ASKED}",
                slots=(slot, EQUITY, YEAR),
                work=roe_of,
                unless=rf"{OPINION}|周转|乘数|总资产收益",
                priority=8,
            )
            for name, slot, said_so in FORMS_OF_LOSS
        ),
        Form(
            "roe_each",
            cue=ROE_ASKED,
            slots=(EPS, BPS, YEAR),
            work=roe_of,
            unless=rf"{OPINION}|周转|乘数",
            priority=9,
        ),
        Form(
            "dupont",
            cue=rf"{ASKED}\A(?=(?s:.*)(?:{ROE}|杜邦))",
            slots=(MARGIN, TURNOVER, MULTIPLIER),
            work=_dupont,
            unless=OPINION,
            priority=9,
        ),
        Form(
            "dupont_debt",
            cue=rf"{ASKED}\A(?=(?s:.*)(?:{ROE}|杜邦))",
            slots=(MARGIN, TURNOVER, DEBT),
            work=_dupont,
            unless=OPINION,
            priority=9,
        ),
        Form(
            "debt_ratio",
            cue=DEBT_ASKED,
            slots=(LIABILITIES, ASSETS),
            work=_debt_ratio,
            unless=OPINION,
            priority=8,
        ),
        Form(
            "debt_ratio_of_equity",
            cue=DEBT_ASKED,
            slots=(LIABILITIES, EQUITY),
            work=_debt_ratio,
            unless=OPINION,
            priority=7,
        ),
        Form(
            "debt_ratio_of_assets",
            cue=DEBT_ASKED,
            slots=(ASSETS, EQUITY),
            work=_debt_ratio,
            unless=OPINION,
            priority=7,
        ),
        Form(
            "gross_margin",
            cue=rf"{ASKED}\A(?=(?s:.*)毛利)",
            slots=(replace(REVENUE, alone=True), COST),
            work=_gross_margin,
            unless=OPINION,
            priority=8,
        ),
        Form(
            "margin_of_gross",
            cue=rf"{ASKED}\A(?=(?s:.*)毛利率)",
            slots=(REVENUE, GROSS, YEAR),
            work=_gross_margin,
            unless=OPINION,
            priority=8,
        ),
        *(
            Form(
                f"net_margin{name}",
                cue=rf"{said_so}{ASKED}\A(?=(?s:.*)(?:净利润?率|净利率|销售净利|利润率))",
                slots=(REVENUE, slot, YEAR),
                work=_net_margin,
                unless=rf"{OPINION}|毛利|ROE|杜邦|周转",
                priority=8,
            )
            for name, slot, said_so in FORMS_OF_LOSS
        ),
    )
)
