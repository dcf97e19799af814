"""What the files of an adapter say: names, shapes and numbers of its tensors, and what is missing."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from toujiao.models.embeddings import EMBEDDING, HEAD
from toujiao.models.floats import FLOATS
from toujiao.models.json_file import read_json
from toujiao.models.lora import strength
from toujiao.models.portability_rules import ALL, GGUF, NOT_PEFT, NOWHERE, OPENVINO, VLLM, Finding
from toujiao.models.resolve import ADAPTER_CONFIG
from toujiao.models.shards import Piece, read_shards
from toujiao.models.tensor_names import LoraName, lora_name, whole_name

_FIX_NAMES = "加 --fix：改成 PEFT 的名字"
_DAMAGED = "请重新导出或重新训练"


@dataclass(frozen=True)
class Pair:
    """The two halves of a module's change, as far as they are there."""

    module: str
    embedding: bool
    halves: Mapping[str, Piece]


def pairs_of(pieces: Mapping[str, Piece]) -> dict[str, Pair]:
    """The modules that are adapted, whatever their tensors are called."""
    halves: dict[str, dict[str, Piece]] = {}
    names: dict[str, LoraName] = {}
    for name, piece in pieces.items():
        if parsed := lora_name(name):
            halves.setdefault(parsed.module, {})[parsed.half] = piece
            names[parsed.module] = parsed
    return {
        module: Pair(module, names[module].embedding, found) for module, found in halves.items()
    }


def check_names(pieces: Mapping[str, Piece], base: str) -> Iterator[Finding]:
    """Names that are not PEFT's, and tensors that are no LoRA."""
    parsed = {name: lora_name(name) for name in pieces}
    if any(half and half.fused for half in parsed.values()):
        yield Finding(
            "qwen1", "是第一代 Qwen 的适配器（c_attn 等合在一起的层），现在的程序都不能用", ALL,
            f"toujiao models convert-qwen1 {base or '底座文件夹'} 新文件夹 --adapter 这个适配器",
        )  # fmt: skip
        return
    wrong = {name: half.canonical for name, half in parsed.items() if half}
    wrong = {name: right for name, right in wrong.items() if name != right}
    if wrong:
        # PEFT itself passes over the name of its usual adapter.
        known = all(name.replace(".default", "") == right for name, right in wrong.items())
        yield Finding(
            "names",
            f"{len(wrong)} 个张量的名字不对（如 {next(iter(wrong))}），"
            + ("只有 PEFT 认得" if known else "PEFT 只给警告，装了不起作用"),
            NOT_PEFT if known else ALL,
            _FIX_NAMES,
            fixable=True,
        )
    rest = [name for name, half in parsed.items() if not half and not whole_name(name)]
    if rest:
        yield Finding("tensors", f"{rest[0]} 不是 LoRA 权重，别的程序不认识", NOT_PEFT)
    if not any(parsed.values()):
        yield Finding("empty", "里面没有 LoRA 的权重", ALL, _DAMAGED)


def check_halves(pairs: Mapping[str, Pair]) -> Iterator[Finding]:
    """Modules of which one half is missing."""
    for pair in pairs.values():
        if set(pair.halves) != {"A", "B"}:
            yield Finding("pair", f"{pair.module} 缺了 lora_A 或 lora_B，文件不完整", ALL, _DAMAGED)
            return


def check_settings(pairs: Mapping[str, Pair], config: Mapping[str, Any]) -> Iterator[Finding]:
    """Shapes that do not fit the settings, adapted embeddings."""
    for pair in pairs.values():
        rank = strength(config, pair.module)[0]
        shapes = [piece.shape for piece in pair.halves.values()]
        if any(len(shape) != 2 for shape in shapes) or not _has_rank(pair, rank):
            yield Finding(
                "rank",
                f"{pair.module} 的形状 {shapes} 和 {ADAPTER_CONFIG} 写的秩 {rank} 对不上",
                ALL,
                _DAMAGED,
            )
            return
    if any(pair.embedding for pair in pairs.values()):
        yield Finding(
            "embedding", "改了词向量：vLLM 的 Qwen 和 OpenVINO 不加载，LoRA 的 GGUF 也不写",
            frozenset({VLLM, GGUF, OPENVINO}), "合并以后再用",
        )  # fmt: skip
    if HEAD.removesuffix(".weight") in pairs:
        yield Finding(
            "head", "改了输出层 lm_head：vLLM 的 Qwen 不加载", frozenset({VLLM}), "合并以后再用"
        )


def _has_rank(pair: Pair, rank: int) -> bool:
    axis = {"A": 0, "B": 1}
    return all(piece.shape[axis[half]] == rank for half, piece in pair.halves.items())


def check_values(pairs: Mapping[str, Pair]) -> Iterator[Finding]:
    """NaN and infinity; precisions that are no float; zeros."""
    idle = []
    for pair in pairs.values():
        for piece in pair.halves.values():
            if piece.dtype not in FLOATS:
                yield Finding(
                    "dtype", f"{pair.module} 的精度是 {piece.dtype}，只认 F16、BF16 和 F32", ALL,
                    _DAMAGED,
                )  # fmt: skip
                return
        arrays = [piece.array() for piece in pair.halves.values()]
        if not all(np.isfinite(array).all() for array in arrays):
            yield Finding(
                "nan", f"{pair.module} 里有 NaN 或无穷大，训练没有成功", ALL, "请重新训练"
            )
            return
        if not all(array.any() for array in arrays):
            idle.append(pair.module)
    if pairs and len(idle) == len(pairs):
        yield Finding("zeros", "权重乘起来全是零，装了等于没装", ALL, "请重新训练")
    elif idle:
        yield Finding("idle", f"{len(idle)} 层的权重是零（如 {idle[0]}），这些层没有改动", NOWHERE)


def check_base(
    pairs: Mapping[str, Pair], pieces: Mapping[str, Piece], base: Path
) -> Iterator[Finding]:
    """Modules that the base has not, or not in this shape; weights stored whole."""
    weights = {name: piece for shard in read_shards(base).values() for name, piece in shard.items()}
    tied = read_json(base / "config.json").get("tie_word_embeddings")
    if tied:
        weights[HEAD] = weights[EMBEDDING]
        if HEAD.removesuffix(".weight") in pairs:
            yield Finding(
                "tied", "改了输出层，而底座的输出层和词向量共用权重：llama.cpp 不能单独加载",
                frozenset({GGUF, OPENVINO}), "合并以后再用",
            )  # fmt: skip
    missing = [name for name in pairs if f"{name}.weight" not in weights]
    if missing:
        yield Finding(
            "modules", f"{len(missing)} 层在底座里没有（如 {missing[0]}）：多半不是为它训练的", ALL,
            "用 --base 指定对的底座",
        )  # fmt: skip
    for pair in pairs.values():
        weight = weights.get(f"{pair.module}.weight")
        if weight and set(pair.halves) == {"A", "B"} and weight.shape != _shape(pair):
            yield Finding(
                "shape", f"{pair.module} 的改动是 {_shape(pair)}，底座是 {weight.shape}", ALL,
                "用 --base 指定对的底座",
            )  # fmt: skip
            break
    yield from _check_whole(pieces, weights)


def _shape(pair: Pair) -> tuple[int, int]:
    rows, columns = pair.halves["B"].shape[0], pair.halves["A"].shape[-1]
    return (columns, rows) if pair.embedding else (rows, columns)


def _check_whole(pieces: Mapping[str, Piece], weights: Mapping[str, Piece]) -> Iterator[Finding]:
    for name, piece in pieces.items():
        weight = None if lora_name(name) else whole_name(name)
        if weight is None:
            continue
        if not _equal(piece, weights.get(weight)):
            yield Finding(
                "whole", f"另存了改动过的 {weight}（扩充过词表，或训练过整层），别的程序不加载",
                NOT_PEFT,
            )  # fmt: skip
        else:
            yield Finding(
                "copy", f"带着一份和底座相同的 {weight}，白占 {piece.length / 1e6:.1f} MB", NOWHERE,
                "加 --fix：去掉它", fixable=True,
            )  # fmt: skip


def _equal(piece: Piece, original: Piece | None) -> bool:
    if original is None or original.shape != piece.shape:
        return False
    return bool((piece.array() == original.array()).all())


def check_folder(folder: Path) -> Iterator[Finding]:
    """Files that a user of the adapter would miss; nothing stops without them."""
    if not (folder / "tokenizer.json").is_file():
        yield Finding("tokenizer", "没有 tokenizer.json，要用底座的分词器", NOWHERE)
    settings = folder / "tokenizer_config.json"
    inside = settings.is_file() and "chat_template" in read_json(settings)
    if not inside and not (folder / "chat_template.jinja").is_file():
        yield Finding(
            "template", "没有聊天模板：换一个模板提问，回答会变差", NOWHERE, "用训练时的模板"
        )
