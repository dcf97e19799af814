"""A folder that passed the gate: what a push has to know and to show."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import yaml

from toujiao.errors import ToujiaoError
from toujiao.publish.gate import README, PublicFile, check, check_unchanged
from toujiao.publish.outgoing import folder_files
from toujiao.publish.rendering import hub_library
from toujiao.publish.target import KIND_NAMES, Kind


@dataclass(frozen=True)
class Contents:
    """A folder that may go up."""

    kind: Kind
    folder: Path
    files: tuple[PublicFile, ...]
    licence: str
    """The label of the licence on both hubs."""
    about: tuple[tuple[str, str], ...]
    """(name, value) lines for the user."""
    reminders: tuple[str, ...] = ()
    left_out: tuple[Path, ...] = ()
    """Hidden files, which stay."""

    @property
    def message(self) -> str:
        """The commit message."""
        return f"Publish a {self.kind} made with toujiao"

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
            yield _line("不上传", f"{left.as_posix()}（隐藏文件）")
        for reminder in self.reminders:
            yield _line("提醒", reminder)


def _line(name: str, value: str) -> str:
    """A name in a column of four Chinese characters, then its value."""
    return f"{name}{' ' * (8 - 2 * len(name))}{value}"


def describe(
    kind: Kind, folder: Path, files: tuple[PublicFile, ...], front_matter: Mapping[str, Any]
) -> Contents:
    """What a data set or Space folder holds, in the words of its README's front matter."""
    label, name = str(front_matter["license"]), front_matter.get("license_name")
    title = front_matter["title" if kind is Kind.SPACE else "pretty_name"]
    about = (("名称", title), ("许可证", f"{label}（{name}）" if name else label))
    is_other_data = kind is Kind.DATASET and front_matter.get("source_datasets") is None
    reminders = ("请确认数据里没有个人信息，而且你有权公开它。",) if is_other_data else ()
    return Contents(kind, folder, files, label, about, reminders)


def read_contents(folder: Path) -> Contents:
    """A folder by `publish dataset` or `publish space`, unchanged since then; else ToujiaoError."""
    front_matter = _front_matter(folder)
    kind = Kind.SPACE if "sdk" in front_matter else Kind.DATASET
    files = check(folder, kind)
    check_unchanged(folder, files, f"请重新运行 toujiao publish {kind}，不要手工改动。")
    contents = describe(kind, folder, files, front_matter)
    return replace(contents, left_out=tuple(folder_files(folder)[1]))


def _front_matter(folder: Path) -> dict[str, Any]:
    try:
        found: dict[str, Any] | None = hub_library().metadata_load(folder / README)
    except (ValueError, yaml.YAMLError) as error:
        raise ToujiaoError(f"{folder / README} 开头的 YAML 信息有误，请改正：{error}") from error
    if found is None or not {"sdk", "configs"} & set(found):
        raise ToujiaoError(
            f"{folder} 既不是训练目录（没有 run.json），也不是 toujiao publish dataset、"
            "toujiao publish space 写出的文件夹。请检查路径。"
        )
    return found
