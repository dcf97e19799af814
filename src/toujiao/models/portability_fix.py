"""Repairs what can be repaired about an adapter without training: an equal, plain LoRA.

Reads a run or PEFT folder (and its base, or the adapter as it was before training); writes a new
PEFT folder.
"""

from __future__ import annotations

import shutil
from collections import Counter
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from toujiao.errors import ToujiaoError
from toujiao.models.changed_base import without_the_start
from toujiao.models.json_file import write_json
from toujiao.models.lora import strength
from toujiao.models.output import check_new_folder, new_folder
from toujiao.models.pickled import PICKLED, copy_pickled
from toujiao.models.portability import lint
from toujiao.models.portability_rules import MERGE, Finding
from toujiao.models.resolve import (
    ADAPTER_CONFIG,
    ADAPTER_WEIGHTS,
    adapter_config,
    adapter_folder,
    is_hub_id,
    local_base,
)
from toujiao.models.shards import Tensor, read_pieces, write_pieces
from toujiao.models.tensor_names import lora_name, whole_name

# Settings of starting values and of where the training ran; they mean nothing afterwards.
_WITHOUT_EFFECT = ("eva_config", "corda_config", "lora_ga_config", "runtime_config")


def repair(
    adapter: Path, output: Path, base: str | None = None, initial: Path | None = None
) -> Iterator[str]:
    """Write a repaired copy of an adapter to the new folder `output`; yields what was done.

    `base` is a folder (to compute from) or a Hub id (to write down), `initial` the adapter as it
    was saved before training. ToujiaoError when there is nothing to repair, or something that
    cannot be; then nothing is written.
    """
    check_new_folder(output)
    folder = adapter_folder(adapter)
    findings = _repairable(adapter, base)
    config = dict(adapter_config(folder))
    named = base or str(config.get("base_model_name_or_path") or "")
    needed = sum(path.stat().st_size for path in folder.glob("*") if path.is_file())
    with new_folder(output, 2 * needed) as new:
        tensors = _tensors(folder, new.parent, drop_whole="copy" in findings)
        if "changed_base" in findings:
            changes = without_the_start(tensors, config, local_base(named), initial)
            config |= plain_settings(config, {n: (c.rank, c.scale) for n, c in changes.items()})
            tensors |= {name: half for change in changes.values() for name, half in change.named()}
        elif "rslora" in findings:
            strengths = {name: strength(config, name) for name in _modules(tensors)}
            config |= plain_settings(config, {n: (s[0], s[2]) for n, s in strengths.items()})
        config |= {key: None for key in _WITHOUT_EFFECT if key in config}
        config["init_lora_weights"] = True
        old = str(config.get("base_model_name_or_path") or "")
        if base and is_hub_id(base):
            config["base_model_name_or_path"] = base
        write_pieces(new / ADAPTER_WEIGHTS, tensors)
        write_json(new / ADAPTER_CONFIG, config)
        _copy_rest(folder, new, old, str(config["base_model_name_or_path"]))
    for finding in findings.values():
        if finding.code != "base" or (base and is_hub_id(base)):
            yield f"已修：{finding.message}"
    yield f"已写入 {output}"


def plain_settings(
    config: Mapping[str, Any], modules: Mapping[str, tuple[int, float]]
) -> dict[str, Any]:
    """The settings that give each module its (rank, scale) by alpha / rank alone."""
    alphas = {name: _tidy(scale * rank) for name, (rank, scale) in modules.items()}
    rank = Counter(rank for rank, _ in modules.values()).most_common(1)[0][0]
    alpha = Counter(alphas.values()).most_common(1)[0][0]
    return {
        "use_rslora": False,
        "r": rank,
        "lora_alpha": alpha,
        "rank_pattern": {name: own for name, (own, _) in modules.items() if own != rank},
        "alpha_pattern": {name: own for name, own in alphas.items() if own != alpha},
    }


def _tidy(alpha: float) -> float:
    """16 instead of 15.999999999999998; other numbers as they are."""
    return round(alpha) if abs(alpha - round(alpha)) < 1e-9 * alpha else alpha


def _repairable(adapter: Path, base: str | None) -> dict[str, Finding]:
    """What is to be repaired, by code; ToujiaoError when that is not all or nothing."""
    findings = lint(adapter, base).findings
    hopeless = [f.message for f in findings if MERGE in f.stops and not f.fixable]
    if hopeless:
        raise ToujiaoError(f"{adapter} 修不了：{'；'.join(hopeless)}。")
    found = {finding.code: finding for finding in findings if finding.fixable}
    if not set(found) - (set() if base and is_hub_id(base) else {"base"}):
        raise ToujiaoError(f"{adapter} 没有 --fix 能修的地方。")
    return found


def _tensors(folder: Path, scratch: Path, drop_whole: bool) -> dict[str, Tensor]:
    """The tensors by the names that PEFT gives them."""
    path = folder / ADAPTER_WEIGHTS
    if not path.is_file():
        path = scratch / ADAPTER_WEIGHTS
        copy_pickled(folder / PICKLED, path)
    tensors: dict[str, Tensor] = {}
    for name, piece in read_pieces(path).items():
        parsed = lora_name(name)
        if parsed is None and drop_whole and whole_name(name):
            continue
        known = parsed.canonical if parsed else name
        if known in tensors:
            raise ToujiaoError(f"{path} 里有两个张量都是 {known}，修不了。")
        tensors[known] = piece
    return tensors


def _modules(tensors: Mapping[str, Tensor]) -> list[str]:
    return sorted({parsed.module for name in tensors if (parsed := lora_name(name))})


def _copy_rest(folder: Path, new: Path, old_base: str, new_base: str) -> None:
    """Tokenizer, template, licence and card; a path of this machine in the card is replaced."""
    for path in folder.iterdir():
        if path.is_file() and path.name not in (ADAPTER_CONFIG, ADAPTER_WEIGHTS, PICKLED):
            shutil.copyfile(path, new / path.name)
    card = new / "README.md"
    if card.is_file() and old_base and old_base != new_base and not is_hub_id(old_base):
        text = card.read_text(encoding="utf-8")
        card.write_text(text.replace(old_base, new_base), encoding="utf-8")
