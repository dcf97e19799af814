"""Safetensors files at header level: take whole rows of tensors as byte ranges and write them anew.

Copying knows no numbers: any precision arrives bit for bit, and memory holds one buffer instead of
one tensor.
"""

from __future__ import annotations

import hashlib
import json
import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO, Protocol

from toujiao.errors import ToujiaoError
from toujiao.models.floats import FLOATS, decode
from toujiao.models.json_file import read_json

if TYPE_CHECKING:
    import numpy as np

_BUFFER = 8 << 20
_LENGTH_BYTES = 8
# A header of this size would describe a million tensors; the format's own limit is the same.
_LONGEST_HEADER = 100_000_000
INDEX = "model.safetensors.index.json"
ONE_FILE = "model.safetensors"


class Tensor(Protocol):
    """What can be written: a piece of a file, or something computed when its turn comes."""

    @property
    def dtype(self) -> str:
        """F32, F16 or BF16."""
        ...

    @property
    def shape(self) -> tuple[int, ...]:
        """Rows, columns."""
        ...

    @property
    def length(self) -> int:
        """Bytes."""
        ...

    def chunks(self) -> Iterator[bytes]:
        """The bytes; asked for once."""
        ...


@dataclass(frozen=True)
class Piece:
    """A tensor, or whole rows of one, as a range of bytes in a file."""

    path: Path
    dtype: str
    shape: tuple[int, ...]
    start: int
    length: int

    def rows(self, start: int, stop: int) -> Piece:
        """The rows from `start` up to and without `stop`."""
        width = self.length // self.shape[0]
        begin, length = self.start + start * width, (stop - start) * width
        return replace(self, shape=(stop - start, *self.shape[1:]), start=begin, length=length)

    def thirds(self) -> tuple[Piece, Piece, Piece]:
        """Three equal blocks of rows."""
        size = self.shape[0] // 3
        first, second, third = (self.rows(i * size, (i + 1) * size) for i in range(3))
        return first, second, third

    def chunks(self) -> Iterator[bytes]:
        """The bytes, a buffer at a time."""
        with self.path.open("rb") as file:
            yield from _read(file, self.start, self.length)

    def array(self) -> np.ndarray:
        """The numbers as float32, in shape; for F32, F16 and BF16 only."""
        return decode(b"".join(self.chunks()), self.dtype).reshape(self.shape)

    def values(self, start: int, stop: int) -> np.ndarray:
        """Some rows as float32; for F32, F16 and BF16 only."""
        return self.rows(start, stop).array()

    def digest(self) -> str:
        """SHA-256 of the bytes."""
        return _digest(self.chunks())


def read_pieces(path: Path) -> dict[str, Piece]:
    """Every tensor of a safetensors file by name; ToujiaoError when the file is not whole."""
    try:
        size = path.stat().st_size
        with path.open("rb") as file:
            length = int.from_bytes(file.read(_LENGTH_BYTES), "little")
            if length > min(size, _LONGEST_HEADER):
                raise ValueError("开头的长度不对")
            header = json.loads(file.read(length))
        header.pop("__metadata__", None)
        pieces = {
            name: _piece(path, entry, _LENGTH_BYTES + length) for name, entry in header.items()
        }
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise ToujiaoError(
            f"{path} 不是完整的 safetensors 文件（{error}），请重新下载。"
        ) from error
    position = _LENGTH_BYTES + length
    for piece in sorted(pieces.values(), key=lambda piece: piece.start):
        if piece.start != position:
            raise ToujiaoError(f"{path} 里的张量不相连，文件已损坏，请重新下载。")
        position += piece.length
    if position != size:
        raise ToujiaoError(f"{path} 应有 {position} 字节，实有 {size} 字节，请重新下载。")
    return pieces


def read_shards(folder: Path) -> dict[Path, dict[str, Piece]]:
    """The tensors of each weight file, checked against the index where there is one."""
    index = folder / INDEX
    if not index.is_file():
        if not (folder / ONE_FILE).is_file():
            raise ToujiaoError(f"{folder} 里没有 safetensors 权重，只转换这一种格式。")
        return {folder / ONE_FILE: read_pieces(folder / ONE_FILE)}
    listed = read_json(index).get("weight_map")
    if not isinstance(listed, dict) or not all(Path(str(n)).name == n for n in listed.values()):
        raise ToujiaoError(f"{index} 里的 weight_map 不对，请重新下载。")
    shards = {folder / name: read_pieces(folder / name) for name in sorted(set(listed.values()))}
    found = {name: path.name for path, pieces in shards.items() for name in pieces}
    if found != listed or sum(map(len, shards.values())) != len(found):
        raise ToujiaoError(f"{index} 和权重文件里的张量对不上，请重新下载。")
    return shards


def _piece(path: Path, entry: dict[str, Any], data: int) -> Piece:
    start, end = entry["data_offsets"]
    piece = Piece(path, entry["dtype"], tuple(entry["shape"]), data + start, end - start)
    width = FLOATS.get(piece.dtype)
    if width and math.prod(piece.shape) * width != piece.length:
        raise ValueError("张量的形状和字节数对不上")
    return piece


def write_pieces(path: Path, pieces: Mapping[str, Tensor]) -> dict[str, str]:
    """Write tensors to a new safetensors file; SHA-256 of what was read for each, by name."""
    # Wide numbers first, as the format's own writer does, so that each stays aligned.
    pieces = dict(sorted(pieces.items(), key=lambda item: -FLOATS[item[1].dtype]))
    header: dict[str, Any] = {"__metadata__": {"format": "pt"}}
    position = 0
    for name, piece in pieces.items():
        offsets = [position, position + piece.length]
        header[name] = {"dtype": piece.dtype, "shape": piece.shape, "data_offsets": offsets}
        position += piece.length
    text = json.dumps(header, separators=(",", ":")).encode()
    text += b" " * (-len(text) % _LENGTH_BYTES)
    digests = {}
    with path.open("xb") as file:
        file.write(len(text).to_bytes(_LENGTH_BYTES, "little") + text)
        for name, piece in pieces.items():
            digests[name] = _digest(_copied(piece, file))
    return digests


def check_written(path: Path, pieces: Mapping[str, Tensor], digests: Mapping[str, str]) -> None:
    """Read a written file again: the same names, shapes and bytes, or ToujiaoError."""
    written = read_pieces(path)
    same = written.keys() == pieces.keys() and all(
        (written[name].dtype, written[name].shape) == (piece.dtype, piece.shape)
        and written[name].digest() == digests[name]
        for name, piece in pieces.items()
    )
    if not same:
        raise ToujiaoError(f"{path} 写完重读，和原来的权重不一样，请检查磁盘后重试。")


def file_digest(path: Path) -> str:
    """SHA-256 of a whole file."""
    with path.open("rb") as file:
        return _digest(_read(file, 0, path.stat().st_size))


def _copied(piece: Tensor, file: BinaryIO) -> Iterator[bytes]:
    for chunk in piece.chunks():
        file.write(chunk)
        yield chunk


def _read(file: BinaryIO, start: int, length: int) -> Iterator[bytes]:
    file.seek(start)
    while length:
        chunk = file.read(min(_BUFFER, length))
        if not chunk:
            raise ToujiaoError(f"{file.name} 在读的时候变短了，请重新下载。")
        length -= len(chunk)
        yield chunk


def _digest(chunks: Iterator[bytes]) -> str:
    digest = hashlib.sha256()
    for chunk in chunks:
        digest.update(chunk)
    return digest.hexdigest()
