"""Brings the table of votes to the form that this version reads, one numbered step after the other.

SQLite is migrated on its first use, PostgreSQL by `toujiao feedback migrate` alone: there several
programs share the table, and who runs them says when it changes.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from toujiao.errors import ToujiaoError, missing_extra

# The newest step in migrations/versions.
HEAD = "0003"
MIGRATIONS = Path(__file__).parent / "migrations"
# Any number, as long as no other program locks with it.
_LOCK = 20_261_127


def make_ready(engine: Any) -> None:
    """Called on first use: migrate SQLite, refuse any other database that is not of this version."""
    with engine.connect() as connection:
        found = version_of(connection)
    if found == HEAD:
        return
    if engine.dialect.name != "sqlite":
        raise ToujiaoError("反馈数据库的表还不是这个版本的，请先运行一次：toujiao feedback migrate")
    migrate(engine)


def migrate(engine: Any) -> tuple[str | None, str]:
    """(step before, step now). Whole or not at all, and one process at a time."""
    try:
        from alembic import command
        from alembic.config import Config
        from alembic.runtime.migration import MigrationContext
        from alembic.script import ScriptDirectory
    except ImportError as error:
        raise missing_extra("alembic", "web") from error
    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS).replace("%", "%%"))
    with _alone(engine) as connection:
        before = version_of(connection)
        if before != HEAD:
            script = ScriptDirectory.from_config(config)
            MigrationContext.configure(connection).stamp(script, before or "base")
            config.attributes["connection"] = connection
            command.upgrade(config, HEAD)
    return before, HEAD


def version_of(connection: Any) -> str | None:
    """The step that the table is at; None when there is none yet.

    Tables made before there were steps do not say it, but their columns do.
    """
    from sqlalchemy import inspect, text

    tables = inspect(connection)
    if tables.has_table("alembic_version"):
        found = connection.execute(text("SELECT version_num FROM alembic_version")).scalar()
        if found and found > HEAD:
            raise ToujiaoError(
                f"反馈数据库是更新的 toujiao 写的（第 {found} 步，这里只到 {HEAD}）。请升级 toujiao。"
            )
        if found:
            return str(found)
    if not tables.has_table("votes"):
        return None
    columns = {column["name"] for column in tables.get_columns("votes")}
    return "0002" if "as_of" in columns else "0001"


@contextmanager
def _alone(engine: Any) -> Iterator[Any]:
    """A connection in a transaction that no other process migrates in at the same time."""
    from sqlalchemy import text

    if engine.dialect.name != "sqlite":
        with engine.begin() as connection:
            if engine.dialect.name == "postgresql":
                connection.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": _LOCK})
            yield connection
        return
    # Python's driver opens no transaction around CREATE and ALTER by itself.
    with engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
        connection.execute(text("BEGIN IMMEDIATE"))
        try:
            yield connection
        except BaseException:
            connection.execute(text("ROLLBACK"))
            raise
        connection.execute(text("COMMIT"))
