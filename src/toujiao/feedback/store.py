"""Keeps the 👍 and 👎 of the web page in one table: SQLite by default, PostgreSQL by URL.

What is stored is what was shown and what was thought of it; nothing about the person.
"""

from __future__ import annotations

import datetime as dt
import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from importlib.util import find_spec
from pathlib import Path
from typing import Any, Literal

from pydantic import Field

from toujiao import __version__
from toujiao.errors import ToujiaoError, missing_extra
from toujiao.feedback.migrate import make_ready, migrate
from toujiao.records import Answer, Message, Record
from toujiao.settings import settings

Thumb = Literal[1, -1]
UP: Thumb = 1
DOWN: Thumb = -1
_LONGEST_REASON = 1000
_LONGEST_TEXT = 20_000


class Vote(Record):
    """One row of the table. `id` and `created_at` (UTC) are given by the store.

    `as_of` is the day whose rules the answer used, `messages` what the model saw and, at the end,
    what was shown as its words; none where no model spoke. Votes of before may lack both.
    """

    id: int = 0
    created_at: dt.datetime = dt.datetime.min
    question: str
    answer: str
    kind: str
    card_ids: tuple[str, ...] = ()
    as_of: dt.date | None = None
    messages: tuple[Message, ...] = ()
    vote: Thumb
    reason: str = Field(default="", max_length=_LONGEST_REASON)
    model: str | None = None
    adapter: str | None = None
    backend: str
    version: str = __version__


def vote_on(answer: Answer, vote: Thumb, reason: str = "") -> Vote:
    """The vote on an answer, with what is needed to find out later why it was good or bad."""
    return Vote(
        question=_storable(answer.question, _LONGEST_TEXT),
        answer=_storable(answer.answer, _LONGEST_TEXT),
        kind=str(answer.kind),
        card_ids=tuple(card.id for card in answer.cards),
        as_of=answer.as_of,
        messages=tuple(_storable_message(message) for message in answer.messages),
        vote=vote,
        reason=_storable(reason, _LONGEST_REASON),
        model=answer.model,
        adapter=answer.adapter,
        backend=answer.backend,
    )


class FeedbackStore:
    """The table of votes. Nothing is opened or created before the first use."""

    def __init__(self, url: str | None = None, home: Path | None = None) -> None:
        """`url` is an SQLAlchemy URL; without it the store is `home`/feedback.db."""
        if url is None and home is None:
            raise ValueError("a store needs a URL or a folder")
        self._home = home if url is None else None
        self._url = url or f"sqlite:///{(home or Path()) / 'feedback.db'}"
        self._lock = threading.Lock()
        self._opened: tuple[Any, Any] | None = None

    @property
    def file(self) -> Path | None:
        """The SQLite file; None when the store was given by URL."""
        return self._home / "feedback.db" if self._home else None

    def add_vote(self, vote: Vote) -> int:
        """Store a vote; returns its id."""
        with self._connection(writing=True) as (connection, table):
            result = connection.execute(table.insert().values(**_row_of(vote)))
            return int(result.inserted_primary_key[0])

    def set_reason(self, vote_id: int, reason: str) -> None:
        """Add the reason to a vote that is already stored; ToujiaoError when it is gone."""
        with self._connection(writing=True) as (connection, table):
            query = table.update().where(table.c.id == vote_id)
            changed = connection.execute(query.values(reason=_storable(reason, _LONGEST_REASON)))
            if changed.rowcount == 0:
                raise ToujiaoError(f"第 {vote_id} 条反馈已经不在了，原因没有记下。请重新点一次。")

    def remove_vote(self, vote_id: int) -> None:
        """Take a vote back; one that is gone already is no error."""
        with self._connection(writing=True) as (connection, table):
            connection.execute(table.delete().where(table.c.id == vote_id))

    def list_votes(self, vote: int | None = None, limit: int | None = None) -> list[Vote]:
        """The stored votes, newest first; only 👍 (1) or 👎 (-1) when `vote` is given."""
        if not self.exists():
            return []
        with self._connection() as (connection, table):
            query = table.select().order_by(table.c.id.desc()).limit(limit)
            if vote is not None:
                query = query.where(table.c.vote == vote)
            return [_vote_of(row) for row in connection.execute(query).mappings()]

    def count(self) -> dict[int, int]:
        """How many 👍 (1) and 👎 (-1)."""
        counts: dict[int, int] = {UP: 0, DOWN: 0}
        if self.exists():
            from sqlalchemy import func, select

            with self._connection() as (connection, table):
                query = select(table.c.vote, func.count()).group_by(table.c.vote)
                counts.update((vote, number) for vote, number in connection.execute(query))
        return counts

    def exists(self) -> bool:
        """False while the default SQLite file has not been made; a look does not create it."""
        return self.file is None or self.file.exists()

    def close(self) -> None:
        """Let go of the database (the next use opens it again)."""
        with self._lock:
            if self._opened:
                self._opened[0].dispose()
                self._opened = None

    def migrate(self) -> tuple[str | None, str]:
        """Bring the table to this version's form: (step before, step now)."""
        self.close()
        with self._told():
            return migrate(self._engine(create=True))

    @contextmanager
    def _connection(self, writing: bool = False) -> Iterator[tuple[Any, Any]]:
        """A connection in a transaction."""
        with self._told():
            engine, table = self._open(create=writing)
            with engine.begin() as connection:
                yield connection, table

    @contextmanager
    def _told(self) -> Iterator[None]:
        """Every database error becomes a ToujiaoError."""
        from sqlalchemy.exc import SQLAlchemyError

        try:
            yield
        except (SQLAlchemyError, OSError) as error:
            raise self._trouble(error) from error

    def _open(self, create: bool) -> tuple[Any, Any]:
        with self._lock:
            if self._opened is None:
                engine = self._engine(create)
                make_ready(engine)
                self._opened = engine, _table()
            return self._opened

    def _engine(self, create: bool) -> Any:
        from sqlalchemy import create_engine

        if create and self._home:
            self._home.mkdir(parents=True, exist_ok=True)
        try:
            return create_engine(self._url, json_serializer=_to_json, pool_pre_ping=True)
        except ImportError as error:
            raise missing_extra(error.name or "数据库驱动", "postgres") from error

    def _trouble(self, error: Exception) -> ToujiaoError:
        cause = str(getattr(error, "orig", None) or error).strip().splitlines()[0]
        if self.file:
            return ToujiaoError(
                f"反馈存不进、读不出 {self.file}（{cause}）。"
                "请检查磁盘空间和权限，或用环境变量 TOUJIAO_HOME 换一个文件夹。"
            )
        return ToujiaoError(
            f"反馈数据库 {_without_password(self._url)} 用不了（{cause}）。"
            "请检查环境变量 TOUJIAO_DATABASE_URL 和数据库服务。"
        )


def open_store() -> FeedbackStore:
    """The store that the user's settings name."""
    if not find_spec("sqlalchemy"):
        raise missing_extra("sqlalchemy", "web")
    chosen = settings()
    return FeedbackStore(url=chosen.database_url, home=chosen.home)


def _table() -> Any:
    """The table as the newest step of migrations/ leaves it."""
    from sqlalchemy import (
        JSON,
        Column,
        Date,
        DateTime,
        Integer,
        MetaData,
        SmallInteger,
        String,
        Table,
        Text,
    )

    return Table(
        "votes",
        MetaData(),
        Column("id", Integer, primary_key=True),
        Column("created_at", DateTime(timezone=True), nullable=False),
        Column("question", Text, nullable=False),
        Column("answer", Text, nullable=False),
        Column("kind", String(32), nullable=False),
        Column("card_ids", JSON, nullable=False),
        Column("as_of", Date),
        Column("messages", JSON),
        Column("vote", SmallInteger, nullable=False),
        Column("reason", Text, nullable=False),
        Column("model", Text),
        Column("adapter", Text),
        Column("backend", String(64), nullable=False),
        Column("version", String(32), nullable=False),
    )


def _row_of(vote: Vote) -> dict[str, Any]:
    row = vote.model_dump(exclude={"id", "created_at"})
    lists = {"card_ids": list(vote.card_ids), "messages": list(vote.messages)}
    return row | lists | {"created_at": dt.datetime.now(dt.UTC)}


def _vote_of(row: Any) -> Vote:
    made = row["created_at"]
    # SQLite keeps no time zone; everything is written in UTC.
    aware = made.replace(tzinfo=dt.UTC) if made.tzinfo is None else made.astimezone(dt.UTC)
    return Vote.model_validate({**row, "created_at": aware, "messages": row["messages"] or ()})


def _to_json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False)


def _storable(text: str, longest: int) -> str:
    """Text that every database takes: no NUL, no half of a surrogate pair, not endless."""
    return text.replace("\x00", "").encode("utf-8", "replace").decode("utf-8")[:longest]


def _storable_message(message: Message) -> Message:
    return {"role": message["role"], "content": _storable(message["content"], _LONGEST_TEXT)}


def _without_password(url: str) -> str:
    from sqlalchemy.engine import make_url
    from sqlalchemy.exc import SQLAlchemyError

    try:
        return make_url(url).render_as_string(hide_password=True)
    except SQLAlchemyError:
        return "（网址写得不对）"
