"""Merges a plain LoRA into the 16-bit weights of its base: a model folder of the same layout.

Reads config, tokenizer and safetensors of the base, a few rows at a time; writes a new folder. The
sum is made in float32 and rounded once, and what the rounding took is measured. Needs no torch.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np

from toujiao.errors import ToujiaoError
from toujiao.models.embeddings import EMBEDDING, HEAD, must_untie, refuse_changed
from toujiao.models.floats import FLOATS, decode, encode
from toujiao.models.json_file import read_json, write_json
from toujiao.models.loading import refuse_qwen1
from toujiao.models.lora import Lora, Module, read_lora
from toujiao.models.merge_files import check_base, copy_settings
from toujiao.models.output import check_new_folder, new_folder
from toujiao.models.resolve import adapter_folder
from toujiao.models.rounding import Rounding
from toujiao.models.shards import INDEX, Piece, Tensor, read_shards, write_pieces

# With less of the change left the merged model is no longer the one that was trained. The share
# that is gone is about the error at the logits, relative to the adapter's effect (measured).
LEAST_KEPT = 0.9
REPORT = "merge.json"
_BUFFER = 1 << 20  # numbers that are added at a time

Shards = dict[Path, dict[str, Piece]]


@dataclass(frozen=True)
class MergeReport:
    """What was merged, and what the rounding to the base's precision took."""

    modules: int
    dtype: str
    """Precision of the merged weights, e.g. BF16."""
    kept: float
    """Share of the change that is left, along its own direction (1 = all of it)."""
    noise: float
    """Size of the rounding error over size of the change, all modules together (0 = none)."""
    worst_noise: float
    worst_module: str
    untied: bool
    """Whether the output layer got weights of its own, because only one of the two was adapted."""

    def lines(self) -> Iterator[str]:
        """The report in a few Chinese lines."""
        yield f"合并了 {self.modules} 层，权重精度 {self.dtype}。"
        yield (
            f"改动保留了 {self.kept:.1%}；舍入误差是改动的 {self.noise:.1%}"
            f"（最差的一层 {self.worst_module}：{self.worst_noise:.1%}）。"
        )
        if self.untied:
            yield "底座的词向量和输出层共用权重，适配器只改了其中一个，所以已经分开存放。"


def merge_adapter(base: Path, adapter: Path, output: Path) -> MergeReport:
    """Write the base in folder `base` with `adapter` (run or PEFT folder) merged in to `output`.

    Memory holds a few rows, not the model. ToujiaoError when the base is quantised, the adapter is
    more than a plain LoRA, does not fit or does nothing, when rounding would keep less
    than `LEAST_KEPT` of the change, or when `output` exists; then nothing is written.
    """
    check_new_folder(output)
    refuse_qwen1(str(base))
    config = read_json(base / "config.json")
    check_base(config, base)
    lora = read_lora(adapter_folder(adapter))
    shards = read_shards(base)
    untied = must_untie(config, lora)
    dtype = _check_fit(lora, shards, bool(config.get("tie_word_embeddings")))
    rounding = Rounding()
    needed = sum(piece.length for shard in shards.values() for piece in shard.values())
    with new_folder(output, needed) as folder:
        copy_settings(base, lora.folder, folder, config, untied)
        _write_weights(shards, lora, folder, untied, rounding)
        report = _report(lora, dtype, untied, rounding)
        write_json(folder / REPORT, asdict(report))
    return report


def _check_fit(lora: Lora, shards: Shards, tied: bool) -> str:
    """The precision of the adapted weights; ToujiaoError when a module fits no weight."""
    pieces = {name: piece for shard in shards.values() for name, piece in shard.items()}
    if tied:
        pieces[HEAD] = pieces[EMBEDDING]
    dtypes = set()
    for module in lora.modules.values():
        weight = pieces.get(f"{module.name}.weight")
        if weight is None:
            raise ToujiaoError(f"{lora.folder} 改的 {module.name} 在底座里没有，请换对应的底座。")
        if weight.shape != module.shape:
            raise ToujiaoError(
                f"{lora.folder} 改的 {module.name} 是 {module.shape}，底座是 {weight.shape}，"
                "请换对应的底座。"
            )
        if weight.dtype not in FLOATS:
            raise ToujiaoError(
                f"底座的 {module.name} 是 {weight.dtype}，量化过的底座不能合并，请换 16 位的原版。"
            )
        dtypes.add(weight.dtype)
    refuse_changed(lora, pieces)
    return "、".join(sorted(dtypes))


@dataclass(frozen=True)
class _Sum:
    """A weight and its change, added in float32 when it is written."""

    weight: Piece
    module: Module
    rounding: Rounding

    @property
    def dtype(self) -> str:
        return self.weight.dtype

    @property
    def shape(self) -> tuple[int, ...]:
        return self.weight.shape

    @property
    def length(self) -> int:
        return self.weight.length

    def chunks(self) -> Iterator[bytes]:
        """The bytes, some rows at a time; the rounding is measured on the way."""
        left, right = self.module.factors()
        count = max(1, _BUFFER // self.shape[1])
        for start in range(0, self.shape[0], count):
            stop = min(start + count, self.shape[0])
            rows = self.weight.rows(start, stop)
            before, change = rows.array(), left[start:stop] @ right
            raw = encode(before + change, self.dtype)
            after = decode(raw, self.dtype).reshape(rows.shape)
            if not np.isfinite(after).all():
                raise ToujiaoError(
                    f"{self.module.name} 合并以后有 NaN 或无穷大，没有写出。请检查适配器的权重。"
                )
            self.rounding.add(self.module.name, change, after - before)
            yield raw


def _write_weights(
    shards: Shards, lora: Lora, folder: Path, untied: bool, rounding: Rounding
) -> None:
    """One merged shard for each of the base, and an index where the base has one."""
    files: dict[str, str] = {}
    total = 0
    for path, pieces in shards.items():
        tensors = dict(_merged(pieces, lora, untied, rounding))
        write_pieces(folder / path.name, tensors)
        files |= dict.fromkeys(tensors, path.name)
        total += sum(tensor.length for tensor in tensors.values())
    if (next(iter(shards)).parent / INDEX).is_file():
        index = {"metadata": {"total_size": total}, "weight_map": dict(sorted(files.items()))}
        write_json(folder / INDEX, index)


def _merged(
    pieces: Mapping[str, Piece], lora: Lora, untied: bool, rounding: Rounding
) -> Iterator[tuple[str, Tensor]]:
    for name, piece in pieces.items():
        if untied and name == HEAD:
            continue  # a tied base does not use it
        yield name, _sum(name, piece, lora, rounding)
        if untied and name == EMBEDDING:
            yield HEAD, _sum(HEAD, piece, lora, rounding)


def _sum(name: str, piece: Piece, lora: Lora, rounding: Rounding) -> Tensor:
    module = lora.modules.get(name.removesuffix(".weight")) if name.endswith(".weight") else None
    return _Sum(piece, module, rounding) if module else piece


def _report(lora: Lora, dtype: str, untied: bool, rounding: Rounding) -> MergeReport:
    if not rounding.effective:
        raise ToujiaoError(
            f"适配器 {lora.folder} 的权重乘起来全是零，合并了也不起作用，请重新训练。"
        )
    if rounding.kept < LEAST_KEPT:
        raise ToujiaoError(
            f"合并以后只保留 {rounding.kept:.0%} 的改动（至少要 {LEAST_KEPT:.0%}）："
            f"改动太小，{dtype} 存不下。请不要合并，和底座一起加载适配器，"
            "或用 toujiao models gguf --adapter 另存。"
        )
    module, noise = rounding.worst
    return MergeReport(
        modules=len(lora.modules),
        dtype=dtype,
        kept=rounding.kept,
        noise=rounding.noise,
        worst_noise=noise,
        worst_module=module,
        untied=untied,
    )
