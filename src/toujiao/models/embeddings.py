"""Word embeddings in adapters: adapted while tied to the output layer, or stored whole."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from toujiao.errors import ToujiaoError
from toujiao.models.shards import Piece

if TYPE_CHECKING:
    from toujiao.models.lora import Lora

EMBEDDING, HEAD = "model.embed_tokens.weight", "lm_head.weight"


def must_untie(config: Mapping[str, Any], lora: Lora) -> bool:
    """Whether merging has to give the output layer weights of its own.

    PEFT adapts only the module that is named, so the two are no longer the same weight.
    """
    touched = {f"{module}.weight" for module in lora.modules} & {EMBEDDING, HEAD}
    if not touched or not config.get("tie_word_embeddings"):
        return False
    if lora.config.get("ensure_weight_tying"):
        raise ToujiaoError(
            f"{lora.folder}：ensure_weight_tying 把词向量和输出层一起改，不能准确处理。"
        )
    return True


def refuse_changed(lora: Lora, base: Mapping[str, Piece]) -> None:
    """ToujiaoError when weights that the adapter stores whole differ from the base's.

    PEFT stores embeddings whole when it cannot tell whether the vocabulary was changed; most are
    copies of the base's, and a copy needs no care. `base` must know a tied output layer.
    """
    for name, piece in lora.whole.items():
        original = base.get(name)
        if original is None or original.shape != piece.shape:
            raise ToujiaoError(f"{lora.folder} 另存的 {name} 和底座对不上，请换对应的底座。")
        if piece.dtype == original.dtype and piece.digest() == original.digest():
            continue
        # The same numbers may have been stored in another precision.
        if not (piece.array() == original.array()).all():
            raise ToujiaoError(
                f"{lora.folder} 另存了改动过的 {name}（扩充过词表，或训练过整层），"
                "不是普通 LoRA，不能准确处理。"
            )
