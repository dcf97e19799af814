"""Folders that go out: which files they hold, and how to write them so that none is half-written."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from toujiao.errors import ToujiaoError


def folder_files(folder: Path) -> tuple[list[Path], list[Path]]:
    """The files that would go up and the hidden ones that stay, relative, in a fixed order."""
    public: list[Path] = []
    hidden: list[Path] = []
    for path in sorted(folder.rglob("*")):
        relative = path.relative_to(folder)
        if path.is_dir() and not path.is_symlink():
            continue
        is_hidden = any(part.startswith(".") for part in relative.parts)
        (hidden if is_hidden else public).append(relative)
    return public, hidden


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
        raise _cannot_write(folder, error) from error
    finally:
        for path, _ in waiting:
            Path(path).unlink(missing_ok=True)


@contextmanager
def new_folder(out: Path, keep: bool = True) -> Iterator[Path]:
    """A folder to fill; it becomes `out` when the block ends well, and is gone otherwise.

    `out` must not exist yet, or be empty. With `keep` false (a dry run) nothing stays.
    """
    if out.exists() and (not out.is_dir() or any(out.iterdir())):
        raise ToujiaoError(f"{out} 已经有内容。请换一个还没有的文件夹名，或先删掉它。")
    parent = out.parent if keep else Path(tempfile.gettempdir())
    try:
        parent.mkdir(parents=True, exist_ok=True)
        building = Path(tempfile.mkdtemp(dir=parent, prefix=f".{out.name}-"))
    except OSError as error:
        raise _cannot_write(parent, error) from error
    try:
        yield building
        if keep:
            building.chmod(0o755)  # mkdtemp makes it private; its content is meant to be shared
            os.replace(building, out)
    except OSError as error:
        raise _cannot_write(out, error) from error
    finally:
        shutil.rmtree(building, ignore_errors=True)


def _cannot_write(folder: Path, error: OSError) -> ToujiaoError:
    reason = error.strerror or str(error)
    return ToujiaoError(f"写不进 {folder}（{reason}）。请检查磁盘空间和权限，再运行一次。")
