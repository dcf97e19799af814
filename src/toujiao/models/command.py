"""`toujiao models`: GGUF files for llama.cpp; Qwen-1 models in the Qwen2 layout."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

app = typer.Typer(help="转换模型文件", no_args_is_help=True)


@app.callback()
def _models() -> None:
    """转换模型文件"""


@app.command()
def gguf(
    source: Annotated[Path, typer.Argument(help="模型文件夹，或（配合 --adapter）底座文件夹")],
    target: Annotated[Path, typer.Argument(help="写到哪个 .gguf 文件")],
    kind: Annotated[str, typer.Option(help="F32、F16、BF16、Q8_0 或 Q4_0")] = "Q8_0",
    adapter: Annotated[Path | None, typer.Option(help="改为导出这个 PEFT 适配器")] = None,
) -> None:
    """写出 GGUF 文件"""
    from toujiao.models.gguf_writer import write_adapter, write_model

    if adapter:
        write_adapter(adapter, target, source)
    else:
        write_model(source, target, kind)
    print(f"已写入 {target}（{target.stat().st_size / 1e6:.1f} MB）")


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
