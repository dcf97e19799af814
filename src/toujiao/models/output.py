"""New folders that appear only when they are complete: written beside, then renamed."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from toujiao.errors import ToujiaoError

# Beside the weights: tokenizer, settings and whatever the file system needs.
_SPARE_BYTES = 100_000_000
_LEGAL = ("LICENSE", "LICENCE", "NOTICE")


@contextmanager
def new_folder(target: Path, needed: int) -> Iterator[Path]:
    """A folder to write into, renamed to `target` when the block ends without an error.

    ToujiaoError when `target` is there already, has nowhere to be, needs more bytes than are free
    (`needed` plus a reserve), or cannot be written.
    """
    check_new_folder(target)
    free = shutil.disk_usage(target.parent).free
    if free < needed + _SPARE_BYTES:
        raise ToujiaoError(
            f"{target.parent} 只剩 {free / 1e9:.1f} GB，需要 {needed / 1e9:.1f} GB，请先腾出空间。"
        )
    try:
        with tempfile.TemporaryDirectory(prefix=f".{target.name}-", dir=target.parent) as scratch:
            folder = Path(scratch) / "new"
            folder.mkdir()
            yield folder
            folder.rename(target)
    except OSError as error:
        raise ToujiaoError(f"写到一半停了，{target} 没有写出（{error}）。") from error


def check_new_folder(target: Path) -> None:
    """ToujiaoError unless a folder `target` can be made; nothing is ever overwritten."""
    if target.exists() or target.is_symlink():
        raise ToujiaoError(f"{target} 已经存在，不会覆盖，请换一个文件夹名。")
    if not target.parent.is_dir():
        raise ToujiaoError(f"没有 {target.parent} 这个文件夹，请先建好。")


def copy_legal(source: Path, folder: Path) -> list[str]:
    """Copy the licence files of `source` that `folder` has not; the names of those copied."""
    copied = []
    for path in sorted(source.iterdir()):
        is_legal = path.is_file() and path.name.upper().startswith(_LEGAL)
        if is_legal and not (folder / path.name).exists():
            shutil.copyfile(path, folder / path.name)
            copied.append(path.name)
    return copied
