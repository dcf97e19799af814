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
from toujiao.models.portability_rules import special_settings
from toujiao.models.resolve import ADAPTER_CONFIG, ADAPTER_WEIGHTS, adapter_config
from toujiao.models.shards import Piece, read_pieces
from toujiao.models.tensor_names import lora_name, whole_name


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
    check_numbers(config, folder)
    path = folder / ADAPTER_WEIGHTS
    if not path.is_file():
        raise ToujiaoError(
            f"{folder} 里没有 {ADAPTER_WEIGHTS}。旧的 .bin 可能夹带代码，不直接读；{_try_fix(folder)}"
        )
    halves: dict[str, dict[str, Piece]] = {}
    embeddings: set[str] = set()
    whole = {}
    for name, piece in read_pieces(path).items():
        if piece.dtype not in FLOATS:
            raise ToujiaoError(f"{path} 里的 {name} 是 {piece.dtype}，请存成 F16、BF16 或 F32。")
        if parsed := lora_name(name):
            if parsed.canonical != name:
                raise ToujiaoError(
                    f"{path} 里的 {name} 应当叫 {parsed.canonical}，"
                    f"现在 PEFT 会当它不存在；{_try_fix(folder)}"
                )
            halves.setdefault(parsed.module, {})[parsed.half] = piece
            embeddings |= {parsed.module} if parsed.embedding else set()
        elif weight := whole_name(name):
            whole[weight] = piece
        else:
            raise ToujiaoError(f"{path} 里的 {name} 不是普通 LoRA 的权重，没有处理。")
    if not halves:
        raise ToujiaoError(f"{path} 里没有 LoRA 权重。")
    modules = {
        name: _module(name, pair, config, name in embeddings, path) for name, pair in halves.items()
    }
    return Lora(folder, config, modules, whole)


def _try_fix(folder: Path) -> str:
    return f"可以试试 toujiao models lint {folder} --fix 新文件夹。"


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


def refuse_special(config: Mapping[str, Any], folder: Path) -> None:
    """ToujiaoError for an adapter that is more than B @ A beside untouched weights."""
    for finding in special_settings(config):
        remedy = _try_fix(folder) if finding.fixable else ""
        raise ToujiaoError(f"{folder} 不是普通 LoRA，不能准确处理：{finding.message}。{remedy}")


def check_numbers(config: Mapping[str, Any], folder: Path) -> None:
    """ToujiaoError when rank, alpha or the patterns for them are not what PEFT would accept."""
    for key in ("r", "lora_alpha"):
        if type(config.get(key)) not in (int, float) or config[key] <= 0:
            raise ToujiaoError(f"{folder / ADAPTER_CONFIG}：{key} 缺失或不是正数。")
    try:
        strength(config, "x")
    except (re.error, TypeError, ValueError, AttributeError) as error:
        raise ToujiaoError(
            f"{folder / ADAPTER_CONFIG}：rank_pattern 或 alpha_pattern 的写法有误（{error}）。"
        ) from error
