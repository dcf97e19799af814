"""No test reads or writes the user's own data or settings."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from toujiao.settings import settings


@pytest.fixture(autouse=True)
def _clean_settings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Every test has its own, empty home, and no TOUJIAO_ variable of the machine."""
    for name in [name for name in os.environ if name.startswith("TOUJIAO_")]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("TOUJIAO_HOME", str(tmp_path / "home"))
    settings.cache_clear()
    yield
    settings.cache_clear()
