"""Loads a causal language model and its tokenizer, with or without a PEFT adapter.

Never runs remote code, reads safetensors only, and checks that an adapter really does something.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from toujiao.errors import CANNOT_OPEN_BASE, ToujiaoError
from toujiao.models.template import TURN_END


def load_causal_lm(source: str, adapter: str | None = None) -> tuple[Any, Any]:
    """(model in eval mode, tokenizer) from a folder or a Hub id; ToujiaoError when it cannot be.

    Generation stops at the turn's end token and at the end of text.
    """
    from transformers import AutoModelForCausalLM, AutoTokenizer

    refuse_qwen1(source)
    try:
        tokenizer: Any = AutoTokenizer.from_pretrained(source)
        model: Any = AutoModelForCausalLM.from_pretrained(source, use_safetensors=True)
    except OSError as error:
        raise ToujiaoError(
            f"打不开模型 {source}：{str(error).splitlines()[0]}。{CANNOT_OPEN_BASE}"
        ) from error
    if adapter:
        model = add_adapter(model, adapter)
    stops = {tokenizer.eos_token_id, tokenizer.convert_tokens_to_ids(TURN_END)}
    model.generation_config.eos_token_id = sorted(i for i in stops if i is not None)
    model.generation_config.pad_token_id = tokenizer.pad_token_id
    return model.eval(), tokenizer


def refuse_qwen1(source: str) -> None:
    """Qwen-1 needs remote code that transformers 5 loads with damaged weights: say so instead."""
    config = Path(source) / "config.json"
    name = source.lower()
    # A published conversion (owner/...-qwen2) is welcome; without an owner the folder is missing.
    is_qwen1 = "qwen-1_8b" in name and not ("/" in name and name.endswith("-qwen2"))
    if config.is_file():
        is_qwen1 = json.loads(config.read_text(encoding="utf-8")).get("model_type") == "qwen"
    if is_qwen1:
        raise ToujiaoError(
            f"{source} 是第一代 Qwen：它的远程代码在 transformers 5 上会读坏权重。"
            "请改用 Qwen/Qwen3-1.7B 等新模型，或下载到文件夹后转成 Qwen2 格式："
            "toujiao models convert-qwen1 下载的文件夹 Qwen-1_8B-Chat-qwen2"
        )


def add_adapter(model: Any, adapter: str) -> Any:
    """Put a PEFT adapter on the model; an adapter that does nothing is a ToujiaoError."""
    from peft import PeftModel

    try:
        loaded = PeftModel.from_pretrained(model, adapter)
    except (OSError, ValueError, RuntimeError, KeyError) as error:
        raise ToujiaoError(
            f"适配器 {adapter} 装不到这个底座上：{str(error).splitlines()[0]}。"
            "请确认它是为这个底座训练的。"
        ) from error
    effect = sum(float(p.abs().sum()) for n, p in loaded.named_parameters() if "lora_B" in n)
    if effect == 0:
        raise ToujiaoError(f"适配器 {adapter} 的权重全是零或没有对上名字，装了也不起作用。")
    return loaded
