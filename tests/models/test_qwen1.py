"""A converted Qwen-1 computes what the original code computed; what cannot be exact is refused."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from toujiao.cli import app
from toujiao.errors import ToujiaoError
from toujiao.files import sha256
from toujiao.models.loading import refuse_qwen1
from toujiao.models.qwen1 import convert as conversion
from toujiao.models.qwen1 import tensors
from toujiao.models.qwen1.convert import convert
from toujiao.models.qwen1.proof import FILE_NAME
from toujiao.recipes.recipe import load_recipe

FIXTURE = Path(__file__).parent / "fixtures" / "qwen1-tiny"
TOLERANCE = 1e-4


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


def expected(name: str) -> Any:
    from safetensors.torch import load_file

    return load_file(FIXTURE / "expected.safetensors")[name]


def difference(one: Any, other: Any) -> float:
    return float((one - other).abs().max())


@pytest.fixture(scope="module")
def converted(tmp_path_factory: pytest.TempPathFactory) -> Path:
    target = tmp_path_factory.mktemp("qwen1") / "converted"
    convert(FIXTURE, target, FIXTURE / "adapter")
    return target


@pytest.fixture
def source(tmp_path: Path) -> Path:
    """A copy of the fixture that a test may damage."""
    return Path(shutil.copytree(FIXTURE, tmp_path / "source"))


def change_config(folder: Path, **values: Any) -> None:
    path = folder / "config.json"
    config = json.loads(path.read_text(encoding="utf-8")) | values
    path.write_text(json.dumps(config), encoding="utf-8")


def change_weights(folder: Path, change: Any) -> None:
    """Apply `change` to the tensors and save them as one file without an index."""
    from safetensors.torch import load_file, save_file

    state: dict[str, Any] = {}
    for path in folder.glob("model*.safetensors"):
        state |= load_file(path)
        path.unlink()
    (folder / "model.safetensors.index.json").unlink()
    change(state)
    save_file(state, folder / "model.safetensors")


@pytest.mark.model
def test_the_base_gives_the_logits_of_the_original_code(converted: Path) -> None:
    assert difference(logits(converted), expected("base_logits")) <= TOLERANCE


@pytest.mark.model
def test_the_adapter_gives_the_logits_of_the_original_code(converted: Path) -> None:
    with_adapter = logits(converted, converted / "adapter")
    assert difference(with_adapter, expected("adapter_logits")) <= TOLERANCE
    assert difference(with_adapter, expected("base_logits")) > 1


@pytest.mark.model
def test_with_w1_and_w2_swapped_the_comparison_fails(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    swapped = {"mlp.w1": tensors.MODULES["mlp.w2"], "mlp.w2": tensors.MODULES["mlp.w1"]}
    for module, targets in swapped.items():
        monkeypatch.setitem(tensors.MODULES, module, targets)
    convert(FIXTURE, tmp_path / "swapped")
    assert difference(logits(tmp_path / "swapped"), expected("base_logits")) > 0.1


@pytest.mark.model
def test_every_weight_finds_its_place(converted: Path) -> None:
    from transformers import Qwen2ForCausalLM

    _, info = Qwen2ForCausalLM.from_pretrained(converted, output_loading_info=True)
    assert not any(info.values())


def test_the_config_says_what_qwen1_does(converted: Path) -> None:
    config = json.loads((converted / "config.json").read_text(encoding="utf-8"))
    assert config["architectures"] == ["Qwen2ForCausalLM"]
    assert config["intermediate_size"] == 128
    assert config["num_key_value_heads"] == config["num_attention_heads"] == 4
    assert config["rope_parameters"]["rope_theta"] == config["rope_theta"] == 10000
    assert config["max_position_embeddings"] == 8192
    assert config["dtype"] == "float32"


def test_a_larger_max_position_is_cut_to_the_exact_length(source: Path, tmp_path: Path) -> None:
    change_config(source, max_position_embeddings=32768)
    convert(source, tmp_path / "out")
    config = json.loads((tmp_path / "out" / "config.json").read_text(encoding="utf-8"))
    assert config["max_position_embeddings"] == 8192


def test_the_proof_holds_the_hash_of_every_file(converted: Path) -> None:
    proof = json.loads((converted / FILE_NAME).read_text(encoding="utf-8"))
    written = {p.relative_to(converted).as_posix() for p in converted.rglob("*") if p.is_file()}
    assert set(proof["outputs"]) == written - {FILE_NAME}
    assert all(
        facts["sha256"] == sha256(root / name)
        for root, table in ((converted, proof["outputs"]), (FIXTURE, proof["inputs"]))
        for name, facts in table.items()
    )
    assert "adapter/adapter_model.safetensors" in proof["inputs"]
    # 19 + two more of each of 2 blocks' c_attn weight and bias
    assert proof["weights"]["tensors_read"] == 19
    assert proof["weights"]["tensors_written"] == 27
    assert proof["adapter"]["layers_read"] == 10
    assert proof["adapter"]["layers_written"] == 14
    assert proof["tokenizer"] is None


def test_the_command_says_that_the_tokenizer_is_missing(tmp_path: Path) -> None:
    arguments = ["models", "convert-qwen1", str(FIXTURE), str(tmp_path / "out")]
    result = CliRunner().invoke(app, arguments)
    assert result.exit_code == 0, result.output
    assert "没有找到 qwen.tiktoken" in result.output
    assert (tmp_path / "out" / "model-00002-of-00002.safetensors").is_file()


def test_licence_files_come_along(source: Path, tmp_path: Path) -> None:
    (source / "LICENSE.md").write_text("licence", encoding="utf-8")
    convert(source, tmp_path / "out")
    assert (tmp_path / "out" / "LICENSE.md").read_text(encoding="utf-8") == "licence"


def test_generation_stops_at_both_ends() -> None:
    shape = conversion.Shape(64, 128, 2, 4, 151936, 8192)
    values = conversion.generation_config(FIXTURE, shape)
    assert values["eos_token_id"] == [151645, 151643]


def test_sampling_is_kept_and_remote_code_settings_are_not(source: Path, tmp_path: Path) -> None:
    original = {"chat_format": "chatml", "top_p": 0.8, "eos_token_id": 151643}
    (source / "generation_config.json").write_text(json.dumps(original), encoding="utf-8")
    convert(source, tmp_path / "out")
    values = json.loads((tmp_path / "out" / "generation_config.json").read_text(encoding="utf-8"))
    assert values["top_p"] == 0.8
    assert "chat_format" not in values


@pytest.mark.parametrize(
    ("values", "words"),
    [
        ({"model_type": "qwen2"}, "不是第一代"),
        ({"quantization_config": {"bits": 4}}, "量化"),
        ({"rotary_pct": 0.5}, "rotary_pct"),
        ({"no_bias": False}, "no_bias"),
        ({"tie_word_embeddings": True}, "tie_word_embeddings"),
        ({"new_attention": "linear"}, "new_attention"),
        ({"kv_channels": 8}, "kv_channels"),
        ({"intermediate_size": 255}, "奇数"),
        ({"intermediate_size": 512}, "形状"),
        ({"num_hidden_layers": 3}, "缺少权重"),
        ({"num_hidden_layers": 1}, "不认识的权重"),
        ({"seq_length": None}, "seq_length"),
    ],
)
def test_a_model_that_qwen2_would_compute_differently_is_refused(
    source: Path, tmp_path: Path, values: dict[str, Any], words: str
) -> None:
    change_config(source, **values)
    with pytest.raises(ToujiaoError, match=words) as caught:
        convert(source, tmp_path / "out")
    assert "\n" not in str(caught.value)
    assert [path.name for path in tmp_path.iterdir()] == ["source"]


@pytest.mark.model
def test_quantised_weights_are_refused(source: Path, tmp_path: Path) -> None:
    import torch

    weight = "transformer.h.0.mlp.w1.qweight"
    change_weights(source, lambda state: state.update({weight: torch.zeros(2, dtype=torch.int32)}))
    with pytest.raises(ToujiaoError, match="GPTQ"):
        convert(source, tmp_path / "out")


@pytest.mark.model
def test_mixed_precisions_are_refused(source: Path, tmp_path: Path) -> None:
    def halve(state: dict[str, Any]) -> None:
        state["lm_head.weight"] = state["lm_head.weight"].half()

    change_weights(source, halve)
    with pytest.raises(ToujiaoError, match="精度"):
        convert(source, tmp_path / "out")


@pytest.mark.model
def test_one_file_without_an_index_is_enough(source: Path, tmp_path: Path) -> None:
    change_weights(source, lambda state: None)
    convert(source, tmp_path / "out")
    assert (tmp_path / "out" / "model.safetensors").is_file()


def test_a_cut_download_is_refused(source: Path, tmp_path: Path) -> None:
    path = source / "model-00002-of-00002.safetensors"
    path.write_bytes(path.read_bytes()[:-100])
    with pytest.raises(ToujiaoError, match="重新下载"):
        convert(source, tmp_path / "out")


def test_a_shard_that_the_index_does_not_know_is_refused(source: Path, tmp_path: Path) -> None:
    first, second = (source / f"model-0000{i}-of-00002.safetensors" for i in (1, 2))
    shutil.copyfile(first, second)
    with pytest.raises(ToujiaoError, match="对不上"):
        convert(source, tmp_path / "out")


def test_a_folder_that_exists_is_never_touched(tmp_path: Path) -> None:
    (tmp_path / "out").mkdir()
    with pytest.raises(ToujiaoError, match="已经存在"):
        convert(FIXTURE, tmp_path / "out")
    assert not any((tmp_path / "out").iterdir())


def test_nothing_stays_when_the_disk_fails_half_way(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: Any) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(conversion, "check_written", full)
    with pytest.raises(ToujiaoError, match="No space left"):
        convert(FIXTURE, tmp_path / "out")
    assert not any(tmp_path.iterdir())


def test_a_written_file_that_reads_back_differently_is_noticed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def damaged(path: Path, pieces: Any) -> dict[str, str]:
        digests = write(path, pieces)
        content = bytearray(path.read_bytes())
        content[-1] ^= 1
        path.write_bytes(content)
        return digests

    write = conversion.write_pieces
    monkeypatch.setattr(conversion, "write_pieces", damaged)
    with pytest.raises(ToujiaoError, match="写完重读"):
        convert(FIXTURE, tmp_path / "out")


def test_a_hub_name_is_answered_with_how_to_download(tmp_path: Path) -> None:
    with pytest.raises(ToujiaoError, match="hf download"):
        convert(Path("Qwen/Qwen-1_8B-Chat"), tmp_path / "out")


def test_loading_names_the_command_and_the_recipe_its_product() -> None:
    base = load_recipe("qwen-1.8b-legacy")[1].base
    with pytest.raises(ToujiaoError, match=f"convert-qwen1 .* {base}"):
        refuse_qwen1(base)
    refuse_qwen1(f"someone/{base}")
