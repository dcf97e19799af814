"""`toujiao publish card | dataset | space | push`."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from toujiao.publish.target import Target, parse_model, parse_target

if TYPE_CHECKING:
    from toujiao.publish.contents import Contents

app = typer.Typer(
    help="写模型卡、数据集卡和 Space，发布到 Hugging Face 或 ModelScope", no_args_is_help=True
)
RunFolder = Annotated[
    Path, typer.Argument(metavar="RUN", help="toujiao train 写出的文件夹（里面有 run.json）")
]
OutFolder = Annotated[Path, typer.Argument(metavar="OUT", help="写到哪个新文件夹")]
DryRun = Annotated[bool, typer.Option("--dry-run", help="只检查并列出文件，什么也不写")]
LicenceFile = Annotated[
    Path | None,
    typer.Option("--licence-file", resolve_path=True, help="许可证全文（只有不常见的许可证要给）"),
]
TARGET = "hf:用户名/仓库名 或 ms:用户名/仓库名"
To = Annotated[
    Target | None,
    typer.Option(
        "--to", parser=parse_target, metavar="TARGET", help=f"准备发布到哪里，写进示例：{TARGET}"
    ),
]


@app.command()
def card(
    run: RunFolder,
    base: Annotated[
        str | None, typer.Option("--base", help="底座在 Hub 上的名字（训练用本地文件夹时要写）")
    ] = None,
    licence: Annotated[
        str | None, typer.Option("--licence", help="底座的许可证（只有表里没有的底座要写）")
    ] = None,
    licence_file: LicenceFile = None,
    to: To = None,
    dry_run: DryRun = False,
) -> None:
    """从训练记录写出模型卡、LICENSE、NOTICE 和校验值"""
    from toujiao.publish.card import CardOptions, write_card

    options = CardOptions(base=base, licence=licence, licence_file=licence_file)
    made = write_card(run, options, to, keep=not dry_run)
    for file in made.contents.files:
        if file.name in made.texts:
            verb = "会写" if dry_run else "写好了"
            print(f"{verb} {made.run.adapter / file.name}（{file.size:,} 字节）")
    print(f"底座 {made.inheritance.base_model}，许可证 {made.inheritance.licence.title}。")
    worse = [row.name for row in made.run.evaluation.table if row.gain <= 0]
    if worse:
        print(f"模型卡里写明了没有比底座好的指标：{'、'.join(worse)}。")
    if dry_run:
        print("这是预演，什么也没有写；去掉 --dry-run 就会写出以上文件。")


@app.command()
def dataset(
    data: Annotated[
        Path,
        typer.Argument(metavar="DATA", help="toujiao dataset build 写出的文件夹，或自己的数据"),
    ],
    out: OutFolder,
    licence: Annotated[
        str | None, typer.Option("--licence", help="数据的许可证（自己的数据要写）")
    ] = None,
    licence_file: LicenceFile = None,
    name: Annotated[str | None, typer.Option("--name", help="数据集的名称")] = None,
    to: To = None,
    dry_run: DryRun = False,
) -> None:
    """把训练数据写成数据集仓库的文件夹"""
    from toujiao.publish.dataset import write_dataset

    contents = write_dataset(
        data,
        out,
        licence=licence,
        licence_file=licence_file,
        name=name,
        target=to,
        keep=not dry_run,
    )
    _show_folder(contents, dry_run, to)


@app.command()
def space(
    run: RunFolder,
    out: OutFolder,
    model: Annotated[
        Target | None,
        typer.Option(
            "--model",
            parser=parse_model,
            metavar="TARGET",
            help="适配器已经发布在哪里：hf:用户名/仓库名",
        ),
    ] = None,
    title: Annotated[str, typer.Option("--title", help="Space 的标题")] = "股票量化投教助手",
    dry_run: DryRun = False,
) -> None:
    """写出一个运行网页问答的 Space 文件夹"""
    from toujiao.publish.space import write_space

    _show_folder(write_space(run, out, title, model, keep=not dry_run), dry_run, None)


@app.command()
def push(
    what: Annotated[
        Path,
        typer.Argument(
            metavar="RUN", help="训练目录，或 publish dataset、publish space 写出的文件夹"
        ),
    ],
    to: Annotated[
        Target,
        typer.Option("--to", parser=parse_target, metavar="TARGET", help=f"发布到哪里：{TARGET}"),
    ],
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="只检查并列出会上传什么，不联网")
    ] = False,
    public: Annotated[bool, typer.Option("--public", help="建公开仓库；默认私有")] = False,
) -> None:
    """检查并上传适配器、数据集或 Space"""
    from toujiao.publish.push import planned
    from toujiao.publish.push import push as send

    with planned(what, to, private=not public) as plan:
        for line in plan.lines():
            print(line)
        if dry_run:
            print("检查通过。这是预演，什么也没有上传；去掉 --dry-run 就会上传以上文件。")
        else:
            print(f"已上传：{send(plan)}")


def _show_folder(contents: Contents, dry_run: bool, to: Target | None) -> None:
    for line in contents.lines():
        print(line)
    if dry_run:
        print("检查通过。这是预演，什么也没有写；去掉 --dry-run 就会写出以上文件。")
        return
    print(f"写好了 {contents.folder}")
    print(f"发布：toujiao publish push {contents.folder} --to {to or 'hf:用户名/仓库名'}")
