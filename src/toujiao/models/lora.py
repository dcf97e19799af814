"""A plain LoRA as PEFT stores it: which module gets which two matrices, at which strength.

Reads the settings and the header of the weights; torch is not needed.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from toujiao.errors import ToujiaoError
from toujiao.models.floats import FLOATS
from toujiao.models.resolve import ADAPTER_CONFIG, ADAPTER_WEIGHTS, adapter_config
from toujiao.models.shards import Piece, read_pieces

PREFIX = "base_model.model."
HALF = re.compile(r"(?P<module>.+)\.lora_(?P<embedding>embedding_)?(?P<half>[AB])(?:\.weight)?")


WHOLE = re.compile(r"(?!.*\.lora_)(?P<module>.+?)(?:\.base_layer)?\.weight")


@dataclass(frozen=True)
class Module:
    """One adapted module: W becomes W + scale * B @ A (an embedding: its transpose)."""

    name: str
    a: Piece
    b: Piece
    alpha: float
    scale: float
    embedding: bool

    @property
    def rank(self) -> int:
        """Rows of A and columns of B."""
        return self.a.shape[0]

    @property
    def shape(self) -> tuple[int, int]:
        """The shape that the weight of the module must have."""
        rows, columns = self.b.shape[0], self.a.shape[1]
        return (columns, rows) if self.embedding else (rows, columns)

    def factors(self) -> tuple[np.ndarray, np.ndarray]:
        """Two float32 matrices whose product is the change, in the shape of the weight."""
        a, b = self.a.array(), self.b.array()
        left, right = (a.T, b.T) if self.embedding else (b, a)
        return np.float32(self.scale) * left, right


@dataclass(frozen=True)
class Lora:
    """A plain LoRA: its settings, its modules, and weights that it stores whole, by base name."""

    folder: Path
    config: Mapping[str, Any]
    modules: Mapping[str, Module]
    whole: Mapping[str, Piece]


def by_pattern(patterns: Mapping[str, Any] | None, module: str, default: Any) -> Any:
    """The value of the first key that fits the module's name, the way PEFT matches."""
    for key, value in (patterns or {}).items():
        if re.match(rf"(.*\.)?({key})$", module):
            return value
    return default


def strength(config: Mapping[str, Any], module: str) -> tuple[int, float, float]:
    """(rank, alpha, scale) that the settings give a module."""
    rank = int(by_pattern(config.get("rank_pattern"), module, config["r"]))
    alpha = float(by_pattern(config.get("alpha_pattern"), module, config["lora_alpha"]))
    return rank, alpha, alpha / (rank**0.5 if config.get("use_rslora") else rank)


def read_lora(folder: Path) -> Lora:
    """The adapter in a PEFT folder; ToujiaoError when it is more than a plain LoRA."""
    config = adapter_config(folder)
    refuse_special(config, folder)
    path = folder / ADAPTER_WEIGHTS
    if not path.is_file():
        raise ToujiaoError(f"{folder} 里没有 {ADAPTER_WEIGHTS}；别的格式可能夹带代码，不读。")
    halves: dict[str, dict[str, Piece]] = {}
    embeddings: set[str] = set()
    whole = {}
    for name, piece in read_pieces(path).items():
        if piece.dtype not in FLOATS:
            raise ToujiaoError(f"{path} 里的 {name} 是 {piece.dtype}，请存成 F16、BF16 或 F32。")
        if match := HALF.fullmatch(name.removeprefix(PREFIX)):
            halves.setdefault(match["module"], {})[match["half"]] = piece
            embeddings |= {match["module"]} if match["embedding"] else set()
        elif match := WHOLE.fullmatch(name.removeprefix(PREFIX)):
            whole[f"{match['module']}.weight"] = piece
        else:
            raise ToujiaoError(f"{path} 里的 {name} 不是普通 LoRA 的权重，没有处理。")
    if not halves:
        raise ToujiaoError(f"{path} 里没有 LoRA 权重。")
    modules = {
        name: _module(name, pair, config, name in embeddings, path) for name, pair in halves.items()
    }
    return Lora(folder, config, modules, whole)


def _module(
    name: str, pair: Mapping[str, Piece], config: Mapping[str, Any], embedding: bool, path: Path
) -> Module:
    if set(pair) != {"A", "B"}:
        raise ToujiaoError(f"{path} 里的 {name} 缺了 lora_A 或 lora_B，请重新导出适配器。")
    rank, alpha, scale = strength(config, name)
    a, b = pair["A"], pair["B"]
    if len(a.shape) != 2 or len(b.shape) != 2 or {a.shape[0], b.shape[1]} != {rank}:
        raise ToujiaoError(
            f"{path} 里 {name} 的形状是 {a.shape} 和 {b.shape}，"
            f"和 {ADAPTER_CONFIG} 写的秩 {rank} 对不上。"
        )
    return Module(name, a, b, alpha, scale, embedding)


# The settings of a plain LoRA, and those that change nothing once it is trained.
_PLAIN: dict[str, tuple[Any, ...]] = {
    "peft_type": ("LORA",),
    "bias": ("none",),
    # Starting values that leave the base as it is.
    "init_lora_weights": (None, True, False, "gaussian", "eva", "orthogonal"),
}
_NOT_PLAIN = (
    "modules_to_save", "use_dora", "lora_bias", "fan_in_fan_out", "trainable_token_indices",
    "target_parameters", "alora_invocation_tokens", "use_qalora", "use_bdlora", "arrow_config",
    "kasa_config", "monteclora_config", "velora_config", "layer_replication", "megatron_config",
)  # fmt: skip


def refuse_special(config: Mapping[str, Any], folder: Path) -> None:
    """ToujiaoError for an adapter that is more than B @ A beside untouched weights."""
    for key, allowed in _PLAIN.items():
        if config.get(key, allowed[0]) not in allowed:
            raise ToujiaoError(f"{folder}：{key} 是 {config[key]}，只能处理普通 LoRA。")
    for key in _NOT_PLAIN:
        if config.get(key):
            raise ToujiaoError(f"{folder}：{key} 是 {config[key]}，只能处理普通 LoRA。")
