"""Adapters of every kind that can be exact are; every other kind is refused by name."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import pytest

from toujiao.errors import ToujiaoError
from toujiao.models.qwen1.adapter_config import AdapterConfig
from toujiao.models.qwen1.convert import convert, summary

pytestmark = pytest.mark.model
FIXTURE = Path(__file__).parent / "fixtures" / "qwen1-tiny"
PREFIX = "base_model.model."
LAYERS = ("attn.c_attn", "attn.c_proj", "mlp.w1", "mlp.w2", "mlp.c_proj")


@pytest.fixture
def adapter(tmp_path: Path) -> Path:
    """A copy of the fixture's adapter that a test may change."""
    return Path(shutil.copytree(FIXTURE / "adapter", tmp_path / "source-adapter"))


def change_settings(folder: Path, **values: Any) -> dict[str, Any]:
    path = folder / "adapter_config.json"
    settings: dict[str, Any] = json.loads(path.read_text(encoding="utf-8")) | values
    path.write_text(json.dumps(settings), encoding="utf-8")
    return settings


def read_weights(folder: Path) -> dict[str, Any]:
    from safetensors.torch import load_file

    return load_file(folder / "adapter_model.safetensors")


def change_weights(folder: Path, change: Any) -> None:
    from safetensors.torch import save_file

    state = read_weights(folder)
    change(state)
    save_file(state, folder / "adapter_model.safetensors")


def logits(folder: Path, adapter: Path | None = None) -> Any:
    import torch
    from peft import PeftModel
    from safetensors.torch import load_file
    from transformers import AutoModelForCausalLM

    model = AutoModelForCausalLM.from_pretrained(folder, dtype=torch.float32)
    if adapter:
        model = PeftModel.from_pretrained(model, adapter)
    with torch.no_grad():
        return model.eval()(load_file(FIXTURE / "expected.safetensors")["input_ids"]).logits


def merged(adapter: Path, settings: dict[str, Any], target: Path) -> Any:
    """Logits with the adapter added to the fused Qwen-1 weights, the way PEFT understands it."""
    from peft.utils.other import get_pattern_key
    from safetensors.torch import load_file, save_file

    source = Path(shutil.copytree(FIXTURE, target))
    delta = read_weights(adapter)
    for path in source.glob("model-*.safetensors"):
        state = load_file(path)
        for name in state:
            module = name.removesuffix(".weight")
            if (key := f"{PREFIX}{module}.lora_A.weight") not in delta:
                state[name] = delta.get(PREFIX + name, state[name])
                continue
            rank = len(delta[key])
            patterns = settings["alpha_pattern"]
            alpha = patterns.get(get_pattern_key(patterns, module), settings["lora_alpha"])
            scale = alpha / (rank**0.5 if settings["use_rslora"] else rank)
            state[name] += scale * delta[f"{PREFIX}{module}.lora_B.weight"] @ delta[key]
        save_file(state, path)
    convert(source, target.parent / "merged")
    return logits(target.parent / "merged")


def resize(ranks: dict[str, int]) -> Any:
    """Give the layers whose names end so another rank."""

    def change(state: dict[str, Any]) -> None:
        import torch

        generator = torch.Generator().manual_seed(3)
        for name, value in state.items():
            module, _, letter = name.removesuffix(".weight").rpartition(".lora_")
            for end, rank in ranks.items():
                if letter and module.endswith(end):
                    size = (rank, value.shape[1]) if letter == "A" else (value.shape[0], rank)
                    state[name] = torch.randn(size, generator=generator) * 0.2

    return change


def drop(*parts: str) -> Any:
    def change(state: dict[str, Any]) -> None:
        for name in [name for name in state if any(part in name for part in parts)]:
            del state[name]

    return change


def replace_embedding(state: dict[str, Any]) -> None:
    state[f"{PREFIX}transformer.wte.weight"] = state[f"{PREFIX}transformer.wte.weight"] * 1.5


@pytest.mark.parametrize(
    ("settings", "change"),
    [
        ({"use_rslora": True}, None),
        ({"alpha_pattern": {"attn.c_proj": 32, "w1": 2}}, None),
        (
            {
                "use_rslora": True,
                "rank_pattern": {"c_attn": 6, "h.1.mlp.w2": 2},
                "alpha_pattern": {r"transformer\.h\.0\..*c_proj": 5, "c_attn": 3},
            },
            resize({"c_attn": 6, "h.1.mlp.w2": 2}),
        ),
        ({"target_modules": ["w1", "c_attn"]}, drop("c_proj", "w2")),
        ({"layers_to_transform": [1], "layers_pattern": "h"}, drop("h.0.")),
        ({"exclude_modules": ["mlp.c_proj"]}, drop("mlp.c_proj")),
        ({"target_modules": r".*\.h\.1\.(mlp\.w[12]|attn\.c_attn)"}, drop("h.0.", "c_proj")),
        ({}, replace_embedding),
    ],
    ids=[
        "rslora", "alpha by pattern", "rank and alpha by pattern", "two kinds of layer",
        "one block", "one kind excluded", "chosen by pattern", "changed embedding",
    ],
)  # fmt: skip
def test_a_converted_adapter_does_what_it_did(
    adapter: Path, tmp_path: Path, settings: dict[str, Any], change: Any
) -> None:
    if change:
        change_weights(adapter, change)
    values = change_settings(adapter, **settings)
    convert(FIXTURE, tmp_path / "out", adapter)
    with_adapter = logits(tmp_path / "out", tmp_path / "out" / "adapter")
    reference = merged(adapter, values, tmp_path / "fused")
    assert float((with_adapter - reference).abs().max()) <= 1e-4
    assert float((with_adapter - logits(tmp_path / "out")).abs().max()) > 0.1


def test_weights_in_the_old_format_are_read_without_code(adapter: Path, tmp_path: Path) -> None:
    import torch

    state = read_weights(adapter)
    (adapter / "adapter_model.safetensors").unlink()
    torch.save(state, adapter / "adapter_model.bin")
    convert(FIXTURE, tmp_path / "bin", adapter)
    convert(FIXTURE, tmp_path / "plain", FIXTURE / "adapter")
    one, other = (
        read_weights(tmp_path / "bin" / "adapter"),
        read_weights(tmp_path / "plain/adapter"),
    )
    assert one.keys() == other.keys()
    assert all(bool((one[name] == other[name]).all()) for name in one)


def test_code_in_the_old_format_never_runs(adapter: Path, tmp_path: Path) -> None:
    import torch

    class Trap:
        def __reduce__(self) -> tuple[Any, ...]:
            return Path.touch, (tmp_path / "it-ran",)

    (adapter / "adapter_model.safetensors").unlink()
    torch.save({"x": Trap()}, adapter / "adapter_model.bin")
    with pytest.raises(ToujiaoError, match="为安全起见"):
        convert(FIXTURE, tmp_path / "out", adapter)
    assert not (tmp_path / "it-ran").exists()


def test_the_settings_name_the_new_layers_and_the_new_base(tmp_path: Path) -> None:
    proof = convert(FIXTURE, tmp_path / "my-qwen2", FIXTURE / "adapter")
    path = tmp_path / "my-qwen2" / "adapter" / "adapter_config.json"
    settings = json.loads(path.read_text(encoding="utf-8"))
    assert settings["target_modules"] == sorted(
        ["q_proj", "k_proj", "v_proj", "o_proj", "up_proj", "gate_proj", "down_proj"]
    )
    assert settings["base_model_name_or_path"] == "my-qwen2"
    assert (settings["r"], settings["lora_alpha"], settings["use_rslora"]) == (4, 8, False)
    assert settings["rank_pattern"] == settings["alpha_pattern"] == {}
    assert "transformer.wte.weight" in proof["adapter"]["embeddings_left_out_as_equal_to_base"]
    assert not any("embed" in name for name in read_weights(path.parent))


def test_a_changed_embedding_is_mentioned(adapter: Path, tmp_path: Path) -> None:
    change_weights(adapter, replace_embedding)
    lines = "".join(summary(convert(FIXTURE, tmp_path / "out", adapter)))
    assert "词向量和底座不同" in lines


@pytest.mark.parametrize(
    ("values", "words"),
    [
        ({"peft_type": "LOHA"}, "LOHA"),
        ({"use_dora": True}, "DoRA"),
        ({"bias": "all"}, "bias"),
        ({"modules_to_save": ["wte"]}, "modules_to_save"),
        ({"init_lora_weights": "pissa_niter_4"}, "pissa_niter_4"),
        ({"lora_bias": True}, "lora_bias"),
        ({"layer_replication": [[0, 1]]}, "layer_replication"),
        ({"something_new": "on"}, "something_new"),
        ({"target_modules": None}, "target_modules"),
        ({"target_modules": ["c_attn"]}, "没有选它"),
        ({"target_modules": "(("}, "写法有误"),
        ({"rank_pattern": {"c_attn": 8}}, "对不上"),
        ({"r": 0}, "r 缺失"),
        ({"layers_to_transform": [0]}, "没有选它"),
    ],
)
def test_settings_that_need_more_than_renaming_are_refused(
    adapter: Path, tmp_path: Path, values: dict[str, Any], words: str
) -> None:
    change_settings(adapter, **values)
    with pytest.raises(ToujiaoError, match=words) as caught:
        convert(FIXTURE, tmp_path / "out", adapter)
    assert "\n" not in str(caught.value)
    assert [path.name for path in tmp_path.iterdir()] == ["source-adapter"]


def _add(name: str) -> Any:
    def change(state: dict[str, Any]) -> None:
        import torch

        state[PREFIX + name] = torch.zeros(4)

    return change


@pytest.mark.parametrize(
    ("change", "words"),
    [
        (_add("transformer.h.0.mlp.w1.lora_magnitude_vector"), "DoRA"),
        (_add("transformer.h.0.mlp.w1.bias"), "不认识的适配器权重"),
        (_add("lm_head.lora_A.weight"), "不认识的适配器权重"),
        (drop("h.0.mlp.w1.lora_A"), "只有 A、B 中的一个"),
        (drop("lora"), "没有 LoRA 权重"),
        (resize({"c_attn": 6}), "对不上"),
        (_add("lm_head.weight"), "词表大小"),
    ],
    ids=["dora", "bias", "lora on lm_head", "half a layer", "nothing", "rank", "embedding"],
)
def test_weights_that_do_not_fit_are_refused(
    adapter: Path, tmp_path: Path, change: Any, words: str
) -> None:
    change_weights(adapter, change)
    with pytest.raises(ToujiaoError, match=words):
        convert(FIXTURE, tmp_path / "out", adapter)


def test_an_adapter_for_a_deeper_model_is_refused(adapter: Path, tmp_path: Path) -> None:
    def deepen(state: dict[str, Any]) -> None:
        for name in [name for name in state if "h.0." in name]:
            state[name.replace("h.0.", "h.7.")] = state[name].clone()

    change_weights(adapter, deepen)
    with pytest.raises(ToujiaoError, match="对应的底座"):
        convert(FIXTURE, tmp_path / "out", adapter)


def test_a_folder_without_weights_is_one_clear_line(adapter: Path, tmp_path: Path) -> None:
    (adapter / "adapter_model.safetensors").unlink()
    with pytest.raises(ToujiaoError, match=r"adapter_model\.bin"):
        convert(FIXTURE, tmp_path / "out", adapter)


@pytest.mark.parametrize(
    "values",
    [
        {"target_modules": ["c_proj"]},
        {"target_modules": ["attn.c_proj", "transformer.h.1.mlp.w1"]},
        {"target_modules": r".*\.(w1|c_attn)"},
        {"target_modules": ["w1", "c_attn"], "layers_to_transform": 1},
        {"target_modules": ["w1"], "layers_to_transform": [0], "layers_pattern": ["h"]},
        {"target_modules": ["w1"], "layers_to_transform": [0], "layers_pattern": ["layers"]},
        {"target_modules": ["w1", "w2"], "exclude_modules": ["h.0.mlp.w1"]},
        {"target_modules": ["w1", "w2"], "exclude_modules": r".*w2"},
        {"target_modules": ["w1"], "rank_pattern": {"w1": 3, "h.0.mlp.w1": 5, r"h\.\d.*": 7}},
        {"target_modules": ["w1"], "alpha_pattern": {r"^transformer.*c_proj": 3, "w": 5}},
    ],
)
def test_settings_are_read_as_peft_reads_them(values: dict[str, Any]) -> None:
    from peft import LoraConfig
    from peft.tuners.tuners_utils import check_target_module_exists
    from peft.utils.other import get_pattern_key

    theirs = LoraConfig(r=4, lora_alpha=8, **values)
    ours = AdapterConfig({"r": 4, "lora_alpha": 8} | values)
    for layer in (0, 1):
        for path in (f"transformer.h.{layer}.{module}" for module in LAYERS):
            assert ours.targets(path, layer) == bool(check_target_module_exists(theirs, path))
            key = get_pattern_key(theirs.rank_pattern, path)
            assert ours.rank(path) == theirs.rank_pattern.get(key, 4)
            key = get_pattern_key(theirs.alpha_pattern, path)
            assert ours.alpha(path) == theirs.alpha_pattern.get(key, 8)
