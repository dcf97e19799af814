"""What a GGUF file says beside its tensors: shape, tokenizer, chat template, origin."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from toujiao.errors import ToujiaoError
from toujiao.files import read_json
from toujiao.models.origin import Origin
from toujiao.models.template import SPECIAL_TOKENS, inference_template

if TYPE_CHECKING:
    from gguf import GGUFWriter

ARCHITECTURES = {"Qwen2ForCausalLM": "qwen2", "Qwen3ForCausalLM": "qwen3"}
_HUB = "https://huggingface.co"


def architecture(config: Mapping[str, Any], folder: Path) -> str:
    """llama.cpp's name of the architecture; ToujiaoError for one that cannot be written."""
    name = (config.get("architectures") or ["?"])[0]
    if name not in ARCHITECTURES:
        raise ToujiaoError(f"{folder}：不支持 {name}，可用：{'、'.join(ARCHITECTURES)}。")
    return ARCHITECTURES[name]


def write_shape(writer: GGUFWriter, config: Mapping[str, Any], folder: Path) -> None:
    """Sizes and rotary positions; ToujiaoError for what llama.cpp would compute differently."""
    heads = config["num_attention_heads"]
    head_dim = config.get("head_dim") or config["hidden_size"] // heads
    writer.add_context_length(config["max_position_embeddings"])
    writer.add_embedding_length(config["hidden_size"])
    writer.add_block_count(config["num_hidden_layers"])
    writer.add_feed_forward_length(config["intermediate_size"])
    writer.add_head_count(heads)
    writer.add_head_count_kv(config.get("num_key_value_heads", heads))
    writer.add_key_length(head_dim)
    writer.add_value_length(head_dim)
    writer.add_layer_norm_rms_eps(config["rms_norm_eps"])
    writer.add_vocab_size(config["vocab_size"])
    _write_positions(writer, config, folder)


def _write_positions(writer: GGUFWriter, config: Mapping[str, Any], folder: Path) -> None:
    import gguf

    if config.get("use_sliding_window"):
        raise ToujiaoError(f"{folder}：用了滑动窗口注意力，llama.cpp 的算法不同，没有写出。")
    rope = config.get("rope_parameters") or config.get("rope_scaling") or {}
    writer.add_rope_freq_base(rope.get("rope_theta") or config.get("rope_theta", 10000.0))
    kind = rope.get("rope_type") or rope.get("type") or "default"
    if kind == "yarn":
        writer.add_rope_scaling_type(gguf.RopeScalingType.YARN)
        writer.add_rope_scaling_factor(rope["factor"])
        writer.add_rope_scaling_orig_ctx_len(rope["original_max_position_embeddings"])
    elif kind != "default":
        raise ToujiaoError(f"{folder}：位置编码是 {kind}，只会写 default 和 yarn，没有写出。")


def write_tokenizer(writer: GGUFWriter, folder: Path, size: int) -> None:
    """The byte-level BPE of tokenizer.json, filled up to `size` tokens, and our chat template."""
    import gguf

    data = read_json(folder / "tokenizer.json")
    ids: dict[int, str] = {index: token for token, index in data["model"]["vocab"].items()}
    added = {item["id"]: item for item in data["added_tokens"]}
    ids |= {index: item["content"] for index, item in added.items()}
    if missing := sorted(set(SPECIAL_TOKENS) - set(ids.values())):
        raise ToujiaoError(f"{folder} 的分词器里没有控制符 {missing[0]}，不是 Qwen 的分词器。")
    if max(ids) >= size:
        raise ToujiaoError(f"{folder} 的分词器有 {max(ids) + 1} 个词，模型只有 {size} 个，不配套。")
    names, kinds = [], []
    for index in range(size):
        names.append(ids.get(index, f"[PAD{index}]"))
        if index not in ids:
            kinds.append(gguf.TokenType.UNUSED)
        elif index not in added:
            kinds.append(gguf.TokenType.NORMAL)
        elif added[index].get("special", True):
            kinds.append(gguf.TokenType.CONTROL)
        else:  # <think> and the like: one token, but part of the text
            kinds.append(gguf.TokenType.USER_DEFINED)
    merges = data["model"]["merges"]
    writer.add_tokenizer_model("gpt2")
    writer.add_tokenizer_pre("qwen2")
    writer.add_token_list(names)
    writer.add_token_types(kinds)
    writer.add_token_merges([m if isinstance(m, str) else " ".join(m) for m in merges])
    by_name = {token: index for index, token in ids.items()}
    end_of_text, _, turn_end = (by_name[special] for special in SPECIAL_TOKENS)
    writer.add_eos_token_id(turn_end)
    writer.add_pad_token_id(end_of_text)
    writer.add_add_bos_token(False)
    writer.add_chat_template(inference_template())


def write_origin(writer: GGUFWriter, known: Origin) -> None:
    """The base model and the licence, where they are known."""
    if known.base:
        owner, _, name = known.base.rpartition("/")
        writer.add_base_model_count(1)
        writer.add_base_model_name(0, name)
        if owner:
            writer.add_base_model_organization(0, owner)
            writer.add_base_model_repo_url(0, f"{_HUB}/{known.base}")
    if known.licence:
        writer.add_license(known.licence)
    if known.licence_name:
        writer.add_license_name(known.licence_name)
