"""Backends turn chat messages into text, piece by piece. One method, four implementations.

`cards` needs no model, `llamacpp` runs GGUF files, `transformers` runs a model folder with a PEFT
adapter, `openai` talks to any compatible server.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Protocol

from toujiao.assistant.prompt import Message
from toujiao.errors import ToujiaoError
from toujiao.models.resolve import adapter_folder, base_of
from toujiao.models.tiny import NAME as TINY

KINDS = ("auto", "llamacpp", "transformers", "openai", "cards")


class Backend(Protocol):
    """Writes the assistant's turn. `strict`: a small model, whose sentences must follow a card's."""

    name: str
    model: str | None
    adapter: str | None
    strict: bool

    def stream(self, messages: Sequence[Message]) -> Iterator[str]:
        """Yield the answer in pieces (greedy, so that the same question gets the same answer)."""
        ...


def load_backend(kind: str, base: str | None = None, adapter: str | None = None) -> Backend:
    """The backend of this kind; `auto` is the embedded model, or `cards` where it cannot run."""
    if kind not in KINDS:
        raise ToujiaoError(f"没有 {kind} 这种后端，可用：{'、'.join(KINDS)}。")
    if adapter and Path(adapter).is_dir():
        base, adapter = _read_folder(base, Path(adapter))
    if kind == "auto":
        kind = _choose(base, adapter)
    if kind == "cards":
        from toujiao.assistant.backends.cards import CardsBackend

        return CardsBackend()
    if kind == "llamacpp":
        from toujiao.assistant.backends.llamacpp import LlamaCppBackend

        return LlamaCppBackend(base, adapter)
    if kind == "transformers":
        from toujiao.assistant.backends.transformers import TransformersBackend

        return TransformersBackend(base, adapter)
    from toujiao.assistant.backends.openai import OpenAIBackend

    return OpenAIBackend(base, adapter)


def _read_folder(base: str | None, folder: Path) -> tuple[str | None, str]:
    """(base, PEFT folder) of an adapter folder or a run folder, which names its base itself."""
    adapter = adapter_folder(folder)
    named = base or base_of(adapter)
    return (None if named == TINY else named), str(adapter)


def _choose(base: str | None, adapter: str | None) -> str:
    """GGUF files or nothing -> llamacpp when it can be imported; anything else -> transformers."""
    from importlib.util import find_spec

    if any(name and not name.endswith(".gguf") for name in (base, adapter)):
        return "transformers"
    return "llamacpp" if find_spec("xllamacpp") else "cards"
