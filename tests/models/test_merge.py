"""A merged model is base plus adapter: as PEFT merges, and at the logits; the rest is refused."""

from __future__ import annotations

import json
import shutil
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
CASES: dict[str, tuple[str, dict[str, Any]]] = {
    "plain, tied base": ("qwen3", {}),
    "rank, alpha by pattern, rslora": ("qwen2", {
        "rank_pattern": {"v_proj": 9, r".*\.1\.mlp\.up_proj": 6},
        "alpha_pattern": {"v_proj": 5, "layers.0.mlp.down_proj": 3}, "use_rslora": True}),
    "head of its own": ("qwen2", {"target_modules": ["q_proj", "lm_head"]}),
    "head of a tied base": ("qwen3", {"target_modules": ["q_proj", "lm_head"]}),
    "embedding of a tied base": ("qwen3", {"target_modules": ["q_proj", "embed_tokens"]}),
}  # fmt: skip


def weights(folder: Path) -> dict[str, Any]:
    from safetensors.torch import load_file

    return {n: t for path in folder.glob("*.safetensors") for n, t in load_file(path).items()}


def read(path: Path) -> Any:
    return json.loads(path.read_text(encoding="utf-8"))


@pytest.mark.parametrize(("kind", "settings"), CASES.values(), ids=CASES)
def test_the_merged_model_says_what_base_and_adapter_say(
    bases, make_adapter, logits, tmp_path, kind, settings
):
    adapter, merged = make_adapter(bases[kind], **settings), tmp_path / "merged"
    report = merge_adapter(bases[kind], adapter, merged)
    expected = logits(bases[kind], adapter)
    assert (logits(merged) - expected).abs().max() <= EXACT
    assert (expected - logits(bases[kind])).abs().max() > 100 * EXACT
    assert report.kept.share == pytest.approx(1)
    # Tied weights are parted when only one of the two was adapted, and only then.
    parted = kind == "qwen3" and "target_modules" in settings
    assert report.untied is parted
    assert any("分开" in line for line in report.lines()) is parted
    assert read(merged / "config.json")["tie_word_embeddings"] is (kind == "qwen3" and not parted)
    assert ("lm_head.weight" in weights(merged)) is (kind == "qwen2" or parted)


def test_a_16_bit_base_keeps_its_files_and_is_rounded_once(bf16_base, make_adapter, tmp_path):
    import torch
    from peft import PeftModel
    from transformers import AutoModelForCausalLM

    adapter, merged = make_adapter(bf16_base), tmp_path / "merged"
    report = merge_adapter(bf16_base, adapter, merged)
    exact = AutoModelForCausalLM.from_pretrained(bf16_base, dtype=torch.float32)
    exact = PeftModel.from_pretrained(exact, adapter).merge_and_unload().state_dict()
    before, ours = weights(bf16_base), weights(merged)
    index = "model.safetensors.index.json"
    assert read(merged / index)["weight_map"] == read(bf16_base / index)["weight_map"]
    assert len(set(read(merged / index)["weight_map"].values())) > 2
    assert ours.keys() == before.keys()
    left = whole = 0.0
    for name, weight in ours.items():
        assert torch.equal(weight, exact[name].to(torch.bfloat16))
        change = exact[name] - before[name].float()
        left += float(((weight.float() - before[name].float()) * change).sum())
        whole += float((change * change).sum())
    assert report.dtype == "BF16"
    assert report.kept.share == pytest.approx(left / whole, abs=1e-5)
    assert 0.9 < report.kept.worst_share < report.kept.share
    assert read(merged / REPORT)["kept"]["share"] == report.kept.share


def test_a_change_that_16_bits_cannot_hold_is_refused(bf16_base, make_adapter, tmp_path):
    adapter = make_adapter(bf16_base, size=1e-4)
    with pytest.raises(ToujiaoError, match=r"只保留 \d+%.*BF16 存不下.*models gguf"):
        merge_adapter(bf16_base, adapter, tmp_path / "merged")
    assert not list(tmp_path.glob("*merged*"))


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
    with pytest.raises(
        ToujiaoError, match=r"k_proj 的改动是 \(64, 64\)，底座是 \(32, 64\).*--base"
    ):
        merge_adapter(bases["qwen2"], adapter, tmp_path / "merged")


def rename(adapter: Path, old: str, new: str) -> None:
    from safetensors.torch import load_file, save_file

    path = adapter / "adapter_model.safetensors"
    save_file({name.replace(old, new): t for name, t in load_file(path).items()}, path)


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ("base_model.model.", "model.", "PEFT 只给警告，装了不起作用.*--fix"),
        ("layers.1.", "layers.7.", "在底座里没有（如 .*layers.7."),
        ("1.self_attn.q_proj.lora_A", "1.self_attn.x_proj.lora_A", "缺了 lora_A 或 lora_B"),
        ("lora_B", "lora_C", "lora_C.* 不是 LoRA 权重"),
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
