"""Merges a plain LoRA into the 16-bit weights of its base: a model folder of the same layout.

Reads config, tokenizer and safetensors of the base, one shard at a time; writes a new folder. The
sum is made in float32 and rounded once, and what the rounding took is measured.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from toujiao.errors import ToujiaoError, missing_extra
from toujiao.models.json_file import read_json, write_json
from toujiao.models.loading import refuse_qwen1
from toujiao.models.lora import Module, read_lora
from toujiao.models.merge_files import check_base, copy_settings
from toujiao.models.output import check_new_folder, new_folder
from toujiao.models.resolve import adapter_folder
from toujiao.models.shards import FLOATS, INDEX, Piece, read_shards
from toujiao.models.tied import EMBEDDING, HEAD, must_untie

if TYPE_CHECKING:
    import torch

# Past this share of the change the merged model is no longer the one that was trained.
MOST_LOST = 0.5
REPORT = "merge.json"

Shards = dict[Path, dict[str, Piece]]


@dataclass(frozen=True)
class MergeReport:
    """What was merged, and what the rounding to the base's precision took."""

    base: str
    adapter: str
    modules: int
    dtype: str
    """Precision of the merged weights, e.g. BF16."""
    lost: float
    """Size of the rounding error over the size of the change, all modules together (0 = nothing)."""
    worst_lost: float
    worst_module: str
    kept: float
    """Length of the change along its own direction that is left (1 = all of it)."""
    untied: bool
    """Whether the output layer got weights of its own, because only one of the two was adapted."""

    def lines(self) -> Iterator[str]:
        """The report in a few Chinese lines."""
        yield f"合并了 {self.modules} 层，权重精度 {self.dtype}。"
        yield (
            f"舍入误差占改动的 {self.lost:.1%}（最差的一层 {self.worst_module}：{self.worst_lost:.1%}），"
            f"改动保留了 {self.kept:.1%}。"
        )
        if self.untied:
            yield "底座的词向量和输出层共用权重，适配器只改了其中一个，所以已经分开存放。"


class _Rounding:
    """Adds up how much of the change each rounding took."""

    def __init__(self) -> None:
        self.errors: dict[str, tuple[float, float, float]] = {}

    def add(self, name: str, change: torch.Tensor, written: torch.Tensor) -> None:
        """`change` as computed and as it stands in the rounded weight, both float32."""
        error = (written - change).double()
        wide = change.double()
        self.errors[name] = (
            float((error * error).sum()),
            float((wide * wide).sum()),
            float((written.double() * wide).sum()),
        )

    def lost(self) -> float:
        """Norm of the error over norm of the change."""
        errors, changes, _ = map(sum, zip(*self.errors.values(), strict=True))
        return float((errors / changes) ** 0.5)

    def kept(self) -> float:
        """Projection of what is written onto the change, over the change."""
        _, changes, products = map(sum, zip(*self.errors.values(), strict=True))
        return float(products / changes)

    def worst(self) -> tuple[str, float]:
        """The module that lost the largest share of its change; one without change loses none."""
        shares = {n: (e / c) ** 0.5 if c else 0.0 for n, (e, c, _) in self.errors.items()}
        name = max(shares, key=lambda name: shares[name])
        return name, shares[name]


def merge_adapter(base: Path, adapter: Path, output: Path) -> MergeReport:
    """Write the base in folder `base` with `adapter` (run or PEFT folder) merged in to `output`.

    Memory holds one shard. ToujiaoError when the base is quantised, the adapter is more than a
    plain LoRA, does not fit or does nothing, when rounding would lose more than `MOST_LOST` of the
    change, or when `output` exists; then nothing is written.
    """
    check_new_folder(output)
    refuse_qwen1(str(base))
    config = read_json(base / "config.json")
    check_base(config, base)
    adapter = adapter_folder(adapter)
    modules = read_lora(adapter)
    shards = read_shards(base)
    untied = must_untie(config, modules, adapter)
    dtype = _check_fit(modules, shards, config, adapter)
    rounding = _Rounding()
    needed = sum(piece.length for shard in shards.values() for piece in shard.values())
    with new_folder(output, needed) as folder:
        copy_settings(base, adapter, folder, config, untied)
        _write_weights(shards, modules, folder, untied, rounding)
        report = _report(base, adapter, dtype, untied, rounding)
        write_json(folder / REPORT, asdict(report))
    return report


def _check_fit(
    modules: Mapping[str, Module], shards: Shards, config: Mapping[str, Any], adapter: Path
) -> str:
    """The precision of the adapted weights; ToujiaoError when a module fits no weight."""
    pieces = {name: piece for shard in shards.values() for name, piece in shard.items()}
    if config.get("tie_word_embeddings") and EMBEDDING in pieces:
        pieces[HEAD] = pieces[EMBEDDING]
    dtypes = set()
    for module in modules.values():
        weight = pieces.get(f"{module.name}.weight")
        if weight is None:
            raise ToujiaoError(f"{adapter} 改的 {module.name} 在底座里没有，请换对应的底座。")
        if weight.shape != module.shape:
            raise ToujiaoError(
                f"{adapter} 改的 {module.name} 是 {module.shape}，底座是 {weight.shape}，"
                "请换对应的底座。"
            )
        if weight.dtype not in FLOATS:
            raise ToujiaoError(
                f"底座的 {module.name} 是 {weight.dtype}，量化过的底座不能合并，请换 16 位的原版。"
            )
        dtypes.add(weight.dtype)
    return "、".join(sorted(dtypes))


def _write_weights(
    shards: Shards, modules: Mapping[str, Module], folder: Path, untied: bool, rounding: _Rounding
) -> None:
    """One merged shard for each of the base, and an index where the base has one."""
    try:
        import torch
    except ImportError as error:
        raise missing_extra("torch", "train") from error
    from safetensors.torch import save_file

    files: dict[str, str] = {}
    total = 0
    with torch.no_grad():
        for path, pieces in shards.items():
            weights = dict(_merged(path, pieces, modules, untied, rounding))
            save_file(weights, folder / path.name, metadata={"format": "pt"})
            # The library gives its files to the owner alone.
            shutil.copymode(folder / "config.json", folder / path.name)
            files |= dict.fromkeys(weights, path.name)
            total += sum(weight.nbytes for weight in weights.values())
    if len(shards) > 1 or (next(iter(shards)).parent / INDEX).is_file():
        index = {"metadata": {"total_size": total}, "weight_map": dict(sorted(files.items()))}
        write_json(folder / INDEX, index)


def _merged(
    path: Path,
    pieces: Mapping[str, Piece],
    modules: Mapping[str, Module],
    untied: bool,
    rounding: _Rounding,
) -> Iterator[tuple[str, torch.Tensor]]:
    from safetensors import safe_open

    with safe_open(path, framework="pt") as opened:
        for name in pieces:
            if untied and name == HEAD:
                continue  # a tied base does not use it
            weight = opened.get_tensor(name)
            yield name, _sum(name, weight, modules, rounding)
            if untied and name == EMBEDDING:
                yield HEAD, _sum(HEAD, weight, modules, rounding).clone()


def _sum(
    name: str, weight: torch.Tensor, modules: Mapping[str, Module], rounding: _Rounding
) -> torch.Tensor:
    """The weight with its change, in the precision it had; float32 in between."""
    import torch

    module = modules.get(name.removesuffix(".weight")) if name.endswith(".weight") else None
    if module is None:
        return weight
    wide = weight.to(torch.float32)
    change = delta(module)
    rounded = (wide + change).to(weight.dtype)
    if not bool(torch.isfinite(rounded).all()):
        raise ToujiaoError(f"{name} 合并以后有 NaN 或无穷大，没有写出。请检查适配器的权重。")
    rounding.add(module.name, change, rounded.to(torch.float32) - wide)
    return rounded


def delta(module: Module) -> torch.Tensor:
    """scale * B @ A in float32, in the shape of the weight."""
    import torch
    from safetensors import safe_open

    with safe_open(module.a.path, framework="pt") as opened:
        a, b = (opened.get_tensor(name).to(torch.float32) for name in module.names)
    change = module.scale * (b @ a)
    return change.T if module.embedding else change


def _report(
    base: Path, adapter: Path, dtype: str, untied: bool, rounding: _Rounding
) -> MergeReport:
    if not any(change for _, change, _ in rounding.errors.values()):
        raise ToujiaoError(f"适配器 {adapter} 的权重乘起来全是零，合并了也不起作用，请重新训练。")
    lost = rounding.lost()
    worst_module, worst_lost = rounding.worst()
    if lost > MOST_LOST:
        raise ToujiaoError(
            f"合并会让适配器的改动损失 {lost:.0%}（最多允许 {MOST_LOST:.0%}）：改动太小，{dtype} 存不下。"
            "请不要合并，和底座一起加载适配器，或用 toujiao models gguf --adapter 另存。"
        )
    return MergeReport(
        base=str(base),
        adapter=str(adapter),
        modules=len(rounding.errors),
        dtype=dtype,
        lost=lost,
        worst_lost=worst_lost,
        worst_module=worst_module,
        kept=rounding.kept(),
        untied=untied,
    )
