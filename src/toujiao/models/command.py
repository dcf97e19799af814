"""`toujiao models`: merged models, GGUF files for llama.cpp, Qwen-1 in the Qwen2 layout."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Annotated

import typer

app = typer.Typer(help="转换模型文件", no_args_is_help=True)


@app.callback()
def _models() -> None:
    """转换模型文件"""


@app.command()
def gguf(
    source: Annotated[str, typer.Argument(help="模型文件夹、运行目录或适配器文件夹")],
    target: Annotated[Path, typer.Argument(help="写到哪个 .gguf 文件")],
    kind: Annotated[str, typer.Option(help="F32、F16、BF16、Q8_0 或 Q4_0")] = "Q8_0",
    base: Annotated[str | None, typer.Option(help="适配器的底座，默认用它自己写的")] = None,
    merged: Annotated[bool, typer.Option("--merged", help="导出适配器并进底座以后的模型")] = False,
) -> None:
    """写出 GGUF 文件：模型，适配器，或合并后的模型"""
    from toujiao.models.export import write_gguf

    for line in write_gguf(source, target, kind, base, merged):
        print(line)


@app.command()
def merge(
    adapter: Annotated[Path, typer.Argument(help="运行目录或 PEFT 适配器文件夹")],
    target: Annotated[Path, typer.Argument(metavar="OUT", help="写到哪个新文件夹")],
    base: Annotated[str | None, typer.Option(help="底座，默认用适配器里写的")] = None,
) -> None:
    """把适配器并进 16 位的底座，写成一个模型文件夹"""
    from toujiao.models.merge import merge_adapter
    from toujiao.models.resolve import adapter_folder, base_folder, base_of

    report = merge_adapter(base_folder(base or base_of(adapter_folder(adapter))), adapter, target)
    for line in report.lines():
        print(line)
    print(f"已写入 {target}")


@app.command()
def ollama(
    source: Annotated[str, typer.Argument(help="运行目录、适配器文件夹或模型文件夹")],
    target: Annotated[Path, typer.Argument(metavar="OUT", help="写到哪个新文件夹")],
    kind: Annotated[str, typer.Option(help="F32、F16、BF16、Q8_0 或 Q4_0")] = "Q8_0",
    base: Annotated[str | None, typer.Option(help="适配器的底座，默认用它自己写的")] = None,
) -> None:
    """写出 Ollama 用的文件夹：合并后的 GGUF 和 Modelfile"""
    from toujiao.models.ollama import write_ollama

    for line in write_ollama(source, target, kind, base):
        print(line)


@app.command()
def lint(
    adapter: Annotated[Path, typer.Argument(help="运行目录或 PEFT 适配器文件夹")],
    fix: Annotated[Path | None, typer.Option(help="把修好的一份写到这个新文件夹")] = None,
    base: Annotated[str | None, typer.Option(help="底座文件夹，或要写进去的 Hub 名字")] = None,
    initial: Annotated[Path | None, typer.Option(help="训练前存下的适配器")] = None,
    need: Annotated[list[str] | None, typer.Option("--for", help="只要求这个程序能用")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="输出 JSON")] = False,
) -> None:
    """检查适配器在哪些程序里能用，能修的可以修"""
    from toujiao.models.portability import check_targets
    from toujiao.models.portability import lint as look
    from toujiao.models.portability_fix import repair

    targets = check_targets(need or [])
    if fix:
        for line in repair(adapter, fix, base, initial):
            print(line, file=sys.stderr if as_json else sys.stdout)
    report = look(fix or adapter, base)
    lines = [json.dumps(report.as_json(), ensure_ascii=False)] if as_json else report.lines()
    for line in lines:
        print(line)
    if report.failures(targets):
        raise typer.Exit(1)


@app.command("convert-qwen1")
def convert_qwen1(
    source: Annotated[Path, typer.Argument(metavar="SRC", help="第一代 Qwen 的模型文件夹")],
    target: Annotated[Path, typer.Argument(metavar="DST", help="写到哪个新文件夹")],
    adapter: Annotated[Path | None, typer.Option(help="一起转换为它训练的 PEFT 适配器")] = None,
) -> None:
    """把第一代 Qwen 转成 Qwen2 格式，不运行远程代码"""
    from toujiao.models.qwen1.convert import convert, summary
    from toujiao.models.qwen1.proof import FILE_NAME

    for line in summary(convert(source, target, adapter)):
        print(line)
    print(f"已写入 {target}，核对记录在 {target / FILE_NAME}")
