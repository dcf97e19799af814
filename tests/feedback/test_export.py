"""Stored votes become KTO rows; a file is written whole or not at all."""

from __future__ import annotations

import inspect
import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from toujiao import clock
from toujiao.assistant.closing import closing
from toujiao.dataset.votes import read_votes
from toujiao.errors import ToujiaoError
from toujiao.feedback import store as store_module
from toujiao.feedback.command import app, export
from toujiao.feedback.export import kto_rows
from toujiao.feedback.store import DOWN, UP, FeedbackStore, vote_on
from toujiao.files import write_rows
from toujiao.knowledge.folders import ours
from toujiao.records import Answer, Kind

from .conftest import SEEN

pytest.importorskip("sqlalchemy")  # toujiao[web]


def bare(answer: Answer) -> Answer:
    """The answer as votes of earlier versions, and those on fixed texts, hold it."""
    return answer.model_copy(update={"messages": ()})


def test_a_row_is_what_the_model_saw_and_said(store: FeedbackStore, answer: Answer) -> None:
    """Earlier turns, material and system prompt, without what the program adds to the answer."""
    other = answer.model_copy(update={"question": "什么是市盈率"})
    store.add_vote(vote_on(answer, UP))
    store.add_vote(vote_on(other, DOWN, "太长"))
    rows = list(kto_rows(store.list_votes(), "别的系统提示词", "没有的标识"))
    assert rows[0] == {
        "prompt": SEEN,
        "completion": [{"role": "assistant", "content": "均线就是平均价。"}],
        "label": True,
        "meta": {
            "cards": ["moving-average"],
            "day": clock.today().isoformat(),
            "as_of": answer.as_of.isoformat(),
            "kind": "answer",
            "backend": "cards",
            "reason": "",
            "as_seen": True,
        },
    }
    assert [row["label"] for row in rows] == [True, False]
    assert rows[1]["meta"]["reason"] == "太长"


def test_what_is_exported_is_read_for_training_as_it_was_seen(
    store: FeedbackStore, answer: Answer, tmp_path: Path
) -> None:
    store.add_vote(vote_on(answer, UP))
    store.add_vote(vote_on(bare(answer).model_copy(update={"question": "旧的"}), UP))
    write_rows(tmp_path / "votes.jsonl", kto_rows(store.list_votes(), None, "人工智能生成"))
    seen, old = read_votes(tmp_path / "votes.jsonl")
    assert (list(seen.prompt), seen.answer) == (SEEN, "均线就是平均价。")
    assert [vote.trainable for vote in (seen, old)] == [True, False]


def test_a_vote_without_messages_is_the_bare_question_and_answer(
    store: FeedbackStore, answer: Answer
) -> None:
    store.add_vote(vote_on(bare(answer), UP))
    (row,) = kto_rows(store.list_votes())
    assert row["prompt"] == [{"role": "user", "content": answer.question}]
    assert row["completion"][0]["content"] == answer.answer
    assert row["meta"]["as_seen"] is False
    (row,) = kto_rows(store.list_votes(), "你是投教助手。", "人工智能生成")
    assert row["prompt"][0] == {"role": "system", "content": "你是投教助手。"}
    assert row["completion"][0]["content"] == "均线就是平均价。"


def test_the_newest_word_on_the_same_answer_wins(store: FeedbackStore, answer: Answer) -> None:
    store.add_vote(vote_on(answer, UP))
    store.add_vote(vote_on(answer, DOWN))
    (row,) = kto_rows(store.list_votes())
    assert row["label"] is False


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
    used_store.add_vote(vote_on(bare(answer), UP))
    (tmp_path / "system.md").write_text("你是投教助手。\n", encoding="utf-8")
    file = tmp_path / "rows.jsonl"
    arguments = ["export", str(file), "--system-file", str(tmp_path / "system.md")]
    result = CliRunner().invoke(app, [*arguments, "--closing-mark", "人工智能"])
    assert "写好 1 行" in result.output
    assert "1 票没有存模型看到的消息" in result.output
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
