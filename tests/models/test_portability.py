"""The lint says where an adapter runs, and a repaired adapter computes what the old one did."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from toujiao.cli import app
from toujiao.errors import ToujiaoError
from toujiao.models.merge import merge_adapter
from toujiao.models.portability import AFTER, NO, TARGETS, YES, lint
from toujiao.models.portability_fix import repair

pytestmark = pytest.mark.model

EXACT = 1e-4
EFFECT = 0.05
EVERYWHERE = dict.fromkeys(TARGETS, AFTER) | {"PEFT": YES, "vLLM": YES}
ONLY_PEFT = {target: YES if target == "PEFT" else NO for target in TARGETS}
NOWHERE = dict.fromkeys(TARGETS, NO)


def statuses(folder: Path, base: str | None = None) -> dict[str, str]:
    return {verdict.target: verdict.status for verdict in lint(folder, base).verdicts}


def codes(folder: Path, base: str | None = None) -> set[str]:
    return {finding.code for finding in lint(folder, base).findings}


def how(folder: Path, target: str) -> str:
    return next(v.how for v in lint(folder).verdicts if v.target == target)


def tensors(folder: Path) -> dict[str, Any]:
    from safetensors.torch import load_file

    return load_file(folder / "adapter_model.safetensors")


def rewrite(folder: Path, change: Any) -> None:
    from safetensors.torch import save_file

    save_file(change(tensors(folder)), folder / "adapter_model.safetensors")


def changed_base_adapter(base: Path, folder: Path, start: str, **settings: Any) -> tuple[Any, Path]:
    """(logits of the trained model, adapter) for a start that changes the base, as PEFT runs it.

    `folder`-start holds the adapter as it was before the (pretended) training.
    """
    import torch
    from peft import LoraConfig, get_peft_model
    from transformers import AutoModelForCausalLM

    torch.manual_seed(9)
    config = LoraConfig(
        r=4, lora_alpha=8, target_modules="all-linear", init_lora_weights=start,
        task_type="CAUSAL_LM", **settings,
    )  # fmt: skip
    model = get_peft_model(AutoModelForCausalLM.from_pretrained(base, dtype=torch.float32), config)
    model.save_pretrained(f"{folder}-start")
    with torch.no_grad():
        for name, parameter in model.named_parameters():
            if "lora_" in name:
                parameter.add_(0.05 * torch.randn_like(parameter))
        logits = model.eval()(torch.arange(3, 35)[None]).logits
    model.save_pretrained(folder)
    return logits, folder


@pytest.fixture
def adapter(bases, make_adapter) -> Path:
    """A plain adapter with everything that belongs to it."""
    folder = make_adapter(bases["qwen2"])
    for name in ("tokenizer.json", "tokenizer_config.json", "chat_template.jinja"):
        shutil.copyfile(bases["qwen2"] / name, folder / name)
    return Path(folder)


def test_a_plain_adapter_runs_everywhere(adapter):
    assert statuses(adapter) == EVERYWHERE
    assert codes(adapter) == {"base"}  # PEFT wrote the path of this machine


def test_the_shipped_run_has_no_finding():
    from toujiao.models.tiny import SHIPPED

    assert statuses(SHIPPED) == EVERYWHERE
    assert codes(SHIPPED) == set()


SPECIAL: dict[str, dict[str, Any]] = {
    "use_dora": {"use_dora": True},
    "bias": {"bias": "lora_only"},
    "lora_bias": {"lora_bias": True},
    "modules_to_save": {"modules_to_save": ["embed_tokens"]},
    "trainable_token_indices": {"trainable_token_indices": [3, 4]},
    "alora_invocation_tokens": {"alora_invocation_tokens": [3, 4]},
}


@pytest.mark.parametrize("code", SPECIAL)
def test_what_only_peft_knows_is_named_and_runs_in_peft_only(bases, make_adapter, tmp_path, code):
    folder = make_adapter(bases["qwen2"], **SPECIAL[code])
    assert statuses(folder) == ONLY_PEFT
    assert code in codes(folder)
    with pytest.raises(ToujiaoError, match=code):
        list(repair(folder, tmp_path / "fixed"))
    with pytest.raises(ToujiaoError, match=code):
        merge_adapter(bases["qwen2"], folder, tmp_path / "merged")


@pytest.mark.parametrize("key", ["target_parameters", "use_qalora", "arrow_config", "use_bdlora",
                                 "kasa_config", "layer_replication", "fan_in_fan_out"])  # fmt: skip
def test_other_settings_that_only_peft_knows_are_named(adapter, change_config, key):
    change_config(adapter, **{key: ["x"]})
    assert statuses(adapter) == ONLY_PEFT
    assert key in codes(adapter)


@pytest.mark.parametrize(
    ("start", "fixable"),
    [("pissa", True), ("olora", True), ("pissa_niter_4", True), ("corda", True), ("lora_ga", True),
     ("loftq", False), ("something_new", False)],
)  # fmt: skip
def test_a_start_that_changes_the_base_is_noticed(adapter, change_config, start, fixable):
    change_config(adapter, init_lora_weights=start)
    random = start in ("pissa_niter_4", "corda", "lora_ga")
    assert statuses(adapter) == (NOWHERE if random else ONLY_PEFT)
    (finding,) = (f for f in lint(adapter).findings if f.code == "changed_base")
    assert finding.fixable is fixable
    assert start in finding.message


@pytest.mark.parametrize("start", ["eva", "orthogonal", "gaussian", "mica"])
def test_a_start_that_leaves_the_base_alone_is_tidied_away(adapter, change_config, tmp_path, start):
    change_config(adapter, init_lora_weights=start)
    assert statuses(adapter) == EVERYWHERE
    list(repair(adapter, tmp_path / "fixed"))
    assert codes(tmp_path / "fixed") == {"base"}


RSLORA: dict[str, dict[str, Any]] = {
    "plain": {},
    "ranks": {"rank_pattern": {"q_proj": 2, r".*\.1\.mlp\.up_proj": 6}},
    "alphas": {"rank_pattern": {"v_proj": 9}, "alpha_pattern": {"v_proj": 50, "down_proj": 3}},
}


@pytest.mark.parametrize("settings", RSLORA.values(), ids=RSLORA)
def test_rslora_becomes_a_plain_lora_of_the_same_strength(
    bases, make_adapter, logits, tmp_path, settings
):
    folder = make_adapter(bases["qwen2"], use_rslora=True, **settings)
    assert "rslora" in codes(folder)
    list(repair(folder, tmp_path / "fixed"))
    assert "rslora" not in codes(tmp_path / "fixed")
    before, after = logits(bases["qwen2"], folder), logits(bases["qwen2"], tmp_path / "fixed")
    assert (after - before).abs().max() <= EXACT
    assert (after - logits(bases["qwen2"])).abs().max() > EFFECT


@pytest.mark.parametrize("start", ["pissa", "olora"])
@pytest.mark.parametrize("settings", [{}, {"use_rslora": True},
                                      {"rank_pattern": {"q_proj": 2, "up_proj": 6}}],
                         ids=["plain", "rslora", "ranks"])  # fmt: skip
def test_a_changed_base_is_computed_again_and_the_adapter_becomes_plain(
    bases, logits, tmp_path, start, settings
):
    base = bases["qwen3"]
    before, folder = changed_base_adapter(base, tmp_path / "trained", start, **settings)
    list(repair(folder, tmp_path / "fixed", str(base)))
    after = logits(base, tmp_path / "fixed")
    assert (after - before).abs().max() <= EXACT
    assert (after - logits(base)).abs().max() > EFFECT
    assert (logits(base, folder) - before).abs().max() <= EXACT  # PEFT computes it again itself
    assert statuses(tmp_path / "fixed")["vLLM"] == YES
    config = json.loads((tmp_path / "fixed" / "adapter_config.json").read_text(encoding="utf-8"))
    assert config["r"] == 8
    assert config["use_rslora"] is False


@pytest.mark.parametrize("start", ["pissa", "pissa_niter_4", "olora"])
def test_the_adapter_as_it_was_before_training_does_it_without_the_base(
    bases, logits, tmp_path, start
):
    base = bases["qwen2"]
    before, folder = changed_base_adapter(base, tmp_path / "trained", start)
    list(repair(folder, tmp_path / "fixed", initial=Path(f"{folder}-start")))
    after = logits(base, tmp_path / "fixed")
    assert (after - before).abs().max() <= EXACT
    assert (after - logits(base)).abs().max() > EFFECT


def test_a_random_start_cannot_be_computed_again(bases, logits, tmp_path):
    before, folder = changed_base_adapter(bases["qwen2"], tmp_path / "trained", "pissa_niter_4")
    assert (logits(bases["qwen2"], folder) - before).abs().max() > EXACT  # nor does PEFT
    with pytest.raises(ToujiaoError, match="--initial"):
        list(repair(folder, tmp_path / "fixed", str(bases["qwen2"])))
    assert not (tmp_path / "fixed").exists()


def test_a_base_that_is_not_here_is_asked_for_and_not_fetched(bases, tmp_path):
    _, folder = changed_base_adapter(bases["qwen2"], tmp_path / "trained", "pissa")
    with pytest.raises(ToujiaoError, match="不在本机，请用 --base"):
        list(repair(folder, tmp_path / "fixed", "someone/not-in-the-cache"))
    assert not (tmp_path / "fixed").exists()


def test_the_adapter_of_another_training_is_no_start(bases, make_adapter, tmp_path):
    _, folder = changed_base_adapter(bases["qwen2"], tmp_path / "trained", "pissa")
    with pytest.raises(ToujiaoError, match="对不上"):
        list(repair(folder, tmp_path / "fixed", initial=make_adapter(bases["qwen2"], "o", r=2)))


NAMES = {
    "no prefix": ("base_model.model.", ""),
    "twice": ("base_model.model.", "base_model.model.base_model.model."),
    "compiled": ("base_model.model.", "_orig_mod.base_model.model."),
    "without model": ("base_model.model.model.", "base_model.model."),
    "adapter name": (".weight", ".mine.weight"),
}


@pytest.mark.parametrize(("old", "new"), NAMES.values(), ids=NAMES)
def test_names_that_peft_passes_over_are_noticed_and_mended(
    bases, adapter, logits, tmp_path, old, new
):
    expected = logits(bases["qwen2"], adapter)
    rewrite(adapter, lambda found: {name.replace(old, new): t for name, t in found.items()})
    assert statuses(adapter) == NOWHERE
    assert "names" in codes(adapter)
    untouched = logits(bases["qwen2"])
    assert (logits(bases["qwen2"], adapter) - untouched).abs().max() < EXACT  # PEFT, silently
    list(repair(adapter, tmp_path / "fixed"))
    assert statuses(tmp_path / "fixed") == EVERYWHERE
    assert (logits(bases["qwen2"], tmp_path / "fixed") - expected).abs().max() <= EXACT


def test_the_usual_adapter_name_inside_a_name_is_known_to_peft_only(
    bases, adapter, logits, tmp_path
):
    expected = logits(bases["qwen2"], adapter)
    rewrite(adapter, lambda found: {n.replace(".w", ".default.w"): t for n, t in found.items()})
    assert statuses(adapter) == ONLY_PEFT
    assert (logits(bases["qwen2"], adapter) - expected).abs().max() < EXACT
    list(repair(adapter, tmp_path / "fixed"))
    assert statuses(tmp_path / "fixed") == EVERYWHERE


def test_pickled_weights_become_safetensors(bases, adapter, logits, tmp_path):
    import torch

    expected = logits(bases["qwen2"], adapter)
    torch.save(tensors(adapter), adapter / "adapter_model.bin")
    (adapter / "adapter_model.safetensors").unlink()
    assert "pickle" in codes(adapter)
    assert statuses(adapter)["llama.cpp"] == NO
    list(repair(adapter, tmp_path / "fixed"))
    assert not (tmp_path / "fixed" / "adapter_model.bin").exists()
    assert (logits(bases["qwen2"], tmp_path / "fixed") - expected).abs().max() <= EXACT


def test_a_pickle_that_carries_code_is_not_read(adapter, tmp_path):
    import torch

    class Evil:
        def __reduce__(self) -> Any:
            return (Path.touch, (tmp_path / "harm",))

    torch.save({"x": Evil()}, adapter / "adapter_model.bin")
    (adapter / "adapter_model.safetensors").unlink()
    with pytest.raises(ToujiaoError, match="张量以外的内容"):
        list(repair(adapter, tmp_path / "fixed"))
    assert not (tmp_path / "harm").exists()


def test_a_copy_of_the_embeddings_is_dropped(bases, make_adapter, logits, tmp_path):
    base = bases["qwen2"]
    folder = make_adapter(base, target_modules=["q_proj", "lm_head"])
    assert "copy" in codes(folder)
    list(repair(folder, tmp_path / "fixed"))
    assert "copy" not in codes(tmp_path / "fixed")
    size = (tmp_path / "fixed" / "adapter_model.safetensors").stat().st_size
    assert size < (folder / "adapter_model.safetensors").stat().st_size
    difference = logits(base, tmp_path / "fixed") - logits(base, folder)
    assert difference.abs().max() <= EXACT


def test_changed_embeddings_stay_with_peft(bases, make_adapter, tmp_path):
    folder = make_adapter(bases["qwen2"], target_modules=["q_proj", "lm_head"])
    rewrite(folder, lambda found: {n: t + 1 if "base_layer" in n else t for n, t in found.items()})
    assert statuses(folder) == ONLY_PEFT
    with pytest.raises(ToujiaoError, match="另存了改动过的 lm_head"):
        list(repair(folder, tmp_path / "fixed"))


def test_the_path_of_a_base_is_replaced_by_its_hub_name(adapter, tmp_path):
    (adapter / "README.md").write_text(f"base: {lint(adapter).base}", encoding="utf-8")
    with pytest.raises(ToujiaoError, match="没有 --fix 能修的地方"):
        list(repair(adapter, tmp_path / "fixed"))
    list(repair(adapter, tmp_path / "fixed", "Qwen/Qwen2.5-0.5B"))
    config = json.loads((tmp_path / "fixed" / "adapter_config.json").read_text(encoding="utf-8"))
    assert config["base_model_name_or_path"] == "Qwen/Qwen2.5-0.5B"
    assert (tmp_path / "fixed" / "README.md").read_text(
        encoding="utf-8"
    ) == "base: Qwen/Qwen2.5-0.5B"
    report = lint(tmp_path / "fixed")
    assert report.findings == ()
    assert not report.base_checked
    assert any("没有核对" in line for line in report.lines())


def test_an_adapter_of_the_first_qwen_is_sent_to_the_converter(tmp_path):
    fixture = Path(__file__).parent / "fixtures" / "qwen1-tiny" / "adapter"
    report = lint(fixture)
    (finding,) = (f for f in report.findings if f.code == "qwen1")
    assert "toujiao models convert-qwen1" in finding.remedy
    assert {verdict.status for verdict in report.verdicts} == {NO}


def test_an_adapter_for_another_base_is_noticed(bases, adapter):
    assert statuses(adapter, str(bases["qwen3"])) == NOWHERE
    assert "shape" in codes(adapter, str(bases["qwen3"]))


def test_layers_that_the_base_has_not_are_noticed(adapter):
    rewrite(
        adapter, lambda found: {n.replace("layers.1.", "layers.7."): t for n, t in found.items()}
    )
    assert statuses(adapter) == NOWHERE
    assert "modules" in codes(adapter)


@pytest.mark.parametrize(("size", "code"), [(0.0, "zeros"), (float("nan"), "nan")])
def test_weights_that_are_no_use_are_noticed(bases, make_adapter, size, code):
    folder = make_adapter(bases["qwen2"], size=size)
    assert statuses(folder) == NOWHERE
    assert code in codes(folder)


def test_a_part_of_zeros_is_only_mentioned(adapter):
    rewrite(
        adapter, lambda found: {n: 0 * t if "q_proj.lora_B" in n else t for n, t in found.items()}
    )
    assert statuses(adapter) == EVERYWHERE
    assert "idle" in codes(adapter)


@pytest.mark.parametrize(
    ("change", "code"),
    [
        (lambda found: dict(list(found.items())[1:]), "pair"),
        (lambda found: {n: t.double() for n, t in found.items()}, "dtype"),
        (lambda found: {"x.weight": next(iter(found.values()))}, "empty"),
    ],
)
def test_a_damaged_file_is_noticed(adapter, change, code):
    rewrite(adapter, change)
    assert statuses(adapter) == NOWHERE
    assert code in codes(adapter)


def test_a_rank_that_is_not_that_of_the_weights_is_noticed(adapter, change_config):
    change_config(adapter, r=8)
    assert statuses(adapter) == NOWHERE
    assert "rank" in codes(adapter)


@pytest.mark.parametrize(("rank", "allowed"), [(1, 1), (4, 8), (8, 8), (24, 32), (300, 320)])
def test_the_line_for_vllm_has_the_next_rank_that_it_takes(bases, make_adapter, rank, allowed):
    folder = make_adapter(bases["qwen2"], r=2, rank_pattern={"q_proj": rank})
    expected = max(allowed, 8 if rank < 2 else 0)
    assert f"--enable-lora --max-lora-rank {expected} " in how(folder, "vLLM")


def test_a_rank_above_all_that_vllm_takes_needs_merging(bases, make_adapter):
    folder = make_adapter(bases["qwen2"], r=600)
    assert statuses(folder) == EVERYWHERE | {"vLLM": AFTER}
    assert "models merge" in how(folder, "vLLM")


def test_openvino_is_told_the_strength_and_takes_only_one(bases, make_adapter):
    assert "alpha=2)" in how(make_adapter(bases["qwen2"], "a"), "OpenVINO")
    assert "alpha=4)" in how(make_adapter(bases["qwen2"], "b", use_rslora=True), "OpenVINO")
    mixed = make_adapter(bases["qwen2"], "c", alpha_pattern={"q_proj": 30})
    assert statuses(mixed) == EVERYWHERE
    assert "models merge" in how(mixed, "OpenVINO")


@pytest.mark.parametrize(
    ("target", "changes"),
    [("embed_tokens", {"vLLM", "llama.cpp", "OpenVINO"}), ("lm_head", {"vLLM", "llama.cpp"})],
)
def test_adapted_embeddings_need_merging(bases, make_adapter, target, changes):
    folder = make_adapter(bases["qwen3"], target_modules=["q_proj", target])
    assert statuses(folder) == EVERYWHERE | dict.fromkeys(changes, AFTER)
    for name in changes:
        assert "merge" in how(folder, name)


def test_a_missing_tokenizer_and_template_are_mentioned(bases, make_adapter):
    folder = make_adapter(bases["qwen2"])
    assert {"tokenizer", "template"} <= codes(folder)
    assert statuses(folder) == EVERYWHERE


def test_an_adapter_that_is_no_lora_runs_in_peft_only(adapter, change_config):
    change_config(adapter, peft_type="IA3")
    assert statuses(adapter) == ONLY_PEFT


def run(*arguments: Any) -> Any:
    return CliRunner().invoke(app, ["models", "lint", *map(str, arguments)])


def test_the_command_prints_a_line_for_each_program_and_finding(adapter):
    result = run(adapter)
    assert result.exit_code == 0
    assert [line.split()[:2] for line in result.stdout.splitlines()[:6]] == [
        ["✓", "PEFT"], ["✓", "vLLM"], ["△", "llama.cpp"], ["△", "Ollama"], ["△", "OpenVINO"],
        ["△", "MLX"],
    ]  # fmt: skip
    assert "本机路径" in result.stdout


def test_the_exit_code_is_1_when_a_program_that_counts_cannot_run_it(bases, make_adapter):
    folder = make_adapter(bases["qwen2"], use_dora=True)
    assert run(folder).exit_code == 1
    assert run(folder, "--for", "peft").exit_code == 0
    assert run(folder, "--for", "PEFT", "--for", "vllm").exit_code == 1
    with pytest.raises(ToujiaoError, match=r"llama\.cpp"):
        CliRunner().invoke(
            app, ["models", "lint", str(folder), "--for", "llamacpp"], catch_exceptions=False
        )


def test_the_report_for_machines_is_json(bases, make_adapter):
    folder = make_adapter(bases["qwen2"], use_dora=True)
    result = run(folder, "--json")
    report = json.loads(result.stdout)
    assert result.exit_code == 1
    assert {verdict["target"]: verdict["status"] for verdict in report["verdicts"]} == ONLY_PEFT
    assert "use_dora" in [finding["code"] for finding in report["findings"]]


def test_after_a_repair_the_command_judges_the_new_folder(bases, make_adapter, tmp_path):
    _, folder = changed_base_adapter(bases["qwen2"], tmp_path / "trained", "pissa")
    assert run(folder).exit_code == 1
    result = run(folder, "--fix", tmp_path / "fixed")
    assert result.exit_code == 0, result.output
    assert "已修" in result.stdout
    assert run(tmp_path / "fixed").exit_code == 0
