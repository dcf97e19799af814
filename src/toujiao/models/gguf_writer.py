"""Writes a Qwen2 or Qwen3 model folder as GGUF, and a PEFT LoRA adapter as a LoRA GGUF.

Uses the gguf library's writer and tensor names; llama.cpp needs no conversion script of its own.
Tensors are quantised and written a few rows at a time, so that the model never sits in memory.
"""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from toujiao.errors import ToujiaoError
from toujiao.models.gguf_metadata import architecture, write_origin, write_shape, write_tokenizer
from toujiao.models.gguf_stream import Matrix, Quantised, gguf_file, write_tensors
from toujiao.models.lora import strength
from toujiao.models.origin import origin
from toujiao.models.portability_checks import plain_lora
from toujiao.models.portability_rules import GGUF
from toujiao.models.resolve import adapter_folder
from toujiao.models.weights import Kept, Survival, Weight, Weights, merged_weights, open_weights

if TYPE_CHECKING:
    from gguf import GGMLQuantizationType, TensorNameMap

# Output type by name -> llama.cpp's number of the whole file.
TYPES = {"F32": 0, "F16": 1, "BF16": 32, "Q8_0": 7, "Q4_0": 2}
_BLOCK = 32  # values per block of Q8_0 and Q4_0
_LARGEST_F16 = 65504
_EMBEDDING, _OUTPUT = "token_embd.weight", "output.weight"


def write_model(
    folder: Path, output: Path, kind: str = "Q8_0", adapter: Path | None = None
) -> Kept | None:
    """Write the model in `folder` (config, tokenizer.json, safetensors) to one GGUF file.

    Matrices become `kind`, or F16 where their rows do not divide into blocks; norms and biases stay
    F32. With an `adapter` (run or PEFT folder) the merged model is written, rounded only once, and
    what the rounding left of the adapter's change is returned. ToujiaoError for an unknown type or
    architecture and for what cannot be opened or merged; then nothing is written.
    """
    import gguf

    if kind not in TYPES:
        raise ToujiaoError(f"没有 {kind} 这种 GGUF 类型，可用：{'、'.join(TYPES)}。")
    weights = merged_weights(folder, adapter) if adapter else open_weights(folder)
    tensors = _by_gguf_name(weights)
    head = _OUTPUT if _OUTPUT in tensors else _EMBEDDING
    survival = Survival() if adapter else None
    with gguf_file(output, architecture(weights.config, folder)) as writer:
        writer.add_name(folder.name)
        writer.add_file_type(TYPES[kind])
        writer.add_quantization_version(gguf.GGML_QUANT_VERSION)
        write_origin(writer, origin(weights.adapter, folder))
        write_shape(writer, weights.config, folder)
        write_tokenizer(writer, weights.tokenizer, weights.config["vocab_size"])
        streams = {
            name: Quantised(name, weight, _type(weight, kind, is_head=name == head), survival)
            for name, weight in tensors.items()
        }
        write_tensors(writer, streams)
        return survival.report(kind) if survival else None


def write_adapter(folder: Path, output: Path, base: Path) -> None:
    """Write the plain PEFT LoRA in `folder` (run or PEFT folder) for the model in `base`, in F16.

    llama.cpp scales each module by one alpha over its rank. rsLoRA becomes a larger alpha; where
    modules differ in strength, the difference goes into their B. ToujiaoError for anything but a
    plain LoRA, one that does nothing, and adapted embeddings.
    """
    import gguf

    weights = open_weights(base)
    lora = plain_lora(adapter_folder(folder), base, GGUF)
    names = _name_map(weights)
    modules = lora.contents.modules
    # Its own alpha gives a module its strength when llama.cpp divides it by the rank.
    alphas = {
        module: scale * rank
        for module in modules
        for rank, scale in [strength(lora.config, module)]
    }
    alpha = Counter(alphas.values()).most_common(1)[0][0]
    tensors: dict[str, Quantised] = {}
    for module, both in modules.items():
        a = both.halves["A"].array()
        b = np.float32(alphas[module] / alpha) * both.halves["B"].array()
        if max(np.abs(a).max(), np.abs(b).max()) > _LARGEST_F16:
            raise ToujiaoError(f"{lora.folder}：{module} 有过大的数，没有写出。")
        name = _gguf_name(names, f"{module}.weight", folder)
        for half, values in ((f"{name}.lora_a", a), (f"{name}.lora_b", b)):
            tensors[half] = Quantised(half, Matrix(values), gguf.GGMLQuantizationType.F16)
    with gguf_file(output, architecture(weights.config, base)) as writer:
        writer.add_type("adapter")
        writer.add_string("adapter.type", "lora")
        writer.add_float32("adapter.lora.alpha", alpha)
        write_origin(writer, origin(lora.folder))
        write_tensors(writer, tensors)


def _type(weight: Weight, kind: str, is_head: bool) -> GGMLQuantizationType:
    """What one tensor becomes. The output layer feels rounding most: never below 8 bits."""
    import gguf

    types = gguf.GGMLQuantizationType
    if len(weight.shape) != 2:
        return types.F32
    if kind in ("Q8_0", "Q4_0") and weight.shape[1] % _BLOCK:
        return types.F16
    return types.Q8_0 if kind == "Q4_0" and is_head else types[kind]


def _by_gguf_name(weights: Weights) -> dict[str, Weight]:
    names = _name_map(weights)
    tied = weights.config.get("tie_word_embeddings")
    return {
        _gguf_name(names, name, weights.folder): weight
        for file in weights.files.values()
        for name, weight in file.items()
        if not (tied and name == "lm_head.weight")
    }


def _name_map(weights: Weights) -> TensorNameMap:
    import gguf

    arch = gguf.MODEL_ARCH[architecture(weights.config, weights.folder).upper()]
    return gguf.get_tensor_name_map(arch, weights.config["num_hidden_layers"])


def _gguf_name(names: TensorNameMap, name: str, folder: Path) -> str:
    mapped = names.get_name(name, try_suffixes=(".weight", ".bias"))
    if mapped is None:
        raise ToujiaoError(f"{folder}：GGUF 里没有和 {name} 对应的权重，没有写出。")
    return mapped
