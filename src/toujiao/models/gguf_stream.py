"""Streams tensors into a GGUF file: first the list of them, then each in parts, then a new name."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO, Protocol, cast

import numpy as np

from toujiao.files import replacing
from toujiao.models.weights import Merged, Survival, blocks

if TYPE_CHECKING:
    from gguf import GGMLQuantizationType, GGUFWriter


class Rows(Protocol):
    """What can be written: rows of a weight file, sums, or a matrix in memory."""

    @property
    def shape(self) -> tuple[int, ...]:
        """Rows, columns."""
        ...

    def values(self, start: int, stop: int) -> np.ndarray:
        """Some rows as float32."""
        ...


@dataclass(frozen=True)
class Matrix:
    """A tensor that is held in memory."""

    array: np.ndarray

    @property
    def shape(self) -> tuple[int, ...]:
        """Rows, columns."""
        return self.array.shape

    def values(self, start: int, stop: int) -> np.ndarray:
        """Some rows."""
        rows: np.ndarray = self.array[start:stop]
        return rows


@dataclass(frozen=True)
class Quantised:
    """What gguf's writer asks of a tensor; it is quantised while it is written, some rows at a time."""

    name: str
    rows: Rows
    type: GGMLQuantizationType
    survival: Survival | None = None
    """Where what is left of an adapter's change is added up."""

    @property
    def nbytes(self) -> int:
        """Size in the file."""
        import gguf

        block, size = gguf.GGML_QUANT_SIZES[self.type]
        return int(np.prod(self.rows.shape)) // block * size

    def tofile(self, file: BinaryIO) -> None:
        """Read, quantise and write."""
        from gguf.quants import dequantize, quantize

        for start, stop in blocks(self.rows.shape):
            values = self.rows.values(start, stop)
            raw = quantize(values, self.type)
            file.write(raw.tobytes())
            if self.survival and isinstance(self.rows, Merged):
                after = dequantize(raw, self.type).reshape(values.shape)
                self.survival.add(self.name, self.rows, start, stop, after)


@contextmanager
def gguf_file(target: Path, architecture: str) -> Iterator[GGUFWriter]:
    """A writer; `target` appears when the block ends without an error, and only then."""
    import gguf

    with replacing(target) as partial:
        writer = gguf.GGUFWriter(partial, architecture)
        try:
            yield writer
        finally:
            writer.close()


def write_tensors(writer: GGUFWriter, tensors: Mapping[str, Quantised]) -> None:
    """Write everything that the writer was told so far, then the tensors one by one."""
    for name, tensor in tensors.items():
        writer.add_tensor_info(
            name, tensor.rows.shape, np.dtype(np.float32), tensor.nbytes, raw_dtype=tensor.type
        )
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_ti_data_to_file()
    for tensor in tensors.values():
        # The writer asks an array for nothing but nbytes and tofile.
        writer.write_tensor_data(cast("np.ndarray", tensor))
