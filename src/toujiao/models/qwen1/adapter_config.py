"""adapter_config.json of a LoRA on Qwen-1: read the way PEFT reads it, written for Qwen2."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from toujiao.errors import ToujiaoError
from toujiao.files import read_json
from toujiao.models.lora import by_pattern, check_numbers
from toujiao.models.portability_rules import special_settings

_READ = {
    "alpha_pattern", "bias", "exclude_modules", "init_lora_weights", "layers_pattern",
    "layers_to_transform", "lora_alpha", "modules_to_save", "peft_type", "r", "rank_pattern",
    "target_modules", "use_dora", "use_rslora",
}  # fmt: skip
# Keys that change nothing in a finished plain LoRA: bookkeeping, and settings of starting values.
_WITHOUT_EFFECT = {
    "auto_mapping", "base_model_name_or_path", "ensure_weight_tying", "eva_config", "inference_mode",
    "loftq_config", "lora_dropout", "megatron_core", "peft_version", "qalora_group_size",
    "revision", "runtime_config", "task_type",
}  # fmt: skip
_PATTERN_ERRORS = (re.error, TypeError, AttributeError)


@dataclass(frozen=True)
class AdapterConfig:
    """The settings of a plain LoRA, asked about Qwen-1 layer names."""

    values: Mapping[str, Any]

    def rank(self, path: str) -> int:
        """The rank of one layer."""
        return int(by_pattern(self.values.get("rank_pattern"), path, self.values["r"]))

    def alpha(self, path: str) -> float:
        """The alpha of one layer, as written (5 stays an integer)."""
        patterns = self.values.get("alpha_pattern")
        value: float = by_pattern(patterns, path, self.values["lora_alpha"])
        return value

    def targets(self, path: str, layer: int) -> bool:
        """Whether the settings put a LoRA on this layer."""
        if self._listed("exclude_modules", path):
            return False
        wanted = self.values["target_modules"]
        if isinstance(wanted, str):
            return wanted == "all-linear" or self._listed("target_modules", path)
        return self._listed("target_modules", path) and self._in_chosen_layers(layer)

    def converted(
        self, layers: Mapping[str, tuple[int, float]], count: int, base: str
    ) -> dict[str, Any]:
        """The settings for Qwen2: `layers` gives rank and alpha by new name, `count` the blocks.

        What was chosen by pattern or exclusion is written out, so nothing is left to translate.
        """
        groups: dict[str, list[str]] = defaultdict(list)
        for name in layers:
            groups[name.rpartition(".")[2]].append(name)
        targets: list[str] = []
        ranks: dict[str, int] = {}
        alphas: dict[str, float] = {}
        for short, names in groups.items():
            alike = len(names) == count and len({layers[name] for name in names}) == 1
            targets += [short] if len(names) == count else names
            for key in [short] if alike else names:
                rank, alpha = layers[names[0] if alike else key]
                ranks |= {key: rank} if rank != self.values["r"] else {}
                alphas |= {key: alpha} if alpha != self.values["lora_alpha"] else {}
        return {
            **self.values,
            "alpha_pattern": alphas,
            "auto_mapping": None,
            "base_model_name_or_path": base,
            "eva_config": None,
            "exclude_modules": None,
            "inference_mode": True,
            "init_lora_weights": True,
            "layers_pattern": None,
            "layers_to_transform": None,
            "loftq_config": {},
            "rank_pattern": ranks,
            "revision": None,
            "target_modules": sorted(targets),
        }

    def _listed(self, key: str, path: str) -> bool:
        wanted = self.values.get(key)
        if not wanted:
            return False
        if isinstance(wanted, str):
            return re.fullmatch(wanted, path) is not None
        return any(path == name or path.endswith(f".{name}") for name in wanted)

    def _in_chosen_layers(self, layer: int) -> bool:
        chosen = self.values.get("layers_to_transform")
        if chosen is None or chosen == []:
            return True
        pattern = self.values.get("layers_pattern") or ["h"]
        pattern = [pattern] if isinstance(pattern, str) else pattern
        return "h" in pattern and layer in ([chosen] if isinstance(chosen, int) else chosen)


def read_adapter_config(folder: Path) -> AdapterConfig:
    """The settings of a plain LoRA; ToujiaoError for anything that more than renaming would need."""
    values = read_json(folder / "adapter_config.json")
    _check_kind(values, folder)
    unknown = sorted(k for k in values.keys() - _READ - _WITHOUT_EFFECT if values[k])
    if unknown:
        raise ToujiaoError(f"{folder}：设置 {unknown[0]} = {values[unknown[0]]} 不能准确转换。")
    check_numbers(values, folder)
    config = AdapterConfig(values)
    try:
        config.targets("x", 0)
    except _PATTERN_ERRORS as error:
        raise ToujiaoError(f"{folder}：设置里的名字规则写法有误（{error}）。") from error
    return config


def _check_kind(values: Mapping[str, Any], where: Path) -> None:
    for found in special_settings(values):
        if found.stops:
            raise ToujiaoError(f"{where} 不能准确转换，只转换普通 LoRA：{found.message}。")
    if not values.get("target_modules"):
        raise ToujiaoError(f"{where}：没有写 target_modules，不知道哪些层装了 LoRA。")
