"""Every form, for the assistant, the page and the service."""

from __future__ import annotations

from toujiao.calculators.forms import (
    bonds,
    company,
    fees,
    funds,
    holding,
    investing,
    money,
    recovery,
    valuation,
    yearly,
)
from toujiao.calculators.forms.form import Form

FORMS: tuple[Form, ...] = (
    *fees.FORMS,
    *holding.FORMS,
    *recovery.FORMS,
    *money.FORMS,
    *yearly.FORMS,
    *investing.FORMS,
    *funds.FORMS,
    *bonds.FORMS,
    *valuation.FORMS,
    *company.FORMS,
)


def find_form(name: str) -> Form:
    """The form of that name; KeyError for an unknown one."""
    return {form.name: form for form in FORMS}[name]
