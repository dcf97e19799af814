"""How to run an adapter: what the card's lines for llama.cpp and vLLM need."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

# What vLLM's --max-lora-rank takes; an adapter needs the next one up.
VLLM_RANKS = (1, 8, 16, 32, 64, 128, 256, 320, 512)
GGUF_BASE, GGUF_ADAPTER = "base.gguf", "adapter.gguf"


def vllm_rank(config: Mapping[str, Any]) -> int | None:
    """The value of --max-lora-rank for this adapter; None when its rank is too large for vLLM."""
    ranks = [int(config.get("r") or 0), *(config.get("rank_pattern") or {}).values()]
    return next((allowed for allowed in VLLM_RANKS if allowed >= max(ranks)), None)


def gguf_in(folder: Path) -> str | None:
    """The first LoRA GGUF that lies in an adapter folder, relative."""
    found = sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*.gguf"))
    return found[0] if found else None
