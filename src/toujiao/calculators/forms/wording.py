"""The sentences of the worked sums: `texts/*.yaml` holds every one, this fills the numbers in."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

import yaml

_FOLDER = Path(__file__).parent / "texts"
_Loader: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


@cache
def wording() -> Mapping[str, Mapping[str, Any]]:
    """All texts: `sums` (title and card by name), `lines` and `words`; a name stands once."""
    merged: dict[str, dict[str, Any]] = {"sums": {}, "lines": {}, "words": {}}
    for path in sorted(_FOLDER.glob("*.yaml")):
        for part, texts in yaml.load(path.read_text(encoding="utf-8"), Loader=_Loader).items():
            twice = merged[part].keys() & texts.keys()
            if twice:
                raise ValueError(f"{path}: {part} {sorted(twice)} stand in another file, too")
            merged[part].update(texts)
    return merged


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
