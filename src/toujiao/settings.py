"""Defaults of the whole program, each in one place; every one can be set as TOUJIAO_<NAME>."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from pydantic_settings import BaseSettings, SettingsConfigDict


class Settings(BaseSettings):
    """User settings, read from the environment."""

    model_config = SettingsConfigDict(env_prefix="TOUJIAO_", frozen=True)

    home: Path = Path("~/.toujiao")
    """Where feedback and other user data live."""

    backend: str = "auto"
    """auto (embedded model, cards when it cannot run), llamacpp, transformers, openai or cards."""

    knowledge: str | None = None
    """A folder of cards and rules, `ours`, or several: `ours,my-cards`; default is ours."""

    base: str | None = None
    adapter: str | None = None

    openai_base_url: str = "http://127.0.0.1:8000/v1"
    openai_api_key: str = "none"

    host: str = "127.0.0.1"
    port: int = 7860

    database_url: str | None = None
    """SQLAlchemy URL of the feedback store; default is SQLite under `home`."""

    threads: int = 0
    """CPU threads for generation; 0 = all cores that this process may use."""

    max_new_tokens: int = 640


@cache
def settings() -> Settings:
    """The settings of this process (read once)."""
    read = Settings()
    return read.model_copy(update={"home": read.home.expanduser()})
