"""What the audit must know of a training recipe, read from its TOML file.

Stages hand over files and do not import each other, so the defaults of toujiao.train.recipes stand
here again; a test compares the two for every recipe. Unknown keys are left for training to refuse.
"""

from __future__ import annotations

import math
import tomllib
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Any

import toujiao
from toujiao.dataset.audit import texts
from toujiao.errors import ToujiaoError
from toujiao.models.tiny import NAME as TINY

RECIPES_DIR = Path(toujiao.__file__).parent / "train" / "recipes"


@dataclass(frozen=True)
class Settings:
    """The part of a recipe that decides what happens to the rows."""

    recipe: str = "tiny"
    base: str = TINY
    learning_rate: float = 2e-4
    epochs: float = 3.0
    max_steps: int = -1
    rows_per_step: int = 8
    max_length: int = 1024
    max_train_rows: int | None = None

    def used(self, rows: int) -> int:
        """How many of the rows are trained on."""
        return min(rows, self.max_train_rows or rows)

    def steps_per_epoch(self, rows: int) -> int:
        """Optimiser steps of one pass; the last one may be smaller."""
        return math.ceil(self.used(rows) / self.rows_per_step)

    def steps(self, rows: int) -> int:
        """Optimiser steps of the whole run."""
        if self.max_steps > 0:
            return self.max_steps
        return math.ceil(self.steps_per_epoch(rows) * self.epochs)


def read_settings(name_or_path: str) -> Settings:
    """The settings of a shipped recipe or of a TOML file."""
    path = Path(name_or_path)
    if path.suffix != ".toml":
        path = RECIPES_DIR / f"{name_or_path}.toml"
    if not path.is_file():
        known = "、".join(sorted(p.stem for p in RECIPES_DIR.glob("*.toml")))
        raise ToujiaoError(texts.NO_RECIPE.format(name=name_or_path, known=known))
    try:
        values = tomllib.loads(path.read_text(encoding="utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise ToujiaoError(texts.BAD_TOML.format(path=path, error=error)) from error
    known_keys = {field.name for field in fields(Settings)} - {"recipe"}
    chosen = {key: value for key, value in values.items() if key in known_keys}
    for key, value in chosen.items():
        if not _is_right(key, value):
            raise ToujiaoError(texts.BAD_VALUE.format(path=path, key=key))
    return Settings(path.stem, **chosen)


def _is_right(key: str, value: Any) -> bool:
    if key == "base":
        return isinstance(value, str)
    if isinstance(value, bool) or not isinstance(value, int | float):
        return False
    return key == "max_steps" or value > 0
