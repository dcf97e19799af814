"""Writes a Qwen2 or Qwen3 model folder as GGUF, and a PEFT LoRA adapter as a LoRA GGUF.

Uses the gguf library's writer and tensor names; llama.cpp needs no conversion script of its own.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

from toujiao.errors import ToujiaoError, missing_extra
from toujiao.models.template import SPECIAL_TOKENS, inference_template

if TYPE_CHECKING:
    import numpy as np
    from gguf import GGUFWriter

# Output type by name: what the two-dimensional weights become. The rest stays F32.
TYPES = ("F32", "F16", "BF16", "Q8_0", "Q4_0")
_ARCHITECTURES = {"Qwen2ForCausalLM": "qwen2", "Qwen3ForCausalLM": "qwen3"}
_BLOCK = 32  # values per block of Q8_0 and Q4_0


def read_config(folder: Path) -> dict[str, Any]:
    """config.json of a model folder; ToujiaoError when there is none."""
    path = folder / "config.json"
    if not path.is_file():
        raise ToujiaoError(f"{folder} 里没有 config.json，不是模型文件夹。")
    config: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return config


def tensors(folder: Path) -> Iterator[tuple[str, np.ndarray]]:
    """All weights of a folder as float32 arrays, one at a time, from its safetensors files."""
    try:
        import torch
    except ImportError as error:
        raise missing_extra("torch", "train") from error
    from safetensors import safe_open

    files = sorted(folder.glob("*.safetensors"))
    if not files:
        raise ToujiaoError(f"{folder} 里没有 .safetensors 权重文件。")
    for file in files:
        with safe_open(file, framework="pt") as opened:
            names = opened.keys()
            for name in names:
                yield name, opened.get_tensor(name).to(torch.float32).numpy()


def write_model(folder: Path, output: Path, kind: str = "Q8_0") -> None:
    """Write the model in `folder` (config, tokenizer.json, safetensors) to one GGUF file.

    Matrices become `kind` where their rows divide into blocks; everything else stays F32.
    Raises ToujiaoError for an unknown type or architecture.
    """
    import gguf

    if kind not in TYPES:
        raise ToujiaoError(f"没有 {kind} 这种 GGUF 类型，可用：{'、'.join(TYPES)}。")
    config = read_config(folder)
    architecture = (config.get("architectures") or ["?"])[0]
    if architecture not in _ARCHITECTURES:
        raise ToujiaoError(f"{folder}：不支持 {architecture}，可用：{'、'.join(_ARCHITECTURES)}。")
    arch = _ARCHITECTURES[architecture]
    partial = output.with_name(output.name + ".part")
    writer = gguf.GGUFWriter(partial, arch)
    _write_shape(writer, config, folder.name)
    _write_tokenizer(writer, folder, config["vocab_size"])
    names = gguf.get_tensor_name_map(gguf.MODEL_ARCH[arch.upper()], config["num_hidden_layers"])
    target = gguf.GGMLQuantizationType[kind]
    for name, array in tensors(folder):
        if name == "lm_head.weight" and config.get("tie_word_embeddings"):
            continue
        mapped = names.get_name(name, try_suffixes=(".weight", ".bias"))
        if mapped is None:
            raise ToujiaoError(f"{folder}：不认识的权重 {name}。")
        fits = array.ndim == 2 and (kind in ("F32", "F16", "BF16") or array.shape[-1] % _BLOCK == 0)
        dtype = target if fits else gguf.GGMLQuantizationType.F32
        writer.add_tensor(mapped, gguf.quants.quantize(array, dtype), raw_dtype=dtype)
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()
    partial.replace(output)


def _write_shape(writer: GGUFWriter, config: dict[str, Any], name: str) -> None:
    rope = config.get("rope_parameters") or {}
    heads = config["num_attention_heads"]
    head_dim = config.get("head_dim") or config["hidden_size"] // heads
    writer.add_name(name)
    writer.add_context_length(config["max_position_embeddings"])
    writer.add_embedding_length(config["hidden_size"])
    writer.add_block_count(config["num_hidden_layers"])
    writer.add_feed_forward_length(config["intermediate_size"])
    writer.add_head_count(heads)
    writer.add_head_count_kv(config.get("num_key_value_heads", heads))
    writer.add_key_length(head_dim)
    writer.add_value_length(head_dim)
    writer.add_rope_freq_base(rope.get("rope_theta") or config.get("rope_theta", 10000.0))
    writer.add_layer_norm_rms_eps(config["rms_norm_eps"])
    writer.add_vocab_size(config["vocab_size"])


def _write_tokenizer(writer: GGUFWriter, folder: Path, size: int) -> None:
    import gguf

    path = folder / "tokenizer.json"
    if not path.is_file():
        raise ToujiaoError(f"{folder} 里没有 tokenizer.json。")
    data = json.loads(path.read_text(encoding="utf-8"))
    ids: dict[int, str] = {index: token for token, index in data["model"]["vocab"].items()}
    added = {item["id"]: item for item in data["added_tokens"]}
    ids |= {index: item["content"] for index, item in added.items()}
    names, kinds = [], []
    for index in range(size):
        names.append(ids.get(index, f"[PAD{index}]"))
        if index not in ids:
            kinds.append(gguf.TokenType.UNUSED)
        elif index in added:
            kinds.append(gguf.TokenType.CONTROL)
        else:
            kinds.append(gguf.TokenType.NORMAL)
    merges = data["model"]["merges"]
    writer.add_tokenizer_model("gpt2")
    writer.add_tokenizer_pre("qwen2")
    writer.add_token_list(names)
    writer.add_token_types(kinds)
    writer.add_token_merges([m if isinstance(m, str) else " ".join(m) for m in merges])
    end_of_text, _, turn_end = (
        next(index for index, token in ids.items() if token == special)
        for special in SPECIAL_TOKENS
    )
    writer.add_eos_token_id(turn_end)
    writer.add_pad_token_id(end_of_text)
    writer.add_add_bos_token(False)
    writer.add_chat_template(inference_template())


def write_adapter(folder: Path, output: Path, base: Path) -> None:
    """Write a plain PEFT LoRA (`adapter_config.json` + safetensors) for the base in `base`.

    llama.cpp scales by alpha / rank, so an rsLoRA adapter (alpha / sqrt(rank)) gets
    alpha * sqrt(rank) written. Anything but plain LoRA is refused.
    """
    import gguf

    path = folder / "adapter_config.json"
    if not path.is_file():
        raise ToujiaoError(f"{folder} 里没有 adapter_config.json，不是 LoRA 适配器文件夹。")
    adapter = json.loads(path.read_text(encoding="utf-8"))
    if adapter.get("use_dora") or adapter.get("modules_to_save") or adapter["bias"] != "none":
        raise ToujiaoError(f"{folder}：只能转换普通 LoRA（没有 DoRA、bias 和 modules_to_save）。")
    config = read_config(base)
    arch = _ARCHITECTURES[config["architectures"][0]]
    names = gguf.get_tensor_name_map(gguf.MODEL_ARCH[arch.upper()], config["num_hidden_layers"])
    alpha = float(adapter["lora_alpha"])
    if adapter.get("use_rslora"):
        alpha *= adapter["r"] ** 0.5
    partial = output.with_name(output.name + ".part")
    writer = gguf.GGUFWriter(partial, arch)
    writer.add_type("adapter")
    writer.add_string("adapter.type", "lora")
    writer.add_float32("adapter.lora.alpha", alpha)
    for name, array in tensors(folder):
        module, _, suffix = name.removeprefix("base_model.model.").rpartition(".lora_")
        mapped = names.get_name(f"{module}.weight", try_suffixes=(".weight",))
        if not module or mapped is None:
            raise ToujiaoError(f"{folder}：不认识的适配器权重 {name}。")
        half = suffix.split(".")[0].lower()
        writer.add_tensor(
            f"{mapped}.lora_{half}",
            gguf.quants.quantize(array, gguf.GGMLQuantizationType.F16),
            raw_dtype=gguf.GGMLQuantizationType.F16,
        )
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()
    partial.replace(output)
