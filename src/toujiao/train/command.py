"""`toujiao train sft RECIPE` and `toujiao train pretrain`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

app = typer.Typer(help="微调 LoRA 适配器，训练内置底座", no_args_is_help=True)


@app.command()
def sft(
    recipe: Annotated[
        str, typer.Argument(help="配方名（tiny、qwen3-1.7b…）或 .toml 文件")
    ] = "tiny",
    data: Annotated[Path, typer.Option(help="toujiao dataset build 写出的文件夹")] = Path(
        "runs/data"
    ),
    out: Annotated[Path, typer.Option(help="运行目录放在哪里")] = Path("runs"),
    run: Annotated[str | None, typer.Option(help="运行目录的名字，默认 配方-时间")] = None,
) -> None:
    """用 TRL + PEFT 微调一个 LoRA 适配器"""
    from toujiao.recipes.recipe import load_recipe
    from toujiao.train.run_folder import create_run_folder
    from toujiao.train.sft import Data, run_sft

    name, settings = load_recipe(recipe)
    folder = create_run_folder(run or name, out, stamped=run is None)
    files = Data(data / "train.jsonl", data / "held_out.jsonl")
    record = run_sft(name, settings, files, folder)
    loss = record["held_out_loss"]
    print(
        f"用时 {record['seconds']} 秒，{record['steps']} 步，留出损失 {loss['before']} → {loss['after']}"
    )
    print(f"适配器：{folder / 'adapter'}")
    print(f"下一步：toujiao evaluate run {folder}")


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
