"""Every form, for the assistant, the page and the service."""

from __future__ import annotations

from toujiao.calculators.forms import (
    dividends,
    ex_days,
    fees,
    ipo,
    limit_rows,
    market,
    repo,
    yields,
)
from toujiao.calculators.forms.form import Form

FORMS: tuple[Form, ...] = (
    *fees.FORMS,
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
