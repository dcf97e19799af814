"""Every form, for the assistant, the page and the service."""

from __future__ import annotations

from toujiao.calculators.forms import averages, fees, indicators, odds, oscillators, risk, volumes
from toujiao.calculators.forms.form import Form

FORMS: tuple[Form, ...] = (*fees.FORMS, *averages.FORMS, *indicators.FORMS, *oscillators.FORMS, *volumes.FORMS, *risk.FORMS, *odds.FORMS)


def find_form(name: str) -> Form:
    """The form of that name; KeyError for an unknown one."""
    return {form.name: form for form in FORMS}[name]
