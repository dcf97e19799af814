"""Greedy answers of a transformers model to many prompts, in batches."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from toujiao.models.template import plain_messages

BATCH = 16


@dataclass(frozen=True)
class Output:
    """The text a model wrote, and whether it ended by itself."""

    text: str
    stopped: bool


def generate(
    model: Any, tokenizer: Any, prompts: Sequence[list[dict[str, str]]], most_tokens: int
) -> list[Output]:
    """One greedy answer per prompt, in order; long prompts are batched with long ones."""
    import torch

    tokenizer.padding_side = "left"
    order = sorted(range(len(prompts)), key=lambda i: sum(len(m["content"]) for m in prompts[i]))
    outputs: dict[int, Output] = {}
    for start in range(0, len(order), BATCH):
        chosen = order[start : start + BATCH]
        inputs = tokenizer.apply_chat_template(
            [plain_messages(prompts[i]) for i in chosen],
            add_generation_prompt=True,
            padding=True,
            return_dict=True,
            return_tensors="pt",
        ).to(model.device)
        with torch.no_grad():
            written = model.generate(**inputs, do_sample=False, max_new_tokens=most_tokens)
        for i, ids in zip(chosen, written[:, inputs["input_ids"].shape[1] :], strict=True):
            outputs[i] = _output(ids.tolist(), model, tokenizer)
    return [outputs[i] for i in range(len(prompts))]


def _output(ids: list[int], model: Any, tokenizer: Any) -> Output:
    stops = model.generation_config.eos_token_id
    stops = set(stops if isinstance(stops, list) else [stops])
    end = next((n for n, token in enumerate(ids) if token in stops), None)
    text = tokenizer.decode(ids[:end], skip_special_tokens=True)
    return Output(text, end is not None)
