"""`toujiao train sft | kto | resume | launch-config | pretrain`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

app = typer.Typer(help="微调 LoRA 适配器，训练内置底座", no_args_is_help=True)
EvaluateOption = Annotated[
    bool, typer.Option("--evaluate/--no-evaluate", help="练完和底座对照，写模型卡")
]
LogOption = Annotated[list[str] | None, typer.Option(help="另外把曲线记到 tensorboard 或 swanlab")]


@app.command()
def sft(
    recipe: Annotated[
        str, typer.Argument(help="配方名（tiny、qwen3-1.7b…）或 .toml 文件")
    ] = "tiny",
    data: Annotated[
        Path, typer.Option(help="自己的数据文件，或 toujiao dataset build 写出的文件夹")
    ] = Path("runs/data"),
    held_out: Annotated[
        Path | None, typer.Option(help="留出来考试的行；不给就从数据里留出一部分")
    ] = None,
    out: Annotated[Path, typer.Option(help="运行目录放在哪里")] = Path("runs"),
    run: Annotated[str | None, typer.Option(help="运行目录的名字，默认 配方-时间")] = None,
    log_to: LogOption = None,
    force: Annotated[bool, typer.Option("--force", help="检查说停也照样训练")] = False,
    evaluate: EvaluateOption = True,
) -> None:
    """检查数据，用 TRL + PEFT 微调一个 LoRA 适配器，和底座对照，写模型卡"""
    from toujiao.runs.request import Request
    from toujiao.runs.sft import prepare
    from toujiao.train.processes import from_main

    request = Request(recipe, data, held_out, out, run, force, _trackers(log_to))
    _complete(from_main(lambda: prepare(request, _say)), evaluate)


@app.command()
def kto(
    data: Annotated[Path, typer.Option(help="toujiao feedback export 写出的投票")],
    recipe: Annotated[
        str, typer.Argument(help="配方名（tiny、qwen3-1.7b…）或 .toml 文件")
    ] = "tiny",
    adapter: Annotated[
        Path | None,
        typer.Option(help="从哪个适配器接着练：运行目录或适配器文件夹，默认内置的"),
    ] = None,
    held_out: Annotated[
        Path | None, typer.Option(help="留出来考试的投票；不给就从数据里留出一部分")
    ] = None,
    out: Annotated[Path, typer.Option(help="运行目录放在哪里")] = Path("runs"),
    run: Annotated[str | None, typer.Option(help="运行目录的名字，默认 kto-配方-时间")] = None,
    log_to: LogOption = None,
    force: Annotated[bool, typer.Option("--force", help="检查说停也照样训练")] = False,
    evaluate: EvaluateOption = True,
) -> None:
    """用 👍 和 👎 接着练一个适配器（KTO），和原来的对照，写模型卡"""
    from toujiao.runs.kto import prepare_kto
    from toujiao.runs.request import Request
    from toujiao.train.processes import from_main

    request = Request(recipe, data, held_out, out, run, force, _trackers(log_to))
    _complete(from_main(lambda: prepare_kto(request, adapter, _say)), evaluate)


@app.command()
def resume(
    folder: Annotated[Path, typer.Argument(help="没练完的运行目录")],
    evaluate: EvaluateOption = True,
) -> None:
    """从最后一个检查点接着练，结果和没中断过一样"""
    _complete(folder, evaluate)


@app.command("launch-config")
def launch_config(
    name: Annotated[str, typer.Argument(help="gpus、fsdp 或 deepspeed-zero3")],
) -> None:
    """打印一个启动配置的路径，给 accelerate launch --config_file 用"""
    from toujiao.recipes.recipe import launch_config as find

    print(find(name))


def _trackers(names: list[str] | None) -> tuple[str, ...]:
    from toujiao.errors import ToujiaoError
    from toujiao.recipes.recipe import TRACKERS

    trackers = tuple(names or ())
    if unknown := [name for name in trackers if name not in TRACKERS]:
        raise ToujiaoError(f"不认识 --log-to {unknown[0]}，可用：{'、'.join(TRACKERS)}。")
    return trackers


def _complete(folder: Path, evaluate: bool) -> None:
    from toujiao.runs.finish import complete

    complete(folder, evaluate, _say)


def _say(text: object) -> None:
    from rich.console import Console

    Console().print(text, soft_wrap=True, highlight=False)


@app.command()
def pretrain(
    out: Annotated[Path, typer.Argument(help="模型写到哪个文件夹")],
    data: Annotated[Path, typer.Option(help="toujiao dataset exercises 写出的文件夹")] = Path(
        "runs/data"
    ),
    steps: Annotated[int | None, typer.Option(min=1, help="步数，默认与内置底座相同")] = None,
) -> None:
    """从零训练内置的小底座（约一小时，两核）"""
    from toujiao.train.base import train_base

    train_base(data, out, steps, lambda record: print(record, flush=True))
