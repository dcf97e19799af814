"""What a folder that passed its checks holds: what a push has to know and to show."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from toujiao.errors import ToujiaoError
from toujiao.publish.file_checks import file_problems
from toujiao.publish.files import folder_files
from toujiao.publish.sums import sha256_of, sums_problems
from toujiao.publish.target import KIND_NAMES, Kind


@dataclass(frozen=True)
class PublicFile:
    """One file that goes up."""

    name: str
    size: int
    sha256: str


@dataclass(frozen=True)
class Contents:
    """A folder that may go up."""

    kind: Kind
    folder: Path
    files: tuple[PublicFile, ...]
    left_out: tuple[str, ...]
    """Hidden files, which stay."""
    licence: str
    """The label of the licence on both hubs."""
    message: str
    """The commit message."""
    about: tuple[tuple[str, str], ...]
    """(name, value) lines for the user."""
    reminders: tuple[str, ...] = ()

    def lines(self) -> Iterator[str]:
        """The contents for the user, line by line."""
        yield _line("内容", KIND_NAMES[self.kind])
        for name, value in self.about:
            yield _line(name, value)
        total = sum(file.size for file in self.files)
        yield _line("文件", f"{len(self.files)} 个，共 {total:,} 字节")
        for file in self.files:
            yield f"{file.size:>14,}  {file.sha256}  {file.name}"
        for left in self.left_out:
            yield _line("不上传", f"{left}（隐藏文件）")
        for reminder in self.reminders:
            yield _line("提醒", reminder)


def _line(name: str, value: str) -> str:
    """A name in a column of four Chinese characters, then its value."""
    return f"{name}{' ' * (8 - 2 * len(name))}{value}"


def public_files(folder: Path) -> tuple[tuple[PublicFile, ...], tuple[str, ...]]:
    """The files that go up, with size and checksum, and the hidden ones that stay."""
    public, hidden = folder_files(folder)
    files = [
        PublicFile(path.as_posix(), (folder / path).stat().st_size, sha256_of(folder / path))
        for path in public
    ]
    return tuple(files), tuple(path.as_posix() for path in hidden)


def check_files(folder: Path, kind: Kind) -> None:
    """ToujiaoError with every file that must not go up."""
    public, _ = folder_files(folder)
    refuse(folder, [problem for path in public for problem in file_problems(folder, path, kind)])


def check_sums(folder: Path, redo: str) -> None:
    """ToujiaoError unless SHA256SUMS lists exactly these files; `redo` says how to write it anew."""
    problems = sums_problems(folder, folder_files(folder)[0])
    if problems:
        raise ToujiaoError(f"{folder} 的文件和校验值对不上：{'；'.join(problems)}。{redo}")


def refuse(folder: Path, problems: list[str]) -> None:
    """Raise one ToujiaoError that names all problems, if there are any."""
    if problems:
        listed = "；".join(problems)
        raise ToujiaoError(f"{folder} 还不能发布，{len(problems)} 处要改：{listed}。")
