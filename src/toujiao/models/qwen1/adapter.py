"""A PEFT LoRA on Qwen-1's fused layers as the same LoRA on Qwen2's.

c_attn is three layers in one: W + B·A splits into three with a copy of A and a third of B each.
All else is renaming, so rank, alpha and scaling stay as they are.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from toujiao.errors import ToujiaoError
from toujiao.files import write_json
from toujiao.models.lora import PREFIX, Contents, Module, sort_tensors
from toujiao.models.pickled import PICKLED, copy_pickled
from toujiao.models.qwen1.adapter_config import AdapterConfig, read_adapter_config
from toujiao.models.qwen1.config import Shape
from toujiao.models.qwen1.tensors import MODULES, OUTSIDE_BLOCKS, module_shape
from toujiao.models.resolve import ADAPTER_CONFIG
from toujiao.models.resolve import ADAPTER_WEIGHTS as WEIGHTS
from toujiao.models.shards import FLOATS, Piece, check_written, read_pieces, write_pieces

# PEFT saves these whole when it cannot tell whether the vocabulary was resized.
_EMBEDDINGS = ("transformer.wte.weight", "lm_head.weight")


@dataclass(frozen=True)
class Base:
    """What an adapter is checked against: the model's sizes, tensors and name after conversion."""

    shape: Shape
    pieces: Mapping[str, Piece]
    name: str


def convert_adapter(folder: Path, target: Path, base: Base, scratch: Path) -> dict[str, Any]:
    """Write the converted adapter to `target`; what was checked, for the proof.

    `scratch` is a folder for a temporary copy of pickled weights.
    """
    config = read_adapter_config(folder)
    pieces = _read_weights(folder, scratch)
    contents = sort_tensors(pieces)
    _refuse_unknown(pieces, contents, folder)
    kept = _changed_embeddings(contents, base, folder)
    layers: dict[str, tuple[int, float]] = {}
    tensors: dict[str, Piece] = {}
    for module in contents.modules.values():
        _check(module, config, base.shape, folder)
        for name, a, b in _converted(module):
            tensors |= {f"{PREFIX}{name}.lora_A.weight": a, f"{PREFIX}{name}.lora_B.weight": b}
            layers[name] = config.rank(module.name), config.alpha(module.name)
    tensors |= {f"{PREFIX}{OUTSIDE_BLOCKS[name]}": piece for name, piece in kept.items()}
    target.mkdir()
    check_written(target / WEIGHTS, tensors, write_pieces(target / WEIGHTS, tensors))
    converted = config.converted(layers, base.shape.layers, base.name)
    write_json(target / ADAPTER_CONFIG, converted)
    return {
        "tensors_read": len(pieces),
        "tensors_written": len(tensors),
        "layers_read": len(contents.modules),
        "layers_written": len(layers),
        "embeddings_left_out_as_equal_to_base": sorted(contents.whole.keys() - kept.keys()),
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


def _refuse_unknown(pieces: Mapping[str, Piece], contents: Contents, where: Path) -> None:
    """Nothing but LoRA matrices of Qwen-1's layers and whole embeddings, by the names of PEFT."""
    for name, piece in pieces.items():
        if piece.dtype not in FLOATS:
            raise ToujiaoError(f"{where}：{name} 的精度是 {piece.dtype}，不能准确转换。")
        if "lora_magnitude_vector" in name:
            raise ToujiaoError(f"{where} 是 DoRA 适配器，不能准确转换，只转换普通 LoRA。")
    foreign = [name for name, module in contents.modules.items() if not module.fused]
    unknown = [
        *contents.strange,
        *contents.wrong,
        *foreign,
        *(contents.whole.keys() - {*_EMBEDDINGS}),
    ]
    if unknown:
        raise ToujiaoError(f"{where}：不认识的适配器权重 {unknown[0]}，没有转换。")
    if not contents.modules:
        raise ToujiaoError(f"{where} 里没有 LoRA 权重。")


def _check(module: Module, config: AdapterConfig, shape: Shape, where: Path) -> None:
    """Complete, targeted by the settings, and of the rank and size that they imply."""
    if not module.whole:
        raise ToujiaoError(f"{where}：{module.name} 只有 A、B 中的一个，文件不完整。")
    layer, kind = _layer_and_kind(module)
    known = kind in MODULES and layer < shape.layers and module.has_rank(config.rank(module.name))
    if not known or module.shape != module_shape(kind, shape):
        raise ToujiaoError(f"{where}：{module.name} 的形状和这个底座或 r 对不上，请换对应的底座。")
    if not config.targets(module.name, layer):
        raise ToujiaoError(f"{where}：{module.name} 有权重，但设置里没有选它，不能准确转换。")


def _layer_and_kind(module: Module) -> tuple[int, str]:
    layer, _, kind = module.name.removeprefix("transformer.h.").partition(".")
    return int(layer), kind


def _converted(module: Module) -> list[tuple[str, Piece, Piece]]:
    """(layer name in Qwen2, A, B) for each layer that a layer of Qwen-1 becomes."""
    layer, kind = _layer_and_kind(module)
    a, b = module.halves["A"], module.halves["B"]
    parts = b.thirds() if len(MODULES[kind]) > 1 else (b,)
    return [
        (f"model.layers.{layer}.{target}", a, part)
        for target, part in zip(MODULES[kind], parts, strict=True)
    ]


def _changed_embeddings(contents: Contents, base: Base, where: Path) -> dict[str, Piece]:
    """The embeddings that differ from the base's; the equal ones need no copy."""
    kept = {}
    for name, (_, piece) in contents.whole.items():
        original = base.pieces[name]
        if piece.shape != original.shape:
            raise ToujiaoError(f"{where}：{name} 的词表大小和底座不同，请换对应的底座。")
        if piece.dtype != original.dtype or piece.digest() != original.digest():
            kept[name] = piece
    return kept
