"""Looks into an adapter folder without torch: is it a plain LoRA, and does it do anything?"""

from __future__ import annotations

import math
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from safetensors import safe_open

from toujiao.errors import ToujiaoError
from toujiao.files import sha256
from toujiao.models.lora import is_lora_weight
from toujiao.models.portability import VLLM_RANKS, lint
from toujiao.models.portability_rules import MERGE
from toujiao.models.resolve import ADAPTER_CONFIG, ADAPTER_WEIGHTS, adapter_config

REQUIRED = (ADAPTER_CONFIG, ADAPTER_WEIGHTS, "tokenizer.json", "tokenizer_config.json")


@dataclass(frozen=True)
class Adapter:
    """What a card says about an adapter: its settings and its weights."""

    config: dict[str, Any]
    sha256: str
    parameters: int
    gguf: str | None
    """A LoRA GGUF that lies beside the weights."""

    @property
    def base(self) -> str:
        """The base that PEFT wrote down: a name on the Hub or a folder."""
        return str(self.config.get("base_model_name_or_path"))

    @property
    def vllm_rank(self) -> int | None:
        """The value of vLLM's --max-lora-rank; None when the rank is too large for vLLM."""
        ranks = [int(self.config.get("r") or 0), *(self.config.get("rank_pattern") or {}).values()]
        return next((allowed for allowed in VLLM_RANKS if allowed >= max(ranks)), None)


def read_adapter(folder: Path) -> Adapter:
    """The adapter in a folder; one that is not whole, not plain or does nothing is refused."""
    if missing := [name for name in REQUIRED if not (folder / name).is_file()]:
        raise ToujiaoError(f"{folder} 里缺少 {'、'.join(missing)}。请先运行 toujiao train sft。")
    # What cannot be merged is more than a plain LoRA, or nothing at all; rsLoRA loads everywhere,
    # and in some programs at another strength than it was trained for.
    findings = lint(folder).findings
    faults = [f.message for f in findings if MERGE in f.stops or f.code == "rslora"]
    weights, parameters = folder / ADAPTER_WEIGHTS, 0
    with safe_open(weights, framework="numpy") as tensors:
        for name in tensors.keys():  # noqa: SIM118 (no mapping)
            parameters += math.prod(tensors.get_slice(name).get_shape())
            if not is_lora_weight(name):
                faults.append(f"{name} 不是 LoRA 权重")
    if faults:
        raise ToujiaoError(
            f"{folder} 还不能发布：{'；'.join(dict.fromkeys(faults))}。只有普通 LoRA 才能到处加载，"
            f"请运行 toujiao models lint {folder} 看怎样修，或重新训练。"
        )
    gguf = sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*.gguf"))
    return Adapter(adapter_config(folder), sha256(weights), parameters, next(iter(gguf), None))
