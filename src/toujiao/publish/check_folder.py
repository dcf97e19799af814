"""Checks a data set or Space folder before it goes up: offline, every problem at once."""

from __future__ import annotations

from pathlib import Path

from toujiao.errors import ToujiaoError
from toujiao.publish.contents import Contents, check_files, check_sums, public_files
from toujiao.publish.files import folder_files
from toujiao.publish.front_matter import README, kind_of, read_front_matter
from toujiao.publish.sums import SUMS
from toujiao.publish.target import Kind


def folder_contents(folder: Path) -> Contents:
    """What a push of a folder by `publish dataset` or `publish space` sends and shows."""
    kind = kind_of(folder)
    public, _ = folder_files(folder)
    missing = [name for name in (README, SUMS) if Path(name) not in public]
    if missing:
        raise ToujiaoError(
            f"{folder} 里缺少 {'、'.join(missing)}。请重新运行 toujiao publish {kind.value}。"
        )
    check_files(folder, kind)
    data = read_front_matter(folder, kind)
    check_sums(folder, f"请不要手工改动，重新运行 toujiao publish {kind.value}。")
    licence = str(data.license)
    named = f"{licence}（{data.get('license_name')}）" if licence == "other" else licence
    files, left_out = public_files(folder)
    is_space = kind is Kind.SPACE
    about = [("名称", str(data.get("title" if is_space else "pretty_name"))), ("许可证", named)]
    reminders = []
    if is_space:
        about.append(("程序", f"{data.get('app_file')}，Gradio {data.get('sdk_version')}"))
    elif data.get("source_datasets") is None:
        reminders.append("请确认数据里没有个人信息，而且你有权公开它。")
    return Contents(
        kind=kind,
        folder=folder,
        files=files,
        left_out=left_out,
        licence=licence,
        message="Publish a Space that runs toujiao" if is_space else "Publish a toujiao data set",
        about=tuple(about),
        reminders=tuple(reminders),
    )
