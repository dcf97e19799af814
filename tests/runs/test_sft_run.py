"""From the user's own twenty rows to adapter, table and card, with one command."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from toujiao.cli import app
from toujiao.errors import ToujiaoError
from toujiao.recipes.recipe import Recipe
from toujiao.runs.request import Request
from toujiao.runs.sft import gather
from toujiao.train.run_folder import create_run_folder, fill_run_folder

PLANTS = ["绿萝", "多肉", "吊兰", "君子兰", "月季", "仙人掌", "栀子花", "薄荷", "发财树", "茉莉"]


def plant_rows() -> list[dict]:
    asked = {
        "{}怎么浇水？": "{}要等土干了再浇，一次浇透，冬天少浇一点。",
        "{}放在哪里好？": "{}放在窗边有散光的地方，常开窗，别让太阳直晒。",
    }
    return [
        {"instruction": question.format(plant), "input": "", "output": answer.format(plant)}
        for plant in PLANTS
        for question, answer in asked.items()
    ]


def write(path: Path, rows: list[dict]) -> Path:
    lines = [json.dumps(row, ensure_ascii=False) for row in rows]
    path.write_text("\n".join(lines), encoding="utf-8")
    return path


def run(*arguments: str):
    from typer.testing import CliRunner

    return CliRunner().invoke(app, ["train", *arguments])


@pytest.mark.model
def test_twenty_rows_of_ones_own_work_out_of_the_box(tmp_path):
    data = write(tmp_path / "花.jsonl", plant_rows())
    result = run("sft", "--data", str(data), "--out", str(tmp_path), "--run", "花")
    assert result.exit_code == 0, result.output
    for part in (
        "要学的）",  # preview of the trained tokens
        "20 行，",
        "其中 17 行用来训练",
        "15 轮，每步 4 行，学习率 2e-03，共 75 步",
        "留出的问题：微调前后",
        "问：",
        "底座：",
        "适配器：",
        "模型卡：",
    ):
        assert part in result.output
    folder = tmp_path / "花"
    record = json.loads((folder / "run.json").read_text(encoding="utf-8"))
    assert record["held_out_loss"]["after"] < record["held_out_loss"]["before"]
    assert record["data"]["source"] == "own"
    assert record["data"]["files"] == ["花.jsonl"]
    evaluation = json.loads((folder / "evaluation.json").read_text(encoding="utf-8"))
    assert {"likeness", "own_stops", "held_out_loss"} <= {x["metric"] for x in evaluation["table"]}
    card = (folder / "adapter" / "README.md").read_text(encoding="utf-8")
    assert card.startswith("---")
    config = json.loads((folder / "adapter" / "adapter_config.json").read_text(encoding="utf-8"))
    assert config["base_model_name_or_path"] == "toujiao-tiny"


def test_a_run_is_repeated_from_its_own_recipe_and_data(tmp_path):
    """The same rows in the same order, from the same source, whatever was left out the first time."""
    request = Request("tiny", write(tmp_path / "x.jsonl", plant_rows()))
    recipe = Recipe(max_train_rows=11)
    first = gather(request, recipe)
    folder = create_run_folder("run", tmp_path, stamped=False)
    fill_run_folder(folder, "tiny", recipe, first.train, first.held_out, {"source": "cards"})
    second = gather(Request(str(folder / "recipe.toml"), folder / "data"), recipe)
    assert second.train == first.train
    assert second.held_out == first.held_out
    assert second.origin["source"] == "cards"


@pytest.mark.model
def test_rows_that_would_ruin_the_run_stop_it_before_anything_is_written(tmp_path):
    rows = [{**row, "output": row["output"] * 80} for row in plant_rows()]
    data = write(tmp_path / "long.jsonl", rows)
    result = run("sft", "--data", str(data), "--out", str(tmp_path / "runs"), "--run", "x")
    assert isinstance(result.exception, ToujiaoError)
    assert "[停止]" in result.output
    assert "--force" in str(result.exception)
    assert not (tmp_path / "runs").exists()


def test_questions_never_stand_on_both_sides(tmp_path):
    rows = plant_rows() + plant_rows()[:7]
    found = gather(Request("tiny", write(tmp_path / "x.jsonl", rows)), Recipe())
    sides = [
        {row["messages"][0]["content"] for row in part} for part in (found.train, found.held_out)
    ]
    assert sides[0]
    assert sides[1]
    assert not sides[0] & sides[1]
    assert len(found.train) + len(found.held_out) == len(rows)


def test_a_file_of_held_out_rows_is_used_as_it_is(tmp_path):
    data = write(tmp_path / "x.jsonl", plant_rows())
    exam = write(tmp_path / "exam.jsonl", plant_rows()[:3])
    found = gather(Request("tiny", data, exam), Recipe())
    assert (len(found.train), len(found.held_out)) == (20, 3)


def test_kinds_and_limits_of_the_recipe_are_kept(tmp_path):
    rows = [
        {"messages": [{"role": "user", "content": f"问{n}"}, {"role": "assistant", "content": "答"}],
         "meta": {"kind": "answer" if n % 2 else "refusal"}}
        for n in range(40)
    ]  # fmt: skip
    recipe = Recipe(kinds=("answer",), max_train_rows=5)
    found = gather(Request("tiny", write(tmp_path / "x.jsonl", rows)), recipe)
    assert len(found.train) == 5
    assert {row["meta"]["kind"] for row in found.train + found.held_out} == {"answer"}
    assert len(found.all) == 40


def test_one_question_cannot_be_divided(tmp_path):
    data = write(tmp_path / "x.jsonl", plant_rows()[:1])
    with pytest.raises(ToujiaoError, match="至少要有两个不同的问题"):
        gather(Request("tiny", data), Recipe())


def test_missing_data_says_how_to_make_it(tmp_path):
    with pytest.raises(ToujiaoError, match="toujiao dataset build"):
        gather(Request("tiny", tmp_path / "gone"), Recipe())


def test_an_unknown_tracker_names_the_known_ones(tmp_path):
    data = write(tmp_path / "x.jsonl", plant_rows())
    result = run("sft", "--data", str(data), "--log-to", "wandb")
    assert "tensorboard" in str(result.exception)
