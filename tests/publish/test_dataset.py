"""Data set repositories: from our own cards, from the user's rows, and that they load."""

from __future__ import annotations

import datetime as dt
import json
import shutil
from dataclasses import replace
from itertools import islice
from pathlib import Path
from typing import Any

import pytest
import yaml
from huggingface_hub import DatasetCard
from typer.testing import CliRunner

from toujiao.dataset.build import build
from toujiao.errors import ToujiaoError
from toujiao.knowledge.cards import CardDeck
from toujiao.knowledge.folders import ours
from toujiao.publish.command import app
from toujiao.publish.data_rows import uniform
from toujiao.publish.dataset import DatasetOptions, write_dataset
from toujiao.publish.push import plan_push, push
from toujiao.publish.rendering import names
from toujiao.publish.target import Target, parse_target

DAY = dt.date(2026, 10, 9)


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What `toujiao dataset build` writes, from a few of the real cards."""
    folder = tmp_path_factory.mktemp("built")
    build(replace(ours(), cards=CardDeck(islice(ours().cards, 13))), folder, DAY)
    return folder


@pytest.fixture
def own(tmp_path: Path) -> Path:
    """The user's own rows: fields that differ from row to row, and no manifest."""
    folder = tmp_path / "own"
    folder.mkdir()
    metas = [{"id": 1, "tags": ["a"]}, {"id": "二", "note": None}, {"tags": "b", "good": True}]
    rows = [{**chat(f"问{i}"), "meta": meta} for i, meta in enumerate(metas)]
    write_lines(folder / "train.jsonl", [*rows, chat("问3")])
    return folder


def chat(question: str) -> dict[str, Any]:
    messages = [
        {"role": "user", "content": question},
        {"role": "assistant", "content": "答\u2028案"},
    ]
    return {"messages": messages}


def write_lines(path: Path, rows: list[Any]) -> None:
    lines = [row if isinstance(row, str) else json.dumps(row, ensure_ascii=False) for row in rows]
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")


def load(folder: Path, cache: Path) -> Any:
    from datasets import load_dataset

    return load_dataset(str(folder), cache_dir=str(cache))


def front_matter(folder: Path) -> dict[str, Any]:
    return yaml.safe_load((folder / "README.md").read_text(encoding="utf-8").split("---\n")[1])


def test_the_folder_loads_with_the_rows_that_were_built(built: Path, tmp_path: Path) -> None:
    write_dataset(built, tmp_path / "out", DatasetOptions())
    loaded = load(tmp_path / "out", tmp_path / "cache")
    assert list(loaded) == ["train", "test"]
    for split, name in (("train", "train.jsonl"), ("test", "held_out.jsonl")):
        lines = (built / name).read_text(encoding="utf-8").splitlines()
        rows = [json.loads(line) for line in lines]
        assert [row["messages"] for row in loaded[split]] == [row["messages"] for row in rows]
        assert [row["meta"]["kind"] for row in loaded[split]] == [r["meta"]["kind"] for r in rows]


def test_own_rows_with_ragged_fields_load_too(own: Path, tmp_path: Path) -> None:
    write_dataset(own, tmp_path / "out", DatasetOptions(licence="cc-by-4.0"))
    loaded = load(tmp_path / "out", tmp_path / "cache")["train"]
    assert list(loaded["meta"]) == [
        {"id": "1", "tags": '["a"]', "note": None, "good": None},
        {"id": "二", "tags": None, "note": None, "good": None},
        {"id": None, "tags": "b", "note": None, "good": True},
        {"id": None, "tags": None, "note": None, "good": None},
    ]
    assert loaded[0]["messages"][1]["content"] == "答\u2028案"


def test_front_matter_of_our_own_data(built: Path, tmp_path: Path) -> None:
    write_dataset(built, tmp_path / "out", DatasetOptions())
    data = front_matter(tmp_path / "out")
    assert data["license"] == "apache-2.0"
    assert data["language"] == ["zh"]
    assert data["annotations_creators"] == ["machine-generated"]
    assert data["source_datasets"] == ["original"]
    assert data["task_categories"] == ["question-answering", "text-generation"]
    assert data["size_categories"] == ["n<1K"]
    assert data["configs"] == [
        {
            "config_name": "default",
            "data_files": [
                {"split": "train", "path": "data/train.jsonl"},
                {"split": "test", "path": "data/test.jsonl"},
            ],
        }
    ]
    assert (
        DatasetCard.load(tmp_path / "out" / "README.md").data.pretty_name == "投教问答（toujiao）"
    )
    # YAML anchors are legal, and not every hub's reader knows them.
    assert "&id" not in (tmp_path / "out" / "README.md").read_text(encoding="utf-8")


def test_the_body_counts_what_is_there_in_both_languages(built: Path, tmp_path: Path) -> None:
    write_dataset(built, tmp_path / "out", DatasetOptions(target=parse_target("hf:me/rows")))
    text = (tmp_path / "out" / "README.md").read_text(encoding="utf-8")
    counts = json.loads((built / "manifest.json").read_text(encoding="utf-8"))["counts"]
    held_out = counts["question/answer"] + counts["card/answer"]
    chinese, english = text.split("## English")
    assert f"| 照资料讲解（answer） | {counts['train/answer']} | {held_out} |" in chinese
    assert f"(`answer`) | {counts['train/answer']} | {held_out} |" in english
    for part in ("是投资者教育，非投资建议", "AI 生成内容", "2026-10-09", '"me/rows"', "局限"):
        assert part in chinese
    for part in ("not investment advice", "AI-generated", "2026-10-09", "13 knowledge cards"):
        assert part in english


def test_every_kind_of_row_has_a_name_in_both_languages(built: Path) -> None:
    manifest = json.loads((built / "manifest.json").read_text(encoding="utf-8"))
    splits, kinds = zip(*(name.split("/") for name in manifest["counts"]), strict=True)
    assert set(kinds) <= set(names()["kinds"])
    assert set(splits) <= set(names()["splits"])


def test_changed_rows_are_no_longer_ours(built: Path, tmp_path: Path) -> None:
    changed = tmp_path / "changed"
    changed.mkdir()
    for path in built.iterdir():
        (changed / path.name).write_bytes(path.read_bytes())
    with (changed / "train.jsonl").open("a", encoding="utf-8") as stream:
        stream.write(json.dumps(chat("新的")) + "\n")
    with pytest.raises(ToujiaoError, match=r"train\.jsonl 和 manifest\.json 记录的不一样"):
        write_dataset(changed, tmp_path / "out", DatasetOptions())
    assert not (tmp_path / "out").exists()


def test_own_data_needs_a_licence(own: Path, tmp_path: Path) -> None:
    with pytest.raises(ToujiaoError, match="--licence"):
        write_dataset(own, tmp_path / "out", DatasetOptions())
    with pytest.raises(ToujiaoError, match="--licence-file"):
        write_dataset(own, tmp_path / "out", DatasetOptions(licence="house rules"))
    terms = tmp_path / "terms.txt"
    terms.write_text("只供内部使用", encoding="utf-8")
    write_dataset(own, tmp_path / "out", DatasetOptions("house rules", terms, name="我的数据"))
    data = front_matter(tmp_path / "out")
    assert (data["license"], data["license_name"]) == ("other", "house rules")
    assert data["license_link"] == "LICENSE"
    assert (tmp_path / "out" / "LICENSE").read_text(encoding="utf-8") == "只供内部使用"
    assert data["pretty_name"] == "我的数据"
    assert "annotations_creators" not in data


def test_rows_of_somebodys_own_cards_are_their_own_data(built: Path, tmp_path: Path) -> None:
    folder = shutil.copytree(built, tmp_path / "data")
    path = folder / "manifest.json"
    manifest = json.loads(path.read_text(encoding="utf-8"))
    assert manifest["source"] == "cards"
    path.write_text(json.dumps(manifest | {"source": "own"}), encoding="utf-8")
    with pytest.raises(ToujiaoError, match="你自己的数据"):
        write_dataset(folder, tmp_path / "out", DatasetOptions())


def test_own_data_claims_nothing_about_our_cards(own: Path, tmp_path: Path) -> None:
    write_dataset(own, tmp_path / "out", DatasetOptions(licence="mit"))
    text = (tmp_path / "out" / "README.md").read_text(encoding="utf-8")
    assert "由发布者自备" in text
    assert "supplied by the publisher" in text
    for claim in ("知识卡片", "dataset build", "不含用户数据", "No user data"):
        assert claim not in text


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("{", "第 2 行不是合法的 JSON"),
        ({"instruction": "x", "output": "y"}, "第 2 行没有合格的 messages.*dataset convert"),
        ({"messages": [{"role": "robot", "content": "x"}]}, "第 2 行没有合格的 messages"),
        ({**chat("问"), "meta": [1]}, "meta 不是"),
    ],
)
def test_rows_that_cannot_be_published(own: Path, tmp_path: Path, line: Any, expected: str) -> None:
    write_lines(own / "train.jsonl", [chat("好"), line])
    with pytest.raises(ToujiaoError, match=expected):
        write_dataset(own, tmp_path / "out", DatasetOptions(licence="mit"))


def test_paths_and_tokens_in_the_rows_are_found(own: Path, tmp_path: Path) -> None:
    for secret, said in (
        ("/home/me/账户.xlsx", "/home/me"),
        ("ms-" + "a1" * 4 + "-" + "b" * 24, "ms-a1"),
    ):
        write_lines(own / "train.jsonl", [chat("好"), chat(f"看 {secret}")])
        with pytest.raises(ToujiaoError, match=f"{said}.*第 2 行"):
            write_dataset(own, tmp_path / "out", DatasetOptions(licence="mit"))
    assert not (tmp_path / "out").exists()


def test_no_data(tmp_path: Path) -> None:
    with pytest.raises(ToujiaoError, match=r"没有 train\.jsonl"):
        write_dataset(tmp_path, tmp_path / "out", DatasetOptions())


def test_a_folder_with_content_is_left_alone(built: Path, tmp_path: Path) -> None:
    (tmp_path / "mine.txt").write_text("x", encoding="utf-8")
    with pytest.raises(ToujiaoError, match="已经有内容"):
        write_dataset(built, tmp_path, DatasetOptions())
    assert [path.name for path in tmp_path.iterdir() if path.name != "home"] == ["mine.txt"]


def test_the_command_and_its_dry_run(built: Path, tmp_path: Path) -> None:
    out = tmp_path / "out"
    line = ["dataset", str(built), str(out), "--to", "hf:me/rows"]
    result = CliRunner().invoke(app, [*line, "--dry-run"])
    assert result.exit_code == 0, result.output
    assert "data/train.jsonl" in result.output
    assert "什么也没有写" in result.output
    assert list(tmp_path.glob("out*")) == []
    result = CliRunner().invoke(app, line)
    assert f"toujiao publish push {out} --to hf:me/rows" in result.output
    assert (out / "data" / "test.jsonl").is_file()


def test_the_same_data_gives_the_same_folder(built: Path, tmp_path: Path) -> None:
    for name in ("one", "two"):
        write_dataset(built, tmp_path / name, DatasetOptions())
    one, two = ((tmp_path / name / "SHA256SUMS").read_bytes() for name in ("one", "two"))
    assert one == two


def test_push_to_hugging_face(built: Path, tmp_path: Path, hub: Any) -> None:
    write_dataset(built, tmp_path / "out", DatasetOptions())
    plan = plan_push(tmp_path / "out", Target("somebody/rows"), private=True)
    push(plan)
    assert hub.created[0]["type"] == "dataset"
    assert set(hub.committed) == {file.name for file in plan.contents.files}
    assert set(hub.committed) == {
        "README.md",
        "LICENSE",
        "SHA256SUMS",
        "data/train.jsonl",
        "data/test.jsonl",
    }


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ("license: apache-2.0\n", "", "没有 license"),
        ("path: data/test.jsonl", "path: data/other.jsonl", r"data/other\.jsonl 不存在"),
        ("configs:", "config:", "既不是训练目录"),
        ("- toujiao\n", "- toujiao\n- more\n", "README.md 和 SHA256SUMS 里的不一样"),
    ],
)
def test_a_changed_card_is_refused(
    built: Path, tmp_path: Path, old: str, new: str, expected: str
) -> None:
    write_dataset(built, tmp_path / "out", DatasetOptions())
    path = tmp_path / "out" / "README.md"
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new), encoding="utf-8")
    with pytest.raises(ToujiaoError, match=expected):
        plan_push(tmp_path / "out", Target("a/b"), private=True)


def test_programs_and_pickles_do_not_travel_with_data(built: Path, tmp_path: Path) -> None:
    write_dataset(built, tmp_path / "out", DatasetOptions())
    (tmp_path / "out" / "load.py").write_text("print(1)", encoding="utf-8")
    with pytest.raises(ToujiaoError, match=r"load\.py 不是能发布的文件类型"):
        plan_push(tmp_path / "out", Target("a/b"), private=True)


def test_rows_without_meta_stay_without() -> None:
    assert uniform([[chat("问")]]) == [[chat("问")]]
