"""`toujiao evaluate run RUN` (base against adapter) and `toujiao evaluate assistant`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from toujiao.knowledge.option import KnowledgeOption

app = typer.Typer(help="用留出的问题衡量适配器和整个助手", no_args_is_help=True)


@app.command()
def run(
    folder: Annotated[Path, typer.Argument(help="toujiao train sft 写出的运行目录")],
    data: Annotated[
        Path | None, typer.Option(help="另一个有 held_out.jsonl 的文件夹，默认用运行目录里的")
    ] = None,
) -> None:
    """比较底座和“底座 + 适配器”，把表写进运行目录"""
    from rich.console import Console

    from toujiao.evaluate.report import evaluate_run
    from toujiao.evaluate.table import samples_text, table

    evaluation = evaluate_run(folder, data)
    Console().print(table(evaluation["table"]))
    for text in samples_text(evaluation["samples"]):
        print(text)


@app.command()
def assistant(
    questions: Annotated[
        str | None,
        typer.Option(help="dev、test，或一个题目文件（JSONL）；自己的知识默认用卡片上的问法"),
    ] = None,
    out: Annotated[Path | None, typer.Option(help="把每个回答写进这个 JSONL 文件")] = None,
    backend: Annotated[str | None, typer.Option(help="后端，默认内置模型")] = None,
    base: Annotated[str | None, typer.Option(help="底座")] = None,
    adapter: Annotated[str | None, typer.Option(help="适配器")] = None,
    knowledge: KnowledgeOption = None,
) -> None:
    """让整个助手回答题组，数一数答对的"""
    import json

    from toujiao.assistant.pipeline import Assistant
    from toujiao.evaluate.assistant_task import run as run_task
    from toujiao.evaluate.assistant_task import summary
    from toujiao.evaluate.questions import load_questions
    from toujiao.files import write_rows

    bot = Assistant.load(backend, base, adapter, knowledge)
    asked = load_questions(questions, bot.knowledge)
    graded = run_task(bot, asked, lambda item: print(".", end="", flush=True))
    print()
    if out:
        write_rows(out, (item.as_row() for item in graded))
    print(json.dumps(summary(graded), ensure_ascii=False, indent=2))


@app.command()
def sums(
    questions: Annotated[Path | None, typer.Option(help="另一份题目（JSONL）")] = None,
    out: Annotated[Path | None, typer.Option(help="把每个回答写进这个 JSONL 文件")] = None,
    page: Annotated[Path | None, typer.Option(help="把表写进这一页的 <!-- sums --> 里")] = None,
) -> None:
    """让助手算口头的账，按计算器数一数算对、反问和算错的"""
    from rich.console import Console
    from rich.table import Table

    from toujiao.assistant.pipeline import Assistant
    from toujiao.evaluate import sums_task
    from toujiao.files import write_rows
    from toujiao.knowledge.folders import OURS

    bot = Assistant.load("cards", knowledge=OURS)  # a sum never waits for a model
    judged = sums_task.run(bot, sums_task.load_sums(questions or sums_task.SUMS))
    if out:
        write_rows(out, (sums_task.as_row(item) for item in judged))
    if page:
        sums_task.write_markdown(judged, page)
    shown = Table(*sums_task.COLUMNS.values())
    for row in sums_task.table(judged):
        shown.add_row(*(str(row[key]) for key in sums_task.COLUMNS))
    Console().print(shown)


@app.command()
def retrieval(
    questions: Annotated[str, typer.Option(help="dev、pairs、rules，或一个 JSONL 文件")] = "dev",
    out: Annotated[Path | None, typer.Option(help="把没答好的写进这个 JSONL 文件")] = None,
) -> None:
    """找得对不对：第一张卡片、前三张、第一句话有没有答到点上"""
    import json

    from toujiao.assistant.pipeline import Assistant
    from toujiao.evaluate import retrieval_task as task
    from toujiao.files import write_rows

    known = {"dev": task.QUESTIONS, "pairs": task.PAIRS, "rules": task.RULES}
    looked = task.run(Assistant.load("cards"), task.load(known.get(questions, Path(questions))))
    if out:
        write_rows(out, task.misses(looked))
    print(json.dumps(task.summary(looked), ensure_ascii=False, indent=2))
