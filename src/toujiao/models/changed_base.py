"""Adapters that were trained against a changed base (PiSSA, OLoRA, ...), as plain LoRAs.

Such a training first takes scale * B0 @ A0 out of the weights. Beside the untouched weights the
adapter is therefore scale * (B @ A - B0 @ A0), which is a LoRA of twice the rank.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from toujiao.errors import ToujiaoError
from toujiao.models.lora import strength
from toujiao.models.portability_rules import FROM_THE_BASE
from toujiao.models.resolve import ADAPTER_WEIGHTS, adapter_folder
from toujiao.models.shards import Piece, Tensor, read_pieces, read_shards
from toujiao.models.tensor_names import LoraName, lora_name


@dataclass(frozen=True)
class Held:
    """A float32 tensor in memory, to be written."""

    values: np.ndarray
    dtype: str = "F32"

    @property
    def shape(self) -> tuple[int, ...]:
        """Rows, columns."""
        return self.values.shape

    @property
    def length(self) -> int:
        """Bytes."""
        return self.values.nbytes

    def chunks(self) -> Iterator[bytes]:
        """All bytes at once."""
        yield np.ascontiguousarray(self.values, "<f4").tobytes()


@dataclass(frozen=True)
class Change:
    """The plain change of one module: scale * b @ a."""

    module: str
    a: np.ndarray
    b: np.ndarray
    scale: float

    @property
    def rank(self) -> int:
        """Rows of a."""
        return int(self.a.shape[0])

    def named(self) -> Iterator[tuple[str, Held]]:
        """Both halves by the names that PEFT gives them."""
        for half, values in (("A", self.a), ("B", self.b)):
            yield LoraName(self.module, half, embedding=False).canonical, Held(values)


def without_the_start(
    tensors: Mapping[str, Tensor],
    config: Mapping[str, Any],
    base: Path | None,
    initial: Path | None,
) -> dict[str, Change]:
    """The change of each module beside the untouched base.

    The start comes from the adapter `initial`, saved before training, else from the weights in
    folder `base`. ToujiaoError when neither is there or they do not fit.
    """
    halves = _halves(tensors)
    start = str(config.get("init_lora_weights"))
    if initial is not None:
        first = _halves(read_pieces(adapter_folder(initial) / ADAPTER_WEIGHTS))
    elif start not in FROM_THE_BASE:
        raise ToujiaoError(
            f"初始化是 {start}，训练前的那一份重算不出来，请用 --initial 给出训练前存下的适配器。"
        )
    elif base is None:
        raise ToujiaoError(f"要照底座重算 {start} 的初始值，请用 --base 指定底座文件夹。")
    else:
        weights = {n: p for shard in read_shards(base).values() for n, p in shard.items()}
    changes = {}
    for module, (a, b) in halves.items():
        rank, _, scale = strength(config, module)
        if initial is not None:
            a0, b0 = first.get(module, (a[:0], b[:0]))
        else:
            a0, b0 = _start(weights, module, start, rank, scale)
        if (a0.shape, b0.shape) != (a.shape, b.shape):
            raise ToujiaoError(f"{module} 训练前的形状对不上，请检查 --initial 或 --base。")
        both = np.concatenate([a, a0]), np.concatenate([b, -b0], axis=1)
        changes[module] = Change(module, *both, scale)
    return changes


def _halves(tensors: Mapping[str, Tensor]) -> dict[str, tuple[np.ndarray, np.ndarray]]:
    """A and B of each module as float32."""
    found: dict[str, dict[str, np.ndarray]] = {}
    for name, piece in tensors.items():
        parsed = lora_name(name)
        if parsed and isinstance(piece, Piece):
            if parsed.embedding:
                raise ToujiaoError(f"改底座的初始化加上词向量的 LoRA（{parsed.module}），修不了。")
            found.setdefault(parsed.module, {})[parsed.half] = piece.array()
    return {module: (pair["A"], pair["B"]) for module, pair in found.items()}


def _start(
    weights: Mapping[str, Piece], module: str, start: str, rank: int, scale: float
) -> tuple[np.ndarray, np.ndarray]:
    """A0 and B0 as PEFT makes them; the signs of vectors may differ, their product does not."""
    weight = weights.get(f"{module}.weight")
    if weight is None:
        raise ToujiaoError(f"底座里没有 {module}，请用 --base 指定对的底座。")
    if start == "olora":
        left, right = np.linalg.qr(weight.array())
        return right[:rank], left[:, :rank]
    left, values, right = np.linalg.svd(weight.array(), full_matrices=False)
    root = np.sqrt(values[:rank] / np.float32(scale))
    return root[:, None] * right[:rank], left[:, :rank] * root
