"""`toujiao publish card | push`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

app = typer.Typer(help="写模型卡，把适配器发布到 Hugging Face", no_args_is_help=True)
RunFolder = Annotated[
    Path, typer.Argument(metavar="RUN", help="toujiao train sft 写出的文件夹（里面有 run.json）")
]


@app.callback()
def publish() -> None:
    """写模型卡，把适配器发布到 Hugging Face"""


@app.command()
def card(
    run: RunFolder,
    base: Annotated[
        str | None, typer.Option("--base", help="底座在 Hub 上的名字（训练用本地文件夹时要写）")
    ] = None,
    licence: Annotated[
        str | None, typer.Option("--licence", help="底座的许可证（只有表里没有的底座要写）")
    ] = None,
    licence_file: Annotated[
        Path | None, typer.Option("--licence-file", help="许可证全文（只有不常见的许可证要给）")
    ] = None,
    to: Annotated[
        str | None, typer.Option("--to", help="准备发布到哪里，写进加载示例：hf:用户名/仓库名")
    ] = None,
) -> None:
    """从训练记录写出模型卡、LICENSE 和 NOTICE"""
    from toujiao.publish.card import CardOptions, write_card
    from toujiao.publish.target import parse_target

    target = parse_target(to) if to else None
    written = write_card(run, CardOptions(base, licence, licence_file, target))
    for name in written.files:
        print(f"写好了 {written.run.adapter / name}")
    print(f"底座 {written.base_model}，许可证 {written.inheritance.licence.title}。")
    worse = [row.name for row in written.run.evaluation.table if row.gain <= 0]
    if worse:
        print(f"模型卡里写明了没有比底座好的指标：{'、'.join(worse)}。")


@app.command()
def push(
    run: RunFolder,
    to: Annotated[str, typer.Option("--to", help="发布到哪里：hf:用户名/仓库名")],
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="只检查并列出会上传什么，不联网")
    ] = False,
    public: Annotated[bool, typer.Option("--public", help="建公开仓库；默认私有")] = False,
) -> None:
    """检查并上传适配器文件夹"""
    from toujiao.publish.push import plan_push
    from toujiao.publish.push import push as send
    from toujiao.publish.target import parse_target

    plan = plan_push(run, parse_target(to), private=not public)
    print(f"目标    {plan.target}（{plan.target.url}，{'私有' if plan.private else '公开'}）")
    print(f"底座    {plan.base_model}")
    print(f"许可证  {plan.licence.title}（{plan.licence.key}）：{plan.licence.summary}")
    total = sum(file.size for file in plan.files)
    print(f"文件    {len(plan.files)} 个，共 {total:,} 字节")
    for file in plan.files:
        print(f"{file.size:>14,}  {file.sha256}  {file.name}")
    for name in plan.left_out:
        print(f"不上传  {name}（隐藏文件）")
    if not plan.base_on_hub:
        print(
            f"提醒    底座 {plan.base_model} 随 toujiao 安装，Hub 上没有同名的模型。"
            "如果你已经发布了它，请用 toujiao publish card --base 写出名字。"
        )
    if dry_run:
        print("检查通过。这是预演，什么也没有上传；去掉 --dry-run 就会上传以上文件。")
        return
    print(f"已上传：{send(plan)}")
