"""Safetensors files as ranges of bytes: rows are read, or copied bit for bit, a buffer at a time.

The library checks the headers. The bytes are read here because its slices map the whole file into
memory and, in numpy, know no bfloat16.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, BinaryIO

import numpy as np
from safetensors import SafetensorError, safe_open

from toujiao.errors import ToujiaoError
from toujiao.files import read_json

# Bytes of one number, for the precisions that are computed with.
FLOATS = {"F32": 4, "F16": 2, "BF16": 2}
INDEX, ONE_FILE = "model.safetensors.index.json", "model.safetensors"
_BUFFER = 8 << 20
_LENGTH_BYTES = 8


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
        raw = b"".join(self.chunks())
        if self.dtype == "BF16":
            values = (np.frombuffer(raw, "<u2").astype(np.uint32) << 16).view(np.float32)
        else:
            values = np.frombuffer(raw, {"F32": "<f4", "F16": "<f2"}[self.dtype])
        return values.astype(np.float32).reshape(self.shape)

    def values(self, start: int, stop: int) -> np.ndarray:
        """Some rows as float32."""
        return self.rows(start, stop).array()

    def digest(self) -> str:
        """SHA-256 of the bytes."""
        return _digest(self.chunks())

    def same_as(self, other: Piece | None) -> bool:
        """Whether both hold the same numbers, also where the precision differs."""
        if other is None or self.shape != other.shape:
            return False
        if self.dtype == other.dtype and self.digest() == other.digest():
            return True
        return bool((self.array() == other.array()).all())


def read_pieces(path: Path) -> dict[str, Piece]:
    """Every tensor of a safetensors file by name; ToujiaoError when the file is not whole."""
    try:
        with safe_open(path, framework="numpy"):
            pass  # refuses holes, overlaps, missing bytes, and shapes that do not fit them
        with path.open("rb") as file:
            length = int.from_bytes(file.read(_LENGTH_BYTES), "little")
            header: dict[str, Any] = json.loads(file.read(length))
    except (OSError, SafetensorError, ValueError) as error:
        raise ToujiaoError(
            f"{path} 不是完整的 safetensors 文件（{error}），请重新下载。"
        ) from error
    header.pop("__metadata__", None)
    data = _LENGTH_BYTES + length
    return {name: _piece(path, data, **entry) for name, entry in header.items()}


def _piece(path: Path, data: int, dtype: str, shape: list[int], data_offsets: list[int]) -> Piece:
    start, end = data_offsets
    return Piece(path, dtype, tuple(shape), data + start, end - start)


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


def write_pieces(path: Path, pieces: Mapping[str, Piece]) -> dict[str, str]:
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


def check_written(path: Path, pieces: Mapping[str, Piece], digests: Mapping[str, str]) -> None:
    """Read a written file again: the same names, shapes and bytes, or ToujiaoError."""
    written = read_pieces(path)
    same = written.keys() == pieces.keys() and all(
        (written[name].dtype, written[name].shape) == (piece.dtype, piece.shape)
        and written[name].digest() == digests[name]
        for name, piece in pieces.items()
    )
    if not same:
        raise ToujiaoError(f"{path} 写完重读，和原来的权重不一样，请检查磁盘后重试。")


def _copied(piece: Piece, file: BinaryIO) -> Iterator[bytes]:
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
