"""The records that a model card is written from: run.json, evaluation.json, verification.json."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from pathlib import Path, PureWindowsPath
from typing import Any, TypeVar

from pydantic import AliasChoices, AliasPath, BaseModel, ConfigDict, Field, ValidationError

from toujiao.errors import ToujiaoError

Model = TypeVar("Model", bound=BaseModel)


class _Lenient(BaseModel):
    """Runs of a newer version may hold more fields than the card needs."""

    model_config = ConfigDict(frozen=True, extra="ignore", allow_inf_nan=False)


class DataRecord(_Lenient):
    """What the adapter was trained on."""

    train_rows: int = Field(ge=1)
    eval_rows: int = Field(default=0, ge=0)
    sha256: str = Field(min_length=8)
    source: str = "cards"
    """cards: made by `toujiao dataset build`; own: the user's files."""
    files: list[Any] = Field(default_factory=list)
    replay: Any = Field(default=None, validation_alias=AliasChoices("replay", "replay_rows"))
    """The base's own answers that were mixed in against forgetting."""

    @property
    def is_own(self) -> bool:
        """Whether the rows come from the user and not from the knowledge cards."""
        return self.source != "cards"

    @property
    def file_names(self) -> list[str]:
        """The names of the user's files, without their folders."""
        named = [
            item.get("name") or item.get("path") if isinstance(item, Mapping) else item
            for item in self.files
        ]
        return [PureWindowsPath(str(name)).name for name in named if name]


class RunRecord(_Lenient):
    """run.json: everything that is needed to repeat the training."""

    recipe: str
    settings: dict[str, Any] = Field(default_factory=dict)
    base_model: str = Field(min_length=1)
    base_licence: str | None = None
    system_prompt: str = ""
    data: DataRecord
    trained_tokens: int = Field(ge=0)
    steps: int = Field(ge=1)
    best_step: int | None = None
    """The step whose weights were kept, where it is not the last."""
    seconds: float = Field(ge=0)
    hardware: Any = ""
    seed: int
    versions: dict[str, Any] = Field(default_factory=dict)
    created: str
    method: str = "sft"
    """sft: learned to give the answers of the rows; kto: learned from good and bad answers."""
    forgetting: dict[str, Any] | None = None
    """How well general questions are answered: {"before": …, "after": …}."""
    losses: list[Any] = Field(default_factory=list)
    held_out_loss: dict[str, float] = Field(default_factory=dict)
    toujiao_version: str | None = None

    @property
    def program(self) -> str:
        """The version of toujiao that trained the adapter."""
        return str(self.toujiao_version or self.versions.get("toujiao") or "（版本未记录）")


class MetricRow(_Lenient):
    """One line of the table base against adapter, both on the same `count` questions."""

    metric: str = Field(min_length=1)
    name: str = Field(min_length=1)
    base: float
    adapter: float
    count: int = Field(ge=1)
    higher_is_better: bool

    @property
    def gain(self) -> float:
        """How much better the adapter is; negative = worse, 0 = the same."""
        if math.isclose(self.adapter, self.base, rel_tol=1e-9, abs_tol=1e-12):
            return 0.0
        difference = self.adapter - self.base
        return difference if self.higher_is_better else -difference


class Sample(_Lenient):
    """One question with both answers, for the reader to judge."""

    question: str
    base: str
    adapter: str
    kind: str = ""


class EvaluationRecord(_Lenient):
    """evaluation.json: the comparison on held-out questions."""

    table: list[MetricRow] = Field(min_length=1)
    samples: list[Sample] = Field(default_factory=list)
    questions_sha256: str = Field(min_length=8)
    command: str

    def examples(self, most: int = 3) -> list[Sample]:
        """A few samples, of different kinds where there are several."""
        first_of_kind = {sample.kind: sample for sample in reversed(self.samples)}
        kinds = dict.fromkeys(sample.kind for sample in self.samples)
        chosen = [first_of_kind[kind] for kind in kinds]
        chosen += [sample for sample in self.samples if sample not in chosen]
        return chosen[:most]


class Hop(_Lenient):
    """One step from PEFT to another format, compared with what it should say."""

    hop: str = Field(validation_alias=AliasChoices("hop", "name"))
    agreement: float | None = Field(
        None, validation_alias=AliasChoices("agreement", AliasPath("measures", "agreement"))
    )
    """Share of places with the same next token."""
    largest_difference: float | None = Field(
        None,
        validation_alias=AliasChoices("largest_difference", AliasPath("measures", "difference")),
    )
    difference_of: str | None = Field(None, validation_alias=AliasPath("measures", "difference_of"))
    passed: bool | None = None


class Verification(_Lenient):
    """verification.json of `toujiao models verify`: does every format say the same?"""

    passed: bool | None = None
    adapter_fingerprint: str | None = None
    """Which weights were compared (`toujiao.models.fingerprint`)."""
    prompts: int | None = None
    tokens: int | None = None
    hops: list[Hop] = Field(default_factory=list)


class Run(_Lenient):
    """A run folder, read and checked."""

    folder: Path
    record: RunRecord
    evaluation: EvaluationRecord
    verification: Verification | None = None

    @property
    def adapter(self) -> Path:
        """The plain PEFT folder that gets published."""
        return self.folder / "adapter"


def read_json(path: Path) -> Any:
    """The content of a JSON file; a missing or broken one is the user's to fix."""
    try:
        return json.loads(path.read_text(encoding="utf-8-sig"))
    except (OSError, UnicodeDecodeError) as error:
        raise ToujiaoError(f"读不了 {path}（{type(error).__name__}），请检查这个文件。") from error
    except json.JSONDecodeError as error:
        raise ToujiaoError(
            f"{path} 第 {error.lineno} 行不是合法的 JSON（{error.msg}），请改正或重新训练。"
        ) from error


def _read(path: Path, model: type[Model]) -> Model:
    try:
        return model.model_validate(read_json(path))
    except ValidationError as error:
        first = error.errors()[0]
        field = ".".join(str(part) for part in first["loc"]) or "（整个文件）"
        raise ToujiaoError(
            f"{path}：字段 {field} 不对（{first['msg']}）。请改正，或重新训练。"
        ) from error


def load_run(folder: Path) -> Run:
    """Read a run folder as `toujiao train sft` wrote it."""
    if not folder.is_dir():
        raise ToujiaoError(f"没有 {folder} 这个文件夹。请给出 toujiao train sft 写出的那个文件夹。")
    for name in ("run.json", "adapter"):
        if not (folder / name).exists():
            raise ToujiaoError(
                f"{folder} 里没有 {name}，不像一次完整的训练。请先运行 toujiao train sft。"
            )
    if not (folder / "evaluation.json").exists():
        raise ToujiaoError(
            f"{folder} 里没有 evaluation.json，模型卡不能没有评测。"
            f"请先运行 toujiao evaluate run {folder}。"
        )
    proof = folder / "verification.json"
    return Run(
        folder=folder,
        record=_read(folder / "run.json", RunRecord),
        evaluation=_read(folder / "evaluation.json", EvaluationRecord),
        verification=_read(proof, Verification) if proof.exists() else None,
    )
