"""Every fault that verify is there for, planted for real in files of the shipped pair."""

from __future__ import annotations

import json
import shutil
import sys
from collections.abc import Callable, Iterable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from toujiao.cli import main
from toujiao.errors import ToujiaoError
from toujiao.models import gguf_metadata, tiny
from toujiao.models.gguf_writer import write_adapter, write_model
from toujiao.models.merge import merge_adapter
from toujiao.models.verify.exam import Exam, make_exam
from toujiao.models.verify.llama_hops import LlamaEngine, follow
from toujiao.models.verify.material import Material
from toujiao.models.verify.proof import Bench, Options, limits_of
from toujiao.models.verify.report import HopResult
from toujiao.models.verify.texts import texts
from toujiao.settings import settings

pytestmark = pytest.mark.model
FOREIGN = (
    "{% for m in messages %}### {{ m.role }}: {{ m.content }}\n{% endfor %}"
    "{% if add_generation_prompt %}### assistant: {% endif %}"
)


def silent(_: str) -> None:
    """Progress that nobody looks at."""


@pytest.fixture(autouse=True)
def _one_thread(monkeypatch: pytest.MonkeyPatch) -> None:
    """A tiny model on a busy machine: threads would wait for each other."""
    monkeypatch.setenv("TOUJIAO_THREADS", "1")


@pytest.fixture
def bench(shipped: Material, short: Exam, tmp_path: Path) -> Bench:
    return Bench(shipped, Options(most_tokens=short.most_tokens), short, tmp_path, silent)


@pytest.fixture
def copy_of(tmp_path: Path) -> Callable[[Path], Path]:
    """A copy of a folder that may be spoilt."""

    def copy(folder: Path) -> Path:
        return Path(shutil.copytree(folder, tmp_path / f"spoilt-{folder.name}"))

    return copy


def measures(hops: HopResult | Iterable[HopResult]) -> set[str]:
    """What the hops fail."""
    results = [hops] if isinstance(hops, HopResult) else hops
    return {failure.measure for hop in results for failure in hop.failures}


def lines(hop: HopResult) -> str:
    return "\n".join(failure.text for failure in hop.failures)


def change_tensors(folder: Path, change: Callable[[str, Any], Any]) -> None:
    """Rewrite every tensor of a folder's one safetensors file."""
    from safetensors.torch import load_file, save_file

    (file,) = folder.glob("*.safetensors")
    tensors = {name: change(name, tensor) for name, tensor in load_file(file).items()}
    save_file(tensors, file, {"format": "pt"})


def forget_the_end(name: str, tensor: Any) -> Any:
    """A zero row in the tied embedding: <|im_end|> is read as nothing and never the likeliest."""
    if "embed_tokens" in name:
        tensor[2] = 0
    return tensor


def change_json(path: Path, **values: object) -> None:
    data = json.loads(path.read_text(encoding="utf-8"))
    path.write_text(json.dumps(data | values), encoding="utf-8")


def with_template(model: Path, target: Path, template: str, monkeypatch: Any) -> Path:
    """The GGUF file of a model folder with another chat template in it."""
    monkeypatch.setattr(gguf_metadata, "inference_template", lambda: template)
    write_model(model, target, "F16")
    return target


def with_bytes(file: Path, target: Path, key: str, old: bytes, new: bytes) -> Path:
    """A copy of a GGUF file with another value of the same length behind one key."""
    data = file.read_bytes()
    place = data.index(old, data.index(key.encode()))
    assert len(old) == len(new)
    assert place - data.index(key.encode()) < len(key) + 16
    target.write_bytes(data[:place] + new + data[place + len(old) :])
    return target


def exam_of(material: Material, scratch: Path, most: int = 24) -> Bench:
    """A bench on another pair; short answers are enough to see that it is wrong."""
    made = make_exam(material, most, silent)
    return Bench(material, Options(most_tokens=most), made, scratch, silent)


# That the right pair passes every hop is shown in test_verify_shipped.py, on the same exam.


def test_few_requests_find_the_same_next_tokens_as_one_request_for_each(short: Exam) -> None:
    """The base under the reference's answer: it often wants to go on in another way."""
    (item,) = short.items
    with LlamaEngine(tiny.BASE_GGUF, None, short.context) as engine:
        seen, _, _ = follow(engine, item)
        single = [
            engine.complete(item.prompt + item.answer[:place], 1)[0][0]
            for place in range(len(item.answer))
        ]
    other = sum(a != b for a, b in zip(seen, item.answer, strict=True))
    assert other >= 5
    # Kernels for one token and for many round differently: a tie may fall to the other side.
    assert sum(a != b for a, b in zip(seen, single, strict=True)) <= 1


# The adapter.


def test_an_adapter_of_zeros_ends_the_command(copy_of, monkeypatch, capsys) -> None:
    run = copy_of(tiny.SHIPPED)
    change_tensors(run / "adapter", lambda name, t: t * 0 if "lora_B" in name else t)
    monkeypatch.setattr(sys, "argv", ["toujiao", "models", "verify", str(run), "--prompts", "1"])
    with pytest.raises(SystemExit) as ended:
        main()
    assert ended.value.code == 1
    assert "不起作用" in capsys.readouterr().err


def test_an_adapter_that_loads_but_does_nothing_is_found(shipped, tmp_path, copy_of) -> None:
    """B is as trained, so loading lets it pass; A is zero, so the product is."""
    adapter = copy_of(shipped.adapter)
    change_tensors(adapter, lambda name, t: t * 0 if "lora_A" in name else t)
    hops = list(exam_of(replace(shipped, adapter=adapter), tmp_path).pair())
    assert "no_effect" in measures(hops)


def test_a_foreign_template_beside_the_adapter_is_found(bench, shipped, copy_of) -> None:
    adapter = copy_of(shipped.adapter)
    (adapter / "chat_template.jinja").write_text(FOREIGN, encoding="utf-8")
    spoilt = replace(bench, material=replace(shipped, adapter=adapter))
    _, reference = spoilt.pair()
    assert measures(reference) == {"ids"}
    assert texts()["causes"]["template"] in lines(reference)


def test_another_tokenizer_beside_the_adapter_is_found(bench, shipped, copy_of) -> None:
    adapter = copy_of(shipped.adapter)
    tokenizer = json.loads((adapter / "tokenizer.json").read_text(encoding="utf-8"))
    tokenizer["model"]["merges"] = tokenizer["model"]["merges"][:2000]
    (adapter / "tokenizer.json").write_text(json.dumps(tokenizer), encoding="utf-8")
    spoilt = replace(bench, material=replace(shipped, adapter=adapter))
    _, reference = spoilt.pair()
    assert measures(reference) == {"ids"}
    assert texts()["causes"]["tokenizer"] in lines(reference)


# The base.


def test_a_base_with_other_weights_is_found(shipped, tmp_path, copy_of) -> None:
    import torch

    base = copy_of(shipped.base)
    generator = torch.Generator().manual_seed(3)
    change_tensors(
        base,
        lambda name, t: 0.05 * torch.randn(t.shape, generator=generator) if t.ndim > 1 else t,
    )
    material = replace(shipped, base=base, base_name=str(base))
    _, reference = exam_of(material, tmp_path).pair()
    assert {"loss", "never_stops"} <= measures(reference)
    assert "--base" in lines(reference)


def test_a_gguf_of_another_base_under_the_lora_is_found(bench, shipped, copy_of, tmp_path) -> None:
    import torch

    base = copy_of(shipped.base)
    generator = torch.Generator().manual_seed(3)
    change_tensors(base, lambda name, t: t + 0.03 * torch.randn(t.shape, generator=generator))
    write_model(base, tmp_path / "base.gguf", "F16")
    hop = bench.given(tmp_path / "base.gguf", tiny.ADAPTER_GGUF)
    assert {"agreement", "nearness"} <= measures(hop)


def test_an_end_of_turn_that_was_never_learned_is_found(shipped, tmp_path, copy_of) -> None:
    base = copy_of(shipped.base)
    change_tensors(base, forget_the_end)
    spoilt = replace(shipped, base=base, rows=shipped.rows[1:])  # its answer has 91 tokens
    _, reference = exam_of(spoilt, tmp_path, 110).pair()
    assert "never_stops" in measures(reference)
    assert "<|im_end|>" in lines(reference)


# The merged folder.


def merged_hop(bench: Bench, folder: Path) -> HopResult:
    """The hop of a merged folder that somebody made."""
    return next(iter(replace(bench, options=replace(bench.options, merged=folder)).merged()))


def test_a_model_merged_at_half_strength_is_found(bench, shipped, exam, copy_of, tmp_path) -> None:
    adapter = copy_of(shipped.adapter)
    change_json(adapter / "adapter_config.json", lora_alpha=16)
    merge_adapter(shipped.base, adapter, tmp_path / "half")
    assert "nearness" in measures(merged_hop(replace(bench, exam=exam), tmp_path / "half"))


def test_the_bare_base_in_place_of_the_merged_model_is_found(bench, shipped) -> None:
    assert {"agreement", "nearness"} <= measures(merged_hop(bench, shipped.base))


def test_one_spoilt_layer_of_the_merged_model_is_found(bench, merged, copy_of) -> None:
    folder = copy_of(merged)
    change_tensors(folder, lambda name, t: t * 0.5 if "layers.3.mlp.down" in name else t)
    assert {"agreement", "nearness"} & measures(merged_hop(bench, folder))


def test_weights_that_are_no_numbers_fail_in_one_line(bench, merged, copy_of) -> None:
    folder = copy_of(merged)
    change_tensors(folder, lambda name, t: t * float("nan") if "layers.3.mlp.down" in name else t)
    hop = merged_hop(bench, folder)
    assert measures(hop) == {"run"}
    assert "NaN" in lines(hop)


def test_a_foreign_template_in_the_merged_folder_is_found(bench, merged, copy_of) -> None:
    folder = copy_of(merged)
    (folder / "chat_template.jinja").write_text(FOREIGN, encoding="utf-8")
    assert measures(merged_hop(bench, folder)) == {"ids"}


def test_a_merged_folder_that_names_no_end_of_turn_is_found(bench, merged, copy_of) -> None:
    folder = copy_of(merged)
    change_json(folder / "tokenizer_config.json", eos_token="<|endoftext|>")
    change_json(folder / "generation_config.json", eos_token_id=0)
    assert measures(merged_hop(bench, folder)) == {"stop_declared"}


def test_an_adapter_that_cannot_be_merged_fails_every_merged_hop(bench, shipped, copy_of) -> None:
    adapter = copy_of(shipped.adapter)
    change_json(adapter / "adapter_config.json", use_dora=True)
    spoilt = replace(bench, material=replace(shipped, adapter=adapter))
    hops = list(spoilt.merged())
    assert len(hops) == 4  # the folder and three GGUF files; no server without a file
    assert measures(hops) == {"run"}
    assert all(len(lines(hop).splitlines()) == 1 for hop in hops)


# GGUF files.


def test_a_foreign_template_in_the_gguf_is_found(bench, merged, tmp_path, monkeypatch) -> None:
    spoilt = with_template(merged, tmp_path / "t.gguf", FOREIGN, monkeypatch)
    hop = bench.given(spoilt, None)
    assert measures(hop) == {"ids"}
    assert texts()["causes"]["template"] in lines(hop)
    assert "ids" in measures(bench.own_server(spoilt))


def test_a_template_that_refuses_a_system_prompt_is_found(
    bench, merged, tmp_path, monkeypatch
) -> None:
    refusing = "{% if messages[0].role == 'system' %}{{ raise_exception('no system') }}{% endif %}"
    spoilt = with_template(merged, tmp_path / "r.gguf", refusing, monkeypatch)
    assert measures(bench.given(spoilt, None)) == {"ids"}


def test_another_pre_tokenizer_in_the_gguf_is_found(bench, gguf_file, tmp_path) -> None:
    key = "tokenizer.ggml.pre"
    spoilt = with_bytes(gguf_file, tmp_path / "p.gguf", key, b"qwen2", b"gpt-2")
    hop = bench.given(spoilt, None)
    assert measures(hop) == {"ids"}
    assert texts()["causes"]["tokenizer"] in lines(hop)


def test_a_gguf_with_another_end_token_is_found(bench, exam, gguf_file, tmp_path) -> None:
    key, end, other = "tokenizer.ggml.eos_token_id", exam.end.to_bytes(4, "little"), bytes(4)
    spoilt = with_bytes(gguf_file, tmp_path / "e.gguf", key, end, other)
    assert "stop_declared" in measures(bench.given(spoilt, None))


def test_a_gguf_that_does_not_stop_is_found(bench, merged, copy_of, tmp_path) -> None:
    folder = copy_of(merged)
    change_tensors(folder, forget_the_end)
    write_model(folder, tmp_path / "endless.gguf", "F16")
    assert "stops" in measures(bench.given(tmp_path / "endless.gguf", None))


def test_a_lora_gguf_of_zeros_is_found(bench, shipped, copy_of, tmp_path) -> None:
    adapter = copy_of(shipped.adapter)
    change_tensors(adapter, lambda name, t: t * 1e-6)
    write_adapter(adapter, tmp_path / "zero.gguf", shipped.base)
    write_model(shipped.base, tmp_path / "base.gguf", "F16")
    assert "nearness" in measures(bench.given(tmp_path / "base.gguf", tmp_path / "zero.gguf"))


def test_a_file_that_is_no_gguf_fails_in_one_line(tmp_path: Path) -> None:
    broken = tmp_path / "broken.gguf"
    broken.write_bytes(b"GGUF nonsense")
    with pytest.raises(ToujiaoError, match=r"broken\.gguf 不是完整的 GGUF"):
        limits_of(broken)


# Servers.


def test_a_server_that_runs_the_bare_base_is_found(bench, shipped, exam, tmp_path) -> None:
    write_model(shipped.base, tmp_path / "base.gguf", "F16")
    hop = bench.own_server(tmp_path / "base.gguf")
    assert {"agreement", "nearness"} & measures(hop)


def test_a_running_server_is_asked_by_its_address(bench, exam, gguf_file, monkeypatch) -> None:
    with LlamaEngine(gguf_file, None, exam.context) as engine:
        monkeypatch.setenv("TOUJIAO_OPENAI_API_KEY", engine.client.api_key)
        settings.cache_clear()
        hop = bench.server(engine.url)
    assert hop.failures == ()


def test_a_server_that_is_not_there_fails_in_one_line(bench) -> None:
    hop = bench.server("http://127.0.0.1:9/v1")
    assert measures(hop) == {"run"}
    assert "127.0.0.1:9" in lines(hop)
