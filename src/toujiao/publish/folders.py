"""Folders that go out: what they hold, and how one is filled so that none is ever half-written."""

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
        if path.is_dir() and not path.is_symlink():
            continue
        relative = path.relative_to(folder)
        is_hidden = any(part.startswith(".") for part in relative.parts)
        (hidden if is_hidden else public).append(relative)
    return public, hidden


def write_texts(folder: Path, texts: Mapping[str, str]) -> None:
    """Write files into a folder that nobody sees yet."""
    for name, text in texts.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8", newline="\n")


def replace_files(folder: Path, texts: Mapping[str, str]) -> None:
    """Write all files to a hidden folder first; only when all are there, put them in place."""
    try:
        with tempfile.TemporaryDirectory(dir=folder, prefix=".writing-") as waiting:
            write_texts(Path(waiting), texts)
            for name in texts:
                os.replace(Path(waiting, name), folder / name)
    except OSError as error:
        raise _cannot_write(folder, error) from error


@contextmanager
def temporary_copy(folder: Path) -> Iterator[Path]:
    """A copy without the hidden files, gone after the block; links stay links, to be refused."""
    with tempfile.TemporaryDirectory(prefix="toujiao-") as parent:
        copy = Path(parent, folder.name)
        try:
            shutil.copytree(folder, copy, symlinks=True, ignore=shutil.ignore_patterns(".*"))
        except OSError as error:
            raise _cannot_write(copy, error) from error
        yield copy


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
