"""`toujiao dataset build | show | audit | convert | exercises`."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Annotated

import typer

from toujiao.folders import HELD_OUT, MANIFEST, TRAIN
from toujiao.knowledge.option import KnowledgeOption
from toujiao.models.tiny import NAME as TINY

app = typer.Typer(help="把卡片变成训练数据，导入导出常见格式", no_args_is_help=True)
DEFAULT_FOLDER = Path("runs/data")


@app.command()
def build(
    out: Annotated[Path, typer.Option(help="写到哪个文件夹")] = DEFAULT_FOLDER,
    knowledge: KnowledgeOption = None,
    seed: Annotated[int | None, typer.Option(help="随机种子")] = None,
    as_of: Annotated[
        dt.datetime | None,
        typer.Option("--as-of", formats=["%Y-%m-%d"], help="按哪一天的规则，默认今天"),
    ] = None,
) -> None:
    """从卡片、规则和计算器生成训练行和留出行"""
    from toujiao.clock import today
    from toujiao.dataset import build as builder
    from toujiao.knowledge.folders import open_knowledge

    day = as_of.date() if as_of else today()
    known = open_knowledge(knowledge)
    built = builder.build(known, out, day, builder.SEED if seed is None else seed)
    for name, count in sorted(built.counts.items()):
        print(f"{name:24} {count:6} 行")
    print(f"已写入 {built.folder}：{TRAIN}、{HELD_OUT}、{MANIFEST}")


@app.command()
def show(
    data: Annotated[Path, typer.Argument(help="数据文件")] = DEFAULT_FOLDER / TRAIN,
    row: Annotated[int, typer.Option(min=1, help="第几行")] = 1,
    tokenizer: Annotated[str | None, typer.Option(help="分词器文件夹，默认内置底座的")] = None,
) -> None:
    """打印一行数据，标出真正被训练的词元"""
    from rich.console import Console

    from toujiao.dataset.formats import read_rows
    from toujiao.dataset.show import load_tokenizer, marked
    from toujiao.errors import ToujiaoError

    rows = read_rows(data)
    if row > len(rows):
        raise ToujiaoError(f"{data} 只有 {len(rows)} 行，没有第 {row} 行。")
    Console().print(marked(rows[row - 1], load_tokenizer(tokenizer or TINY)), soft_wrap=True)


@app.command()
def audit(
    data: Annotated[Path, typer.Argument(help="数据文件")] = DEFAULT_FOLDER / TRAIN,
    recipe: Annotated[str, typer.Option(help="配方名（tiny、qwen3-1.7b…）或 .toml 文件")] = "tiny",
    tokenizer: Annotated[str | None, typer.Option(help="分词器文件夹，默认配方底座的")] = None,
    against: Annotated[
        Path | None, typer.Option(help="还有哪些题不能出现在训练数据里（JSONL）")
    ] = None,
    preview: Annotated[int, typer.Option(min=0, help="先打印几行，标出要学的词元")] = 2,
    as_json: Annotated[bool, typer.Option("--json", help="输出 JSON，不打印预览")] = False,
) -> None:
    """训练之前检查数据：截断、重复、泄题、荐股、没有出处的数字、步数"""
    import json

    from rich.console import Console

    from toujiao.dataset.audit.leakage import own_questions, read_questions
    from toujiao.dataset.audit.report import audit as check
    from toujiao.dataset.audit.show import previews, shown
    from toujiao.dataset.formats import read_rows
    from toujiao.dataset.show import load_tokenizer
    from toujiao.recipes.recipe import load_recipe

    name, settings = load_recipe(recipe)
    rows = read_rows(data)
    questions = [*own_questions(), *(read_questions(against) if against else [])]
    loaded = load_tokenizer(tokenizer or settings.base)
    report = check(rows, loaded, settings, questions, name)
    if as_json:
        print(json.dumps(report.as_dict(), ensure_ascii=False, indent=2))
    else:
        console = Console()
        for text in (*previews(rows, loaded, preview), shown(report)):
            console.print(text, soft_wrap=True)
    if report.stops:
        raise typer.Exit(1)


@app.command()
def convert(
    source: Path,
    target: Path,
    to: Annotated[str, typer.Option(help="messages、alpaca 或 sharegpt")] = "messages",
    source_format: Annotated[
        str | None, typer.Option("--from", help="源格式，默认自动判断")
    ] = None,
) -> None:
    """在 messages、alpaca、sharegpt 三种格式之间转换"""
    from toujiao.dataset.formats import read_rows, write_rows

    rows = read_rows(source, source_format)
    write_rows(target, rows, to)
    print(f"已把 {len(rows)} 行写入 {target}")


@app.command()
def exercises(
    out: Annotated[Path, typer.Option(help="写到哪个文件夹")] = DEFAULT_FOLDER,
    count: Annotated[int, typer.Option(min=1, help="多少篇")] = 18000,
    seed: Annotated[int, typer.Option(help="随机种子")] = 7,
) -> None:
    """生成训练内置底座用的阅读练习（toujiao train pretrain 用）"""
    from toujiao.dataset.pretraining import write_exercises
    from toujiao.knowledge.folders import open_knowledge

    write_exercises(open_knowledge(), out, count, seed)
    print(f"已在 {out} 写好 {count} 篇阅读练习和词表语料")
