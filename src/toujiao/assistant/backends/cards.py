"""No model at all: the pipeline shows the composed card."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from toujiao.assistant.prompt import Message


class CardsBackend:
    """Writes nothing itself, so the pipeline falls back to the composed card."""

    name = "cards"
    model: str | None = None
    adapter: str | None = None
    strict = True

    def stream(self, messages: Sequence[Message]) -> Iterator[str]:
        """No pieces."""
        return iter(())
