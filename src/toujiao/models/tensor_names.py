"""Names of LoRA tensors in a file: as PEFT wants them, and the ways in which they go wrong.

PEFT and vLLM ignore or refuse a name that is one word off, and PEFT does so with a warning only.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

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


@dataclass(frozen=True)
class LoraName:
    """Half of the change of one module."""

    module: str
    half: str
    """A or B."""
    embedding: bool

    @property
    def canonical(self) -> str:
        """The name by which PEFT stores and finds it."""
        if self.embedding:
            return f"{PREFIX}{self.module}.lora_embedding_{self.half}"
        return f"{PREFIX}{self.module}.lora_{self.half}.weight"

    @property
    def fused(self) -> bool:
        """Whether it belongs to Qwen-1, whose query, key and value are one layer."""
        return _FUSED.fullmatch(self.module) is not None


def lora_name(name: str) -> LoraName | None:
    """What half of a LoRA a tensor is, however its name is dressed; None when it is none."""
    match = _LORA.fullmatch(name)
    if match is None:
        return None
    return LoraName(_module(match["path"]), match["half"], bool(match["embedding"]))


def whole_name(name: str) -> str | None:
    """The weight of the base that a tensor is a copy of; None when it is no whole weight."""
    match = _WHOLE.fullmatch(name)
    return f"{_module(match['path'])}.weight" if match else None


def _module(path: str) -> str:
    """The module without prefixes; a module that is not known stays as it is, less PEFT's prefix."""
    if match := _FUSED.fullmatch(path):
        return match[1]
    if match := _BLOCK.fullmatch(path):
        return f"model.{match[1]}"
    if _HEAD.fullmatch(path):
        return "lm_head"
    return path.removeprefix(PREFIX)
