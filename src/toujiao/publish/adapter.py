"""Looks into an adapter folder without torch: is it a plain LoRA, and does it do anything?"""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from toujiao.errors import ToujiaoError
from toujiao.models.portability_rules import special_settings
from toujiao.publish.run import read_json
from toujiao.publish.sums import sha256_of

CONFIG, WEIGHTS = "adapter_config.json", "adapter_model.safetensors"
# dtype -> (numpy type, all bits but the sign, the exponent): enough to see zero, NaN, infinity.
_BITS = {
    "F16": ("<u2", 0x7FFF, 0x7C00),
    "BF16": ("<u2", 0x7FFF, 0x7F80),
    "F32": ("<u4", 0x7FFFFFFF, 0x7F800000),
    "F64": ("<u8", 0x7FFFFFFFFFFFFFFF, 0x7FF0000000000000),
}
_HALF = re.compile(r"(?P<module>.+)\.lora_(?:embedding_)?(?P<half>[AB])(?:\.weight)?")


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


def read_tensors(path: Path) -> list[tuple[str, dict[str, Any]]]:
    """Name, dtype, shape and raw bytes of every tensor; a broken file is refused."""
    from safetensors import SafetensorError, deserialize

    try:
        return deserialize(path.read_bytes())
    except (SafetensorError, OSError) as error:
        raise ToujiaoError(
            f"{path} 不是完好的 safetensors 文件（{error}），请重新训练。"
        ) from error


def inspect_weights(path: Path) -> AdapterFacts:
    """Count the parameters and see whether the adapter has an effect."""
    halves: dict[str, dict[str, bool]] = {}
    tensors = read_tensors(path)
    for name, tensor in tensors:
        nonzero = _has_values(path, name, tensor)
        match = _HALF.fullmatch(name)
        if match is None:
            raise ToujiaoError(f"{path} 里的 {name} 不是 LoRA 权重，请重新导出适配器。")
        halves.setdefault(match["module"], {})[match["half"]] = nonzero
    for module, pair in halves.items():
        if set(pair) != {"A", "B"}:
            raise ToujiaoError(f"{path} 里的 {module} 缺了 lora_A 或 lora_B，请重新导出适配器。")
    return AdapterFacts(
        sha256=sha256_of(path),
        parameters=sum(int(np.prod(tensor["shape"])) for _, tensor in tensors),
        tensors=len(tensors),
        effective=any(all(pair.values()) for pair in halves.values()),
    )


def _has_values(path: Path, name: str, tensor: dict[str, Any]) -> bool:
    """Whether any number of the tensor is not zero; NaN and infinity are refused."""
    if tensor["dtype"] not in _BITS:
        raise ToujiaoError(
            f"{path} 里的 {name} 是 {tensor['dtype']} 类型，请存成 F16、BF16 或 F32。"
        )
    kind, magnitude, exponent = _BITS[tensor["dtype"]]
    bits = np.frombuffer(tensor["data"], dtype=kind)
    if bool(((bits & exponent) == exponent).any()):
        raise ToujiaoError(f"{path} 里的 {name} 有 NaN 或无穷大，训练没有成功，请重新训练。")
    return bool((bits & magnitude).any())
