"""Forms about a company's books from totals: ROE with the mean equity, DuPont from four totals."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from toujiao.calculators.forms.company import roe_of
from toujiao.calculators.forms.company_slots import (
    ASKED,
    ASSETS,
    EQUITY_CLOSING,
    EQUITY_OPENING,
    OPINION,
    REVENUE,
    ROE,
    ROE_ASKED,
)
from toujiao.calculators.forms.form import Calculation, Form, Values, finish
from toujiao.calculators.forms.show import share
from toujiao.calculators.forms.strangers import without_strangers
from toujiao.calculators.forms.valuation_slots import EQUITY, PROFIT, YEAR
from toujiao.calculators.forms.wording import line
from toujiao.calculators.inputs import decimal
from toujiao.calculators.texts import approx, approx_percent, plain
from toujiao.calculators.valuation import dupont
from toujiao.errors import ToujiaoError


def _roe_average(values: Values, day: date) -> Calculation:
    """With the mean of the equity at both ends of the year."""
    opening, closing = values["equity_opening"], values["equity_closing"]
    equity = float((decimal(opening) + decimal(closing)) / 2)
    shown = {"opening": plain(opening), "closing": plain(closing), "equity": plain(equity)}
    done = roe_of({**values, "equity": equity}, day)
    return replace(done, steps=(line("equity_average", **shown), *done.steps))


def _dupont_totals(values: Values, day: date) -> Calculation:
    """The three parts from revenue, profit, assets and equity."""
    revenue, profit = values["revenue"], values["profit"]
    assets, equity = values["assets"], values["equity"]
    if equity <= 0:
        raise ToujiaoError(line("roe_no_meaning"))
    margin, turnover, multiplier = profit / revenue, revenue / assets, assets / equity
    value = dupont(margin, turnover, multiplier)
    shown = {
        "revenue": plain(revenue),
        "profit": plain(profit),
        "assets": plain(assets),
        "equity": plain(equity),
    }
    steps = [
        line("margin_of_totals", approx=approx_percent(margin), **shown),
        line("turnover_of_totals", approx=approx(turnover), **shown),
        line("multiplier_of_totals", approx=approx(multiplier), **shown),
        line("dupont_totals", approx=approx_percent(value)),
        line("result_roe", roe=share(value)),
    ]
    inputs = {"net_margin": margin, "asset_turnover": turnover, "equity_multiplier": multiplier}
    return finish("dupont", inputs, {"roe": value}, steps)


FORMS = without_strangers(
    (
        Form(
            "roe_average",
            cue=ROE_ASKED,
            slots=(PROFIT, EQUITY_OPENING, EQUITY_CLOSING, YEAR),
            work=_roe_average,
            unless=rf"{OPINION}|周转|乘数|加权|总资产收益",
            priority=9,
        ),
        Form(
            "dupont_totals",
            cue=rf"{ASKED}\A(?=(?s:.*)(?:{ROE}|杜邦))",
            slots=(REVENUE, PROFIT, ASSETS, EQUITY, YEAR),
            work=_dupont_totals,
            unless=OPINION,
            priority=9,
        ),
    )
)
