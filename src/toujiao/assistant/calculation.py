"""One worked sum and its wording: `sums.yaml` holds every sentence, this fills the numbers in."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

from toujiao.calculators.texts import percent, plain
from toujiao.knowledge.render import chinese_date
from toujiao.knowledge.rulebook import load_yaml

_PATH = Path(__file__).parent / "sums.yaml"


@dataclass(frozen=True)
class Calculation:
    """A finished sum: what went in, what came out (units in the keys), and the working."""

    name: str
    title: str
    card_id: str
    inputs: dict[str, Any]
    results: dict[str, float]
    steps: tuple[str, ...]


@dataclass(frozen=True)
class Sum:
    """A question made ready: numbers in plain form, its date taken out."""

    text: str
    day: date
    day_stated: bool


@cache
def wording() -> Mapping[str, Any]:
    """Everything in `sums.yaml`."""
    return dict(load_yaml(_PATH.read_text(encoding="utf-8"), _PATH))


def line(name: str, **values: object) -> str:
    """One sentence of `sums.yaml`; numbers must come in as text."""
    return str(wording()["lines"][name]).format(**values)


def finish(
    name: str,
    inputs: Mapping[str, Any],
    results: Mapping[str, float],
    steps: Sequence[str],
    card_id: str | None = None,
) -> Calculation:
    """A `Calculation` with the title and card that `sums.yaml` gives it."""
    entry = wording()["sums"][name]
    return Calculation(
        name=name,
        title=entry["title"],
        card_id=card_id or entry["card"],
        inputs=dict(inputs),
        results=dict(results),
        steps=tuple(steps),
    )


def price(value: float) -> str:
    """Prices are written to the fen: 3.6 -> 3.60."""
    return f"{value:.2f}"


__all__ = [
    "Calculation",
    "Sum",
    "chinese_date",
    "finish",
    "line",
    "percent",
    "plain",
    "price",
    "wording",
]
