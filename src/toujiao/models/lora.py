"""A LoRA as PEFT stores it: which tensors change which module, and at which strength.

PEFT and vLLM pass over or refuse a tensor whose name is one word off; here it is known all the same.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from toujiao.errors import ToujiaoError
from toujiao.models.resolve import ADAPTER_CONFIG
from toujiao.models.shards import Piece

PREFIX = "base_model.model."
# An adapter name may stand before .weight: some programs save the whole state instead of PEFT's.
_LORA = re.compile(
    r"(?P<path>.+)\.lora_(?P<embedding>embedding_)?(?P<half>[AB])"
    r"(?:\.(?!weight$|bias$)[^.]+)?(?:\.weight)?"
)
_WHOLE = re.compile(r"(?P<path>(?!.*\.lora_).+?)(?:\.base_layer)?\.weight")
# Modules of a Qwen2 or Qwen3 (and of most others), wherever prefixes end.
_BLOCK = re.compile(r"(?:.*?\.)?(layers\.\d+\..+|embed_tokens|norm)")
_HEAD = re.compile(r"(?:.*\.)?lm_head")
_FUSED = re.compile(r"(?:.*\.)?(transformer\.h\.\d+\.(?:attn\.c_attn|attn\.c_proj|mlp\.\w+))")


def is_lora_weight(name: str) -> bool:
    """Whether a tensor of this name is one half of a plain LoRA update."""
    return _LORA.fullmatch(name) is not None


@dataclass
class Module:
    """One adapted module: W becomes W + scale * B @ A (an embedding: its transpose)."""

    name: str
    embedding: bool
    halves: dict[str, Piece] = field(default_factory=dict)
    """A and B, as far as they are there."""

    @property
    def whole(self) -> bool:
        """Whether both halves are there."""
        return self.halves.keys() == {"A", "B"}

    @property
    def fused(self) -> bool:
        """Whether it belongs to Qwen-1, whose query, key and value are one layer."""
        return _FUSED.fullmatch(self.name) is not None

    @property
    def shape(self) -> tuple[int, int]:
        """The shape that the weight of the module must have."""
        rows, columns = self.halves["B"].shape[0], self.halves["A"].shape[-1]
        return (columns, rows) if self.embedding else (rows, columns)

    def has_rank(self, rank: int) -> bool:
        """Whether each half that is there is a matrix of this rank."""
        axis = {"A": 0, "B": 1}
        return all(
            len(piece.shape) == 2 and piece.shape[axis[half]] == rank
            for half, piece in self.halves.items()
        )

    def tensor_name(self, half: str) -> str:
        """The name by which PEFT stores and finds a half."""
        if self.embedding:
            return f"{PREFIX}{self.name}.lora_embedding_{half}"
        return f"{PREFIX}{self.name}.lora_{half}.weight"


@dataclass
class Contents:
    """What the weight file of an adapter holds, whatever its tensors are called."""

    modules: dict[str, Module] = field(default_factory=dict)
    whole: dict[str, tuple[str, Piece]] = field(default_factory=dict)
    """Weights stored whole, by their name in the base: the name in the file, the tensor."""
    wrong: dict[str, str] = field(default_factory=dict)
    """Names that are not PEFT's, and what they should be."""
    strange: dict[str, Piece] = field(default_factory=dict)
    """Tensors that are neither."""
    twice: list[str] = field(default_factory=list)
    """Names that two tensors claim."""


def sort_tensors(pieces: Mapping[str, Piece]) -> Contents:
    """Tell the halves of modules from whole weights and from what is neither."""
    found = Contents()
    for name, piece in pieces.items():
        if match := _LORA.fullmatch(name):
            path, half = _module(match["path"]), match["half"]
            module = found.modules.setdefault(path, Module(path, bool(match["embedding"])))
            right = module.tensor_name(half)
            if half in module.halves:
                found.twice.append(right)
            module.halves[half] = piece
            if name != right:
                found.wrong[name] = right
        elif match := _WHOLE.fullmatch(name):
            found.whole[f"{_module(match['path'])}.weight"] = name, piece
        else:
            found.strange[name] = piece
    return found


def _module(path: str) -> str:
    """The module without prefixes; a module that is not known stays as it is, less PEFT's prefix."""
    if match := _FUSED.fullmatch(path):
        return match[1]
    if match := _BLOCK.fullmatch(path):
        return f"model.{match[1]}"
    return "lm_head" if _HEAD.fullmatch(path) else path.removeprefix(PREFIX)


def by_pattern(patterns: Mapping[str, Any] | None, module: str, default: Any) -> Any:
    """The value of the first key that fits the module's name, the way PEFT matches."""
    for key, value in (patterns or {}).items():
        if re.match(rf"(.*\.)?({key})$", module):
            return value
    return default


def strength(config: Mapping[str, Any], module: str) -> tuple[int, float]:
    """(rank, scale) that the settings give a module."""
    rank = int(by_pattern(config.get("rank_pattern"), module, config["r"]))
    alpha = float(by_pattern(config.get("alpha_pattern"), module, config["lora_alpha"]))
    return rank, alpha / (rank**0.5 if config.get("use_rslora") else rank)


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
