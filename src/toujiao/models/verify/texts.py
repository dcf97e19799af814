"""The Chinese texts of the verification, from texts.yaml."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import Any

import yaml


@cache
def texts() -> dict[str, Any]:
    """All of them, by name."""
    text = (Path(__file__).parent / "texts.yaml").read_text(encoding="utf-8")
    loaded: dict[str, Any] = yaml.safe_load(text)
    return loaded


def hop_name(hop: str, **values: Any) -> str:
    """The name of a hop in table and report."""
    return str(texts()["hops"][hop]).format(**values)
