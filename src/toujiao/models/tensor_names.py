"""The name that publish/adapter.py imports, until it asks `portability.lint` (issue G, item 4)."""

from __future__ import annotations

from toujiao.models.lora import _LORA


def lora_name(name: str) -> object | None:
    return _LORA.fullmatch(name)
