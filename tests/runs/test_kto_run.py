"""A run on votes is made ready from the user's file: audited, divided, complete in its folder."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from toujiao.errors import ToujiaoError
from toujiao.files import read_rows
from toujiao.models.tiny import ADAPTER_DIR
from toujiao.recipes.recipe import load_recipe
from toujiao.runs.command import app
from toujiao.runs.kto import prepare_kto
from toujiao.runs.request import Request

pytestmark = pytest.mark.model


def vote(number: int, liked: bool, **more: Any) -> dict[str, Any]:
    return {
        "prompt": [{"role": "user", "content": f"第{number}种均线是什么"}],
        "completion": [
            {"role": "assistant", "content": "均线就是平均价连成的线。" + "好" * number}
        ],
        "label": liked,
        "meta": {"cards": ["moving-average"], "kind": "answer"},
        **more,
    }


VOTES = [vote(number, number % 2 == 0) for number in range(30)]


def written(path: Path, rows: list[dict[str, Any]]) -> Path:
    text = "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows)
    path.write_text(text, encoding="utf-8")
    return path


def prepared(
    tmp_path: Path, rows: list[Any], adapter: Path | None = None, **more: Any
) -> tuple[Path, str]:
    """(run folder, what was said)."""
    said: list[str] = []
    options = {"recipe": "tiny", "out": tmp_path / "runs", "run": "votes", **more}
    request = Request(data=written(tmp_path / "votes.jsonl", rows), **options)
    folder = prepare_kto(request, adapter, lambda text: said.append(str(text)))
    return folder, "\n".join(said)


def test_the_folder_holds_all_that_the_run_needs(tmp_path):
    folder, said = prepared(tmp_path, VOTES)
    assert "👍 15 票" in said
    train, held_out = (
        read_rows(folder / "data" / name) for name in ("train.jsonl", "held_out_votes.jsonl")
    )
    assert len(train) + len(held_out) == 30
    assert all({**row, "meta": VOTES[0]["meta"]} in VOTES for row in train + held_out)
    kept = (folder / "start_adapter" / "adapter_model.safetensors").read_bytes()
    assert kept == (ADAPTER_DIR / "adapter_model.safetensors").read_bytes()
    recipe = load_recipe(str(folder / "recipe.toml"))[1]
    assert recipe.kto.loss == "apo_zero_unpaired"
    assert recipe.kto.learning_rate == recipe.learning_rate


def test_the_comparison_is_on_held_out_rows_of_the_cards_that_nobody_voted_on(tmp_path):
    """Without votes on them they are the rows that the shipped adapter was evaluated on."""
    folder, _ = prepared(tmp_path, VOTES)
    rows = read_rows(folder / "data" / "held_out.jsonl")
    assert {row["meta"]["split"] for row in rows} == {"question", "card"}
    question = rows[0]["messages"][-2]["content"].rpartition("问题：")[2]
    seen = vote(1, True, prompt=[{"role": "user", "content": question}])
    again, _ = prepared(tmp_path, [*VOTES, seen], run="again")
    assert len(read_rows(again / "data" / "held_out.jsonl")) < len(rows)


def test_a_start_adapter_brings_its_shape_and_the_held_out_rows_of_its_run(tmp_path):
    start = tmp_path / "earlier"
    (start / "data").mkdir(parents=True)
    (start / "adapter").symlink_to(ADAPTER_DIR)
    own = {
        "messages": [{"role": "user", "content": "我的题"}, {"role": "assistant", "content": "答"}]
    }
    written(start / "data" / "held_out.jsonl", [own])
    small = tmp_path / "small.toml"
    small.write_text("rank = 2\nalpha = 2\n", encoding="utf-8")
    folder, _ = prepared(tmp_path, VOTES, start, recipe=str(small))
    assert read_rows(folder / "data" / "held_out.jsonl") == [own]
    recipe = load_recipe(str(folder / "recipe.toml"))[1]
    assert (recipe.rank, recipe.alpha) == (16, 32)
    origin = json.loads((folder / "data" / "origin.json").read_text(encoding="utf-8"))
    assert origin["start_adapter"] == str(start)


def test_votes_on_fixed_texts_are_left_out(tmp_path):
    refused = vote(99, False, meta={"kind": "refusal", "cards": []})
    folder, said = prepared(tmp_path, [*VOTES, refused])
    assert "1 票投给了程序的固定回答" in said
    text = (folder / "data" / "train.jsonl").read_text(encoding="utf-8")
    text += (folder / "data" / "held_out_votes.jsonl").read_text(encoding="utf-8")
    assert "第99种" not in text


def test_one_kind_of_vote_only_is_refused_even_by_force(tmp_path):
    with pytest.raises(ToujiaoError, match="既有 👍 又有 👎"):
        prepared(tmp_path, [vote(n, True) for n in range(30)], force=True)
    assert not (tmp_path / "runs").exists()


def test_liked_advice_stops_the_run_unless_forced(tmp_path):
    tip = vote(30, True, completion=[{"role": "assistant", "content": "建议买入。"}])
    with pytest.raises(ToujiaoError, match="--force"):
        prepared(tmp_path, [*VOTES, tip])
    folder, _ = prepared(tmp_path, [*VOTES, tip], force=True)
    assert (folder / "recipe.toml").is_file()


def test_own_held_out_votes_may_not_ask_what_is_trained(tmp_path):
    held_out = written(tmp_path / "held.jsonl", VOTES[:4])
    with pytest.raises(ToujiaoError, match="也有的问题"):
        prepared(tmp_path, VOTES, held_out=held_out)
    folder, _ = prepared(tmp_path, VOTES[4:], held_out=held_out)
    assert len(read_rows(folder / "data" / "held_out_votes.jsonl")) == 4
    assert len(read_rows(folder / "data" / "train.jsonl")) == 26


def test_an_adapter_of_another_base_or_without_safe_weights_is_refused(tmp_path):
    other = tmp_path / "other"
    other.mkdir()
    config = json.loads((ADAPTER_DIR / "adapter_config.json").read_text(encoding="utf-8"))

    def configure(**changes: Any) -> None:
        text = json.dumps({**config, **changes})
        (other / "adapter_config.json").write_text(text, encoding="utf-8")

    configure()
    with pytest.raises(ToujiaoError, match=r"adapter_model\.safetensors"):
        prepared(tmp_path, VOTES, other)
    (other / "adapter_model.safetensors").touch()
    configure(base_model_name_or_path="x/y")
    with pytest.raises(ToujiaoError, match="底座是 x/y"):
        prepared(tmp_path, VOTES, other)
    configure(peft_type="IA3")
    with pytest.raises(ToujiaoError, match="不是 LoRA"):
        prepared(tmp_path, VOTES, other)


def test_the_command_says_where_votes_come_from_when_there_are_none(tmp_path):
    result = CliRunner().invoke(app, ["kto", "--data", str(tmp_path / "no.jsonl")])
    assert isinstance(result.exception, ToujiaoError)
    assert "toujiao feedback export" in str(result.exception)
