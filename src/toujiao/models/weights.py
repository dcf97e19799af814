"""The weights of a model folder, and the same with a plain LoRA merged in, a few rows at a time.

Reads config.json and safetensors; needs no torch. Nothing is computed before it is asked for.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np

from toujiao.errors import ToujiaoError
from toujiao.models.embeddings import EMBEDDING, HEAD, must_untie, refuse_changed
from toujiao.models.floats import FLOATS
from toujiao.models.json_file import read_json
from toujiao.models.loading import refuse_qwen1
from toujiao.models.lora import Lora, Module, read_lora
from toujiao.models.resolve import adapter_folder
from toujiao.models.shards import Piece, read_shards

_AT_A_TIME = 1 << 20  # numbers


@dataclass(frozen=True)
class Merged:
    """A weight of the base plus the change that an adapter makes, in float32."""

    base: Piece
    module: Module

    @property
    def dtype(self) -> str:
        """The precision of the base."""
        return self.base.dtype

    @property
    def shape(self) -> tuple[int, ...]:
        """Rows, columns."""
        return self.base.shape

    @property
    def length(self) -> int:
        """Bytes in the precision of the base."""
        return self.base.length

    def change(self, start: int, stop: int) -> np.ndarray:
        """Some rows of what the adapter adds."""
        left, right = _factors(self.module)
        rows: np.ndarray = left[start:stop] @ right
        return rows

    def values(self, start: int, stop: int) -> np.ndarray:
        """Some rows of the sum."""
        rows: np.ndarray = self.base.values(start, stop) + self.change(start, stop)
        return rows


Weight = Piece | Merged


@lru_cache(maxsize=1)
def _factors(module: Module) -> tuple[np.ndarray, np.ndarray]:
    """Of the module that is being read: its rows are asked for one after the other."""
    return module.factors()


@dataclass(frozen=True)
class Weights:
    """A model: its folder and settings, its weights by file, and the adapter that is in them."""

    folder: Path
    config: Mapping[str, Any]
    files: Mapping[Path, Mapping[str, Weight]]
    lora: Lora | None
    untied: bool
    """Whether the output layer has weights of its own here, and has none in the folder."""

    @property
    def size(self) -> int:
        """Bytes of all weights together."""
        return sum(weight.length for file in self.files.values() for weight in file.values())


def blocks(weight: Weight) -> Iterator[tuple[int, int]]:
    """Start and stop of the rows to take at a time."""
    width = weight.shape[1] if len(weight.shape) > 1 else 1
    count = max(1, _AT_A_TIME // width)
    for start in range(0, weight.shape[0], count):
        yield start, min(start + count, weight.shape[0])


def open_weights(base: Path, adapter: Path | None = None) -> Weights:
    """The model in folder `base`, with `adapter` (a run or PEFT folder) merged in where given.

    ToujiaoError when the base is Qwen-1 or quantised, or the adapter is more than a plain LoRA or
    does not fit.
    """
    refuse_qwen1(str(base))
    config = read_json(base / "config.json")
    _refuse_quantised(config, base)
    shards = read_shards(base)
    if adapter is None:
        return Weights(base, config, shards, None, untied=False)
    lora = read_lora(adapter_folder(adapter))
    untied = must_untie(config, lora)
    _check_fit(lora, shards, bool(config.get("tie_word_embeddings")))
    files = {path: dict(_merged(pieces, lora, untied)) for path, pieces in shards.items()}
    untie = {"tie_word_embeddings": False} if untied else {}
    return Weights(base, {**config, **untie}, files, lora, untied)


def _refuse_quantised(config: Mapping[str, Any], base: Path) -> None:
    """What was rounded to 4 bits cannot take a small change."""
    if config.get("quantization_config"):
        method = config["quantization_config"].get("quant_method", "")
        raise ToujiaoError(
            f"{base} 是量化过的底座（{method}），合并或导出会变差。"
            "请用 --base 指定同一模型的 16 位原版。"
        )


def _check_fit(lora: Lora, shards: Mapping[Path, Mapping[str, Piece]], tied: bool) -> None:
    """ToujiaoError when a module of the adapter fits no weight."""
    pieces = {name: piece for shard in shards.values() for name, piece in shard.items()}
    if tied:
        pieces[HEAD] = pieces[EMBEDDING]
    for module in lora.modules.values():
        weight = pieces.get(f"{module.name}.weight")
        if weight is None:
            raise ToujiaoError(f"{lora.folder} 改的 {module.name} 在底座里没有，请换对应的底座。")
        if weight.shape != module.shape:
            raise ToujiaoError(
                f"{lora.folder} 改的 {module.name} 是 {module.shape}，底座是 {weight.shape}，"
                "请换对应的底座。"
            )
        if weight.dtype not in FLOATS:
            raise ToujiaoError(
                f"底座的 {module.name} 是 {weight.dtype}，量化过的底座不能合并，请换 16 位的原版。"
            )
    refuse_changed(lora, pieces)


def _merged(pieces: Mapping[str, Piece], lora: Lora, untied: bool) -> Iterator[tuple[str, Weight]]:
    for name, piece in pieces.items():
        if untied and name == HEAD:
            continue  # a tied base does not use it
        yield name, _with_change(name, piece, lora)
        if untied and name == EMBEDDING:
            yield HEAD, _with_change(HEAD, piece, lora)


def _with_change(name: str, piece: Piece, lora: Lora) -> Weight:
    module = lora.modules.get(name.removesuffix(".weight")) if name.endswith(".weight") else None
    return Merged(piece, module) if module else piece
