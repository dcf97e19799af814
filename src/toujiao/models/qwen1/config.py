"""config.json and generation_config.json of Qwen-1, checked and written in Qwen2's terms."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from toujiao.errors import ToujiaoError
from toujiao.files import read_json

END_OF_TEXT_ID, TURN_START_ID, TURN_END_ID = 151643, 151644, 151645

_SIZES = (
    "hidden_size", "intermediate_size", "kv_channels", "num_attention_heads", "num_hidden_layers",
    "seq_length", "vocab_size",
)  # fmt: skip
# What Qwen2 can only do in one way; the values are also Qwen-1's own defaults.
_FIXED: dict[str, Any] = {
    "rotary_pct": 1.0,
    "no_bias": True,
    "tie_word_embeddings": False,
    "scale_attn_weights": True,
}
# Keys that change no logit up to seq_length tokens: training, speed, files, bookkeeping.
# Dynamic NTK and log-n scaling are both 1 there; past it Qwen2 has nothing equal, hence the cap.
_WITHOUT_EFFECT = {
    "_name_or_path", "architectures", "attn_dropout_prob", "auto_map", "bf16", "bos_token_id",
    "emb_dropout_prob", "eos_token_id", "fp16", "fp32", "initializer_range", "onnx_safe",
    "max_position_embeddings", "model_type", "pad_token_id", "softmax_in_fp32", "tokenizer_class",
    "torch_dtype", "dtype", "transformers_version", "use_cache", "use_cache_kernel",
    "use_cache_quantization", "use_dynamic_ntk", "use_flash_attn", "use_logn_attn",
}  # fmt: skip
_READ = {*_SIZES, *_FIXED, "layer_norm_epsilon", "rotary_emb_base"}
# Sampling settings with the same meaning in transformers; chat_format and such belong to remote code.
_SAMPLING = ("do_sample", "max_new_tokens", "repetition_penalty", "temperature", "top_k", "top_p")
_DTYPES = {"F32": "float32", "F16": "float16", "BF16": "bfloat16"}


@dataclass(frozen=True)
class Shape:
    """The sizes that decide every tensor's shape."""

    hidden: int
    feed_forward: int
    layers: int
    heads: int
    vocabulary: int
    context: int

    @property
    def has_chat_tokens(self) -> bool:
        """Whether the vocabulary reaches the ids of the chat control tokens."""
        return self.vocabulary > TURN_END_ID


def check_config(config: Mapping[str, Any], where: Path) -> Shape:
    """The shape of a Qwen-1 model; ToujiaoError for anything Qwen2 would not compute alike."""
    if config.get("model_type") != "qwen":
        raise ToujiaoError(f"{where} 不是第一代 Qwen（model_type 不是 qwen），不用转换。")
    if "quantization_config" in config:
        raise ToujiaoError(f"{where} 是量化过的模型（GPTQ 等），不能准确转换，请用未量化的原版。")
    for key, needed in _FIXED.items():
        if config.get(key, needed) != needed:
            raise ToujiaoError(f"{where}：{key} 是 {config[key]}，只有 {needed} 能准确转换。")
    if unknown := sorted(config.keys() - _READ - _WITHOUT_EFFECT):
        raise ToujiaoError(f"{where}：不认识 {'、'.join(unknown)}，不能保证转换准确。")
    for key in _SIZES:
        if type(config.get(key)) is not int or config[key] < 1:
            raise ToujiaoError(f"{where}：{key} 缺失或不是正整数。")
    if config["hidden_size"] != config["num_attention_heads"] * config["kv_channels"]:
        raise ToujiaoError(f"{where}：hidden_size 不等于头数乘 kv_channels，不能准确转换。")
    if config["intermediate_size"] % 2:
        raise ToujiaoError(f"{where}：intermediate_size 是奇数，不能分成两半。")
    return Shape(
        hidden=config["hidden_size"],
        feed_forward=config["intermediate_size"] // 2,  # Qwen-1 counts w1 and w2 together
        layers=config["num_hidden_layers"],
        heads=config["num_attention_heads"],
        vocabulary=config["vocab_size"],
        context=config["seq_length"],
    )


def qwen2_config(config: Mapping[str, Any], shape: Shape, dtype: str) -> dict[str, Any]:
    """config.json for Qwen2ForCausalLM. `dtype` is the safetensors name of the weights' precision."""
    theta = float(config.get("rotary_emb_base", 10000))
    return {
        "architectures": ["Qwen2ForCausalLM"],
        "model_type": "qwen2",
        "hidden_size": shape.hidden,
        "intermediate_size": shape.feed_forward,
        "num_hidden_layers": shape.layers,
        "num_attention_heads": shape.heads,
        "num_key_value_heads": shape.heads,
        "head_dim": shape.hidden // shape.heads,
        "hidden_act": "silu",
        "rms_norm_eps": config.get("layer_norm_epsilon", 1e-6),
        # transformers 5 reads the first; llama.cpp, vLLM and older releases read the second.
        "rope_parameters": {"rope_type": "default", "rope_theta": theta},
        "rope_theta": theta,
        # Not the original's max_position_embeddings: beyond seq_length the two are not equal.
        "max_position_embeddings": shape.context,
        "use_sliding_window": False,
        "attention_dropout": config.get("attn_dropout_prob", 0.0),
        "initializer_range": config.get("initializer_range", 0.02),
        "tie_word_embeddings": False,
        "use_cache": True,
        "vocab_size": shape.vocabulary,
        "dtype": _DTYPES[dtype],
        "torch_dtype": _DTYPES[dtype],
        **_token_ids(shape),
    }


def generation_config(folder: Path, shape: Shape) -> dict[str, Any]:
    """generation_config.json: the original's sampling, and both ids at which an answer ends."""
    path = folder / "generation_config.json"
    original = read_json(path) if path.is_file() else {}
    sampling = {key: original[key] for key in _SAMPLING if key in original}
    return {**sampling, **_token_ids(shape)}


def _token_ids(shape: Shape) -> dict[str, Any]:
    # A smaller vocabulary is not the published one, and ids past its end would break the model.
    if not shape.has_chat_tokens:
        return {"bos_token_id": None, "eos_token_id": None, "pad_token_id": None}
    return {
        "bos_token_id": END_OF_TEXT_ID,
        "eos_token_id": [TURN_END_ID, END_OF_TEXT_ID],
        "pad_token_id": END_OF_TEXT_ID,
    }
