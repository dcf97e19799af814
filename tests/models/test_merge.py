"""A merged model is base plus adapter: as PEFT merges, and at the logits; the rest is refused."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from toujiao.cli import app
from toujiao.errors import ToujiaoError
from toujiao.models.merge import REPORT, merge_adapter
from toujiao.models.template import END_OF_TEXT, TURN_END, format_chat

pytestmark = pytest.mark.model

EXACT = 1e-4
SETTINGS: dict[str, dict[str, Any]] = {
    "plain": {},
    "rslora": {"use_rslora": True},
    "patterns": {"rank_pattern": {"q_proj": 2, r".*\.1\.mlp\.up_proj": 6},
                 "alpha_pattern": {"layers.0.mlp.down_proj": 3}},
    "patterns-rslora": {"rank_pattern": {"v_proj": 9}, "alpha_pattern": {"v_proj": 5},
                        "use_rslora": True},
    "head": {"target_modules": ["q_proj", "lm_head"]},
    "embedding": {"target_modules": ["q_proj", "embed_tokens"]},
}  # fmt: skip


def weights(folder: Path) -> dict[str, Any]:
    from safetensors.torch import load_file

    return {n: t for path in folder.glob("*.safetensors") for n, t in load_file(path).items()}


def merged_by_peft(base: Path, adapter: Path) -> dict[str, Any]:
    import torch
    from peft import PeftModel
    from transformers import AutoModelForCausalLM

    model = AutoModelForCausalLM.from_pretrained(base, dtype=torch.float32)
    merged: dict[str, Any] = (
        PeftModel.from_pretrained(model, adapter).merge_and_unload().state_dict()
    )
    return merged


@pytest.mark.parametrize("kind", ["qwen2", "qwen3"])
@pytest.mark.parametrize("settings", SETTINGS.values(), ids=SETTINGS)
def test_the_merged_model_says_what_base_and_adapter_say(
    bases, make_adapter, logits, tmp_path, kind, settings
):
    adapter = make_adapter(bases[kind], **settings)
    merge_adapter(bases[kind], adapter, tmp_path / "merged")
    expected = logits(bases[kind], adapter)
    assert (logits(tmp_path / "merged") - expected).abs().max() <= EXACT
    assert (expected - logits(bases[kind])).abs().max() > 100 * EXACT


@pytest.mark.parametrize("settings", ["plain", "patterns-rslora"])
def test_the_merged_weights_are_those_of_peft(bases, make_adapter, tmp_path, settings):
    adapter = make_adapter(bases["qwen2"], **SETTINGS[settings])
    merge_adapter(bases["qwen2"], adapter, tmp_path / "merged")
    peft, ours = merged_by_peft(bases["qwen2"], adapter), weights(tmp_path / "merged")
    assert ours.keys() == peft.keys()
    for name, weight in ours.items():
        assert (weight - peft[name]).abs().max() <= 1e-6


def test_a_16_bit_base_stays_16_bit_and_is_rounded_once(bf16_base, make_adapter, tmp_path):
    import torch

    adapter = make_adapter(bf16_base)
    report = merge_adapter(bf16_base, adapter, tmp_path / "merged")
    # PEFT on the base in float32, then rounded; a sum may lie on the edge between two numbers.
    peft, ours = merged_by_peft(bf16_base, adapter), weights(tmp_path / "merged")
    equal = total = 0
    for name, weight in ours.items():
        assert weight.dtype == torch.bfloat16
        equal += int((weight == peft[name].to(torch.bfloat16)).sum())
        total += weight.numel()
    assert equal / total > 0.9999
    assert report.dtype == "BF16"


def test_the_report_measures_the_rounding_as_the_written_weights_show_it(
    bf16_base, make_adapter, tmp_path
):
    adapter = make_adapter(bf16_base)
    report = merge_adapter(bf16_base, adapter, tmp_path / "merged")
    peft, base, ours = (
        merged_by_peft(bf16_base, adapter), weights(bf16_base), weights(tmp_path / "merged"),
    )  # fmt: skip
    errors = {n: (ours[n].float() - peft[n]).norm() ** 2 for n in ours if "proj" in n}
    changes = {n: (peft[n] - base[n].float()).norm() ** 2 for n in errors if "weight" in n}
    noise = (sum(errors[n] for n in changes) / sum(changes.values())) ** 0.5
    worst = max(changes, key=lambda name: errors[name] / changes[name])
    assert report.rounding.noise == pytest.approx(float(noise), rel=1e-3)
    assert f"{report.rounding.worst_module}.weight" == worst
    assert report.rounding.worst_noise == pytest.approx(
        float(errors[worst] / changes[worst]) ** 0.5, rel=1e-3
    )
    assert 0.001 < report.rounding.noise < report.rounding.worst_noise < 0.3
    assert report.rounding.kept == pytest.approx(1, abs=0.01)
    assert (
        json.loads((tmp_path / "merged" / REPORT).read_text(encoding="utf-8"))["rounding"]["noise"]
        == report.rounding.noise
    )


def test_a_change_that_16_bits_cannot_hold_is_refused(bf16_base, make_adapter, tmp_path):
    adapter = make_adapter(bf16_base, size=1e-4)
    with pytest.raises(ToujiaoError, match=r"只保留 \d+%.*BF16 存不下.*models gguf"):
        merge_adapter(bf16_base, adapter, tmp_path / "merged")
    assert not list(tmp_path.glob("*merged*"))


def test_the_shards_and_the_index_stay_as_they_were(bf16_base, make_adapter, tmp_path):
    merge_adapter(bf16_base, make_adapter(bf16_base), tmp_path / "merged")
    index = "model.safetensors.index.json"
    before, after = (
        json.loads((folder / index).read_text(encoding="utf-8"))
        for folder in (bf16_base, tmp_path / "merged")
    )
    assert len(set(after["weight_map"].values())) > 2
    assert after["weight_map"] == before["weight_map"]
    assert after["metadata"]["total_size"] == before["metadata"]["total_size"]


@pytest.mark.parametrize("target", ["lm_head", "embed_tokens"])
def test_tied_weights_are_parted_when_only_one_of_the_two_was_adapted(
    bases, make_adapter, tmp_path, target
):
    adapter = make_adapter(bases["qwen3"], target_modules=[target, "q_proj"])
    report = merge_adapter(bases["qwen3"], adapter, tmp_path / "merged")
    config = json.loads((tmp_path / "merged" / "config.json").read_text(encoding="utf-8"))
    assert config["tie_word_embeddings"] is False
    assert report.untied
    assert any("分开" in line for line in report.lines())


def test_untouched_tied_weights_stay_tied(bases, make_adapter, tmp_path):
    merge_adapter(bases["qwen3"], make_adapter(bases["qwen3"]), tmp_path / "merged")
    assert "lm_head.weight" not in weights(tmp_path / "merged")


def test_the_folder_can_be_used_as_it_is(bases, make_adapter, tmp_path):
    from toujiao.models.loading import load_causal_lm

    base = Path(shutil.copytree(bases["qwen3"], tmp_path / "base"))
    (base / "LICENSE").write_text("the base's", encoding="utf-8")
    adapter = make_adapter(base)
    (adapter / "LICENSE").write_text("the adapter's", encoding="utf-8")
    (adapter / "NOTICE").write_text("changed", encoding="utf-8")
    merge_adapter(base, adapter, tmp_path / "merged")
    _, tokenizer = load_causal_lm(str(tmp_path / "merged"))
    messages = [{"role": "user", "content": "股票"}]
    text = tokenizer.apply_chat_template(messages, tokenize=False, add_generation_prompt=True)
    assert text == format_chat(messages)
    generation = json.loads(
        (tmp_path / "merged" / "generation_config.json").read_text(encoding="utf-8")
    )
    assert generation["eos_token_id"] == tokenizer.convert_tokens_to_ids([TURN_END, END_OF_TEXT])
    assert (tmp_path / "merged" / "LICENSE").read_text(encoding="utf-8") == "the base's"
    assert (tmp_path / "merged" / "NOTICE").read_text(encoding="utf-8") == "changed"


def test_the_tokenizer_is_the_one_that_the_adapter_was_trained_with(bases, make_adapter, tmp_path):
    adapter = make_adapter(bases["qwen3"])
    shutil.copyfile(bases["qwen3"] / "tokenizer.json", adapter / "tokenizer.json")
    settings = {"eos_token": TURN_END, "chat_template": "an old one"}
    (adapter / "tokenizer_config.json").write_text(json.dumps(settings), encoding="utf-8")
    merge_adapter(bases["qwen3"], adapter, tmp_path / "merged")
    written = json.loads(
        (tmp_path / "merged" / "tokenizer_config.json").read_text(encoding="utf-8")
    )
    assert written == {"eos_token": TURN_END}


SPECIAL: dict[str, dict[str, Any]] = {
    "use_dora": {"use_dora": True},
    "bias": {"bias": "lora_only"},
    "modules_to_save": {"modules_to_save": ["embed_tokens"]},
    "lora_bias": {"lora_bias": True},
    "init_lora_weights": {"init_lora_weights": "pissa"},
}


@pytest.mark.parametrize("settings", SPECIAL.values(), ids=SPECIAL)
def test_an_adapter_that_is_more_than_a_plain_lora_is_refused(
    bases, make_adapter, tmp_path, settings
):
    adapter = make_adapter(bases["qwen2"], **settings)
    with pytest.raises(ToujiaoError, match=next(iter(settings))):
        merge_adapter(bases["qwen2"], adapter, tmp_path / "merged")
    assert not list(tmp_path.glob("*merged*"))


@pytest.mark.parametrize("method", ["gptq", "bitsandbytes"])
def test_a_quantised_base_is_refused(bases, make_adapter, change_config, tmp_path, method):
    base = Path(shutil.copytree(bases["qwen2"], tmp_path / "base"))
    adapter = make_adapter(base)
    change_config(base, "config.json", quantization_config={"quant_method": method})
    with pytest.raises(ToujiaoError, match=f"量化过的底座（{method}）.*16 位"):
        merge_adapter(base, adapter, tmp_path / "merged")


def test_the_first_qwen_is_refused(bases, make_adapter, tmp_path):
    fixture = Path(__file__).parent / "fixtures" / "qwen1-tiny"
    with pytest.raises(ToujiaoError, match="convert-qwen1"):
        merge_adapter(fixture, make_adapter(bases["qwen2"]), tmp_path / "merged")


def test_an_adapter_of_zeros_is_refused(bases, make_adapter, tmp_path):
    adapter = make_adapter(bases["qwen2"], size=0.0)
    with pytest.raises(ToujiaoError, match="全是零"):
        merge_adapter(bases["qwen2"], adapter, tmp_path / "merged")
    assert not list(tmp_path.glob("*merged*"))


def test_an_adapter_with_nan_is_refused(bases, make_adapter, tmp_path):
    adapter = make_adapter(bases["qwen2"], size=float("nan"))
    with pytest.raises(ToujiaoError, match="NaN"):
        merge_adapter(bases["qwen2"], adapter, tmp_path / "merged")


def test_an_adapter_of_another_shape_is_refused(bases, make_adapter, tmp_path):
    adapter = make_adapter(bases["qwen3"])
    with pytest.raises(ToujiaoError, match=r"k_proj 是 \(64, 64\)，底座是 \(32, 64\)"):
        merge_adapter(bases["qwen2"], adapter, tmp_path / "merged")


def rename(adapter: Path, old: str, new: str) -> None:
    from safetensors.torch import load_file, save_file

    path = adapter / "adapter_model.safetensors"
    save_file({name.replace(old, new): t for name, t in load_file(path).items()}, path)


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("base_model.model.", "model.", "PEFT 会当它不存在"),
        ("layers.1.", "layers.7.", "layers.7.* 在底座里没有"),
        ("1.self_attn.q_proj.lora_A", "1.self_attn.x_proj.lora_A", "缺了 lora_A 或 lora_B"),
        ("lora_B", "lora_C", "不是普通 LoRA 的权重"),
    ],
)
def test_a_tensor_that_fits_no_weight_is_refused(bases, make_adapter, tmp_path, old, new, message):
    adapter = make_adapter(bases["qwen2"])
    rename(adapter, old, new)
    with pytest.raises(ToujiaoError, match=message):
        merge_adapter(bases["qwen2"], adapter, tmp_path / "merged")


def test_a_rank_other_than_the_settings_say_is_refused(
    bases, make_adapter, change_config, tmp_path
):
    adapter = make_adapter(bases["qwen2"])
    change_config(adapter, r=8)
    with pytest.raises(ToujiaoError, match="秩 8 对不上"):
        merge_adapter(bases["qwen2"], adapter, tmp_path / "merged")


def test_nothing_is_overwritten(bases, make_adapter, tmp_path):
    (tmp_path / "merged").mkdir()
    with pytest.raises(ToujiaoError, match="已经存在"):
        merge_adapter(bases["qwen2"], make_adapter(bases["qwen2"]), tmp_path / "merged")


def test_the_command_finds_the_base_that_the_adapter_names(bases, make_adapter, tmp_path):
    run = tmp_path / "run"
    run.mkdir()
    make_adapter(bases["qwen2"]).rename(run / "adapter")
    result = CliRunner().invoke(app, ["models", "merge", str(run), str(tmp_path / "merged")])
    assert result.exit_code == 0, result.output
    assert "合并了 14 层" in result.output
    assert (tmp_path / "merged" / "model.safetensors").is_file()


_MEASURE = """
import sys, numpy
from pathlib import Path
from toujiao.models import merge
def peak(key):
    status = Path("/proc/self/status").read_text(encoding="utf-8")
    return int([line.split()[1] for line in status.splitlines() if line.startswith(key)][0])
before = peak("VmRSS")
merge.merge_adapter(*map(Path, sys.argv[1:]))
print(peak("VmHWM") - before)
"""


@pytest.mark.skipif(sys.platform != "linux", reason="reads /proc")
def test_memory_holds_neither_the_model_nor_a_whole_weight(tmp_path):
    import torch
    from safetensors.torch import save_file

    base, adapter = tmp_path / "base", tmp_path / "adapter"
    base.mkdir()
    adapter.mkdir()
    (base / "config.json").write_text("{}", encoding="utf-8")
    config = {"r": 4, "lora_alpha": 8, "peft_type": "LORA"}
    (adapter / "adapter_config.json").write_text(json.dumps(config), encoding="utf-8")
    size = (16384, 2048)
    modules = [f"model.layers.{layer}.mlp.up_proj" for layer in range(2)]
    weights = {f"{module}.weight": torch.ones(size, dtype=torch.bfloat16) for module in modules}
    save_file(weights, base / "model.safetensors")
    halves = {"A": torch.ones(4, size[1]), "B": torch.ones(size[0], 4)}
    stored = {
        f"base_model.model.{module}.lora_{half}.weight": tensor.clone()
        for module in modules
        for half, tensor in halves.items()
    }
    save_file(stored, adapter / "adapter_model.safetensors")
    command = [sys.executable, "-c", _MEASURE, base, adapter, tmp_path / "merged"]
    result = subprocess.run(command, capture_output=True, check=True, encoding="utf-8")
    in_16_bits = 2 * size[0] * size[1]
    assert 1024 * int(result.stdout) < in_16_bits
