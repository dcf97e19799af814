"""`toujiao dataset build | show | convert | exercises`."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import Annotated

import typer

app = typer.Typer(help="把卡片变成训练数据，导入导出常见格式", no_args_is_help=True)
DEFAULT_FOLDER = Path("runs/data")


@app.command()
def build(
    out: Annotated[Path, typer.Option(help="写到哪个文件夹")] = DEFAULT_FOLDER,
    knowledge: Annotated[
        Path | None, typer.Option(help="另一个知识目录（里面有 cards/ 和 rules/）")
    ] = None,
    seed: Annotated[int | None, typer.Option(help="随机种子")] = None,
    as_of: Annotated[
        dt.datetime | None,
        typer.Option("--as-of", formats=["%Y-%m-%d"], help="按哪一天的规则，默认今天"),
    ] = None,
) -> None:
    """从卡片、规则和计算器生成训练行和留出行"""
    from toujiao.dataset import build as builder
    from toujiao.knowledge.cards import CARDS_DIR, read_cards
    from toujiao.knowledge.rulebook import RULES_DIR, read_rules

    cards_dir = knowledge / "cards" if knowledge else CARDS_DIR
    rules_dir = knowledge / "rules" if knowledge and (knowledge / "rules").is_dir() else RULES_DIR
    day = as_of.date() if as_of else dt.date.today()
    deck, rules = read_cards(cards_dir), read_rules(rules_dir)
    built = builder.build(deck, rules, out, day, builder.SEED if seed is None else seed)
    for name, count in sorted(built.counts.items()):
        print(f"{name:24} {count:6} 行")
    print(f"已写入 {built.folder}：{builder.TRAIN}、{builder.HELD_OUT}、{builder.MANIFEST}")


@app.command()
def show(
    data: Annotated[Path, typer.Argument(help="数据文件")] = DEFAULT_FOLDER / "train.jsonl",
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
    Console().print(marked(rows[row - 1], load_tokenizer(tokenizer)), soft_wrap=True)


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
    from toujiao.knowledge.cards import load_cards
    from toujiao.knowledge.rulebook import load_rules

    write_exercises(load_cards(), load_rules(), out, count, seed)
    print(f"已在 {out} 写好 {count} 篇阅读练习和词表语料")
