"""Streams tensors into a GGUF file: first the list of them, then each in parts, then a new name."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO, Protocol, cast

import numpy as np

from toujiao.models.output import new_file
from toujiao.models.rounding import Rounding
from toujiao.models.weights import Merged, Weight, blocks

if TYPE_CHECKING:
    from gguf import GGMLQuantizationType, GGUFWriter


class Streamed(Protocol):
    """What gguf's writer asks of a tensor whose place in the file is known."""

    @property
    def type(self) -> GGMLQuantizationType:
        """How its numbers are stored."""
        ...

    @property
    def shape(self) -> tuple[int, ...]:
        """Rows, columns, in numbers."""
        ...

    @property
    def nbytes(self) -> int:
        """Size in the file."""
        ...

    def tofile(self, file: BinaryIO) -> None:
        """Write the bytes."""
        ...


@dataclass(frozen=True)
class Quantised:
    """A weight of a model that is quantised while it is written, some rows at a time."""

    weight: Weight
    type: GGMLQuantizationType
    rounding: Rounding | None = None
    """Where what is left of an adapter's change is added up."""

    @property
    def shape(self) -> tuple[int, ...]:
        """Rows, columns, in numbers."""
        return self.weight.shape

    @property
    def nbytes(self) -> int:
        """Size in the file."""
        return _size(self.shape, self.type)

    def tofile(self, file: BinaryIO) -> None:
        """Read, quantise and write."""
        import gguf

        for start, stop in blocks(self.weight):
            values = self.weight.values(start, stop)
            raw = gguf.quants.quantize(values, self.type)
            file.write(raw.tobytes())
            if self.rounding and isinstance(self.weight, Merged):
                after = gguf.quants.dequantize(raw, self.type).reshape(values.shape)
                self.rounding.add(self.weight, start, stop, after)


@dataclass(frozen=True)
class Small:
    """A tensor that is held in memory."""

    values: np.ndarray
    type: GGMLQuantizationType

    @property
    def shape(self) -> tuple[int, ...]:
        """Rows, columns, in numbers."""
        return self.values.shape

    @property
    def nbytes(self) -> int:
        """Size in the file."""
        return _size(self.shape, self.type)

    def tofile(self, file: BinaryIO) -> None:
        """Convert and write."""
        import gguf

        file.write(gguf.quants.quantize(self.values, self.type).tobytes())


@contextmanager
def gguf_file(target: Path, architecture: str) -> Iterator[GGUFWriter]:
    """A writer; `target` appears when the block ends without an error, and only then."""
    import gguf

    with new_file(target) as partial:
        writer = gguf.GGUFWriter(partial, architecture)
        try:
            yield writer
        finally:
            writer.close()


def write_tensors(writer: GGUFWriter, tensors: Mapping[str, Streamed]) -> None:
    """Write everything that the writer was told so far, then the tensors one by one."""
    for name, tensor in tensors.items():
        writer.add_tensor_info(
            name, tensor.shape, np.dtype(np.float32), tensor.nbytes, raw_dtype=tensor.type
        )
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_ti_data_to_file()
    for tensor in tensors.values():
        # The writer asks an array for nothing but nbytes and tofile.
        writer.write_tensor_data(cast("np.ndarray", tensor))


def _size(shape: tuple[int, ...], kind: GGMLQuantizationType) -> int:
    import gguf

    block, size = gguf.GGML_QUANT_SIZES[kind]
    return int(np.prod(shape)) // block * size
