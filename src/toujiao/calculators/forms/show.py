"""How forms write money and percentages for a reader."""

from __future__ import annotations

from decimal import Decimal

from toujiao.calculators.forms.wording import line
from toujiao.calculators.inputs import decimal, round_fen
from toujiao.calculators.texts import approx, plain


def fen(value: float | Decimal) -> float:
    """Money rounded half-up to the fen."""
    return float(round_fen(decimal(value)))


def money(value: float | Decimal) -> str:
    """Money to the fen: 466095.7144 -> 466095.71."""
    return plain(value, 2)


def share(rate: float | Decimal) -> str:
    """A fraction as a percentage in a sentence: 16%, or 约6.67% where digits were dropped."""
    return said(decimal(rate) * 100, 2, "%")


def said(value: float | Decimal, places: int = 2, unit: str = "") -> str:
    """A result in a sentence, with 约 where digits were dropped."""
    shown = approx(value, places, unit)
    return shown.removeprefix("= ") if shown.startswith("=") else f"约{shown.removeprefix('≈ ')}"


def in_hundred_millions(value: float) -> str:
    """（500 亿元） behind a number that has too many digits to be read."""
    return line("in_hundred_millions", value=plain(value / 10**8)) if value >= 10**8 else ""


def outcome(value: float) -> str:
    """gain, loss or even: which sentence tells of a result."""
    return "gain" if value > 0 else "loss" if value < 0 else "even"
