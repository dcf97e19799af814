"""Stored votes become KTO rows; a file is written whole or not at all."""

from __future__ import annotations

import inspect
import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from typer.testing import CliRunner

from toujiao import clock
from toujiao.assistant.closing import closing
from toujiao.dataset.votes import read_votes
from toujiao.errors import ToujiaoError
from toujiao.feedback import store as store_module
from toujiao.feedback.command import app, export
from toujiao.feedback.export import kto_rows, write_rows
from toujiao.feedback.store import DOWN, UP, FeedbackStore, vote_on
from toujiao.knowledge.folders import ours
from toujiao.records import Answer, Kind


def test_the_rows_have_the_form_that_kto_reads(store: FeedbackStore, answer: Answer) -> None:
    other = answer.model_copy(update={"question": "什么是市盈率"})
    store.add_vote(vote_on(answer, UP))
    store.add_vote(vote_on(other, DOWN, "太长"))
    rows = list(kto_rows(store.list_votes(), "你是投教助手。", "人工智能生成"))
    assert rows[0] == {
        "prompt": [
            {"role": "system", "content": "你是投教助手。"},
            {"role": "user", "content": "什么是均线"},
        ],
        "completion": [{"role": "assistant", "content": "均线就是平均价。"}],
        "label": True,
        "meta": {
            "cards": ["moving-average"],
            "day": clock.today().isoformat(),
            "as_of": answer.as_of.isoformat(),
            "kind": "answer",
            "backend": "cards",
            "reason": "",
        },
    }
    assert [row["label"] for row in rows] == [True, False]
    assert rows[1]["meta"]["reason"] == "太长"


def test_what_is_exported_can_be_read_for_training(
    store: FeedbackStore, answer: Answer, tmp_path: Path
) -> None:
    store.add_vote(vote_on(answer, UP))
    write_rows(kto_rows(store.list_votes(), None, "人工智能生成"), tmp_path / "votes.jsonl")
    (vote,) = read_votes(tmp_path / "votes.jsonl")
    assert vote.answer == "均线就是平均价。"
    assert "【移动平均线】" in vote.prompt[-1]["content"]


def test_without_system_prompt_and_closing_mark(store: FeedbackStore, answer: Answer) -> None:
    store.add_vote(vote_on(answer, UP))
    (row,) = kto_rows(store.list_votes())
    assert row["prompt"] == [{"role": "user", "content": answer.question}]
    assert row["completion"][0]["content"] == answer.answer


def test_the_newest_word_on_the_same_answer_wins(store: FeedbackStore, answer: Answer) -> None:
    store.add_vote(vote_on(answer, UP))
    store.add_vote(vote_on(answer, DOWN))
    (row,) = kto_rows(store.list_votes())
    assert row["label"] is False


def test_a_failure_half_way_leaves_the_old_file(tmp_path: Path) -> None:
    file = tmp_path / "rows.jsonl"
    file.write_text("old\n", encoding="utf-8")

    def broken() -> Iterator[dict[str, bool]]:
        yield {"label": True}
        raise OSError(28, "No space left on device")

    with pytest.raises(ToujiaoError, match="No space left"):
        write_rows(broken(), file)
    assert file.read_text(encoding="utf-8") == "old\n"
    assert list(tmp_path.iterdir()) == [file]


def test_a_folder_that_does_not_exist(tmp_path: Path) -> None:
    with pytest.raises(ToujiaoError, match=r"写不了.*rows\.jsonl"):
        write_rows([{}], tmp_path / "none" / "rows.jsonl")


@pytest.fixture
def used_store(store: FeedbackStore, monkeypatch: pytest.MonkeyPatch) -> FeedbackStore:
    """The store that the commands open."""
    monkeypatch.setattr(store_module, "open_store", lambda: store)
    return store


def test_list_command(used_store: FeedbackStore, answer: Answer) -> None:
    used_store.add_vote(vote_on(answer, UP))
    used_store.add_vote(vote_on(answer, DOWN, "看不懂：" + "长" * 10))
    shown = CliRunner().invoke(app, ["list", "--only", "down"]).output
    assert "👎 什么是均线　原因：看不懂" in shown
    assert shown.count("什么是均线") == 1
    assert "共 1 个 👍，1 个 👎。" in shown


def test_export_command(used_store: FeedbackStore, answer: Answer, tmp_path: Path) -> None:
    used_store.add_vote(vote_on(answer, UP))
    (tmp_path / "system.md").write_text("你是投教助手。\n", encoding="utf-8")
    file = tmp_path / "rows.jsonl"
    arguments = ["export", str(file), "--system-file", str(tmp_path / "system.md")]
    result = CliRunner().invoke(app, [*arguments, "--closing-mark", "人工智能"])
    assert "写好 1 行" in result.output
    (row,) = map(json.loads, file.read_text(encoding="utf-8").splitlines())
    assert row["prompt"][0]["content"] == "你是投教助手。"
    assert row["completion"][0]["content"] == "均线就是平均价。"


def test_the_default_mark_stands_in_the_closing_of_the_assistant() -> None:
    default = inspect.signature(export).parameters["closing_mark"].default
    assert default in closing(Kind.ANSWER, ["市盈率"], [], ours())


def test_export_command_without_votes_or_system_file(
    used_store: FeedbackStore, answer: Answer, tmp_path: Path
) -> None:
    run = CliRunner().invoke
    nothing = run(app, ["export", str(tmp_path / "rows.jsonl")])
    assert isinstance(nothing.exception, ToujiaoError)
    used_store.add_vote(vote_on(answer, UP))
    missing = run(app, ["export", str(tmp_path / "r"), "--system-file", str(tmp_path / "none")])
    assert isinstance(missing.exception, ToujiaoError)
    assert not (tmp_path / "r").exists()
