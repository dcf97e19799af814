"""The whole recipe of the shipped base: tokenizer, random model, training on the exercises."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

from toujiao.errors import ToujiaoError, missing_extra
from toujiao.files import read_rows
from toujiao.folders import EXERCISES, VOCABULARY
from toujiao.models.template import TURN_END
from toujiao.models.tiny import make_config, train_tokenizer
from toujiao.train.pretrain import PretrainSettings, pretrain

# Documents kept aside for the accuracy that is reported.
PROBE_DOCUMENTS = 24


def train_base(
    data: Path, output: Path, steps: int | None, report: Callable[[dict[str, Any]], None]
) -> None:
    """Train tokenizer and model and save both to `output`.

    `data` is the folder with exercises.jsonl and vocabulary.txt (`toujiao dataset exercises`).
    """
    try:
        import torch
        from transformers import Qwen3ForCausalLM
    except ImportError as error:
        raise missing_extra("torch 和 transformers", "train") from error
    exercises, vocabulary = data / EXERCISES, data / VOCABULARY
    for path in (exercises, vocabulary):
        if not path.is_file():
            raise ToujiaoError(f"找不到 {path}，请先运行 toujiao dataset exercises。")
    settings = PretrainSettings()
    settings = replace(settings, steps=steps) if steps else settings
    tokenizer = train_tokenizer(vocabulary.read_text(encoding="utf-8").splitlines(keepends=True))
    torch.manual_seed(settings.seed)
    end = tokenizer.convert_tokens_to_ids(TURN_END)
    model = Qwen3ForCausalLM(make_config(len(tokenizer), int(end), int(tokenizer.pad_token_id)))
    output.mkdir(parents=True, exist_ok=True)
    rows = read_rows(exercises)
    probes = {"answers": rows[:PROBE_DOCUMENTS]}
    pretrain(model, tokenizer, rows[PROBE_DOCUMENTS:], probes, output, settings, report)
