"""Greedy answers to many prompts, with and without an adapter: transformers, or llama.cpp.

The embedded base is asked through llama.cpp (measured ten times faster here); any other base
through transformers and PEFT.
"""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import nullcontext
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

from toujiao.models.template import plain_messages

BATCH = 16


@dataclass(frozen=True)
class Output:
    """The text a model wrote, and whether it ended by itself."""

    text: str
    stopped: bool


class Writer(Protocol):
    """Answers prompts, with or without the adapter under test."""

    def __call__(
        self, prompts: Sequence[list[dict[str, str]]], use_adapter: bool, most_tokens: int
    ) -> list[Output]: ...


def llamacpp_writer(base: Path, adapter: Path) -> Writer:
    """A writer over the GGUF base and the LoRA GGUF."""
    from toujiao.assistant.backends.llamacpp import LlamaCppBackend

    def write(
        prompts: Sequence[list[dict[str, str]]], use_adapter: bool, most_tokens: int
    ) -> list[Output]:
        backend = LlamaCppBackend(str(base), str(adapter) if use_adapter else None)
        return [Output(*backend.complete(prompt, most_tokens)) for prompt in prompts]

    return write


def transformers_writer(model: Any, tokenizer: Any) -> Writer:
    """A writer over a PEFT model."""

    def write(
        prompts: Sequence[list[dict[str, str]]], use_adapter: bool, most_tokens: int
    ) -> list[Output]:
        return generate(model, tokenizer, prompts, use_adapter, most_tokens)

    return write


def generate(
    model: Any,
    tokenizer: Any,
    prompts: Sequence[list[dict[str, str]]],
    use_adapter: bool,
    most_tokens: int,
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
        off = nullcontext() if use_adapter else model.disable_adapter()
        with torch.no_grad(), off:
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
