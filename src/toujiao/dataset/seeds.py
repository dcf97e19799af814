"""Seed questions that no card holds: advice requests and subjects outside the cards (seeds.yaml)."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from pathlib import Path

from toujiao.yaml_file import load_yaml

SUBJECTS_PER_TEMPLATE = 8
_PATH = Path(__file__).parents[1] / "knowledge" / "seeds.yaml"


@dataclass(frozen=True)
class Seeds:
    """Questions by what they are for."""

    advice: tuple[str, ...]
    unknown: tuple[str, ...]


@cache
def load_seeds() -> Seeds:
    """The seeds that ship with the package; templates are filled with every subject."""
    data = load_yaml(_PATH.read_text(encoding="utf-8"), _PATH)
    subjects = data["subjects"]
    advice = [
        template.format(subjects[(i + j * 3) % len(subjects)])
        for i, template in enumerate(data["advice"])
        for j in range(SUBJECTS_PER_TEMPLATE if "{}" in template else 1)
    ]
    return Seeds(tuple(dict.fromkeys(advice)), tuple(data["unknown"]))
