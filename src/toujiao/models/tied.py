"""Word embeddings that share their weights with the output layer, and adapters that touch one."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from toujiao.errors import ToujiaoError
from toujiao.models.resolve import adapter_config

EMBEDDING, HEAD = "model.embed_tokens.weight", "lm_head.weight"


def must_untie(config: Mapping[str, Any], modules: Iterable[str], adapter: Path) -> bool:
    """Whether merging has to give the output layer weights of its own.

    PEFT adapts only the module that is named, so the two are no longer the same weight.
    """
    touched = {f"{module}.weight" for module in modules} & {EMBEDDING, HEAD}
    if not touched or not config.get("tie_word_embeddings"):
        return False
    if adapter_config(adapter).get("ensure_weight_tying"):
        raise ToujiaoError(f"{adapter}：ensure_weight_tying 把词向量和输出层一起改，不能合并。")
    return True
