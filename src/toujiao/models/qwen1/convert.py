"""Converts a Qwen-1 folder, and an adapter for it, to the Qwen2 layout: all of it or nothing."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Any

from toujiao.errors import ToujiaoError
from toujiao.files import read_json, write_json
from toujiao.models.output import check_new_folder, copy_legal, new_folder
from toujiao.models.qwen1 import adapter as adapters
from toujiao.models.qwen1 import tokenizer
from toujiao.models.qwen1.config import Shape, check_config, generation_config, qwen2_config
from toujiao.models.qwen1.proof import file_table, write_proof
from toujiao.models.qwen1.tensors import check_tensors, convert_tensor
from toujiao.models.shards import INDEX, ONE_FILE, Piece, check_written, read_shards, write_pieces

ADAPTER_FOLDER = "adapter"

Shards = dict[Path, dict[str, Piece]]


def convert(source: Path, target: Path, adapter: Path | None = None) -> dict[str, Any]:
    """Convert `source` to the new folder `target`, the adapter to `target/adapter`.

    Returns the proof that is also written there. `target` appears only when it is complete.
    ToujiaoError says what cannot be converted exactly, and why.
    """
    _check_folders(source, target)
    config = read_json(source / "config.json")
    shape = check_config(config, source)
    shards = read_shards(source)
    dtype = check_tensors(shards.values(), shape, source)
    vocabulary = _find_vocabulary(source, shape)
    needed = sum(piece.length for shard in shards.values() for piece in shard.values())
    with new_folder(target, needed) as folder:
        facts: dict[str, Any] = {"tokenizer": None, "adapter": None}
        # The short parts first: what they refuse must not cost the time of the long one.
        if vocabulary:
            facts["tokenizer"] = tokenizer.write_tokenizer(vocabulary, folder, shape.context)
        if adapter:
            pieces = {n: p for shard in shards.values() for n, p in shard.items()}
            base = adapters.Base(shape, pieces, target.name)
            facts["adapter"] = adapters.convert_adapter(
                adapter, folder / ADAPTER_FOLDER, base, folder.parent
            )
        write_json(folder / "config.json", qwen2_config(config, shape, dtype))
        write_json(folder / "generation_config.json", generation_config(source, shape))
        copy_legal(source, folder)
        facts["weights"] = _write_weights(shards, folder) | {"dtype": dtype}
        facts["checks"] = _checks(facts)
        facts["inputs"] = _inputs(source, shards, vocabulary, adapter)
        return write_proof(folder, facts)


def _check_folders(source: Path, target: Path) -> None:
    if not source.is_dir():
        raise ToujiaoError(
            f"没有 {source} 这个文件夹。请先把模型下载到本地，例如运行 "
            "hf download Qwen/Qwen-1_8B-Chat --local-dir Qwen-1_8B-Chat。"
        )
    check_new_folder(target)


def _find_vocabulary(source: Path, shape: Shape) -> Path | None:
    """qwen.tiktoken where there is one; ToujiaoError when the model cannot be its."""
    path = source / tokenizer.FILE_NAME
    others = sorted(p.name for p in source.glob("*.tiktoken") if p != path)
    if others:
        raise ToujiaoError(f"{source}：有扩充词表 {others[0]}，不能准确转换。")
    if not path.is_file():
        return None
    needed = tokenizer.RANKS + len(tokenizer.CONTROL_TOKENS)
    if shape.vocabulary < needed:
        raise ToujiaoError(
            f"{source}：词表有 {needed} 个词，模型只有 {shape.vocabulary} 个，不配套。"
        )
    return path


def _write_weights(shards: Shards, folder: Path) -> dict[str, Any]:
    """Write one shard for each that was read, check it, and the index; numbers for the proof."""
    files: dict[str, str] = {}
    total = 0
    for number, shard in enumerate(shards.values(), start=1):
        pieces = {
            new: p for name, old in shard.items() for new, p in convert_tensor(name, old).items()
        }
        name = f"model-{number:05d}-of-{len(shards):05d}.safetensors"
        path = folder / (name if len(shards) > 1 else ONE_FILE)
        check_written(path, pieces, write_pieces(path, pieces))
        files |= dict.fromkeys(pieces, path.name)
        total += sum(piece.length for piece in pieces.values())
    if len(shards) > 1:
        index = {"metadata": {"total_size": total}, "weight_map": dict(sorted(files.items()))}
        write_json(folder / INDEX, index)
    read = sum(map(len, shards.values()))
    return {"tensors_read": read, "tensors_written": len(files), "bytes": total}


def _checks(facts: dict[str, Any]) -> list[str]:
    """What must be true for the conversion to have come this far, in words."""
    checks = [
        "config.json: every key known; rotary_pct, no_bias, untied embeddings as Qwen2 needs them",
        "weights: every expected tensor present once, of the expected shape; nothing unknown",
        "weights: each written tensor read back, SHA-256 equal to the rows it was copied from",
    ]
    if facts["tokenizer"]:
        checks.append("tokenizer: ranks complete, each token of two parts, control tokens' ids")
    if facts["adapter"]:
        checks += [
            "adapter: plain LoRA, rank and shape of every layer, each layer targeted by its settings",
            "adapter: each written tensor read back, SHA-256 equal to the rows it was copied from",
        ]
    return checks


def _inputs(
    source: Path, shards: Shards, vocabulary: Path | None, adapter: Path | None
) -> dict[str, Any]:
    settings = [source / name for name in ("config.json", "generation_config.json")]
    read = [path for path in settings if path.is_file()] + list(shards)
    table = file_table(read + ([vocabulary] if vocabulary else []), source)
    if adapter:
        weights = adapter / adapters.WEIGHTS
        weights = weights if weights.is_file() else adapter / adapters.PICKLED
        found = file_table([adapter / "adapter_config.json", weights], adapter)
        table |= {f"{ADAPTER_FOLDER}/{name}": facts for name, facts in found.items()}
    return table


def summary(proof: dict[str, Any]) -> Iterable[str]:
    """The proof in a few Chinese lines for the terminal."""
    weights = proof["weights"]
    yield (
        f"权重：读 {weights['tensors_read']} 个张量，写 {weights['tensors_written']} 个，"
        "逐个重读核对，全部相同。"
    )
    if proof["tokenizer"]:
        yield f"分词器：{proof['tokenizer']['size']} 个词，控制符编号已核对。"
    else:
        yield f"分词器：没有找到 {tokenizer.FILE_NAME}，只转换了权重。用之前请补上分词器。"
    if found := proof["adapter"]:
        yield f"适配器：{found['layers_read']} 层拆成 {found['layers_written']} 层，在 {ADAPTER_FOLDER} 里。"
        if found["embeddings_kept"]:
            yield "适配器：词向量和底座不同，照样带上了；vLLM、llama.cpp 等不支持这种适配器。"
