"""Evaluates a run folder and writes evaluation.json into it."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import Any

from toujiao.dataset.formats import read_rows
from toujiao.errors import ToujiaoError, missing_extra
from toujiao.evaluate.adapter_task import MOST_TOKENS, compare, prompts_of, sample_rows
from toujiao.evaluate.generate import Writer, llamacpp_writer, transformers_writer
from toujiao.files import read_json, sha256, write_json
from toujiao.folders import ADAPTER, DATA, EVALUATION, HELD_OUT, RECORD, START_ADAPTER
from toujiao.models.generation import Output
from toujiao.models.gguf_writer import write_adapter
from toujiao.models.loading import load_causal_lm
from toujiao.models.tiny import BASE_DIR, BASE_GGUF, NAME


def evaluate_run(folder: Path, data: Path | None = None) -> dict[str, Any]:
    """The before/after comparison of a run on held-out rows; also written to the folder.

    A run that started from an adapter (votes) is compared with that one as well. `data`: a folder
    with another held_out.jsonl than the run's own.
    """
    record_path = folder / RECORD
    if not record_path.is_file():
        raise ToujiaoError(f"{folder} 里没有 {RECORD}，不是训练的运行目录。")
    record = read_json(record_path)
    held_out = (data or folder / DATA) / HELD_OUT
    rows = sample_rows(read_rows(held_out), record["seed"])
    with tempfile.TemporaryDirectory() as scratch:
        start = _start_answers(record["base_model"], folder / START_ADAPTER, rows, Path(scratch))
        writer = _writer(record["base_model"], folder / ADAPTER, Path(scratch))
        evaluation = compare(writer, rows, record.get("held_out_loss", {}), start)
    evaluation["questions_sha256"] = sha256(held_out)
    evaluation["command"] = f"toujiao evaluate run {folder}"
    write_json(folder / EVALUATION, evaluation)
    return evaluation


def _start_answers(
    base: str, start: Path, rows: list[dict[str, Any]], scratch: Path
) -> list[Output] | None:
    """The answers with the adapter that the run started from; its model is let go of again."""
    if not start.is_dir():
        return None
    writer = _writer(base, start, scratch)
    return writer(prompts_of(rows), use_adapter=True, most_tokens=MOST_TOKENS)


def _writer(base: str, adapter: Path, scratch: Path) -> Writer:
    """How the answers are written: llama.cpp for the embedded base, else transformers."""
    try:
        if base == NAME:
            lora = scratch / f"{adapter.name}.gguf"
            write_adapter(adapter, lora, BASE_DIR)
            return llamacpp_writer(BASE_GGUF, lora)
        return transformers_writer(*load_causal_lm(base, str(adapter)))
    except ImportError as error:
        raise missing_extra("transformers 和 peft", "train") from error
