"""What transformers says: the base, base + adapter, and a merged model folder."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from toujiao.errors import ToujiaoError
from toujiao.models.loading import load_causal_lm
from toujiao.models.template import TURN_END
from toujiao.models.verify.comparison import Observed
from toujiao.models.verify.exam import Exam, Item, log_normaliser
from toujiao.models.verify.limits import TOP_TOKENS
from toujiao.models.verify.reference import device, logits_of

_TOKENIZER_FILES = ("tokenizer.json", "tokenizer_config.json", "vocab.json")


def top_scores(logits: np.ndarray) -> list[dict[int, float]]:
    """The likeliest tokens of each row and their log-probabilities; `logits` [places, vocabulary]."""
    count = min(TOP_TOKENS, logits.shape[1])
    top = np.argpartition(logits, -count, axis=1)[:, -count:]
    scores = np.take_along_axis(logits, top, axis=1) - log_normaliser(logits)[:, None]
    return [dict(zip(ids, row, strict=True)) for ids, row in zip(top.tolist(), scores, strict=True)]


def observe_base(items: Sequence[Item]) -> Iterator[Observed]:
    """The base at the reference's places: how much the adapter changes."""
    for item in items:
        logits = item.base.logits()
        yield Observed(None, None, item.base.best, top_scores(logits), None, logits)


def observe_reference(items: Sequence[Item], adapter: Path) -> Iterator[Observed]:
    """The reference itself, with the tokenizer and template that lie in its adapter folder."""
    tokenizer = folder_tokenizer(adapter)
    for item in items:
        same_ids, same_template = seen_prompt(tokenizer, item)
        scores = top_scores(item.reference.logits())
        yield Observed(same_ids, same_template, item.reference.best, scores, item.ended)


def observe_merged(exam: Exam, folder: Path) -> Iterator[Observed]:
    """A model folder at the reference's places, in float32."""
    model, _ = load_causal_lm(str(folder))
    model = model.float().to(device())
    tokenizer = folder_tokenizer(folder)
    for item in exam.items:
        logits = logits_of(model, item.prompt, item.answer)
        best = logits.argmax(axis=-1).tolist()
        ended = best[-1] == exam.end if item.ended else None
        yield Observed(*seen_prompt(tokenizer, item), best, top_scores(logits), ended, logits)


def folder_tokenizer(folder: Path) -> Any:
    """The tokenizer in a folder, or None when there is none (bare PEFT adapters)."""
    from transformers import AutoTokenizer

    if not any((folder / name).is_file() for name in _TOKENIZER_FILES):
        return None
    try:
        return AutoTokenizer.from_pretrained(str(folder))
    except (OSError, ValueError) as error:
        raise ToujiaoError(
            f"打不开 {folder} 里的分词器：{str(error).splitlines()[0]}。请从底座文件夹重新复制。"
        ) from error


def seen_prompt(tokenizer: Any, item: Item) -> tuple[bool | None, bool | None]:
    """(same token ids, same text) with a folder's own tokenizer and its own chat template."""
    import jinja2

    if tokenizer is None:
        return None, None
    try:
        text = tokenizer.apply_chat_template(
            item.messages, add_generation_prompt=True, tokenize=False
        )
    except (ValueError, jinja2.TemplateError):  # no template, or one that refuses a system prompt
        return False, False
    ids = tokenizer(text, add_special_tokens=False)["input_ids"]
    return ids == item.prompt, text == item.text


def declared_stop(folder: Path, end: int) -> bool:
    """Whether a model folder names <|im_end|> as an end: tokenizer or generation_config."""
    if getattr(folder_tokenizer(folder), "eos_token", None) == TURN_END:
        return True
    path = folder / "generation_config.json"
    named = json.loads(path.read_text(encoding="utf-8")) if path.is_file() else {}
    ids = named.get("eos_token_id")
    return end in (ids if isinstance(ids, list) else [ids])
