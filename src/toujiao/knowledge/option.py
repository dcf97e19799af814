"""The option `--knowledge`, the same on every command that has it."""

from __future__ import annotations

from typing import Annotated

import typer

KnowledgeOption = Annotated[
    str | None,
    typer.Option(
        "--knowledge",
        help="知识目录（里面有 cards/），ours 是自带的；可以叠起来：ours,我的目录",
    ),
]
