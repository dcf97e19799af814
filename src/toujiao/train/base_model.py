"""Loads what a run starts from: the base model and its tokenizer with our template."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from toujiao.errors import CANNOT_OPEN_BASE, ToujiaoError, missing_extra
from toujiao.models.loading import refuse_qwen1
from toujiao.models.resolve import source_of
from toujiao.models.template import TURN_END, chat_template
from toujiao.recipes.recipe import Recipe
from toujiao.train.cpu_attention import register


def load_base(recipe: Recipe) -> tuple[Any, Any]:
    """(model, tokenizer); a base that cannot be opened is a ToujiaoError."""
    from transformers import AutoModelForCausalLM

    refuse_qwen1(recipe.base)
    tokenizer = load_tokenizer(recipe)
    dtype = "float32" if recipe.precision == "fp32" else "bfloat16"
    try:
        model: Any = AutoModelForCausalLM.from_pretrained(
            source_of(recipe.base),
            dtype=dtype,
            use_safetensors=True,
            **_attention(recipe),
            **_quantization(recipe),
        )
    except OSError as error:
        raise _cannot_open(recipe, error) from error
    end = tokenizer.convert_tokens_to_ids(TURN_END)
    model.generation_config.eos_token_id = sorted({end, tokenizer.eos_token_id})
    model.generation_config.pad_token_id = tokenizer.pad_token_id
    return model, tokenizer


def load_tokenizer(recipe: Recipe) -> Any:
    """The base's tokenizer with our own template, which marks the trained tokens."""
    from transformers import AutoTokenizer

    try:
        tokenizer: Any = AutoTokenizer.from_pretrained(source_of(recipe.base))
    except OSError as error:
        raise _cannot_open(recipe, error) from error
    tokenizer.chat_template = chat_template()
    return tokenizer


def save_adapter(model: Any, tokenizer: Any, recipe: Recipe, folder: Path) -> None:
    """Save a plain PEFT folder that names the base by its public name, never by a local path."""
    model.peft_config["default"].base_model_name_or_path = recipe.base
    # Embeddings are never trained; to find that out by itself PEFT would ask the Hub for the base.
    model.save_pretrained(str(folder), selected_adapters=["default"], save_embedding_layers=False)
    tokenizer.save_pretrained(str(folder))
    # PEFT's card says nothing; `toujiao publish card` writes one from the run's records.
    (folder / "README.md").unlink(missing_ok=True)


def _attention(recipe: Recipe) -> dict[str, Any]:
    """On a CPU, the attention that is quicker there."""
    import torch

    on_cpu = recipe.device == "cpu" or not torch.cuda.is_available()
    return {"attn_implementation": register()} if on_cpu else {}


def _quantization(recipe: Recipe) -> dict[str, Any]:
    """The base in four bits (NF4, QLoRA), computing in bf16."""
    if recipe.quantization == "none":
        return {}
    from importlib.util import find_spec

    if not find_spec("bitsandbytes"):
        raise missing_extra("bitsandbytes", "qlora")
    import torch
    from transformers import BitsAndBytesConfig

    config = BitsAndBytesConfig(
        load_in_4bit=True,
        bnb_4bit_quant_type="nf4",
        bnb_4bit_use_double_quant=True,
        bnb_4bit_compute_dtype=torch.bfloat16,
    )
    return {"quantization_config": config}


def _cannot_open(recipe: Recipe, error: OSError) -> ToujiaoError:
    return ToujiaoError(
        f"打不开底座 {recipe.base}：{str(error).splitlines()[0]}。{CANNOT_OPEN_BASE}"
    )
