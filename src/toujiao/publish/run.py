"""The records that a model card is written from: run.json, evaluation.json, verification.json.

card.json keeps what the user said about them to `toujiao publish card`.
"""

from __future__ import annotations

import math
from pathlib import Path, PureWindowsPath
from typing import Any, TypeVar

from pydantic import AliasPath, BaseModel, ConfigDict, Field, ValidationError

from toujiao.errors import ToujiaoError
from toujiao.files import read_json
from toujiao.folders import ADAPTER, EVALUATION, RECORD, VERIFICATION

SAID = "card.json"
_WRITTEN_BY = {
    RECORD: "toujiao train sft",
    ADAPTER: "toujiao train sft",
    EVALUATION: "toujiao evaluate run",
}
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
    files: list[str] = []
    replay_rows: int = 0
    """The base's own answers that were mixed in against forgetting."""

    @property
    def is_own(self) -> bool:
        """Whether the rows come from the user and not from the knowledge cards."""
        return self.source != "cards"

    @property
    def file_names(self) -> list[str]:
        """The names of the user's files, without their folders."""
        return [PureWindowsPath(name).name for name in self.files]


class Forgetting(_Lenient):
    """How the base's own answers to general questions fare, measure by measure."""

    before: dict[str, float]
    after: dict[str, float]


class RunRecord(_Lenient):
    """run.json: everything that is needed to repeat the training."""

    recipe: str
    settings: dict[str, Any] = {}
    base_model: str = Field(min_length=1)
    system_prompt: str = ""
    data: DataRecord
    trained_tokens: int = Field(ge=0)
    steps: int = Field(ge=1)
    best_step: int = 0
    """The step whose weights were kept; 0: the last one's."""
    seconds: float = Field(ge=0)
    hardware: str = ""
    seed: int
    versions: dict[str, str | None] = {}
    created: str
    method: str = "sft"
    """sft: learned to give the answers of the rows; kto: learned from good and bad answers."""
    forgetting: Forgetting | None = None
    losses: list[float] = []
    held_out_loss: dict[str, float] = {}

    @property
    def recipe_name(self) -> str:
        """The recipe without its folder (not `.stem`: "qwen3-0.6b" has a dot of its own)."""
        return PureWindowsPath(self.recipe).name.removesuffix(".toml") or self.recipe

    @property
    def program(self) -> str:
        """The version of toujiao that trained the adapter."""
        return self.versions.get("toujiao") or "（版本未记录）"


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
    samples: list[Sample] = []
    questions_sha256: str = Field(min_length=8)
    command: str

    def examples(self, most: int = 3) -> list[Sample]:
        """A few samples, of different kinds where there are several."""
        first_of_kind = {sample.kind: sample for sample in reversed(self.samples)}
        chosen = list(reversed(first_of_kind.values()))
        chosen += [sample for sample in self.samples if sample not in chosen]
        return chosen[:most]


class Hop(_Lenient):
    """One step from PEFT to another format, compared with what it should say."""

    name: str
    agreement: float | None = Field(None, validation_alias=AliasPath("measures", "agreement"))
    """Share of places with the same next token."""
    difference: float | None = Field(None, validation_alias=AliasPath("measures", "difference"))
    difference_of: str | None = Field(None, validation_alias=AliasPath("measures", "difference_of"))
    passed: bool


class Verification(_Lenient):
    """verification.json of `toujiao models verify`: does every format say the same?"""

    passed: bool
    adapter_fingerprint: str
    """Which weights were compared (`toujiao.models.fingerprint`)."""
    prompts: int
    tokens: int
    hops: list[Hop]


class CardOptions(_Lenient):
    """What the user may say about a card; everything else comes from the run."""

    base: str | None = None
    """The base's name on the Hub, where the run used a local folder."""
    licence: str | None = None
    licence_file: Path | None = None


class Run(_Lenient):
    """A run folder, read and checked."""

    folder: Path
    record: RunRecord
    evaluation: EvaluationRecord
    verification: Verification | None = None
    said: CardOptions
    """What `publish card` was told: it holds for push and space too."""

    @property
    def adapter(self) -> Path:
        """The plain PEFT folder that gets published."""
        return self.folder / ADAPTER


def load_run(folder: Path) -> Run:
    """Read a run folder as `toujiao train sft` wrote it."""
    if not folder.is_dir():
        raise ToujiaoError(f"没有 {folder} 这个文件夹。请给出 toujiao train sft 写出的那个文件夹。")
    for name, command in _WRITTEN_BY.items():
        if not (folder / name).exists():
            raise ToujiaoError(f"{folder} 里没有 {name}，写不出模型卡。请先运行 {command}。")
    return Run(
        folder=folder,
        record=_read(folder / RECORD, RunRecord),
        evaluation=_read(folder / EVALUATION, EvaluationRecord),
        verification=_read_if_there(folder / VERIFICATION, Verification),
        said=_read_if_there(folder / SAID, CardOptions) or CardOptions(),
    )


def _read_if_there(path: Path, model: type[Model]) -> Model | None:
    return _read(path, model) if path.exists() else None


def _read(path: Path, model: type[Model]) -> Model:
    try:
        return model.model_validate(read_json(path))
    except ValidationError as error:
        first = error.errors()[0]
        field = ".".join(str(part) for part in first["loc"])
        raise ToujiaoError(
            f"{path}：字段 {field} 不对（{first['msg']}）。请改正，或重新训练。"
        ) from error
