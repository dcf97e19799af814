"""The store keeps votes, keeps nothing personal, and turns trouble into one clear line."""

from __future__ import annotations

import datetime as dt
import sqlite3
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from toujiao import __version__
from toujiao.errors import ToujiaoError
from toujiao.feedback.store import DOWN, UP, FeedbackStore, vote_on
from toujiao.records import Answer

pytest.importorskip("sqlalchemy")  # toujiao[web]


def test_a_vote_comes_back_whole(store: FeedbackStore, answer: Answer) -> None:
    before = dt.datetime.now(dt.UTC)
    vote_id = store.add_vote(vote_on(answer, DOWN, "太长：看了半天"))
    (row,) = store.list_votes()
    assert before <= row.created_at <= dt.datetime.now(dt.UTC)
    assert row.model_dump(exclude={"created_at"}) == {
        "id": vote_id,
        "question": answer.question,
        "answer": answer.answer,
        "kind": "answer",
        "card_ids": ("moving-average",),
        "as_of": answer.as_of,
        "messages": answer.messages,
        "vote": DOWN,
        "reason": "太长：看了半天",
        "model": "tiny#12ab",
        "adapter": "lora#34cd",
        "backend": "cards",
        "version": __version__,
    }


def test_the_table_has_no_column_for_anything_personal(
    store: FeedbackStore, answer: Answer, tmp_path: Path
) -> None:
    store.add_vote(vote_on(answer, UP))
    with sqlite3.connect(tmp_path / "home" / "feedback.db") as database:
        columns = {row[1] for row in database.execute("PRAGMA table_info(votes)")}
    assert columns == {
        *("id", "created_at", "question", "answer", "kind", "card_ids", "vote", "reason"),
        *("model", "adapter", "backend", "version", "as_of", "messages"),
    }


def test_looking_creates_nothing(store: FeedbackStore, tmp_path: Path) -> None:
    assert store.list_votes() == []
    assert store.count() == {UP: 0, DOWN: 0}
    assert list(tmp_path.iterdir()) == []


def test_newest_first_limit_and_choice(store: FeedbackStore, answer: Answer) -> None:
    ids = [store.add_vote(vote_on(answer, vote)) for vote in (UP, DOWN, UP)]
    assert [vote.id for vote in store.list_votes()] == ids[::-1]
    assert [vote.id for vote in store.list_votes(limit=1)] == ids[-1:]
    assert [vote.id for vote in store.list_votes(vote=DOWN)] == [ids[1]]
    assert store.count() == {UP: 2, DOWN: 1}


def test_a_reason_can_follow_and_a_vote_can_be_taken_back(
    store: FeedbackStore, answer: Answer
) -> None:
    vote_id = store.add_vote(vote_on(answer, DOWN))
    store.set_reason(vote_id, "看不懂")
    assert store.list_votes()[0].reason == "看不懂"
    store.remove_vote(vote_id)
    store.remove_vote(vote_id)
    assert store.list_votes() == []
    with pytest.raises(ToujiaoError, match="已经不在了"):
        store.set_reason(vote_id, "看不懂")


def test_a_store_is_opened_again_by_the_next_program(
    store: FeedbackStore, answer: Answer, tmp_path: Path
) -> None:
    store.add_vote(vote_on(answer, UP))
    store.close()
    again = FeedbackStore(home=tmp_path / "home")
    assert again.count()[UP] == 1
    again.close()


def test_a_connection_that_was_lost_meanwhile_is_made_anew(
    store: FeedbackStore, answer: Answer
) -> None:
    """A database server that was restarted overnight costs nobody a vote."""
    store.add_vote(vote_on(answer, UP))
    engine, _ = store._open(create=False)
    pooled = engine.raw_connection()
    driver = pooled.driver_connection
    pooled.close()  # goes back to the pool, and is lost there
    driver.close()
    store.add_vote(vote_on(answer, UP))
    assert store.count()[UP] == 2


@pytest.mark.parametrize("odd", ["\x00", "\ud83d", "😀", "'; DROP TABLE votes", "<b>", "行\n行"])
def test_odd_text_is_stored(store: FeedbackStore, answer: Answer, odd: str) -> None:
    question = f"前{odd}后"
    said = ({"role": "user", "content": question},)
    odd_answer = answer.model_copy(update={"question": question, "messages": said})
    store.add_vote(vote_on(odd_answer, UP, odd))
    (stored,) = store.list_votes()
    for text in (stored.question, stored.messages[0]["content"]):
        assert text.startswith("前")
        assert text.endswith("后")


def test_endless_text_is_cut(store: FeedbackStore, answer: Answer) -> None:
    store.add_vote(vote_on(answer.model_copy(update={"question": "长" * 100_000}), UP, "长" * 5000))
    row = store.list_votes()[0]
    assert (len(row.question), len(row.reason)) == (20_000, 1000)


def test_many_threads_vote_at_once(store: FeedbackStore, answer: Answer) -> None:
    with ThreadPoolExecutor(8) as pool:
        ids = list(pool.map(lambda _: store.add_vote(vote_on(answer, UP)), range(40)))
    assert len(set(ids)) == store.count()[UP] == 40


def test_a_home_that_is_a_file(tmp_path: Path, answer: Answer) -> None:
    (tmp_path / "home").write_text("", encoding="utf-8")
    with pytest.raises(ToujiaoError, match=r"feedback\.db.*TOUJIAO_HOME"):
        FeedbackStore(home=tmp_path / "home").add_vote(vote_on(answer, UP))


def test_a_broken_database_file(tmp_path: Path) -> None:
    (tmp_path / "feedback.db").write_text("这不是数据库" * 100, encoding="utf-8")
    with pytest.raises(ToujiaoError, match=r"feedback\.db"):
        FeedbackStore(home=tmp_path).list_votes()


def test_a_full_disk_keeps_the_old_votes(
    store: FeedbackStore, answer: Answer, tmp_path: Path
) -> None:
    store.add_vote(vote_on(answer, UP))
    file = tmp_path / "home" / "feedback.db"
    with sqlite3.connect(file) as database:
        pages = database.execute("PRAGMA page_count").fetchone()[0]
    store.close()
    engine, _ = store._open(create=True)
    from sqlalchemy import event

    @event.listens_for(engine, "connect")
    def _no_more_room(connection: sqlite3.Connection, _: object) -> None:
        connection.execute(f"PRAGMA max_page_count = {pages}")

    engine.dispose()
    long = answer.model_copy(update={"answer": "长" * 20_000})
    with pytest.raises(ToujiaoError, match="磁盘空间"):
        store.add_vote(vote_on(long, UP))
    assert store.count()[UP] == 1


@pytest.mark.parametrize(
    "url", ["nonsense", "nosuchdb://host/name", "sqlite:////no/such/folder/a.db"]
)
def test_a_wrong_url_names_the_setting(url: str, answer: Answer) -> None:
    with pytest.raises(ToujiaoError, match="TOUJIAO_DATABASE_URL"):
        FeedbackStore(url=url).add_vote(vote_on(answer, UP))


def test_the_password_is_not_shown(answer: Answer, monkeypatch: pytest.MonkeyPatch) -> None:
    url = "sqlite://user:secret@/x"
    with pytest.raises(ToujiaoError) as caught:
        FeedbackStore(url=url).add_vote(vote_on(answer, UP))
    assert "secret" not in str(caught.value)


def test_postgresql_without_its_driver(answer: Answer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "psycopg", None)
    with pytest.raises(ToujiaoError, match=r"toujiao\[postgres\]"):
        FeedbackStore(url="postgresql+psycopg://u:p@127.0.0.1/x").add_vote(vote_on(answer, UP))
