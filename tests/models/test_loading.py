"""Loading refuses what would silently be wrong: Qwen-1, foreign adapters, adapters of zeros."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from toujiao.errors import ToujiaoError
from toujiao.models.loading import load_causal_lm, refuse_qwen1
from toujiao.models.tiny import make_config, train_tokenizer

SENTENCES = ["股票就是公司的一小份。", "均线就是平均价连成的线。"] * 5


@pytest.mark.parametrize("name", ["Qwen/Qwen-1_8B-Chat", "qwen/qwen-1_8b"])
def test_the_first_qwen_is_refused_by_name(name):
    with pytest.raises(ToujiaoError, match="第一代 Qwen"):
        refuse_qwen1(name)


def test_the_first_qwen_is_refused_by_its_config(tmp_path: Path):
    (tmp_path / "config.json").write_text(json.dumps({"model_type": "qwen"}), encoding="utf-8")
    with pytest.raises(ToujiaoError, match="第一代 Qwen"):
        refuse_qwen1(str(tmp_path))


@pytest.mark.parametrize("name", ["Qwen/Qwen3-1.7B", "Qwen/Qwen2.5-0.5B-Instruct"])
def test_newer_qwens_are_welcome(name):
    refuse_qwen1(name)


@pytest.fixture(scope="module")
def small_base(tmp_path_factory) -> Path:
    from transformers import Qwen3ForCausalLM

    folder = tmp_path_factory.mktemp("base")
    tokenizer = train_tokenizer(SENTENCES, size=400)
    Qwen3ForCausalLM(make_config(len(tokenizer), 2, 0)).save_pretrained(folder)
    tokenizer.save_pretrained(folder)
    return folder


def make_adapter(base: Path, folder: Path, scale: float) -> Path:
    import torch
    from peft import LoraConfig, get_peft_model
    from transformers import AutoModelForCausalLM

    model = get_peft_model(
        AutoModelForCausalLM.from_pretrained(base), LoraConfig(r=2, target_modules="all-linear")
    )
    with torch.no_grad():
        for name, parameter in model.named_parameters():
            if "lora_B" in name:
                parameter.fill_(scale)
    model.save_pretrained(folder)
    return folder


@pytest.mark.model
def test_an_adapter_of_zeros_is_refused(small_base, tmp_path):
    adapter = make_adapter(small_base, tmp_path / "zeros", 0.0)
    with pytest.raises(ToujiaoError, match="不起作用"):
        load_causal_lm(str(small_base), str(adapter))


@pytest.mark.model
def test_an_adapter_for_another_base_is_refused(small_base, tmp_path):
    from transformers import Qwen3Config, Qwen3ForCausalLM

    other = tmp_path / "other"
    Qwen3ForCausalLM(
        Qwen3Config(hidden_size=32, num_hidden_layers=2, num_attention_heads=2, vocab_size=400,
                    num_key_value_heads=1, head_dim=16, intermediate_size=48)
    ).save_pretrained(other)  # fmt: skip
    adapter = make_adapter(other, tmp_path / "foreign", 0.1)
    with pytest.raises(ToujiaoError, match="装不到这个底座"):
        load_causal_lm(str(small_base), str(adapter))


@pytest.mark.model
def test_a_folder_without_a_model_is_one_clear_line(tmp_path):
    with pytest.raises(ToujiaoError, match="打不开模型"):
        load_causal_lm(str(tmp_path / "nothing-here"))


@pytest.mark.model
@pytest.mark.parametrize("kind", ["F16", "Q8_0"])
def test_a_written_gguf_reads_back_with_the_same_weights(small_base, tmp_path, kind):
    import gguf
    import numpy as np
    from transformers import AutoModelForCausalLM

    from toujiao.models.gguf_writer import write_model

    target = tmp_path / "model.gguf"
    write_model(small_base, target, kind)
    tensors = {t.name: t for t in gguf.GGUFReader(target).tensors}
    weights = AutoModelForCausalLM.from_pretrained(small_base).state_dict()
    original = weights["model.layers.0.mlp.up_proj.weight"].numpy()
    stored = tensors["blk.0.ffn_up.weight"]
    read = gguf.quants.dequantize(stored.data, stored.tensor_type)
    assert read.shape == original.shape
    error = np.abs(read - original).max() / np.abs(original).max()
    assert error < (0.001 if kind == "F16" else 0.01)


def test_an_unknown_gguf_type_lists_the_known_ones(tmp_path):
    from toujiao.models.gguf_writer import write_model

    with pytest.raises(ToujiaoError, match="Q8_0"):
        write_model(tmp_path, tmp_path / "x.gguf", "Q3_X")
