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
from toujiao.files import read_json, write_json
from toujiao.models.lora import sort_tensors, strength
from toujiao.models.output import check_new_folder, new_folder
from toujiao.models.pickled import PICKLED, copy_pickled
from toujiao.models.portability import lint
from toujiao.models.portability_rules import FROM_THE_BASE, MERGE, Finding
from toujiao.models.quiet import quiet_libraries
from toujiao.models.resolve import (
    ADAPTER_CONFIG,
    ADAPTER_WEIGHTS,
    adapter_folder,
    is_hub_id,
    local_base,
)
from toujiao.models.shards import Piece, read_pieces, write_pieces

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
    named = base if base and is_hub_id(base) else None
    findings = _repairable(adapter, base, named)
    needed = sum(path.stat().st_size for path in folder.glob("*") if path.is_file())
    with new_folder(output, 2 * needed) as new:
        for path in folder.iterdir():
            if path.is_file() and path.name not in (ADAPTER_WEIGHTS, PICKLED):
                shutil.copyfile(path, new / path.name)
        pieces = _tensors(folder, new.parent, drop_copies="copy" in findings)
        write_pieces(new / ADAPTER_WEIGHTS, pieces)
        old = str(read_json(new / ADAPTER_CONFIG).get("base_model_name_or_path") or "")
        if "changed_base" in findings:
            _subtract_start(new, base or old, initial)
        _write_settings(new, old, named)
    for found in findings.values():
        yield f"已修：{found.message}"
    yield f"已写入 {output}"


def _repairable(adapter: Path, base: str | None, named: str | None) -> dict[str, Finding]:
    """What is to be repaired, by code; ToujiaoError when that is not all or nothing."""
    findings = lint(adapter, base).findings
    hopeless = [found.message for found in findings if MERGE in found.stops and not found.fixable]
    if hopeless:
        raise ToujiaoError(f"{adapter} 修不了：{'；'.join(hopeless)}。")
    found = {f.code: f for f in findings if f.fixable and (named or f.code != "base")}
    if not found:
        raise ToujiaoError(f"{adapter} 没有 --fix 能修的地方。")
    return found


def _tensors(folder: Path, scratch: Path, drop_copies: bool) -> dict[str, Piece]:
    """The tensors by the names that PEFT gives them."""
    path = folder / ADAPTER_WEIGHTS
    if not path.is_file():
        path = scratch / ADAPTER_WEIGHTS
        copy_pickled(folder / PICKLED, path)
    contents = sort_tensors(read_pieces(path))
    if contents.twice:
        raise ToujiaoError(f"{path} 里有两个张量都是 {contents.twice[0]}，修不了。")
    whole = {} if drop_copies else dict(contents.whole.values())
    halves = {
        module.tensor_name(half): piece
        for module in contents.modules.values()
        for half, piece in module.halves.items()
    }
    return halves | whole | contents.strange


def _subtract_start(adapter: Path, base: str, initial: Path | None) -> None:
    """PEFT's own conversion: against the untouched base, the change is B @ A - B0 @ A0.

    That is a LoRA of twice the rank. A0 and B0 come from `initial`, else again from the base.
    """
    quiet_libraries()
    import torch
    from peft import LoraConfig, PeftModel, get_peft_model
    from transformers import AutoModelForCausalLM

    config, folder = LoraConfig.from_pretrained(adapter), local_base(base)
    if initial is None and config.init_lora_weights not in FROM_THE_BASE:
        raise ToujiaoError(
            f"初始化是 {config.init_lora_weights}，训练前的那一份重算不出来，"
            "请用 --initial 给出训练前存下的适配器。"
        )
    if folder is None:
        raise ToujiaoError(f"底座 {base or '（没有写）'} 不在本机，请用 --base 指定底座文件夹。")

    def untouched() -> Any:
        return AutoModelForCausalLM.from_pretrained(
            folder, dtype=torch.float32, use_safetensors=True
        )

    start = adapter.parent / "start"
    if initial is None:
        get_peft_model(untouched(), config).save_pretrained(start)
    else:
        start.mkdir()
        pieces = read_pieces(adapter_folder(initial) / ADAPTER_WEIGHTS)
        write_pieces(start / ADAPTER_WEIGHTS, pieces)
        shutil.copyfile(adapter_folder(initial) / ADAPTER_CONFIG, start / ADAPTER_CONFIG)
    # As a plain start, or PEFT would take it out of the base a second time.
    plain_start = read_json(start / ADAPTER_CONFIG) | {"init_lora_weights": True}
    write_json(start / ADAPTER_CONFIG, plain_start)
    plain = adapter.parent / "plain"  # where PEFT may write its card, which names local paths
    try:
        trained = PeftModel.from_pretrained(untouched(), adapter)
        trained.save_pretrained(plain, path_initial_model_for_weight_conversion=str(start))
    except (ValueError, RuntimeError) as error:
        raise ToujiaoError(
            f"训练前的适配器对不上（{str(error).splitlines()[0]}），请检查 --initial 或 --base。"
        ) from error
    for name in (ADAPTER_WEIGHTS, ADAPTER_CONFIG):
        shutil.copyfile(plain / name, adapter / name)


def _write_settings(new: Path, old_base: str, named: str | None) -> None:
    """rsLoRA as a plain alpha, no starting values, the base's public name; also in the card."""
    config = read_json(new / ADAPTER_CONFIG) | {"init_lora_weights": True}
    config |= {key: None for key in _WITHOUT_EFFECT if key in config}
    if config.get("use_rslora"):
        config |= _plain_alpha(
            config, list(sort_tensors(read_pieces(new / ADAPTER_WEIGHTS)).modules)
        )
    config["base_model_name_or_path"] = named or old_base or None
    write_json(new / ADAPTER_CONFIG, config)
    card = new / "README.md"
    if card.is_file() and old_base and named and not is_hub_id(old_base):
        text = card.read_text(encoding="utf-8")
        card.write_text(text.replace(old_base, named), encoding="utf-8")


def _plain_alpha(config: Mapping[str, Any], modules: list[str]) -> dict[str, Any]:
    """The settings that give each module its strength by alpha / rank alone."""
    alphas = {}
    for module in modules:
        rank, scale = strength(config, module)
        alphas[module] = round(scale * rank, 9)
    alpha = Counter(alphas.values()).most_common(1)[0][0]
    others = {name: own for name, own in alphas.items() if own != alpha}
    return {"use_rslora": False, "lora_alpha": alpha, "alpha_pattern": others}
