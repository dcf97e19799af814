"""Folders on their way out: what they hold, and where they are filled before anybody sees them."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from toujiao.errors import ToujiaoError
from toujiao.files import reason, write_text
from toujiao.models import output


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
    """Write files by name, each whole or not at all."""
    for name, text in texts.items():
        write_text(folder / name, text)


@contextmanager
def temporary_copy(folder: Path) -> Iterator[Path]:
    """A copy without the hidden files, gone after the block; links stay links, to be refused."""
    with tempfile.TemporaryDirectory(prefix="toujiao-") as parent:
        copy = Path(parent, folder.name)
        try:
            shutil.copytree(folder, copy, symlinks=True, ignore=shutil.ignore_patterns(".*"))
        except OSError as error:
            raise ToujiaoError(f"写不进 {parent}：{reason(error)}。") from error
        yield copy


@contextmanager
def new_folder(out: Path, keep: bool) -> Iterator[Path]:
    """A folder to fill; it becomes `out` when the block ends well, and is gone otherwise.

    With `keep` false (a dry run) nothing stays in any case.
    """
    output.check_new_folder(out)
    with (
        tempfile.TemporaryDirectory(prefix="toujiao-") as parent,
        output.new_folder(out if keep else Path(parent, out.name), needed=0) as folder,
    ):
        yield folder
