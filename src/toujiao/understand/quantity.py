"""One quantity of a text."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from toujiao.calculators.units import Unit


@dataclass(frozen=True)
class Quantity:
    """One quantity of a text. `start`, `end` are its span, number and unit together.

    `bound` is "<", ">" or ">=" for 不到, 超过, 满; `vague` means that no exact number was given
    (几千, 一百来); `idle` that the words may be an idiom (一次, 一天), so that a sum need not use it.
    """

    value: Decimal
    unit: Unit
    start: int
    end: int
    text: str
    bound: str = ""
    vague: bool = False
    idle: bool = False
    chinese: bool = False
    per_share: bool = False
