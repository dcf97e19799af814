"""LoRA training end to end on a throw-away base: the run folder describes itself."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from toujiao.errors import ToujiaoError
from toujiao.models.tiny import make_config, train_tokenizer
from toujiao.recipes.recipe import Recipe
from toujiao.train import sft
from toujiao.train.run_folder import create_run_folder

pytestmark = pytest.mark.model
SENTENCES = ["什么是股票？股票就是公司的一小份。", "均线就是平均价连成的线。"] * 8


def row(question: str, answer: str) -> dict:
    return {
        "messages": [
            {"role": "system", "content": "用大白话回答。"},
            {"role": "user", "content": question},
            {"role": "assistant", "content": answer},
        ]
    }


@pytest.fixture(scope="module")
def base(tmp_path_factory) -> Path:
    from transformers import Qwen3ForCausalLM

    folder = tmp_path_factory.mktemp("base")
    tokenizer = train_tokenizer(SENTENCES, size=420)
    Qwen3ForCausalLM(make_config(len(tokenizer), 2, 0)).save_pretrained(folder)
    tokenizer.save_pretrained(folder)
    return folder


@pytest.fixture(scope="module")
def data(tmp_path_factory) -> sft.Data:
    folder = tmp_path_factory.mktemp("data")
    rows = [
        row("什么是股票？", "股票就是公司的一小份。"),
        row("什么是均线？", "平均价连成的线。"),
    ] * 6
    for name in ("train.jsonl", "held_out.jsonl"):
        text = "".join(json.dumps(r, ensure_ascii=False) + "\n" for r in rows)
        (folder / name).write_text(text, encoding="utf-8")
    return sft.Data(folder / "train.jsonl", folder / "held_out.jsonl")


def recipe(base: Path, **changes) -> Recipe:
    settings = {
        "base": str(base),
        "rank": 4,
        "learning_rate": 0.01,
        "max_steps": 12,
        "rows_per_step": 4,
        "rows_per_device": 4,
        "max_length": 128,
        "precision": "fp32",
        "gradient_checkpointing": False,
        "device": "cpu",
    }
    return Recipe(**(settings | changes))


@pytest.fixture(scope="module")
def run(base, data, tmp_path_factory) -> tuple[Path, dict]:
    folder = create_run_folder("test", tmp_path_factory.mktemp("runs"))
    return folder, sft.run_sft("test", recipe(base), data, folder)


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
    assert len(record["data"]["sha256"]) == 64
    assert (folder / "log.jsonl").read_text(encoding="utf-8").count("\n") >= 2
    assert not (folder / "checkpoints").exists()


def test_the_adapter_is_plain_lora_on_all_linear_layers_and_names_its_base(run, base):
    folder, _ = run
    config = json.loads((folder / "adapter" / "adapter_config.json").read_text(encoding="utf-8"))
    assert set(config["target_modules"]) == {
        "q_proj", "k_proj", "v_proj", "o_proj", "gate_proj", "up_proj", "down_proj",
    }  # fmt: skip
    assert config["base_model_name_or_path"] == str(base)
    assert not config["modules_to_save"]
    assert not (folder / "adapter" / "README.md").exists()


def test_two_runs_of_the_same_recipe_end_at_the_same_loss(base, data, run, tmp_path):
    _, first = run
    second = sft.run_sft("test", recipe(base), data, create_run_folder("again", tmp_path))
    assert second["held_out_loss"]["after"] == pytest.approx(
        first["held_out_loss"]["after"], abs=1e-3
    )


def test_missing_data_says_how_to_make_it(base, tmp_path):
    gone = sft.Data(tmp_path / "train.jsonl", tmp_path / "held_out.jsonl")
    with pytest.raises(ToujiaoError, match="toujiao dataset build"):
        sft.run_sft("test", recipe(base), gone, create_run_folder("x", tmp_path))


def test_a_base_that_cannot_be_opened_is_one_clear_line(data, tmp_path):
    missing = recipe(tmp_path / "no-base")
    with pytest.raises(ToujiaoError, match="打不开底座"):
        sft.run_sft("test", missing, data, create_run_folder("x", tmp_path))


def test_a_full_disk_is_told_before_anything_is_trained(base, data, tmp_path, monkeypatch):
    usage = shutil.disk_usage(tmp_path)._replace(free=5_000_000)
    monkeypatch.setattr(shutil, "disk_usage", lambda path: usage)
    folder = create_run_folder("x", tmp_path)
    with pytest.raises(ToujiaoError, match="只剩 5 MB"):
        sft.run_sft("test", recipe(base), data, folder)
    assert list(folder.iterdir()) == []


def test_an_existing_run_is_never_overwritten(tmp_path):
    create_run_folder("mine", tmp_path, stamped=False)
    with pytest.raises(ToujiaoError, match="已经有了"):
        create_run_folder("mine", tmp_path, stamped=False)
