"""GGUF files say what transformers and PEFT say, in every kind; what cannot be exact is refused."""

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
from toujiao.models.gguf_writer import TYPES, write_adapter, write_model
from toujiao.models.template import TURN_END, format_chat, inference_template

pytestmark = pytest.mark.model

IDS = list(range(3, 35))
TOP = 10
# Largest difference of the ten most likely tokens' log probabilities. llama.cpp keeps its cache in
# 16 bits, so F32 is not exact either.
CLOSE = {"F32": 0.01, "F16": 0.02, "BF16": 0.1, "Q8_0": 0.1, "Q4_0": 1.0}
SETTINGS: dict[str, dict[str, Any]] = {
    "plain": {},
    "rslora": {"use_rslora": True},
    "patterns": {"rank_pattern": {"q_proj": 2, r".*\.1\.mlp\.up_proj": 6},
                 "alpha_pattern": {"layers.0.mlp.down_proj": 30}},
    "patterns-rslora": {"rank_pattern": {"v_proj": 9}, "alpha_pattern": {"v_proj": 50},
                        "use_rslora": True},
}  # fmt: skip


def llama(model: Path, lora: Path | None = None) -> dict[int, float]:
    """The most likely next tokens after IDS and their log probabilities, by llama.cpp."""
    from toujiao.assistant.backends.llamacpp import LlamaCppBackend

    server = LlamaCppBackend(str(model), str(lora) if lora else None)._server
    request = {
        "prompt": IDS,
        "n_predict": 1,
        "n_probs": TOP,
        "temperature": 0.0,
        "ignore_eos": True,
    }
    choice = server.handle_completions(request)["choices"][0]
    return {top["id"]: top["logprob"] for top in choice["logprobs"]["content"][0]["top_logprobs"]}


def difference(found: dict[int, float], logits: Any) -> float:
    """Largest distance to the log probabilities of transformers."""
    expected = logits[0, -1].log_softmax(-1)
    assert len(found) == TOP
    return max(abs(float(expected[token]) - value) for token, value in found.items())


def read(path: Path) -> Any:
    import gguf

    return gguf.GGUFReader(path)


def field(path: Path, key: str) -> Any:
    found = read(path).get_field(key)
    return found.contents() if found else None


@pytest.mark.parametrize("kind", TYPES)
@pytest.mark.parametrize("architecture", ["qwen2", "qwen3"])
def test_llama_cpp_computes_what_transformers_computes(bases, logits, tmp_path, architecture, kind):
    write_model(bases[architecture], tmp_path / "x.gguf", kind)
    assert difference(llama(tmp_path / "x.gguf"), logits(bases[architecture])) <= CLOSE[kind]


@pytest.mark.parametrize("settings", SETTINGS.values(), ids=SETTINGS)
def test_an_adapter_works_as_strongly_as_in_peft(bases, make_adapter, logits, tmp_path, settings):
    base = bases["qwen3"]
    adapter = make_adapter(base, **settings)
    write_model(base, tmp_path / "base.gguf", "F32")
    write_adapter(adapter, tmp_path / "lora.gguf", base)
    found = llama(tmp_path / "base.gguf", tmp_path / "lora.gguf")
    assert difference(found, logits(base, adapter)) <= 2 * CLOSE["F16"]
    assert difference(found, logits(base)) > 10 * CLOSE["F16"]


@pytest.mark.parametrize("target", ["q_proj", "lm_head", "embed_tokens"])
def test_a_merged_file_says_what_base_and_adapter_say(
    bases, make_adapter, logits, tmp_path, target
):
    base = bases["qwen3"]
    adapter = make_adapter(base, target_modules=["up_proj", target])
    report = write_model(base, tmp_path / "merged.gguf", "F16", adapter)
    found = llama(tmp_path / "merged.gguf")
    assert difference(found, logits(base, adapter)) <= 2 * CLOSE["F16"]
    assert difference(found, logits(base)) > 4 * CLOSE["F16"]
    assert report.share == pytest.approx(1, abs=0.01)


def test_merging_into_16_bits_first_is_not_needed(bf16_base, make_adapter, tmp_path):
    adapter = make_adapter(bf16_base, size=4e-4)
    with pytest.raises(ToujiaoError, match="BF16 存不下"):
        write_model(bf16_base, tmp_path / "x.gguf", "BF16", adapter)
    report = write_model(bf16_base, tmp_path / "x.gguf", "F16", adapter)
    assert report.share > 0.9


@pytest.mark.parametrize("kind", ["Q8_0", "Q4_0"])
def test_rows_that_do_not_divide_into_blocks_stay_in_16_bits(tmp_path, kind, logits, odd_base):
    write_model(odd_base, tmp_path / "x.gguf", kind)
    types = {tensor.name: tensor.tensor_type.name for tensor in read(tmp_path / "x.gguf").tensors}
    assert types["blk.0.ffn_down.weight"] == "F16"
    assert types["blk.0.ffn_up.weight"] == kind
    assert types["blk.0.attn_norm.weight"] == "F32"
    assert difference(llama(tmp_path / "x.gguf"), logits(odd_base)) <= CLOSE[kind]


@pytest.fixture(scope="module")
def odd_base(bases, tmp_path_factory) -> Path:
    """A model with an inner layer of 100 numbers, which is no multiple of 32."""
    import torch
    from transformers import AutoTokenizer, Qwen2Config, Qwen2ForCausalLM

    folder = tmp_path_factory.mktemp("odd") / "base"
    tokenizer = AutoTokenizer.from_pretrained(bases["qwen2"])
    torch.manual_seed(3)
    Qwen2ForCausalLM(
        Qwen2Config(vocab_size=len(tokenizer), hidden_size=64, intermediate_size=100,
                    num_hidden_layers=1, num_attention_heads=2, num_key_value_heads=1)
    ).save_pretrained(folder)  # fmt: skip
    tokenizer.save_pretrained(folder)
    return folder


def test_the_output_layer_never_has_less_than_8_bits(bases, tmp_path):
    heads = {"qwen2": "output.weight", "qwen3": "token_embd.weight"}
    for architecture, head in heads.items():
        write_model(bases[architecture], tmp_path / "x.gguf", "Q4_0")
        types = {t.name: t.tensor_type.name for t in read(tmp_path / "x.gguf").tensors}
        assert types[head] == "Q8_0"
        assert types["blk.1.attn_q.weight"] == "Q4_0"


@pytest.mark.parametrize("kind", ["F16", "Q4_0"])
def test_the_embedded_model_answers_and_stops_in_every_kind(tmp_path, kind):
    from toujiao.assistant.backends.llamacpp import LlamaCppBackend
    from toujiao.assistant.prompt import build_messages
    from toujiao.knowledge.folders import ours
    from toujiao.models.tiny import ADAPTER_DIR, BASE_DIR

    write_model(BASE_DIR, tmp_path / "x.gguf", kind, ADAPTER_DIR)
    card = next(iter(ours().cards))
    messages = build_messages(
        card.header.questions[0], [ours().render(card.id)], ours().system_prompt
    )
    text, ended = LlamaCppBackend(str(tmp_path / "x.gguf")).complete(messages, 400)
    assert ended
    assert len(text) > 20


def test_control_tokens_and_tags_keep_their_kind(bases, tmp_path):
    import gguf
    from transformers import AutoTokenizer

    base = Path(shutil.copytree(bases["qwen3"], tmp_path / "base"))
    tokenizer = AutoTokenizer.from_pretrained(base)
    data = json.loads((base / "tokenizer.json").read_text(encoding="utf-8"))
    last = len(tokenizer) - 1
    tag = {**data["added_tokens"][0], "id": last, "content": "<think>", "special": False}
    data["added_tokens"].append(tag)
    (base / "tokenizer.json").write_text(json.dumps(data), encoding="utf-8")
    write_model(base, tmp_path / "x.gguf")
    kinds = field(tmp_path / "x.gguf", "tokenizer.ggml.token_type")
    tokens = field(tmp_path / "x.gguf", "tokenizer.ggml.tokens")
    assert kinds[tokens.index(TURN_END)] == gguf.TokenType.CONTROL
    assert kinds[tokens.index("<think>")] == gguf.TokenType.USER_DEFINED


def test_the_file_knows_template_ends_base_and_licence(bases, make_adapter, tmp_path):
    base = bases["qwen3"]
    card = "---\nlicense: apache-2.0\nbase_model: Qwen/Qwen3-0.6B\n---\n# Name\n"
    adapter = make_adapter(base)
    (adapter / "README.md").write_text(card, encoding="utf-8")
    config = json.loads((adapter / "adapter_config.json").read_text(encoding="utf-8"))
    config["base_model_name_or_path"] = "Qwen/Qwen3-0.6B"
    (adapter / "adapter_config.json").write_text(json.dumps(config), encoding="utf-8")
    write_model(base, tmp_path / "merged.gguf", adapter=adapter)
    write_adapter(adapter, tmp_path / "lora.gguf", base)
    for path in (tmp_path / "merged.gguf", tmp_path / "lora.gguf"):
        assert field(path, "general.base_model.0.name") == "Qwen3-0.6B"
        assert field(path, "general.base_model.0.organization") == "Qwen"
        assert field(path, "general.license") == "apache-2.0"
    merged = tmp_path / "merged.gguf"
    tokens = field(merged, "tokenizer.ggml.tokens")
    assert tokens[field(merged, "tokenizer.ggml.eos_token_id")] == TURN_END
    assert field(merged, "tokenizer.chat_template") == inference_template()
    assert field(merged, "qwen3.context_length") == 256


def test_a_path_of_this_machine_is_not_written_as_the_base(bases, make_adapter, tmp_path):
    write_adapter(make_adapter(bases["qwen3"]), tmp_path / "lora.gguf", bases["qwen3"])
    assert str(bases["qwen3"]).encode() not in (tmp_path / "lora.gguf").read_bytes()
    assert field(tmp_path / "lora.gguf", "general.base_model.count") is None


def test_the_template_in_the_file_gives_our_text():
    import jinja2

    messages = [{"role": "system", "content": "你好"}, {"role": "user", "content": "股票"},
                {"role": "assistant", "content": "是份额"}, {"role": "user", "content": "谢谢"}]  # fmt: skip
    template = jinja2.Environment().from_string(inference_template())
    for generate in (True, False):
        text = template.render(messages=messages, add_generation_prompt=generate)
        assert text == format_chat(messages, generate)


@pytest.mark.parametrize("target", ["lm_head", "embed_tokens"])
def test_an_adapter_on_tied_embeddings_is_refused_alone(bases, make_adapter, tmp_path, target):
    adapter = make_adapter(bases["qwen3"], target_modules=["q_proj", target])
    with pytest.raises(ToujiaoError, match="--merged"):
        write_adapter(adapter, tmp_path / "lora.gguf", bases["qwen3"])
    assert not list(tmp_path.glob("lora*"))


@pytest.mark.parametrize(
    ("size", "message"), [(0.0, "全是零"), (1e9, "过大"), (float("nan"), "NaN")]
)
def test_an_adapter_without_use_is_refused(bases, make_adapter, tmp_path, size, message):
    adapter = make_adapter(bases["qwen2"], size=size)
    with pytest.raises(ToujiaoError, match=message):
        write_adapter(adapter, tmp_path / "lora.gguf", bases["qwen2"])
    assert not list(tmp_path.glob("lora*"))


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"architectures": ["LlamaForCausalLM"]}, "不支持 LlamaForCausalLM"),
        ({"use_sliding_window": True}, "滑动窗口"),
        ({"rope_parameters": {"rope_type": "dynamic", "factor": 2.0}}, "位置编码是 dynamic"),
        ({"quantization_config": {"quant_method": "gptq"}}, "量化过的底座"),
        ({"vocab_size": 300}, "不配套"),
    ],
)
def test_a_model_that_would_come_out_wrong_is_refused_and_leaves_nothing(
    bases, change_config, tmp_path, changes, message
):
    base = Path(shutil.copytree(bases["qwen2"], tmp_path / "base"))
    change_config(base, "config.json", **changes)
    with pytest.raises(ToujiaoError, match=message):
        write_model(base, tmp_path / "x.gguf")
    assert not list(tmp_path.glob("x.gguf*"))


def test_a_foreign_tokenizer_is_refused(bases, tmp_path):
    base = Path(shutil.copytree(bases["qwen2"], tmp_path / "base"))
    text = (base / "tokenizer.json").read_text(encoding="utf-8")
    (base / "tokenizer.json").write_text(text.replace(TURN_END, "<|eot_id|>"), encoding="utf-8")
    with pytest.raises(ToujiaoError, match=r"没有控制符 <\|im_end\|>"):
        write_model(base, tmp_path / "x.gguf")


def test_a_failure_keeps_the_file_that_was_there(bases, make_adapter, tmp_path):
    (tmp_path / "x.gguf").write_bytes(b"the old one")
    with pytest.raises(ToujiaoError):
        write_model(
            bases["qwen2"], tmp_path / "x.gguf", "F16", make_adapter(bases["qwen2"], size=0)
        )
    assert (tmp_path / "x.gguf").read_bytes() == b"the old one"
    assert not list(tmp_path.glob("*.part"))


@pytest.mark.parametrize(
    ("what", "options", "key"),
    [("base", [], "general.file_type"), ("run", [], "adapter.lora.alpha"),
     ("run", ["--merged", "--kind", "F16"], "general.file_type")],
)  # fmt: skip
def test_the_command_writes_what_it_is_given(bases, make_adapter, tmp_path, what, options, key):
    sources = {"base": bases["qwen2"], "run": tmp_path / "run"}
    sources["run"].mkdir()
    make_adapter(bases["qwen2"]).rename(sources["run"] / "adapter")
    arguments = ["models", "gguf", str(sources[what]), str(tmp_path / "x.gguf"), *options]
    result = CliRunner().invoke(app, arguments)
    assert result.exit_code == 0, result.output
    assert field(tmp_path / "x.gguf", key) is not None


_MEASURE = """
import sys, gguf
from pathlib import Path
from toujiao.models import gguf_writer
def peak(key):
    status = Path("/proc/self/status").read_text(encoding="utf-8")
    return int([line.split()[1] for line in status.splitlines() if line.startswith(key)][0])
before = peak("VmRSS")
gguf_writer.write_model(Path(sys.argv[1]), Path(sys.argv[2]))
print(peak("VmHWM") - before)
"""


@pytest.mark.skipif(sys.platform != "linux", reason="reads /proc")
def test_memory_holds_neither_the_model_nor_a_whole_weight(bases, tmp_path):
    import torch
    from safetensors.torch import load_file, save_file

    base = Path(shutil.copytree(bases["qwen2"], tmp_path / "base"))
    weights: dict[str, Any] = load_file(base / "model.safetensors")
    size = (16384, 4096)
    weights["model.layers.0.mlp.up_proj.weight"] = torch.ones(size, dtype=torch.bfloat16)
    save_file(weights, base / "model.safetensors")
    command = [sys.executable, "-c", _MEASURE, base, tmp_path / "x.gguf"]
    result = subprocess.run(command, capture_output=True, check=True, encoding="utf-8")
    in_16_bits = 2 * size[0] * size[1]
    assert 1024 * int(result.stdout) < in_16_bits
