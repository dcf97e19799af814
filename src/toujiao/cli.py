"""The `toujiao` command: puts the verbs together and turns user mistakes into one clear line."""

from __future__ import annotations

import sys

import typer

from toujiao.knowledge.command import app as knowledge_app

app = typer.Typer(
    name="toujiao",
    help="股票量化投教助手：用大白话讲规则、指标、策略和术语，不荐股。",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)
app.add_typer(knowledge_app, name="knowledge")


def main() -> None:
    """Run the command line; a ToujiaoError becomes one line on stderr and exit code 1."""
    from toujiao.errors import ToujiaoError

    for stream in (sys.stdout, sys.stderr):
        # Chinese Windows defaults to GBK, which cannot print all of our characters.
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(encoding="utf-8", errors="replace")
    try:
        app()
    except ToujiaoError as error:
        print(f"错误：{error}", file=sys.stderr)
        sys.exit(1)
    except (BrokenPipeError, KeyboardInterrupt):
        sys.exit(130)
