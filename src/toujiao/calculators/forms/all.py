"""Every form, for the assistant, the page and the service."""

from __future__ import annotations

from toujiao.calculators.forms import (
    averages,
    bands,
    beta,
    dividends,
    drawdown,
    ex_days,
    fees,
    ipo,
    kdj,
    kelly,
    limit_rows,
    macd,
    market,
    obv,
    oscillators,
    payoff,
    position,
    ranges,
    repo,
    sharpe,
    turnover,
    volatility,
    yields,
)
from toujiao.calculators.forms.form import Form

FORMS: tuple[Form, ...] = (
    *fees.FORMS,
    *averages.FORMS,
    *bands.FORMS,
    *macd.FORMS,
    *kdj.FORMS,
    *oscillators.FORMS,
    *ranges.FORMS,
    *obv.FORMS,
    *turnover.FORMS,
    *drawdown.FORMS,
    *volatility.FORMS,
    *sharpe.FORMS,
    *beta.FORMS,
    *kelly.FORMS,
    *payoff.FORMS,
    *position.FORMS,
    *market.FORMS,
    *limit_rows.FORMS,
    *ex_days.FORMS,
    *dividends.FORMS,
    *yields.FORMS,
    *repo.FORMS,
    *ipo.FORMS,
)


def find_form(name: str) -> Form:
    """The form of that name; KeyError for an unknown one."""
    return {form.name: form for form in FORMS}[name]
