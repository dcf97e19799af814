"""Looks into an adapter folder without torch: is it a plain LoRA, and does it do anything?"""

from __future__ import annotations

import math
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from toujiao.errors import ToujiaoError
from toujiao.models.portability_rules import special_settings
from toujiao.models.portability_weights import check_halves, check_names, check_values, pairs_of
from toujiao.models.shards import read_pieces
from toujiao.models.tensor_names import lora_name
from toujiao.publish.run import read_json
from toujiao.publish.sums import sha256_of

CONFIG, WEIGHTS = "adapter_config.json", "adapter_model.safetensors"


@dataclass(frozen=True)
class AdapterFacts:
    """What the card says about the weights."""

    sha256: str
    parameters: int
    tensors: int
    effective: bool
    """False: every module multiplies to zero, the adapter changes nothing."""


def read_config(folder: Path) -> dict[str, Any]:
    """adapter_config.json as a dictionary."""
    config = read_json(folder / CONFIG)
    if not isinstance(config, dict):
        raise ToujiaoError(f"{folder / CONFIG} 不是一个 JSON 对象，请重新训练。")
    return config


def config_problems(config: dict[str, Any]) -> list[str]:
    """Why this is no plain LoRA, or would run at the wrong strength; empty when all is well."""
    problems = [f"{CONFIG}：{finding.message}" for finding in special_settings(config)]
    if config.get("use_rslora"):
        problems.append(f"{CONFIG} 的 use_rslora 是 true，有的程序会用错强度")
    return [f"{problem}；只有普通 LoRA 才能到处加载" for problem in problems]


def inspect_weights(path: Path) -> AdapterFacts:
    """Count the parameters and see whether the adapter has an effect; a damaged file is refused."""
    pieces = read_pieces(path)
    if strange := [name for name in pieces if lora_name(name) is None]:
        raise ToujiaoError(f"{path} 里的 {strange[0]} 不是 LoRA 权重，请重新导出适配器。")
    pairs = pairs_of(pieces)
    findings = [*check_halves(pairs), *check_names(pieces, ""), *check_values(pairs)]
    effective = all(finding.code != "zeros" for finding in findings)
    for finding in findings:
        if finding.stops and finding.code != "zeros":
            raise ToujiaoError(f"{path}：{finding.message}，请重新导出适配器。")
    return AdapterFacts(
        sha256=sha256_of(path),
        parameters=sum(math.prod(piece.shape) for piece in pieces.values()),
        tensors=len(pieces),
        effective=effective,
    )
