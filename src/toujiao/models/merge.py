"""Merges a plain LoRA into the 16-bit weights of its base: a model folder of the same layout.

Reads config, tokenizer and safetensors of the base, a few rows at a time; writes a new folder. The
sum is made in float32 and rounded once, and what the rounding took is measured. Needs no torch.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path

from toujiao.models.floats import decode, encode
from toujiao.models.json_file import write_json
from toujiao.models.merge_files import write_settings
from toujiao.models.output import check_new_folder, new_folder
from toujiao.models.rounding import Rounding, RoundingReport
from toujiao.models.shards import INDEX, Tensor, write_pieces
from toujiao.models.weights import Merged, Weight, Weights, blocks, open_weights

REPORT = "merge.json"


@dataclass(frozen=True)
class MergeReport:
    """What was merged, and what the rounding to the base's precision took."""

    modules: int
    dtype: str
    """Precision of the merged weights, e.g. BF16."""
    rounding: RoundingReport
    untied: bool
    """Whether the output layer got weights of its own, because only one of the two was adapted."""

    def lines(self) -> Iterator[str]:
        """The report in a few Chinese lines."""
        yield f"合并了 {self.modules} 层，权重精度 {self.dtype}。"
        yield self.rounding.line()
        if self.untied:
            yield "底座的词向量和输出层共用权重，适配器只改了其中一个，所以已经分开存放。"


def merge_adapter(base: Path, adapter: Path, output: Path) -> MergeReport:
    """Write the base in folder `base` with `adapter` (run or PEFT folder) merged in to `output`.

    Memory holds a few rows, not the model. ToujiaoError when the base is quantised, the adapter is
    more than a plain LoRA, does not fit or does nothing, when too little of the change would be
    left (`rounding.LEAST_KEPT`), or when `output` exists; then nothing is written.
    """
    check_new_folder(output)
    weights = open_weights(base, adapter)
    rounding = Rounding()
    with new_folder(output, weights.size) as folder:
        write_settings(weights, folder)
        _write_weights(weights, folder, rounding)
        report = _report(weights, rounding)
        write_json(folder / REPORT, asdict(report))
    return report


@dataclass(frozen=True)
class _Rounded:
    """A merged weight, added and rounded when it is written."""

    weight: Merged
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
        for start, stop in blocks(self.weight):
            rows = self.weight.values(start, stop)
            raw = encode(rows, self.dtype)
            after = decode(raw, self.dtype).reshape(rows.shape)
            self.rounding.add(self.weight, start, stop, after)
            yield raw


def _write_weights(weights: Weights, folder: Path, rounding: Rounding) -> None:
    """One merged file for each of the base, and an index where the base has one."""
    names: dict[str, str] = {}
    for path, file in weights.files.items():
        tensors = {name: _to_write(weight, rounding) for name, weight in file.items()}
        write_pieces(folder / path.name, tensors)
        names |= dict.fromkeys(tensors, path.name)
    if (weights.folder / INDEX).is_file():
        index = {
            "metadata": {"total_size": weights.size},
            "weight_map": dict(sorted(names.items())),
        }
        write_json(folder / INDEX, index)


def _to_write(weight: Weight, rounding: Rounding) -> Tensor:
    return _Rounded(weight, rounding) if isinstance(weight, Merged) else weight


def _report(weights: Weights, rounding: Rounding) -> MergeReport:
    merged = [w for file in weights.files.values() for w in file.values() if isinstance(w, Merged)]
    dtype = "、".join(sorted({weight.dtype for weight in merged}))
    return MergeReport(len(merged), dtype, rounding.report(dtype), weights.untied)
