"""`toujiao feedback list | export`."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

app = typer.Typer(help="看、导出网页上收到的 👍 和 👎", no_args_is_help=True)


class Only(StrEnum):
    """Which votes to look at."""

    ALL = "all"
    UP = "up"
    DOWN = "down"


OnlyOption = Annotated[Only, typer.Option("--only", help="只看 👍（up）或 👎（down）")]
_VOTES = {Only.ALL: None, Only.UP: 1, Only.DOWN: -1}


@app.command("list")
def list_votes(
    only: OnlyOption = Only.ALL,
    limit: Annotated[int, typer.Option(min=1, help="最多几条，新的在前")] = 20,
) -> None:
    """列出收到的反馈"""
    from toujiao.feedback.store import DOWN, UP, open_store

    store = open_store()
    for vote in store.list_votes(_VOTES[only], limit):
        mark = "👍" if vote.vote == UP else "👎"
        reason = f"　原因：{vote.reason}" if vote.reason else ""
        when = f"{vote.created_at:%Y-%m-%d %H:%M} UTC"
        print(f"{vote.id:5} {when} {mark} {_short(vote.question)}{reason}")
        print(f"      {vote.kind}，卡片：{'、'.join(vote.card_ids) or '无'}，{vote.backend}")
    counts = store.count()
    print(f"共 {counts[UP]} 个 👍，{counts[DOWN]} 个 👎。")


@app.command()
def export(
    file: Annotated[Path, typer.Argument(help="写到哪个 JSONL 文件")],
    only: OnlyOption = Only.ALL,
    system_file: Annotated[
        Path | None,
        typer.Option("--system-file", help="系统提示词的文本文件，写进每一行的 prompt"),
    ] = None,
    closing_mark: Annotated[
        str,
        typer.Option("--closing-mark", help="最后一段里有这几个字，就是出处和标识，不写进训练数据"),
    ] = "AI生成内容",
) -> None:
    """导出成 KTO 训练数据（prompt、completion、label）"""
    from toujiao.errors import ToujiaoError
    from toujiao.feedback.export import kto_rows
    from toujiao.feedback.store import open_store
    from toujiao.files import read_text, write_rows

    votes = open_store().list_votes(_VOTES[only])
    if not votes:
        raise ToujiaoError("还没有可以导出的反馈。先运行 toujiao web，在网页上给回答点 👍 或 👎。")
    system = read_text(system_file).strip() if system_file else None
    count = write_rows(file, kto_rows(votes, system, closing_mark))
    print(f"写好 {count} 行：{file}")
    if system is None:
        print("提示：没有给 --system-file，每行的 prompt 里只有问题，没有系统提示词。")


def _short(question: str) -> str:
    line = " ".join(question.split())
    return line if len(line) <= 40 else line[:39] + "…"
