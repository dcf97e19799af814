"""What all tools train: one model with random weights, one choice of our rows, the same tokens."""

from __future__ import annotations

import json
import random
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from toujiao.models.qwen1.tokenizer import write_tokenizer
from toujiao.models.template import TURN_END, format_chat
from training.witness import fingerprint

SEED = 20261124
# Qwen3-0.6B (its config.json); the number of layers may be cut down for a quick trial.
SHAPE: dict[str, Any] = {
    "hidden_size": 1024,
    "num_attention_heads": 16,
    "num_key_value_heads": 8,
    "head_dim": 128,
    "intermediate_size": 3072,
    "vocab_size": 151936,
    "tie_word_embeddings": True,
    "max_position_embeddings": 40960,
    "rms_norm_eps": 1e-6,
    "rope_parameters": {"rope_type": "default", "rope_theta": 1000000.0},
    "eos_token_id": 151645,
    "pad_token_id": 151643,
    "bos_token_id": None,
}
LAYERS = 28
CONTEXT = 4096
Row = dict[str, Any]


def model_folder(cache: Path, layers: int) -> Path:
    """A folder with the model (random weights, bf16) and a tokenizer of Qwen's vocabulary."""
    folder = cache / f"qwen3-0.6b-shape-{layers}-layers"
    if (folder / "tokenizer.json").is_file():
        return folder
    import dashscope
    import torch
    from transformers import Qwen3Config, Qwen3ForCausalLM

    folder.mkdir(parents=True, exist_ok=True)
    torch.manual_seed(SEED)
    model = Qwen3ForCausalLM(Qwen3Config(num_hidden_layers=layers, **SHAPE))
    model.to(torch.bfloat16).save_pretrained(folder)
    # Written last: the folder is complete when it is there.
    write_tokenizer(
        Path(dashscope.__file__).parent / "resources" / "qwen.tiktoken", folder, CONTEXT
    )
    return folder


def choose_rows(work: Path, count: int, held_out: int) -> tuple[list[Row], list[Row]]:
    """Random rows of the data set that `toujiao dataset build` makes of the cards."""
    built = work / "built"
    command = [sys.executable, "-m", "toujiao", "dataset", "build", "--out", str(built)]
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
    chosen = []
    for name, wanted in (("train.jsonl", count), ("held_out.jsonl", held_out)):
        lines = (built / name).read_text(encoding="utf-8").splitlines()
        chosen.append([json.loads(line) for line in random.Random(SEED).sample(lines, wanted)])
    return chosen[0], chosen[1]


def expected(rows: Sequence[Row], model: Path) -> dict[str, Row]:
    """Each row under the fingerprint of the tokens that our template and packing make of it."""
    from transformers import AutoTokenizer

    from toujiao.train.packing import encode

    tokenizer = AutoTokenizer.from_pretrained(model)
    encoded = [encode({"messages": row["messages"]}, tokenizer) for row in rows]
    return {fingerprint(e.ids, e.labels): row for e, row in zip(encoded, rows, strict=True)}


def write_data(folder: Path, rows: Sequence[Row], held_out: Sequence[Row]) -> dict[str, str]:
    """The rows as each tool reads them; the paths under their names in a plan.

    For LLaMA-Factory a sharegpt data set for `template: empty`: ChatML is written out.
    """
    folder.mkdir(exist_ok=True)
    turns = [{"conversations": conversation(row["messages"])} for row in rows]
    (folder / "sharegpt.json").write_text(json.dumps(turns), encoding="utf-8")
    described = {"rows": {"file_name": "sharegpt.json", "formatting": "sharegpt"}}
    (folder / "dataset_info.json").write_text(json.dumps(described), encoding="utf-8")
    paths = {"rows": folder / "train.jsonl", "held_out": folder / "held_out.jsonl"}
    for path, some in zip(paths.values(), (rows, held_out), strict=True):
        lines = [json.dumps(row, ensure_ascii=False) + "\n" for row in some]
        path.write_text("".join(lines), encoding="utf-8")
    return {"data": str(folder), **{name: str(path) for name, path in paths.items()}}


def conversation(messages: Sequence[dict[str, str]]) -> list[dict[str, str]]:
    """Answers with their end token (trained), and all that stands between them (not trained)."""
    turns = []
    asked: list[dict[str, str]] = []
    for message in messages:
        if message["role"] != "assistant":
            asked.append(message)
            continue
        between = "\n" if turns else ""
        turns.append({"from": "human", "value": between + format_chat(asked)})
        turns.append({"from": "gpt", "value": message["content"] + TURN_END})
        asked = []
    return turns
