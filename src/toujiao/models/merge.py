"""Merges a plain LoRA into the 16-bit weights of its base: a model folder of the same layout.

PEFT makes the sum in float32; it is rounded once, to the base's precision, and what the rounding
took is measured. Weights that the adapter does not touch are copied bit for bit.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from toujiao.files import read_json, write_json
from toujiao.models.output import check_new_folder, copy_legal, new_folder
from toujiao.models.shards import INDEX
from toujiao.models.template import END_OF_TEXT, TURN_END, inference_template
from toujiao.models.weights import Kept, Merged, Survival, Weight, Weights, merged_weights

REPORT = "merge.json"
_GENERATION = "generation_config.json"
_TOKENIZER_FILES = (
    "tokenizer.json", "tokenizer_config.json", "special_tokens_map.json", "added_tokens.json",
    "vocab.json", "merges.txt",
)  # fmt: skip


@dataclass(frozen=True)
class MergeReport:
    """What was merged, and what the rounding to the base's precision took."""

    modules: int
    dtype: str
    """Precision of the merged weights, e.g. BF16."""
    kept: Kept
    untied: bool
    """Whether the output layer got weights of its own, because only one of the two was adapted."""

    def lines(self) -> Iterator[str]:
        """The report in a few Chinese lines."""
        yield f"合并了 {self.modules} 层，权重精度 {self.dtype}。"
        yield self.kept.line()
        if self.untied:
            yield "底座的词向量和输出层共用权重，适配器只改了其中一个，所以已经分开存放。"


def merge_adapter(base: Path, adapter: Path, output: Path) -> MergeReport:
    """Write the base in folder `base` with `adapter` (run or PEFT folder) merged in to `output`.

    ToujiaoError when the base is quantised, the adapter is more than a plain LoRA, does not fit or
    does nothing, when too little of the change would be left (`weights.LEAST_KEPT`), or when
    `output` exists; then nothing is written.
    """
    check_new_folder(output)
    weights = merged_weights(base, adapter)
    survival = Survival()
    with new_folder(output, weights.size) as folder:
        for path, file in weights.files.items():
            _write_file(path, file, folder / path.name, survival)
        if (base / INDEX).is_file():
            _write_index(weights, folder)
        write_settings(weights, folder)
        report = _report(weights, survival)
        write_json(folder / REPORT, asdict(report))
    return report


def _write_file(path: Path, file: Mapping[str, Weight], target: Path, survival: Survival) -> None:
    """One weight file of the base, with the sums in it."""
    import torch
    from safetensors import safe_open
    from safetensors.torch import save_file

    tensors: dict[str, Any] = {}
    with safe_open(path, framework="pt") as source:
        dtypes = {"F32": torch.float32, "F16": torch.float16, "BF16": torch.bfloat16}
        for name, weight in file.items():
            if not isinstance(weight, Merged):
                tensors[name] = source.get_tensor(name)
                continue
            tensors[name] = torch.from_numpy(weight.sum).to(dtypes[weight.base.dtype])
            survival.add(name, weight, 0, weight.shape[0], tensors[name].float().numpy())
    save_file(tensors, target, {"format": "pt"})


def _write_index(weights: Weights, folder: Path) -> None:
    names = {name: path.name for path, file in weights.files.items() for name in file}
    index = {"metadata": {"total_size": weights.size}, "weight_map": dict(sorted(names.items()))}
    write_json(folder / INDEX, index)


def _report(weights: Weights, survival: Survival) -> MergeReport:
    merged = [w for file in weights.files.values() for w in file.values() if isinstance(w, Merged)]
    dtype = "、".join(sorted({weight.base.dtype for weight in merged}))
    return MergeReport(len(merged), dtype, survival.report(dtype), weights.untied)


def write_settings(weights: Weights, folder: Path) -> None:
    """Write config, generation settings, tokenizer, our chat template and the licence files."""
    write_json(folder / "config.json", weights.config)
    for name in _TOKENIZER_FILES:
        if (weights.tokenizer / name).is_file():
            shutil.copyfile(weights.tokenizer / name, folder / name)
    settings = folder / "tokenizer_config.json"
    if settings.is_file():
        values = read_json(settings)
        values.pop("chat_template", None)  # chat_template.jinja is the one truth
        write_json(settings, values)
    (folder / "chat_template.jinja").write_text(inference_template(), encoding="utf-8")
    _write_generation(weights.folder, folder)
    for source in (weights.folder, weights.adapter):
        if source:
            copy_legal(source, folder)


def _write_generation(base: Path, folder: Path) -> None:
    """The base's sampling, and the ends of our template: else an answer would not stop."""
    path = base / _GENERATION
    values = read_json(path) if path.is_file() else {}
    if (folder / "tokenizer.json").is_file():
        tokens = read_json(folder / "tokenizer.json").get("added_tokens", [])
        ids = {token["content"]: token["id"] for token in tokens}
        if stops := [ids[token] for token in (TURN_END, END_OF_TEXT) if token in ids]:
            values["eos_token_id"] = stops
    if values:
        write_json(folder / _GENERATION, values)
