"""Training recipes: TOML files that hold only what differs from the defaults written here."""

from __future__ import annotations

import difflib
import tomllib
from pathlib import Path
from typing import Any, Literal, get_args

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from toujiao.errors import ToujiaoError
from toujiao.models.tiny import NAME as TINY

RECIPES_DIR = Path(__file__).parent
# Settings of `accelerate launch` for several processes.
LAUNCH_DIR = RECIPES_DIR / "launch"
Tracker = Literal["tensorboard", "swanlab"]
SEED = 20261123
TRACKERS: tuple[str, ...] = get_args(Tracker)


class Kto(BaseModel):
    """What is different when training from votes (`toujiao train kto`), the table [kto]."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    learning_rate: float | None = Field(None, gt=0)
    """None: by base, see toujiao.recipes.plan."""

    epochs: float | None = Field(None, gt=0)
    """None: by the number of votes."""

    beta: float = Field(0.1, gt=0)
    """How closely the model stays to what it was; larger is closer."""

    loss: Literal["auto", "kto", "apo_zero_unpaired"] = "auto"
    """auto: apo_zero_unpaired for few votes (it needs no neighbours in the batch), else kto."""


class Recipe(BaseModel):
    """Settings of one LoRA fine-tuning run. Reasons for the defaults: docs/train.md.

    `epochs`, `rows_per_step` and `learning_rate` are chosen by the number of rows where they are
    None (toujiao.recipes.plan).
    """

    model_config = ConfigDict(extra="forbid", frozen=True)

    base: str = TINY
    """`toujiao-tiny` (embedded), a folder, or a Hub id."""

    rank: int = Field(16, ge=1, le=512)
    alpha: int = Field(32, ge=1)
    dropout: float = Field(0.0, ge=0, lt=1)

    learning_rate: float | None = Field(None, gt=0)
    epochs: float | None = Field(None, gt=0)
    max_steps: int = -1
    rows_per_step: int | None = Field(None, ge=1)
    """Effective batch: rows per device times accumulation times processes."""
    rows_per_device: int = Field(8, ge=1)
    max_length: int = Field(1024, ge=32)
    warmup: float = Field(0.05, ge=0, lt=1)
    schedule: Literal["linear", "cosine", "constant"] = "cosine"
    weight_decay: float = 0.0
    group_by_length: bool = True
    """Rows of like length together: less padding, but batches of one kind of row."""
    kinds: tuple[str, ...] = ()
    """Take only rows of these kinds (meta["kind"]: answer, refusal, unknown, calculation)."""
    max_train_rows: int | None = Field(None, ge=1)
    """Take at most this many rows (a fixed random choice), to fit a time budget."""

    max_eval_rows: int | None = Field(200, ge=1)
    """The same for the held-out rows that the loss is measured on."""

    evaluations: int = Field(6, ge=1)
    """How often in a run the held-out loss is measured and a checkpoint is kept."""

    patience: int = Field(2, ge=0)
    """Stop early after this many measurements without a better held-out loss; 0 = never."""

    replay: int = Field(120, ge=0, le=150)
    """Neutral prompts that the base answers itself, mixed in against forgetting; 0 = none."""

    precision: Literal["fp32", "bf16"] = "bf16"
    quantization: Literal["none", "nf4"] = "none"
    """nf4: the base in four bits while training (QLoRA)."""

    gradient_checkpointing: bool = True
    device: Literal["auto", "cpu"] = "auto"
    log_to: tuple[Tracker, ...] = ()
    """Draw the curves elsewhere too; nothing is sent anywhere unless swanlab is told to."""

    seed: int = SEED
    kto: Kto = Kto()


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
        values = tomllib.loads(path.read_text(encoding="utf-8-sig"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise ToujiaoError(f"{path}：TOML 写法有误（{error}）。") from error
    return path.stem, make_recipe(values, str(path))


def launch_config(name: str) -> Path:
    """The file of settings for `accelerate launch --config_file`."""
    path = LAUNCH_DIR / f"{name}.yaml"
    if not path.is_file():
        known = "、".join(sorted(p.stem for p in LAUNCH_DIR.glob("*.yaml")))
        raise ToujiaoError(f"没有 {name} 这个启动配置。自带的有：{known}。")
    return path


def make_recipe(values: dict[str, Any], where: str) -> Recipe:
    """A recipe from plain values; unknown keys get a did-you-mean."""
    _refuse_unknown(values, Recipe, where)
    if isinstance(values.get("kto"), dict):
        _refuse_unknown(values["kto"], Kto, f"{where} 的 [kto]")
    try:
        return Recipe.model_validate(values)
    except ValidationError as error:
        first = error.errors()[0]
        name = ".".join(str(part) for part in first["loc"])
        raise ToujiaoError(f"{where}：{name} 不对：{first['msg']}。") from error


def _refuse_unknown(values: dict[str, Any], model: type[BaseModel], where: str) -> None:
    for key in values:
        if key not in model.model_fields:
            near = difflib.get_close_matches(key, model.model_fields, n=1)
            hint = f"是不是想写 {near[0]}？" if near else f"可用：{'、'.join(model.model_fields)}。"
            raise ToujiaoError(f"{where}：没有 {key} 这个设置。{hint}")


def recipe_text(recipe: Recipe) -> str:
    """The recipe as TOML with every value, defaults too: the run can be repeated from it."""
    import json

    values = recipe.model_dump(exclude_none=True)
    kto = values.pop("kto")
    lines = [f"{key} = {json.dumps(value, ensure_ascii=False)}" for key, value in values.items()]
    lines += ["", "[kto]", *(f"{key} = {json.dumps(value)}" for key, value in kto.items())]
    return "\n".join(lines) + "\n"
