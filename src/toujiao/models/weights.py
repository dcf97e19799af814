"""The weights of a model folder, and the same with a plain LoRA merged in by PEFT.

Weights of a folder are read a few rows at a time and need no torch; merging needs the whole model in
memory, in float32, so that the sum is rounded only once, when it is written.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from toujiao.errors import ToujiaoError
from toujiao.files import read_json
from toujiao.models.loading import add_adapter, refuse_qwen1
from toujiao.models.portability_checks import EMBEDDING, HEAD, plain_lora
from toujiao.models.portability_rules import MERGE
from toujiao.models.quiet import quiet_libraries
from toujiao.models.resolve import adapter_folder
from toujiao.models.shards import Piece, read_shards

_AT_A_TIME = 1 << 20  # numbers
# With less of the change left the merged model is no longer the one that was trained. The share
# that is gone is about the error at the logits, relative to the adapter's effect (docs/models.md).
LEAST_KEPT = 0.9


@dataclass(frozen=True)
class Merged:
    """A weight of the base, and its sum with the adapter's change."""

    base: Piece
    sum: np.ndarray

    @property
    def shape(self) -> tuple[int, ...]:
        """Rows, columns."""
        return self.base.shape

    def values(self, start: int, stop: int) -> np.ndarray:
        """Some rows of the sum, in float32."""
        rows: np.ndarray = self.sum[start:stop]
        return rows


Weight = Piece | Merged


@dataclass(frozen=True)
class Weights:
    """A model: its folder and settings, its weights by file, and the adapter that is in them."""

    folder: Path
    config: Mapping[str, Any]
    files: Mapping[Path, Mapping[str, Weight]]
    adapter: Path | None = None
    untied: bool = False
    """Whether the output layer has weights of its own here, and has none in the folder."""

    @property
    def size(self) -> int:
        """Bytes of all weights together, in the precision of the folder."""
        return sum(
            _stored(weight).length for file in self.files.values() for weight in file.values()
        )

    @property
    def tokenizer(self) -> Path:
        """Where the tokenizer is: with the adapter where it has one, as that was used in training."""
        own = self.adapter and (self.adapter / "tokenizer.json").is_file()
        return self.adapter if self.adapter and own else self.folder


def _stored(weight: Weight) -> Piece:
    return weight.base if isinstance(weight, Merged) else weight


def blocks(shape: tuple[int, ...]) -> Iterator[tuple[int, int]]:
    """Start and stop of the rows to take at a time."""
    count = max(1, _AT_A_TIME // (shape[1] if len(shape) > 1 else 1))
    for start in range(0, shape[0], count):
        yield start, min(start + count, shape[0])


def open_weights(folder: Path) -> Weights:
    """The model in a folder; ToujiaoError when it is Qwen-1 or quantised."""
    refuse_qwen1(str(folder))
    config = read_json(folder / "config.json")
    if quantised := config.get("quantization_config"):
        raise ToujiaoError(
            f"{folder} 是量化过的底座（{quantised.get('quant_method', '')}），合并或导出会变差。"
            "请用 --base 指定同一模型的 16 位原版。"
        )
    return Weights(folder, config, read_shards(folder))


def merged_weights(folder: Path, adapter: Path) -> Weights:
    """The model in a folder with an adapter (run or PEFT folder) merged in.

    ToujiaoError also when the adapter is more than a plain LoRA, does nothing or does not fit.
    """
    opened = open_weights(folder)
    lora = plain_lora(adapter_folder(adapter), folder, MERGE)
    touched = {f"{module}.weight" for module in lora.contents.modules}
    # PEFT adapts only the module that is named, so tied weights are no longer the same.
    untied = bool(touched & {EMBEDDING, HEAD} and opened.config.get("tie_word_embeddings"))
    sums = _merge(folder, lora.folder, touched | ({EMBEDDING, HEAD} if untied else set()), untied)
    files: dict[Path, dict[str, Weight]] = {}
    for path, pieces in opened.files.items():
        files[path] = {
            name: Merged(_stored(piece), sums[name]) if name in sums else piece
            for name, piece in pieces.items()
            if not (untied and name == HEAD)
        }
        if untied and EMBEDDING in pieces:
            files[path][HEAD] = Merged(_stored(pieces[EMBEDDING]), sums[HEAD])
    config = {**opened.config, **({"tie_word_embeddings": False} if untied else {})}
    return Weights(folder, config, files, lora.folder, untied)


def _merge(base: Path, adapter: Path, names: set[str], untie: bool) -> dict[str, np.ndarray]:
    """Some weights of the merged model, float32."""
    quiet_libraries()
    import torch
    from transformers import AutoModelForCausalLM

    try:
        model: Any = AutoModelForCausalLM.from_pretrained(
            base, dtype=torch.float32, use_safetensors=True
        )
    except (OSError, ValueError) as error:
        raise ToujiaoError(f"打不开底座 {base}：{str(error).splitlines()[0]}。") from error
    if untie:
        model.lm_head.weight = torch.nn.Parameter(model.lm_head.weight.detach().clone())
        model.config.tie_word_embeddings = False
    try:
        merged = add_adapter(model, str(adapter)).merge_and_unload(safe_merge=True)
    except ValueError as error:  # what PEFT says of numbers that are none
        raise ToujiaoError(f"{adapter} 合并以后有 NaN 或无穷大，没有写出。请检查权重。") from error
    return {n: t.detach().numpy() for n, t in merged.state_dict().items() if n in names}


@dataclass(frozen=True)
class Kept:
    """What the rounding to fewer bits left of the change, along its own direction (1 = all)."""

    share: float
    worst_share: float
    worst_module: str

    def line(self) -> str:
        """In one Chinese line."""
        return f"改动保留了 {self.share:.1%}（最少的一层 {self.worst_module}：{self.worst_share:.1%}）。"


class Survival:
    """Adds up, weight by weight, how much of the change is left in what was written."""

    def __init__(self) -> None:
        self._sums: dict[str, np.ndarray] = {}

    def add(self, name: str, weight: Merged, start: int, stop: int, written: np.ndarray) -> None:
        """Some rows as they were written, read back as float32."""
        before = weight.base.values(start, stop)
        change, left = weight.values(start, stop) - before, written - before
        products = [np.vdot(left, change), np.vdot(change, change)]
        self._sums[name] = self._sums.get(name, np.zeros(2)) + np.array(products, np.float64)

    def report(self, kind: str) -> Kept:
        """The shares; ToujiaoError when numbers of this kind hold too little of the change."""
        left, whole = sum(self._sums.values(), np.zeros(2))
        if not whole:
            raise ToujiaoError("适配器的权重乘起来全是零，合并了也不起作用，请重新训练。")
        shares = {name: float(part[0] / part[1]) for name, part in self._sums.items() if part[1]}
        worst = min(shares, key=lambda name: shares[name])
        kept = Kept(float(left / whole), shares[worst], worst.removesuffix(".weight"))
        if kept.share < LEAST_KEPT:
            raise ToujiaoError(
                f"合并以后只保留 {kept.share:.0%} 的改动（至少要 {LEAST_KEPT:.0%}）："
                f"改动太小，{kind} 存不下。请不要合并，和底座一起加载适配器；"
                "要用 GGUF，请用 toujiao models gguf 把适配器单独写出。"
            )
        return kept
