"""Writes several files of a folder so that none is ever half-written."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Mapping
from pathlib import Path

from toujiao.errors import ToujiaoError


def replace_files(folder: Path, contents: Mapping[str, str]) -> None:
    """Write all texts to temporary files first; only when all are there, put them in place."""
    waiting: list[tuple[str, Path]] = []
    try:
        for name, content in contents.items():
            handle, path = tempfile.mkstemp(dir=folder, prefix=".writing-")
            waiting.append((path, folder / name))
            with os.fdopen(handle, "w", encoding="utf-8", newline="\n") as stream:
                stream.write(content)
            # mkstemp makes files that only the owner can read; these are meant to be shared.
            os.chmod(path, 0o644)
        for path, target in waiting:
            os.replace(path, target)
    except OSError as error:
        raise ToujiaoError(
            f"写不进 {folder}（{error.strerror or error}）。请检查磁盘空间和权限，再运行一次。"
        ) from error
    finally:
        for path, _ in waiting:
            Path(path).unlink(missing_ok=True)
