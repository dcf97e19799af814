"""`toujiao models verify`: the same prompts through every form that the adapter takes."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from toujiao.models.tiny import SHIPPED
from toujiao.models.verify import limits


def verify(
    run: Annotated[
        Path, typer.Argument(help="运行目录或适配器文件夹，默认内置模型", show_default=False)
    ] = SHIPPED,
    data: Annotated[Path | None, typer.Option(help="留出的对话（JSONL），默认运行目录里的")] = None,
    base: Annotated[str | None, typer.Option(help="底座，默认适配器写的那个")] = None,
    merged: Annotated[Path | None, typer.Option(help="改为核对这个已经合并好的模型文件夹")] = None,
    gguf: Annotated[Path | None, typer.Option(help="另外核对这个 GGUF 文件")] = None,
    lora: Annotated[Path | None, typer.Option(help="和 --gguf 一起装上的 LoRA GGUF")] = None,
    kind: Annotated[
        list[str] | None, typer.Option(help="合并后的 GGUF 只核对这种类型，可以写多次")
    ] = None,
    server: Annotated[
        str | None, typer.Option(help="改为问这个 OpenAI 兼容的服务器（/v1）")
    ] = None,
    server_model: Annotated[str | None, typer.Option(help="服务器上模型或适配器的名字")] = None,
    prompts: Annotated[int, typer.Option(min=1, help="用多少个提示")] = limits.PROMPTS,
    tokens: Annotated[int, typer.Option(min=1, help="每个回答最多多少个词元")] = limits.MOST_TOKENS,
    out: Annotated[Path | None, typer.Option(help="报告写到哪里")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="打印报告的 JSON")] = False,
) -> None:
    """同样的提示，逐环节核对：适配器、合并、GGUF、服务器"""
    import json

    from rich.console import Console

    from toujiao.errors import ToujiaoError
    from toujiao.models.quiet import quiet_libraries
    from toujiao.models.verify.material import read_material
    from toujiao.models.verify.proof import Options, prove
    from toujiao.models.verify.report import write_report
    from toujiao.models.verify.texts import texts

    if lora and not gguf:
        raise ToujiaoError("--lora 要和 --gguf 一起用：请用 --gguf 指定底座的 GGUF 文件。")
    quiet_libraries()
    material = read_material(run, base, data, prompts)
    kinds = tuple(kind or limits.MERGED_GGUF)
    options = Options(tokens, kinds, merged, gguf, lora, server, server_model)
    with Console(stderr=True).status("") as status:
        report = prove(material, options, lambda text: status.update(f"{text} …"))
    values = report.as_json()
    path = write_report(values, run, out)
    if as_json:
        print(json.dumps(values, ensure_ascii=False, indent=1))
    else:
        console = Console(soft_wrap=True, highlight=False)
        console.print(report.table())
        for line in (report.legend(), *values["notes"], texts()["report_at"].format(path=path)):
            console.print(line, markup=False)
        if not report.failures:
            console.print(texts()["all_passed"])
    errors = Console(stderr=True, soft_wrap=True, highlight=False)
    for failure in report.failures:
        errors.print(failure.text, markup=False)
    raise typer.Exit(1 if report.failures else 0)
