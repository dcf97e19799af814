"""Data set repositories: from our own cards, from the user's rows, and that they load."""

from __future__ import annotations

import datetime as dt
import json
import shutil
from collections.abc import Callable
from dataclasses import replace
from itertools import islice
from pathlib import Path
from typing import Any

import pytest
from huggingface_hub import DatasetCard
from typer.testing import CliRunner

from toujiao.dataset.build import build
from toujiao.errors import ToujiaoError
from toujiao.knowledge.cards import CardDeck
from toujiao.knowledge.folders import ours
from toujiao.publish.command import app
from toujiao.publish.dataset import write_dataset
from toujiao.publish.push import Plan, planned, push
from toujiao.publish.rendering import names
from toujiao.publish.target import Target, parse_target

DAY = dt.date(2026, 10, 9)
FrontMatter = Callable[[Path], dict[str, Any]]


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


def test_front_matter_of_our_own_data(
    built: Path, tmp_path: Path, front_matter: FrontMatter
) -> None:
    write_dataset(built, tmp_path / "out")
    data = front_matter(tmp_path / "out")
    files = [
        {"split": "train", "path": "data/train.jsonl"},
        {"split": "test", "path": "data/test.jsonl"},
    ]
    expected = {
        "license": "apache-2.0",
        "language": ["zh"],
        "annotations_creators": ["machine-generated"],
        "source_datasets": ["original"],
        "task_categories": ["question-answering", "text-generation"],
        "size_categories": ["n<1K"],
        "configs": [{"config_name": "default", "data_files": files}],
    }
    assert {name: data[name] for name in expected} == expected
    card = DatasetCard.load(tmp_path / "out" / "README.md")
    assert card.data.pretty_name == "投教问答（toujiao）"
    # YAML anchors are legal, and not every hub's reader knows them.
    assert "&id" not in (tmp_path / "out" / "README.md").read_text(encoding="utf-8")


def test_the_body_counts_what_is_there_in_both_languages(built: Path, tmp_path: Path) -> None:
    write_dataset(built, tmp_path / "out", target=parse_target("hf:me/rows"))
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
        write_dataset(changed, tmp_path / "out")
    assert not (tmp_path / "out").exists()


def test_own_data_needs_a_licence(own: Path, tmp_path: Path, front_matter: FrontMatter) -> None:
    with pytest.raises(ToujiaoError, match="--licence"):
        write_dataset(own, tmp_path / "out")
    with pytest.raises(ToujiaoError, match="--licence-file"):
        write_dataset(own, tmp_path / "out", licence="house rules")
    terms = tmp_path / "terms.txt"
    terms.write_text("只供内部使用", encoding="utf-8")
    write_dataset(own, tmp_path / "out", licence="house rules", licence_file=terms, name="我的数据")
    data = front_matter(tmp_path / "out")
    assert (data["license"], data["license_name"]) == ("other", "house rules")
    assert data["license_link"] == "LICENSE"
    assert (tmp_path / "out" / "LICENSE").read_text(encoding="utf-8") == "只供内部使用\n"
    assert data["pretty_name"] == "我的数据"
    assert "annotations_creators" not in data


def test_rows_of_somebodys_own_cards_are_their_own_data(built: Path, tmp_path: Path) -> None:
    folder = shutil.copytree(built, tmp_path / "data")
    path = folder / "manifest.json"
    manifest = json.loads(path.read_text(encoding="utf-8"))
    assert manifest["source"] == "cards"
    path.write_text(json.dumps(manifest | {"source": "own"}), encoding="utf-8")
    with pytest.raises(ToujiaoError, match="你自己的数据"):
        write_dataset(folder, tmp_path / "out")


def test_own_data_claims_nothing_about_our_cards(own: Path, tmp_path: Path) -> None:
    write_dataset(own, tmp_path / "out", licence="mit")
    text = (tmp_path / "out" / "README.md").read_text(encoding="utf-8")
    assert "由发布者自备" in text
    assert "supplied by the publisher" in text
    for claim in ("知识卡片", "dataset build", "不含用户数据", "No user data"):
        assert claim not in text


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("{", "第 2 行：不是完整的 JSON"),
        ({"instruction": "x", "output": "y"}, "第 2 行的 messages 不对.*dataset convert"),
        ({"messages": [{"role": "robot", "content": "x"}]}, r"第 2 行的 messages\.0\.role"),
        ({"messages": []}, "第 2 行的 messages 不对"),
        ({**chat("问"), "meta": [1]}, "第 2 行的 meta 不对"),
        (chat("看 /home/me/账户.xlsx"), "本地路径 /home/me.*第 2 行"),
        (chat("ms-" + "a1" * 4 + "-" + "b" * 24), "访问令牌 ms-a1….*第 2 行"),
    ],
)
def test_rows_that_cannot_be_published(own: Path, tmp_path: Path, line: Any, expected: str) -> None:
    write_lines(own / "train.jsonl", [chat("好"), line])
    with pytest.raises(ToujiaoError, match=expected):
        write_dataset(own, tmp_path / "out", licence="mit")
    assert not (tmp_path / "out").exists()
    assert not list(tmp_path.glob(".out*"))


def test_no_data(tmp_path: Path) -> None:
    with pytest.raises(ToujiaoError, match=r"没有 train\.jsonl"):
        write_dataset(tmp_path, tmp_path / "out")


def test_a_folder_with_content_is_left_alone(built: Path, tmp_path: Path) -> None:
    (tmp_path / "mine.txt").write_text("x", encoding="utf-8")
    with pytest.raises(ToujiaoError, match="不会覆盖"):
        write_dataset(built, tmp_path)
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
        write_dataset(built, tmp_path / name)
    one, two = ((tmp_path / name / "SHA256SUMS").read_bytes() for name in ("one", "two"))
    assert one == two


def push_folder(folder: Path) -> Plan:
    with planned(folder, Target("somebody/rows")) as plan:
        push(plan)
    return plan


def test_push_to_hugging_face(built: Path, tmp_path: Path, hub: Any) -> None:
    write_dataset(built, tmp_path / "out")
    (tmp_path / "out" / ".env").write_text("x", encoding="utf-8")
    contents = push_folder(tmp_path / "out").contents
    assert hub.created[0]["type"] == "dataset"
    files = {"README.md", "LICENSE", "SHA256SUMS", "data/train.jsonl", "data/test.jsonl"}
    assert set(hub.committed) == {file.name for file in contents.files} == files
    assert contents.left_out == (Path(".env"),)
    assert contents.reminders == ()


def test_a_folder_that_was_changed_does_not_go_up(own: Path, tmp_path: Path, hub: Any) -> None:
    out = tmp_path / "out"
    contents = write_dataset(own, out, licence="cc-by-nc-4.0")
    assert any("个人信息" in text for text in contents.reminders)
    with planned(out, Target("a/b")) as plan:
        assert set(plan.contents.files) == set(contents.files)
        assert plan.contents.reminders == contents.reminders
    card = out / "README.md"
    card.write_text(card.read_text(encoding="utf-8").replace("cc-by-nc", "cc-by"), encoding="utf-8")
    with pytest.raises(ToujiaoError, match=r"README\.md。请重新运行 toujiao publish dataset"):
        push_folder(out)
    (out / "load.py").write_text("print(1)", encoding="utf-8")
    with pytest.raises(ToujiaoError, match=r"load\.py 不是能发布的文件类型"):
        push_folder(out)
    assert not hub.tokens


def test_ragged_fields_become_a_table(own: Path, tmp_path: Path) -> None:
    """That `datasets` loads it is tested in test_loading.py."""
    write_dataset(own, tmp_path / "out", licence="cc-by-4.0")
    lines = (tmp_path / "out" / "data" / "train.jsonl").read_text(encoding="utf-8").split("\n")
    rows = [json.loads(line) for line in lines if line]
    assert [row["meta"] for row in rows] == [
        {"id": "1", "tags": '["a"]', "note": None, "good": None},
        {"id": "二", "tags": None, "note": None, "good": None},
        {"id": None, "tags": "b", "note": None, "good": True},
        {"id": None, "tags": None, "note": None, "good": None},
    ]
    assert rows[0]["messages"][1]["content"] == "答\u2028案"


def test_rows_without_meta_stay_without(own: Path, tmp_path: Path) -> None:
    write_lines(own / "train.jsonl", [chat("问") | {"surplus": 1}])
    write_dataset(own, tmp_path / "out", licence="mit")
    text = (tmp_path / "out" / "data" / "train.jsonl").read_text(encoding="utf-8")
    assert json.loads(text) == chat("问")
