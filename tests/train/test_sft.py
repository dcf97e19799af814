"""LoRA training end to end on a throw-away base: the run folder describes and repeats itself."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from toujiao.errors import ToujiaoError
from toujiao.recipes.recipe import load_recipe
from toujiao.train import trackers
from toujiao.train.run_folder import create_run_folder
from toujiao.train.sft import run_sft

pytestmark = pytest.mark.model


@pytest.fixture(scope="module")
def run(prepared, tmp_path_factory) -> tuple[Path, dict]:
    folder = prepared(tmp_path_factory.mktemp("runs"), "test", log_to=("tensorboard",))
    return folder, run_sft(folder)


def test_training_lowers_the_held_out_loss(run):
    _, record = run
    assert record["held_out_loss"]["after"] < record["held_out_loss"]["before"]
    assert record["steps"] == 12


def test_the_run_folder_says_what_it_was_made_of(run):
    folder, _ = run
    record = json.loads((folder / "run.json").read_text(encoding="utf-8"))
    for key in ("settings", "system_prompt", "data", "seed", "versions", "hardware", "losses"):
        assert record[key], key
    assert record["data"]["train_rows"] == 12
    assert record["data"]["source"] == "own"
    assert len(record["data"]["sha256"]) == 64
    assert (folder / "log.jsonl").read_text(encoding="utf-8").count("\n") >= 2
    assert not (folder / "checkpoints").exists()


def test_the_recipe_in_the_folder_holds_every_setting_of_the_run(run):
    folder, record = run
    written = load_recipe(str(folder / "recipe.toml"))[1].model_dump(mode="json")
    assert written == record["settings"]


def test_the_held_out_loss_is_measured_on_the_way_and_at_the_end(run):
    _, record = run
    steps = [step for step, _ in record["held_out_losses"]]
    assert steps[-1] == record["steps"]
    assert len(set(steps)) >= 4


def test_the_adapter_is_that_of_the_best_measurement(run):
    _, record = run
    best = min(loss for step, loss in record["held_out_losses"] if step)
    assert record["held_out_loss"]["after"] == pytest.approx(best, abs=1e-3)


def test_tensorboard_gets_the_curve_when_asked_for(run):
    folder, _ = run
    assert list((folder / "tensorboard").rglob("events.out.tfevents.*"))


def test_the_adapter_is_plain_lora_on_all_linear_layers_and_names_its_base(run, base):
    folder, _ = run
    config = json.loads((folder / "adapter" / "adapter_config.json").read_text(encoding="utf-8"))
    assert set(config["target_modules"]) == {
        "q_proj", "k_proj", "v_proj", "o_proj", "gate_proj", "up_proj", "down_proj",
    }  # fmt: skip
    assert config["base_model_name_or_path"] == str(base)
    assert not config["modules_to_save"]
    assert not (folder / "adapter" / "README.md").exists()


def test_two_runs_of_the_same_recipe_end_at_the_same_loss(run, tmp_path):
    """The second is made of nothing but the first one's folder."""
    folder, first = run
    again = tmp_path / "again"
    again.mkdir()
    shutil.copytree(folder / "data", again / "data")
    shutil.copy(folder / "recipe.toml", again)
    second = run_sft(again)
    assert second["held_out_loss"]["after"] == pytest.approx(
        first["held_out_loss"]["after"], abs=1e-3
    )


def test_training_stops_early_and_keeps_the_best_adapter(prepared, tmp_path):
    """A learning rate far too high: the held-out loss gets worse and worse."""
    folder = prepared(
        tmp_path, "early", learning_rate=1.0, max_steps=40, evaluations=20, patience=2,
        schedule="constant",
    )  # fmt: skip
    record = run_sft(folder)
    assert record["steps"] < record["planned_steps"] == 40
    assert record["best_step"] < record["steps"]


def test_replay_mixes_in_the_bases_own_answers_and_measures_forgetting(prepared, tmp_path):
    folder = prepared(tmp_path, "replay", replay=6)
    record = run_sft(folder)
    probe = record["forgetting"]
    assert probe["before"]["loss"] >= 0
    assert probe["after"]["loss"] != probe["before"]["loss"]
    assert 0 <= probe["after"]["same"] <= 1
    replayed = (folder / "data" / "replay.jsonl").read_text(encoding="utf-8").splitlines()
    assert record["data"]["replay_rows"] == len(replayed)


def test_bf16_works_on_the_cpu(prepared, tmp_path):
    record = run_sft(prepared(tmp_path, "bf16", precision="bf16", gradient_checkpointing=True))
    assert record["held_out_loss"]["after"] < record["held_out_loss"]["before"]


def test_four_bit_bases_are_trained_as_well(prepared, tmp_path):
    """QLoRA: bitsandbytes computes NF4 on a CPU too, slowly."""
    folder = prepared(tmp_path, "nf4", quantization="nf4", precision="bf16")
    record = run_sft(folder)
    assert record["held_out_loss"]["after"] < record["held_out_loss"]["before"]
    config = json.loads((folder / "adapter" / "adapter_config.json").read_text(encoding="utf-8"))
    assert set(config["target_modules"]) >= {"q_proj", "down_proj"}


def test_swanlab_writes_into_the_run_folder_and_stays_offline(prepared, tmp_path, monkeypatch):
    monkeypatch.delenv("SWANLAB_MODE", raising=False)
    folder = prepared(tmp_path, "tracked", log_to=("swanlab",))
    run_sft(folder)
    (written,) = (folder / "swanlab").glob("run-*/*.swanlab")
    assert written.stat().st_size > 0


def test_a_finished_run_is_not_trained_again(run):
    folder, _ = run
    with pytest.raises(ToujiaoError, match="已经练完了"):
        run_sft(folder)


def test_a_folder_that_is_no_run_says_so(tmp_path):
    with pytest.raises(ToujiaoError, match="不是运行目录"):
        run_sft(tmp_path)


def test_a_base_that_cannot_be_opened_is_one_clear_line(prepared, tmp_path):
    folder = prepared(tmp_path, "x", base=str(tmp_path / "no-base"))
    with pytest.raises(ToujiaoError, match="打不开底座"):
        run_sft(folder)


def test_a_tracker_that_is_not_installed_says_how_to_get_it(prepared, tmp_path, monkeypatch):
    monkeypatch.setattr(trackers, "find_spec", lambda name: None)
    with pytest.raises(ToujiaoError, match=r"toujiao\[track\]"):
        run_sft(prepared(tmp_path, "x", log_to=("swanlab",)))


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
