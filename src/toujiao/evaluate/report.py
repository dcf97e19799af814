"""Evaluates a run folder and writes evaluation.json into it."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import Any

from toujiao.dataset.formats import read_rows
from toujiao.errors import ToujiaoError, missing_extra
from toujiao.evaluate.adapter_task import compare, sample_rows
from toujiao.models.loading import load_causal_lm
from toujiao.models.tiny import BASE_DIR, NAME


def evaluate_run(folder: Path, data: Path) -> dict[str, Any]:
    """The before/after comparison of a run on its held-out rows; also written to the folder."""
    record_path = folder / "run.json"
    if not record_path.is_file():
        raise ToujiaoError(f"{folder} 里没有 run.json，不是训练的运行目录。")
    record = json.loads(record_path.read_text(encoding="utf-8"))
    held_out = data / "held_out.jsonl"
    rows = sample_rows(read_rows(held_out), record["seed"])
    base = record["base_model"]
    try:
        model, tokenizer = load_causal_lm(
            str(BASE_DIR) if base == NAME else base, str(folder / "adapter")
        )
    except ImportError as error:
        raise missing_extra("transformers 和 peft", "train") from error
    evaluation = compare(model, tokenizer, rows, record.get("held_out_loss", {}))
    evaluation["questions_sha256"] = hashlib.sha256(held_out.read_bytes()).hexdigest()
    evaluation["command"] = f"toujiao evaluate run {folder}"
    text = json.dumps(evaluation, ensure_ascii=False, indent=2)
    partial = folder / "evaluation.json.part"
    partial.write_text(text + "\n", encoding="utf-8")
    partial.replace(folder / "evaluation.json")
    return evaluation
