"""KTO end to end on a throw-away base: away from the disliked answers, and the run repeats itself."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from toujiao.errors import ToujiaoError
from toujiao.files import read_json, read_rows
from toujiao.publish.run import RunRecord
from toujiao.recipes.recipe import Recipe, load_recipe
from toujiao.runs.command import app
from toujiao.train import run as train_run
from toujiao.train.kto import run_kto
from toujiao.train.run_folder import create_run_folder, fill_run_folder

pytestmark = pytest.mark.model


def vote(question: str, answer: str, liked: bool) -> dict[str, Any]:
    return {
        "prompt": [
            {"role": "system", "content": "用大白话回答。"},
            {"role": "user", "content": question},
        ],
        "completion": [{"role": "assistant", "content": answer}],
        "label": liked,
    }


def votes(*subjects: str) -> list[dict[str, Any]]:
    liked = [vote(f"什么是{s}？", "就是公司的一小份。", True) for s in subjects]
    disliked = [vote(f"什么是{s}？", "平均价连成的线。", False) for s in subjects[::2]]
    return liked + disliked


CHAT = [{"messages": [*v["prompt"], *v["completion"]]} for v in votes("股票", "均线")]
TRAIN, HELD_OUT = votes(*"股票均线价公司的一小"), votes("份", "连", "成")
Make = Callable[..., Path]


@pytest.fixture(scope="module")
def start(trained) -> Path:
    """The adapter that the votes start from."""
    return trained[0] / "adapter"


@pytest.fixture(scope="module")
def make(base: Path, start: Path) -> Make:
    """Makes a prepared run on votes: `make(parent, name, **settings)`."""

    def prepare(parent: Path, name: str, start: Path | None = start, **changes: Any) -> Path:
        settings = {
            "base": str(base),
            "rank": 4,
            "max_steps": 8,
            "patience": 2,
            "rows_per_step": 4,
            "max_length": 128,
            "precision": "fp32",
            "gradient_checkpointing": False,
            "device": "cpu",
            "kto": {"learning_rate": 0.002},
        }
        folder = create_run_folder(name, parent, stamped=False)
        recipe = Recipe.model_validate(settings | changes)
        origin = {"method": "kto", "source": "votes", "files": ["votes.jsonl"]}
        origin["start_adapter"] = str(start)
        fill_run_folder(folder, "test", recipe, TRAIN, CHAT, origin, HELD_OUT, start)
        return folder

    return prepare


@pytest.fixture(scope="module")
def run(make: Make, tmp_path_factory) -> tuple[Path, dict[str, Any]]:
    folder = make(tmp_path_factory.mktemp("runs"), "votes")
    return folder, run_kto(folder)


def test_held_out_votes_are_followed(run):
    _, record = run
    found = record["preference"]
    assert found["after"]["margin"] > found["before"]["margin"] + 0.1
    assert found["liked_up"] == found["disliked_down"] == found["wins"] == 1.0
    assert found["loss"]["after"] < found["loss"]["before"]


def test_the_record_is_one_that_a_card_can_be_written_from(run):
    folder, record = run
    read = RunRecord.model_validate_json((folder / "run.json").read_text(encoding="utf-8"))
    assert (read.data.train_rows, read.data.eval_rows) == (len(TRAIN), len(HELD_OUT))
    assert read.steps == 8
    assert read.recipe == "test"
    assert read.trained_tokens > 0
    assert set(read.held_out_loss) == {"base", "before", "after"}
    assert record["held_out_loss_by_kind"] == {"own": read.held_out_loss}
    assert record["method"] == "kto"
    assert record["votes"] == {
        "liked": 10, "disliked": 5, "liked_weight": 1.0, "disliked_weight": 1.5,
    }  # fmt: skip


def test_the_chosen_loss_and_settings_are_written_down(run):
    folder, record = run
    assert record["settings"]["kto"]["loss"] == "apo_zero_unpaired"
    written = load_recipe(str(folder / "recipe.toml"))[1]
    assert written.kto.learning_rate == record["settings"]["learning_rate"] == 0.002


def test_the_saved_folder_is_one_plain_adapter_that_peft_loads(run, base):
    """No copy of the start adapter, no local path; a model with it differs from one without."""
    import torch
    from peft import PeftModel
    from safetensors.torch import load_file
    from transformers import AutoModelForCausalLM

    folder, _ = run
    adapter = folder / "adapter"
    assert not [path for path in adapter.iterdir() if path.is_dir()]
    names = load_file(adapter / "adapter_model.safetensors").keys()
    assert not [name for name in names if "ref" in name or "default" in name]
    model = PeftModel.from_pretrained(AutoModelForCausalLM.from_pretrained(base), adapter)
    assert list(model.peft_config) == ["default"]
    tokens = torch.tensor([[5, 6, 7]])
    with torch.no_grad(), model.disable_adapter():
        before = model(tokens).logits
    with torch.no_grad():
        assert not torch.equal(model(tokens).logits, before)


def test_the_adapter_is_trained_further_and_its_start_is_kept_as_it_was(run, start):
    from safetensors.torch import load_file

    folder, _ = run
    file = "adapter_model.safetensors"
    before, kept, after = (
        load_file(path / file) for path in (start, folder / "start_adapter", folder / "adapter")
    )
    assert before.keys() == after.keys()
    assert all(kept[name].equal(before[name]) for name in before)
    assert not all(after[name].equal(before[name]) for name in before)


def test_an_interrupted_run_goes_on_where_it_was_and_ends_as_the_first(
    run, start, tmp_path, monkeypatch
):
    """The start adapter stays the measure, the trained one comes from the checkpoint; all that is
    needed stands in the folder."""
    from transformers import TrainerCallback

    class Interrupted(TrainerCallback):
        def on_step_end(self, args: Any, state: Any, control: Any, **_: Any) -> None:
            if state.global_step == 7:
                raise KeyboardInterrupt

    folder, whole = run
    again = tmp_path / "again"
    again.mkdir()
    shutil.copy(folder / "recipe.toml", again)
    for part in ("data", "start_adapter"):
        shutil.copytree(folder / part, again / part)
    with monkeypatch.context() as patch:
        patch.setattr(train_run, "measure_at_the_end", Interrupted)
        with pytest.raises(KeyboardInterrupt):
            run_kto(again)
    done = len(read_rows(again / "log.jsonl"))
    result = CliRunner().invoke(app, ["resume", str(again), "--no-evaluate"])
    assert result.exit_code == 0, result.output
    assert "的 👎 回答更不可能说了" in result.output
    assert "toujiao evaluate run" in result.output
    record = read_json(again / "run.json")
    assert record["method"] == "kto"
    assert record["resumed_at"] == 6
    assert min(line["step"] for line in read_rows(again / "log.jsonl")[done:]) >= 6
    assert record["preference"]["before"] == whole["preference"]["before"]
    assert record["preference"]["after"] == pytest.approx(whole["preference"]["after"], abs=1e-3)


@pytest.fixture(scope="module")
def other(make: Make, tmp_path_factory) -> dict[str, Any]:
    """The record of a run that is unlike the first: no start adapter, the paired loss, 16 bits."""
    settings = {"learning_rate": 0.002, "loss": "kto"}
    changes = {"kto": settings, "precision": "bf16", "gradient_checkpointing": True}
    return run_kto(make(tmp_path_factory.mktemp("other"), "other", start=None, **changes))


def test_without_a_start_adapter_a_new_one_is_trained(other):
    assert other["held_out_loss"]["base"] == other["held_out_loss"]["before"]
    assert other["preference"]["wins"] == 1.0


def test_the_paired_loss_moves_the_votes_apart_in_16_bits_too(other):
    assert other["settings"]["kto"]["loss"] == "kto"
    assert other["settings"]["precision"] == "bf16"
    assert other["preference"]["after"]["margin"] > other["preference"]["before"]["margin"] + 0.1


def test_the_paired_loss_needs_neighbours_in_the_batch(make, tmp_path):
    settings = {"learning_rate": 0.002, "loss": "kto"}
    with pytest.raises(ToujiaoError, match="至少 4 票"):
        run_kto(make(tmp_path, "small", kto=settings, rows_per_device=2))
