"""LoRA training end to end on a throw-away base: the run folder describes and repeats itself."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from toujiao.errors import ToujiaoError
from toujiao.files import read_json, read_rows
from toujiao.recipes.recipe import Recipe, load_recipe
from toujiao.train import trackers
from toujiao.train.replay import measure
from toujiao.train.run_folder import create_run_folder, fill_run_folder
from toujiao.train.sft import run_sft

from .conftest import REPLAYED, ROWS

ALL_LINEAR = {"q_proj", "k_proj", "v_proj", "o_proj", "gate_proj", "up_proj", "down_proj"}


def adapter_config(folder: Path) -> dict:
    return read_json(folder / "adapter" / "adapter_config.json")


@pytest.mark.model
def test_training_lowers_the_held_out_loss(trained):
    _, record = trained
    assert record["held_out_loss"]["after"] < record["held_out_loss"]["before"]
    assert record["steps"] == 12


@pytest.mark.model
def test_the_run_folder_says_what_it_was_made_of(trained):
    folder, record = trained
    assert read_json(folder / "run.json") == json.loads(json.dumps(record))
    for key in ("settings", "system_prompt", "data", "seed", "versions", "hardware", "losses"):
        assert record[key], key
    assert record["method"] == "sft"
    assert record["data"]["train_rows"] == 12
    assert record["data"]["source"] == "own"
    assert len(record["data"]["sha256"]) == 64
    assert len(read_rows(folder / "log.jsonl")) >= 2
    assert not (folder / "checkpoints").exists()
    written = load_recipe(str(folder / "recipe.toml"))[1].model_dump(mode="json")
    assert written == record["settings"]
    assert list((folder / "tensorboard").rglob("events.out.tfevents.*"))


@pytest.mark.model
def test_the_held_out_loss_is_measured_on_the_way_and_at_the_end(trained):
    _, record = trained
    steps = [step for step, _ in record["held_out_losses"]]
    assert steps[-1] == record["steps"]
    assert len(set(steps)) >= 4


@pytest.mark.model
def test_the_loss_is_that_of_the_answers_alone_and_the_saved_adapter_has_it(trained, base):
    from peft import PeftModel
    from transformers import AutoModelForCausalLM, AutoTokenizer

    folder, record = trained
    tokenizer = AutoTokenizer.from_pretrained(folder / "adapter")
    model = PeftModel.from_pretrained(
        AutoModelForCausalLM.from_pretrained(base, dtype="float32"), folder / "adapter"
    )
    found = measure(model.eval(), tokenizer, ROWS, use_adapter=True)["loss"]
    assert record["held_out_loss"]["after"] == pytest.approx(found, rel=0.05)


@pytest.mark.model
def test_the_adapter_is_plain_lora_on_all_linear_layers_and_names_its_base(trained, base):
    folder, _ = trained
    config = adapter_config(folder)
    assert set(config["target_modules"]) == ALL_LINEAR
    assert config["base_model_name_or_path"] == str(base)
    assert config["bias"] == "none"
    assert not config["modules_to_save"]
    assert not (folder / "adapter" / "README.md").exists()


@pytest.mark.model
def test_replay_mixes_in_the_bases_own_answers_and_measures_forgetting(trained):
    """Answers without an end are not mixed in: they would teach not to stop."""
    folder, record = trained
    replayed = read_rows(folder / "data" / "replay.jsonl")
    assert len(replayed) == record["data"]["replay_rows"] == REPLAYED * 2 // 3
    assert {row["messages"][-1]["content"] for row in replayed} == {"好的，就这样。"}
    probe = record["forgetting"]
    assert probe["prompts"] == len(read_rows(folder / "data" / "probe.jsonl")) == 30
    assert probe["before"]["loss"] >= 0
    assert probe["after"]["loss"] != probe["before"]["loss"]
    assert 0 <= probe["after"]["same"] <= 1
    # A pass of the 12 rows would be 3 steps.
    assert record["trained_tokens"] > 0


@pytest.fixture(scope="module")
def early(prepared, tmp_path_factory) -> tuple[Path, dict]:
    """Everything at once that is unlike the shared run: 16 bits, a base in four, another tracker,
    and a learning rate that climbs until the held-out loss gets worse and worse."""
    folder = prepared(
        tmp_path_factory.mktemp("early"), "early", learning_rate=2.0, max_steps=80, warmup=0.99,
        evaluations=40, patience=2, precision="bf16", gradient_checkpointing=True,
        quantization="nf4", log_to=("swanlab",),
    )  # fmt: skip
    with pytest.MonkeyPatch.context() as patch:
        patch.delenv("SWANLAB_MODE", raising=False)
        return folder, run_sft(folder)


@pytest.mark.model
def test_training_stops_early_and_keeps_the_best_adapter(early):
    _, record = early
    assert record["planned_steps"] == 80
    assert 0 < record["best_step"] < record["steps"] < 80
    losses = dict(record["held_out_losses"])
    assert losses[record["steps"]] > losses[record["best_step"]]


@pytest.mark.model
def test_the_adapter_is_that_of_the_best_measurement(early):
    _, record = early
    best = min(loss for step, loss in record["held_out_losses"] if step)
    assert record["held_out_loss"]["after"] == pytest.approx(best, abs=1e-3)


@pytest.mark.model
def test_bf16_works_on_the_cpu(early):
    _, record = early
    assert record["held_out_loss"]["after"] < record["held_out_loss"]["before"]


@pytest.mark.model
def test_four_bit_bases_are_trained_as_well(early):
    """QLoRA: bitsandbytes computes NF4 on a CPU too, slowly."""
    folder, record = early
    assert record["settings"]["quantization"] == "nf4"
    assert set(adapter_config(folder)["target_modules"]) == ALL_LINEAR


@pytest.mark.model
def test_swanlab_writes_into_the_run_folder_and_stays_offline(early):
    folder, _ = early
    (written,) = (folder / "swanlab").glob("run-*/*.swanlab")
    assert written.stat().st_size > 0


@pytest.mark.model
def test_a_finished_run_is_not_trained_again(trained):
    folder, _ = trained
    with pytest.raises(ToujiaoError, match="已经练完了"):
        run_sft(folder)


@pytest.mark.model
def test_a_folder_that_is_no_run_says_so(tmp_path):
    with pytest.raises(ToujiaoError, match="不是运行目录"):
        run_sft(tmp_path)


@pytest.mark.model
def test_a_base_that_cannot_be_opened_is_one_clear_line(prepared, tmp_path):
    folder = prepared(tmp_path, "x", base=str(tmp_path / "no-base"))
    with pytest.raises(ToujiaoError, match="打不开底座"):
        run_sft(folder)


def test_a_tracker_that_is_not_installed_says_how_to_get_it(tmp_path, monkeypatch):
    monkeypatch.setattr(trackers, "find_spec", lambda name: None)
    with pytest.raises(ToujiaoError, match=r"toujiao\[track\]"):
        trackers.start_trackers(["swanlab"], tmp_path)


@pytest.mark.model
def test_a_full_disk_is_told_before_anything_is_trained(prepared, tmp_path, monkeypatch):
    folder = prepared(tmp_path, "full")
    before = sorted(folder.rglob("*"))
    usage = shutil.disk_usage(tmp_path)._replace(free=5_000_000)
    monkeypatch.setattr(shutil, "disk_usage", lambda path: usage)
    with pytest.raises(ToujiaoError, match="只剩 5 MB"):
        run_sft(folder)
    assert sorted(folder.rglob("*")) == before


def test_an_existing_run_is_never_overwritten(tmp_path):
    create_run_folder("mine", tmp_path, stamped=False)
    with pytest.raises(ToujiaoError, match="已经有了"):
        create_run_folder("mine", tmp_path, stamped=False)


def test_a_folder_that_could_not_be_filled_is_taken_away_again(tmp_path):
    folder = create_run_folder("mine", tmp_path, stamped=False)
    with pytest.raises(ToujiaoError, match=r"写不进 .*mine（找不到.*腾出磁盘空间"):
        fill_run_folder(folder, "x", Recipe(), ROWS, ROWS, {}, start=tmp_path / "no-adapter")
    assert not folder.exists()
