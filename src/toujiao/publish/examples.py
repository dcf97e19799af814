"""How to run an adapter: what the card's lines for llama.cpp, Ollama and vLLM need."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from toujiao.models.template import END_OF_TEXT, TURN_END, TURN_START

# What vLLM's --max-lora-rank takes; an adapter needs the next one up.
VLLM_RANKS = (1, 8, 16, 32, 64, 128, 256, 320, 512)
GGUF_BASE, GGUF_ADAPTER = "base.gguf", "adapter.gguf"


def vllm_rank(config: Mapping[str, Any]) -> int | None:
    """The value of --max-lora-rank for this adapter; None when its rank is too large for vLLM."""
    ranks = [int(config.get("r") or 0), *(config.get("rank_pattern") or {}).values()]
    return next((allowed for allowed in VLLM_RANKS if allowed >= max(ranks)), None)


def modelfile(base: str, adapter: str, system: str) -> str:
    """An Ollama Modelfile for a GGUF base with a LoRA GGUF: our chat format and its stop words."""
    # Ollama puts SYSTEM first among .Messages, so one turn serves all roles.
    turn = f"{TURN_START}{{{{ .Role }}}}\n{{{{ .Content }}}}{TURN_END}\n"
    template = f"{{{{- range .Messages }}}}{turn}{{{{ end }}}}{TURN_START}assistant\n"
    lines = [f"FROM ./{base}", f"ADAPTER ./{adapter}", f'TEMPLATE """{template}"""']
    if system.strip():
        lines.append(f'SYSTEM """{system.strip()}"""')
    lines += [f'PARAMETER stop "{word}"' for word in (TURN_END, END_OF_TEXT)]
    lines.append("PARAMETER temperature 0")
    return "\n".join(lines)


def gguf_in(folder: Path) -> str | None:
    """The first LoRA GGUF that lies in an adapter folder, relative."""
    found = sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*.gguf"))
    return found[0] if found else None
