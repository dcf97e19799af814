"""A PEFT LoRA on Qwen-1's fused layers as the same LoRA on Qwen2's.

c_attn is three layers in one: W + B·A splits into three with a copy of A and a third of B each.
All else is renaming, so rank, alpha and scaling stay as they are.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from toujiao.errors import ToujiaoError
from toujiao.files import write_json
from toujiao.models.pickled import PICKLED, copy_pickled
from toujiao.models.qwen1.adapter_config import AdapterConfig, read_adapter_config
from toujiao.models.qwen1.config import Shape
from toujiao.models.qwen1.tensors import MODULES, OUTSIDE_BLOCKS, module_shape
from toujiao.models.resolve import ADAPTER_CONFIG
from toujiao.models.resolve import ADAPTER_WEIGHTS as WEIGHTS
from toujiao.models.shards import FLOATS, Piece, check_written, read_pieces, write_pieces

_PREFIX = "base_model.model."
_LORA = re.compile(
    rf"{re.escape(_PREFIX)}transformer\.h\.(\d+)\.({'|'.join(map(re.escape, MODULES))})"
    r"\.lora_([AB])\.weight"
)
# PEFT saves these whole when it cannot tell whether the vocabulary was resized.
_EMBEDDINGS = ("transformer.wte.weight", "lm_head.weight")


@dataclass(frozen=True)
class Base:
    """What an adapter is checked against: the model's sizes, tensors and name after conversion."""

    shape: Shape
    pieces: Mapping[str, Piece]
    name: str


@dataclass(frozen=True)
class _Half:
    """One of the two matrices of a LoRA layer."""

    layer: int
    module: str
    letter: str
    piece: Piece

    @property
    def path(self) -> str:
        """The layer's name in Qwen-1."""
        return f"transformer.h.{self.layer}.{self.module}"

    def converted(self) -> Iterator[tuple[str, Piece]]:
        """(layer name in Qwen2, matrix) for each layer that it becomes."""
        targets = MODULES[self.module]
        split = len(targets) > 1 and self.letter == "B"
        parts = self.piece.thirds() if split else (self.piece,) * len(targets)
        for target, part in zip(targets, parts, strict=True):
            yield f"model.layers.{self.layer}.{target}", part


def convert_adapter(folder: Path, target: Path, base: Base, scratch: Path) -> dict[str, Any]:
    """Write the converted adapter to `target`; what was checked, for the proof.

    `scratch` is a folder for a temporary copy of pickled weights.
    """
    config = read_adapter_config(folder)
    pieces = _read_weights(folder, scratch)
    halves, embeddings = _sort(pieces, folder)
    _check(halves, config, base.shape, folder)
    kept = _changed_embeddings(embeddings, base, folder)
    layers: dict[str, tuple[int, float]] = {}
    tensors: dict[str, Piece] = {}
    for half in halves:
        for name, piece in half.converted():
            tensors[f"{_PREFIX}{name}.lora_{half.letter}.weight"] = piece
            layers[name] = config.rank(half.path), config.alpha(half.path)
    tensors |= {f"{_PREFIX}{OUTSIDE_BLOCKS[name]}": piece for name, piece in kept.items()}
    target.mkdir()
    check_written(target / WEIGHTS, tensors, write_pieces(target / WEIGHTS, tensors))
    converted = config.converted(layers, base.shape.layers, base.name)
    write_json(target / ADAPTER_CONFIG, converted)
    return {
        "tensors_read": len(pieces),
        "tensors_written": len(tensors),
        "layers_read": len(halves) // 2,
        "layers_written": len(layers),
        "embeddings_left_out_as_equal_to_base": sorted(embeddings.keys() - kept.keys()),
        "embeddings_kept": sorted(kept),
    }


def _read_weights(folder: Path, scratch: Path) -> dict[str, Piece]:
    if (folder / WEIGHTS).is_file():
        return read_pieces(folder / WEIGHTS)
    path = folder / PICKLED
    if not path.is_file():
        raise ToujiaoError(f"{folder} 里没有 {WEIGHTS}，也没有 {PICKLED}。")
    copy = scratch / WEIGHTS
    copy_pickled(path, copy)
    return read_pieces(copy)


def _sort(pieces: Mapping[str, Piece], where: Path) -> tuple[list[_Half], dict[str, Piece]]:
    """LoRA matrices and whole embeddings; anything else is refused."""
    halves, embeddings = [], {}
    for name, piece in pieces.items():
        if piece.dtype not in FLOATS:
            raise ToujiaoError(f"{where}：{name} 的精度是 {piece.dtype}，不能准确转换。")
        if match := _LORA.fullmatch(name):
            halves.append(_Half(int(match[1]), match[2], match[3], piece))
        elif name.removeprefix(_PREFIX) in _EMBEDDINGS:
            embeddings[name.removeprefix(_PREFIX)] = piece
        elif "lora_magnitude_vector" in name:
            raise ToujiaoError(f"{where} 是 DoRA 适配器，不能准确转换，只转换普通 LoRA。")
        else:
            raise ToujiaoError(f"{where}：不认识的适配器权重 {name}，没有转换。")
    return halves, embeddings


def _check(halves: list[_Half], config: AdapterConfig, shape: Shape, where: Path) -> None:
    """Every layer complete, targeted by the settings, and of the rank and size they imply."""
    if not halves:
        raise ToujiaoError(f"{where} 里没有 LoRA 权重。")
    letters: dict[str, str] = {}
    for half in sorted(halves, key=lambda half: half.letter):
        letters[half.path] = letters.get(half.path, "") + half.letter
        rows, columns = module_shape(half.module, shape)
        rank = config.rank(half.path)
        expected = (rank, columns) if half.letter == "A" else (rows, rank)
        if half.piece.shape != expected or half.layer >= shape.layers:
            raise ToujiaoError(
                f"{where}：{half.path} 的形状和这个底座或 r 对不上，请换对应的底座。"
            )
        if not config.targets(half.path, half.layer):
            raise ToujiaoError(f"{where}：{half.path} 有权重，但设置里没有选它，不能准确转换。")
    if incomplete := [path for path, found in letters.items() if found != "AB"]:
        raise ToujiaoError(f"{where}：{incomplete[0]} 只有 A、B 中的一个，文件不完整。")


def _changed_embeddings(
    embeddings: Mapping[str, Piece], base: Base, where: Path
) -> dict[str, Piece]:
    """The embeddings that differ from the base's; the equal ones need no copy."""
    kept = {}
    for name, piece in embeddings.items():
        original = base.pieces[name]
        if piece.shape != original.shape:
            raise ToujiaoError(f"{where}：{name} 的词表大小和底座不同，请换对应的底座。")
        if piece.dtype != original.dtype or piece.digest() != original.digest():
            kept[name] = piece
    return kept
