"""Is an adapter a plain LoRA that does something, and does it fit its base? Everything that is not so."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from toujiao.errors import ToujiaoError
from toujiao.files import read_json
from toujiao.models.lora import Contents, check_numbers, sort_tensors, strength
from toujiao.models.pickled import PICKLED
from toujiao.models.portability_rules import Finding, finding, special_settings
from toujiao.models.resolve import ADAPTER_WEIGHTS, adapter_config
from toujiao.models.shards import FLOATS, Piece, read_pieces, read_shards

EMBEDDING, HEAD = "model.embed_tokens.weight", "lm_head.weight"


@dataclass(frozen=True)
class Adapter:
    """The settings and tensors of a PEFT folder, and what is to be said about them."""

    folder: Path
    config: Mapping[str, Any]
    contents: Contents
    findings: tuple[Finding, ...]


def read_adapter(folder: Path, base: Path | None) -> Adapter:
    """Look at the adapter in a PEFT folder, and at the base in `base` where it is at hand.

    ToujiaoError when a file is damaged.
    """
    config = adapter_config(folder)
    findings = list(special_settings(config))
    path = folder / ADAPTER_WEIGHTS
    if not path.is_file():
        findings.append(finding("pickle" if (folder / PICKLED).is_file() else "weights"))
        return Adapter(folder, config, Contents(), tuple(findings))
    contents = sort_tensors(read_pieces(path))
    findings += [*_names(contents, base), *_values(contents)]
    if config.get("peft_type") == "LORA":
        check_numbers(config, folder)
        findings += _settings(contents, config)
    if base:
        findings += _fit(contents, config, base)
    return Adapter(folder, config, contents, tuple(findings))


def plain_lora(folder: Path, base: Path, way: str) -> Adapter:
    """The adapter in a PEFT folder; ToujiaoError says what stands in this way (MERGE, GGUF)."""
    adapter = read_adapter(folder, base)
    for found in adapter.findings:
        if way in found.stops:
            fix = f"可以试试 toujiao models lint {folder} --fix 新文件夹"
            todo = fix if found.fixable else found.remedy
            raise ToujiaoError(f"{folder}：{found.message}。{f'{todo}。' if todo else ''}")
    return adapter


def _names(contents: Contents, base: Path | None) -> Iterator[Finding]:
    """Names that are not PEFT's, tensors that are no LoRA, halves that are missing."""
    if any(module.fused for module in contents.modules.values()):
        yield finding("qwen1", base=base or "底座文件夹")
        return
    if contents.wrong:
        # PEFT itself passes over the name of its usual adapter.
        known = all(n.replace(".default", "") == right for n, right in contents.wrong.items())
        values = {"count": len(contents.wrong), "name": next(iter(contents.wrong))}
        yield finding("default_name" if known else "names", **values)
    if contents.strange:
        yield finding("tensors", name=next(iter(contents.strange)))
    if not contents.modules:
        yield finding("empty")
    half = [module.name for module in contents.modules.values() if not module.whole]
    if half:
        yield finding("pair", module=half[0])


def _values(contents: Contents) -> Iterator[Finding]:
    """Precisions that are no float, NaN and infinity, zeros."""
    idle = []
    for module in contents.modules.values():
        odd = [piece.dtype for piece in module.halves.values() if piece.dtype not in FLOATS]
        if odd:
            yield finding("dtype", module=module.name, dtype=odd[0])
            return
        arrays = [piece.array() for piece in module.halves.values()]
        if not all(np.isfinite(array).all() for array in arrays):
            yield finding("nan", module=module.name)
            return
        if not all(array.any() for array in arrays):
            idle.append(module.name)
    if idle and len(idle) == len(contents.modules):
        yield finding("zeros")
    elif idle:
        yield finding("idle", count=len(idle), module=idle[0])


def _settings(contents: Contents, config: Mapping[str, Any]) -> Iterator[Finding]:
    """Shapes that the settings do not give; adapted embeddings."""
    for module in contents.modules.values():
        rank, _ = strength(config, module.name)
        if not module.has_rank(rank):
            shapes = [piece.shape for piece in module.halves.values()]
            yield finding("rank", module=module.name, shapes=shapes, rank=rank)
            break
    if any(module.embedding for module in contents.modules.values()):
        yield finding("embedding")
    if HEAD.removesuffix(".weight") in contents.modules:
        yield finding("head")


def _fit(contents: Contents, config: Mapping[str, Any], base: Path) -> Iterator[Finding]:
    """Modules that the base has not, or not in this shape; weights that are stored whole."""
    weights = {name: piece for shard in read_shards(base).values() for name, piece in shard.items()}
    touched = {f"{name}.weight": module for name, module in contents.modules.items()}
    if read_json(base / "config.json").get("tie_word_embeddings") and EMBEDDING in weights:
        weights[HEAD] = weights[EMBEDDING]
        if HEAD in touched:
            yield finding("tied")
        if touched.keys() & {EMBEDDING, HEAD} and config.get("ensure_weight_tying"):
            yield finding("both_tied")
    if missing := sorted(touched.keys() - weights.keys()):
        yield finding("modules", count=len(missing), module=missing[0].removesuffix(".weight"))
    pairs = [(module, weights[name]) for name, module in touched.items() if name in weights]
    shapes = [
        finding("shape", module=module.name, shape=module.shape, base=weight.shape)
        for module, weight in pairs
        if module.whole and module.shape != weight.shape
    ]
    dtypes = [
        finding("base_dtype", module=module.name, dtype=weight.dtype)
        for module, weight in pairs
        if weight.dtype not in FLOATS
    ]
    yield from [*shapes[:1], *dtypes[:1]]
    yield from _whole(contents, weights)


def _whole(contents: Contents, weights: Mapping[str, Piece]) -> Iterator[Finding]:
    """PEFT stores embeddings whole when it cannot tell whether the vocabulary was changed."""
    for name, (_, piece) in contents.whole.items():
        if piece.same_as(weights.get(name)):
            yield finding("copy", name=name, megabytes=piece.length / 1e6)
        else:
            yield finding("whole", name=name)
