"""The sentences of the worked sums: `sums.yaml` holds every one, this fills the numbers in."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

import yaml

_PATH = Path(__file__).parent / "sums.yaml"
_Loader: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


@cache
def wording() -> Mapping[str, Any]:
    """Everything in `sums.yaml`."""
    return dict(yaml.load(_PATH.read_text(encoding="utf-8"), Loader=_Loader))


def entry(name: str) -> Mapping[str, str]:
    """Title and card of a sum."""
    return dict(wording()["sums"][name])


def line(name: str, **values: object) -> str:
    """One sentence; numbers must come in as text."""
    return str(wording()["lines"][name]).format(**values)


def word(name: str) -> str:
    """One word of `words`, for example the Chinese name of a board."""
    return str(wording()["words"][name])


def price(value: float) -> str:
    """Prices are written to the fen: 3.6 -> 3.60."""
    return f"{value:.2f}"
