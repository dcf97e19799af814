"""Greedy answers to many prompts, with and without an adapter: transformers, or llama.cpp.

The embedded base is asked through llama.cpp (measured ten times faster here); any other base
through transformers and PEFT.
"""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import nullcontext
from pathlib import Path
from typing import Any, Protocol

from toujiao.models.generation import Output, generate


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
        with nullcontext() if use_adapter else model.disable_adapter():
            return generate(model, tokenizer, prompts, most_tokens)

    return write
