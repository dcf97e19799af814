"""Training recipes: TOML files that hold only what differs from the defaults written here."""

from __future__ import annotations

import difflib
import tomllib
from pathlib import Path
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from toujiao.errors import ToujiaoError
from toujiao.models.tiny import NAME as TINY

RECIPES_DIR = Path(__file__).parent / "recipes"


class Recipe(BaseModel):
    """Settings of one LoRA fine-tuning run. Reasons for the defaults: docs/train.md."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    base: str = TINY
    """`toujiao-tiny` (embedded), a folder, or a Hub id."""

    rank: int = Field(16, ge=1, le=512)
    alpha: int = Field(32, ge=1)
    dropout: float = Field(0.0, ge=0, lt=1)

    learning_rate: float = Field(2e-4, gt=0)
    epochs: float = Field(3.0, gt=0)
    max_steps: int = -1
    rows_per_step: int = Field(8, ge=1)
    """Effective batch: rows per device times accumulation."""
    rows_per_device: int = Field(8, ge=1)
    max_length: int = Field(1024, ge=32)
    warmup: float = Field(0.05, ge=0, lt=1)
    schedule: Literal["linear", "cosine", "constant"] = "cosine"
    weight_decay: float = 0.0
    group_by_length: bool = True
    """Rows of like length together: less padding, but batches of one kind of row."""
    kinds: tuple[str, ...] = ()
    """Take only rows of these kinds (meta["kind"]: answer, refusal, unknown, calculation)."""
    max_train_rows: int | None = None
    """Take at most this many rows (a fixed random choice), to fit a time budget."""

    max_eval_rows: int | None = None
    """The same for the held-out rows that the loss is measured on."""

    precision: Literal["fp32", "bf16"] = "bf16"
    gradient_checkpointing: bool = True
    device: Literal["auto", "cpu"] = "auto"
    seed: int = 20261123


def load_recipe(name_or_path: str) -> tuple[str, Recipe]:
    """(name, recipe) of a shipped recipe or a TOML file; mistakes name the file and the key."""
    path = Path(name_or_path)
    if path.suffix != ".toml":
        path = RECIPES_DIR / f"{name_or_path}.toml"
    if not path.is_file():
        known = sorted(p.stem for p in RECIPES_DIR.glob("*.toml"))
        raise ToujiaoError(
            f"没有 {name_or_path} 这个配方。自带的有：{'、'.join(known)}；也可以给 .toml 文件。"
        )
    try:
        values = tomllib.loads(path.read_text(encoding="utf-8"))
    except tomllib.TOMLDecodeError as error:
        raise ToujiaoError(f"{path}：TOML 写法有误（{error}）。") from error
    return path.stem, make_recipe(values, str(path))


def make_recipe(values: dict[str, Any], where: str) -> Recipe:
    """A recipe from plain values; unknown keys get a did-you-mean."""
    for key in values:
        if key not in Recipe.model_fields:
            near = difflib.get_close_matches(key, Recipe.model_fields, n=1)
            hint = (
                f"是不是想写 {near[0]}？" if near else f"可用：{'、'.join(Recipe.model_fields)}。"
            )
            raise ToujiaoError(f"{where}：没有 {key} 这个设置。{hint}")
    try:
        return Recipe.model_validate(values)
    except ValidationError as error:
        first = error.errors()[0]
        raise ToujiaoError(f"{where}：{first['loc'][0]} 不对：{first['msg']}。") from error
