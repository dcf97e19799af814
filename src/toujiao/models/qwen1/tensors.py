"""Which Qwen-1 tensor becomes which Qwen2 tensor, and what shape it must have."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from pathlib import Path

from toujiao.errors import ToujiaoError
from toujiao.models.qwen1.config import Shape
from toujiao.models.shards import FLOATS, Piece

# Linear layers of a block. c_attn is query, key and value on top of each other, each with a bias.
# w1 is the plain half and w2 goes through SiLU: up and gate, in this order.
MODULES: dict[str, tuple[str, ...]] = {
    "attn.c_attn": ("self_attn.q_proj", "self_attn.k_proj", "self_attn.v_proj"),
    "attn.c_proj": ("self_attn.o_proj",),
    "mlp.w1": ("mlp.up_proj",),
    "mlp.w2": ("mlp.gate_proj",),
    "mlp.c_proj": ("mlp.down_proj",),
}
_NORMS = {"ln_1": "input_layernorm", "ln_2": "post_attention_layernorm"}
OUTSIDE_BLOCKS = {
    "transformer.wte.weight": "model.embed_tokens.weight",
    "transformer.ln_f.weight": "model.norm.weight",
    "lm_head.weight": "lm_head.weight",
}
_BLOCK = re.compile(r"transformer\.h\.(\d+)\.(.+)\.(weight|bias)")


def module_shape(module: str, shape: Shape) -> tuple[int, int]:
    """(rows, columns) of a linear layer's weight."""
    return {
        "attn.c_attn": (3 * shape.hidden, shape.hidden),
        "attn.c_proj": (shape.hidden, shape.hidden),
        "mlp.w1": (shape.feed_forward, shape.hidden),
        "mlp.w2": (shape.feed_forward, shape.hidden),
        "mlp.c_proj": (shape.hidden, shape.feed_forward),
    }[module]


def expected_shapes(shape: Shape) -> dict[str, tuple[int, ...]]:
    """Name and shape of every tensor of a Qwen-1 model of this size."""
    table: dict[str, tuple[int, ...]] = {
        "transformer.wte.weight": (shape.vocabulary, shape.hidden),
        "transformer.ln_f.weight": (shape.hidden,),
        "lm_head.weight": (shape.vocabulary, shape.hidden),
    }
    for layer in range(shape.layers):
        block = f"transformer.h.{layer}"
        table |= {f"{block}.{name}.weight": (shape.hidden,) for name in _NORMS}
        table |= {f"{block}.{name}.weight": module_shape(name, shape) for name in MODULES}
        table[f"{block}.attn.c_attn.bias"] = (3 * shape.hidden,)
    return table


def check_tensors(shards: Iterable[Mapping[str, Piece]], shape: Shape, where: Path) -> str:
    """The one precision of the weights; ToujiaoError unless each tensor is there, in shape."""
    pieces = {name: piece for shard in shards for name, piece in shard.items()}
    if any(name.endswith((".qweight", ".qzeros", ".scales")) for name in pieces):
        raise ToujiaoError(f"{where} 是 GPTQ 量化过的权重，不能准确转换，请用未量化的原版。")
    table = expected_shapes(shape)
    if unknown := sorted(pieces.keys() - table.keys()):
        raise ToujiaoError(
            f"{where}：不认识的权重 {unknown[0]}（共 {len(unknown)} 个），没有转换。"
        )
    if missing := sorted(table.keys() - pieces.keys()):
        raise ToujiaoError(f"{where}：缺少权重 {missing[0]}（共 {len(missing)} 个），请重新下载。")
    for name, piece in pieces.items():
        if piece.shape != table[name]:
            raise ToujiaoError(f"{where}：{name} 的形状 {piece.shape} 和 config.json 对不上。")
    dtypes = sorted({piece.dtype for piece in pieces.values()})
    if len(dtypes) != 1 or dtypes[0] not in FLOATS:
        raise ToujiaoError(f"{where}：权重精度是 {'、'.join(dtypes)}，只能转换同一种浮点数。")
    return dtypes[0]


def convert_tensor(name: str, piece: Piece) -> dict[str, Piece]:
    """The Qwen2 tensors that one Qwen-1 tensor becomes; `name` has passed `check_tensors`."""
    if name in OUTSIDE_BLOCKS:
        return {OUTSIDE_BLOCKS[name]: piece}
    match = _BLOCK.fullmatch(name)
    if match is None:
        raise ToujiaoError(f"不认识的权重 {name}。")
    layer, module, kind = match.groups()
    block = f"model.layers.{layer}"
    if module in _NORMS:
        return {f"{block}.{_NORMS[module]}.{kind}": piece}
    targets = MODULES[module]
    parts = piece.thirds() if len(targets) > 1 else (piece,)
    return {f"{block}.{new}.{kind}": part for new, part in zip(targets, parts, strict=True)}
