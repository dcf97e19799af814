"""Databases of every earlier form are brought to this one, whole, once, and with all their votes."""

from __future__ import annotations

import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from typer.testing import CliRunner

from toujiao.errors import ToujiaoError
from toujiao.feedback import migrate as steps
from toujiao.feedback import store as store_module
from toujiao.feedback.command import app
from toujiao.feedback.store import DOWN, UP, FeedbackStore, vote_on
from toujiao.records import Answer

pytest.importorskip("sqlalchemy")  # toujiao[web]

# What `create_all` of the versions before there were steps made, without and with the day.
FIRST = """CREATE TABLE votes (
    id INTEGER NOT NULL, created_at DATETIME NOT NULL, question TEXT NOT NULL, answer TEXT NOT NULL,
    kind VARCHAR(32) NOT NULL, card_ids JSON NOT NULL, {day} vote SMALLINT NOT NULL,
    reason TEXT NOT NULL, model TEXT, adapter TEXT, backend VARCHAR(64) NOT NULL,
    version VARCHAR(32) NOT NULL, PRIMARY KEY (id))"""
OLD = {"0001": FIRST.format(day=""), "0002": FIRST.format(day="as_of DATE,")}
A_VOTE = """INSERT INTO votes (created_at, question, answer, kind, card_ids, vote, reason, backend, version)
    VALUES ('2026-10-01 08:00:00', '旧问题', '旧回答', 'answer', '["a"]', 1, '', 'cards', '0.1.0')"""
# Another program that adds a vote as soon as it may.
ADD = """import sys
from pathlib import Path
from toujiao.feedback.store import UP, FeedbackStore, vote_on
from toujiao.records import Answer
store, answer = FeedbackStore(home=Path(sys.argv[1])), Answer.model_validate_json(sys.argv[2])
print("ready", flush=True)
sys.stdin.readline()
for _ in range(5):
    store.add_vote(vote_on(answer, UP))
"""


@pytest.fixture
def file(tmp_path: Path) -> Path:
    (tmp_path / "home").mkdir()
    return tmp_path / "home" / "feedback.db"


@pytest.fixture
def old(file: Path) -> Callable[[str], Path]:
    """Makes the database of an earlier version with one vote in it."""

    def make(step: str) -> Path:
        with sqlite3.connect(file) as database:
            database.execute(OLD[step])
            database.execute(A_VOTE)
        return file

    return make


def state(file: Path) -> tuple[list[str], dict[str, tuple[str, int]]]:
    """(steps that the file says it is at, columns with type and NOT NULL)."""
    with sqlite3.connect(file) as database:
        known = database.execute("SELECT name FROM sqlite_master WHERE name = 'alembic_version'")
        versions = database.execute("SELECT * FROM alembic_version") if known.fetchone() else []
        columns = {row[1]: row[2:4] for row in database.execute("PRAGMA table_info(votes)")}
        return [row[0] for row in versions], columns


@pytest.mark.parametrize("step", OLD)
def test_an_old_table_is_recognised_and_keeps_its_votes(
    old: Callable[[str], Path], store: FeedbackStore, answer: Answer, step: str
) -> None:
    file = old(step)
    (before,) = store.list_votes()  # a look is enough
    assert (before.question, before.card_ids, before.as_of) == ("旧问题", ("a",), None)
    assert before.messages == ()
    assert before.created_at.isoformat() == "2026-10-01T08:00:00+00:00"
    store.add_vote(vote_on(answer, DOWN))
    assert store.list_votes()[0].messages == answer.messages
    assert store.count() == {UP: 1, DOWN: 1}
    assert state(file)[0] == [steps.HEAD]


def test_every_way_leads_to_the_table_that_the_store_reads(
    old: Callable[[str], Path], store: FeedbackStore, answer: Answer, tmp_path: Path
) -> None:
    file = old("0001")
    store.count()
    fresh = FeedbackStore(home=tmp_path / "fresh")
    fresh.add_vote(vote_on(answer, UP))
    fresh.close()
    _, migrated = state(file)
    _, made = state(tmp_path / "fresh" / "feedback.db")
    assert migrated == made
    table = store_module._table()
    assert {c.name: (str(c.type), int(not c.nullable)) for c in table.columns} == made


def test_head_is_the_newest_step() -> None:
    from alembic.config import Config
    from alembic.script import ScriptDirectory

    config = Config()
    config.set_main_option("script_location", str(steps.MIGRATIONS))
    assert ScriptDirectory.from_config(config).get_heads() == [steps.HEAD]


def test_a_table_of_this_version_is_left_alone(
    store: FeedbackStore, answer: Answer, monkeypatch: pytest.MonkeyPatch
) -> None:
    store.add_vote(vote_on(answer, UP))
    store.close()
    monkeypatch.setitem(sys.modules, "alembic", None)  # nor is it loaded
    assert store.count()[UP] == 1


def test_programs_that_migrate_at_once_lose_no_vote(
    old: Callable[[str], Path], store: FeedbackStore, answer: Answer
) -> None:
    file = old("0001")
    command = [sys.executable, "-c", ADD, str(file.parent), answer.model_dump_json()]
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "text": True}
    programs = [subprocess.Popen(command, **pipes) for _ in range(3)]  # type: ignore[call-overload]
    assert [program.stdout.readline() for program in programs] == ["ready\n"] * 3
    for program in programs:
        program.stdin.write("\n")
        program.stdin.flush()
    assert [program.wait(60) for program in programs] == [0] * 3
    for program in programs:
        program.stdin.close()
        program.stdout.close()
    assert store.count()[UP] == 16
    assert state(file)[0] == [steps.HEAD]


def test_a_step_that_fails_changes_nothing(
    old: Callable[[str], Path],
    store: FeedbackStore,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    file = old("0001")
    before = state(file)
    broken = shutil.copytree(steps.MIGRATIONS, tmp_path / "50%" / "migrations")
    with (broken / "versions" / "v0003_messages.py").open("a", encoding="utf-8") as step:
        step.write("\n    raise RuntimeError('planted')\n")
    with monkeypatch.context() as patch:
        patch.setattr(steps, "MIGRATIONS", broken)
        with pytest.raises(RuntimeError, match="planted"):
            store.list_votes()
    assert state(file) == before
    assert [vote.question for vote in store.list_votes()] == ["旧问题"]


def test_a_database_of_a_newer_version_is_not_touched(
    store: FeedbackStore, answer: Answer, file: Path
) -> None:
    store.add_vote(vote_on(answer, UP))
    store.close()
    with sqlite3.connect(file) as database:
        database.execute("UPDATE alembic_version SET version_num = '0099'")
    for use in (store.list_votes, store.migrate):
        with pytest.raises(ToujiaoError, match="请升级 toujiao"):
            use()
    assert state(file)[0] == ["0099"]


def test_only_sqlite_is_migrated_without_being_asked(
    old: Callable[[str], Path], answer: Answer, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Another database is played by SQLite under another name."""
    from sqlalchemy.dialects.sqlite.base import SQLiteDialect

    file = old("0002")
    store = FeedbackStore(url=f"sqlite:///{file}")
    with monkeypatch.context() as patch:
        patch.setattr(SQLiteDialect, "name", "other")
        with pytest.raises(ToujiaoError, match="toujiao feedback migrate"):
            store.add_vote(vote_on(answer, UP))
    assert state(file)[0] == []
    assert store.migrate() == ("0002", steps.HEAD)
    store.add_vote(vote_on(answer, UP))
    assert store.count()[UP] == 2
    store.close()


def test_the_command_says_what_it_did(
    old: Callable[[str], Path], store: FeedbackStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(store_module, "open_store", lambda: store)
    run = CliRunner().invoke
    assert f"从 没有表 改到 {steps.HEAD}" in run(app, ["migrate"]).output
    assert "不用改" in run(app, ["migrate"]).output
    store.file.unlink()
    store.close()
    old("0001")
    assert f"从 0001 改到 {steps.HEAD}" in run(app, ["migrate"]).output
    assert store.list_votes()[0].question == "旧问题"
