"""The `toujiao` command: puts the verbs together and turns user mistakes into one clear line."""

from __future__ import annotations

import sys

import typer

from toujiao.assistant.command import ask, chat
from toujiao.dataset.command import app as dataset_app
from toujiao.evaluate.command import app as evaluate_app
from toujiao.feedback.command import app as feedback_app
from toujiao.knowledge.command import app as knowledge_app
from toujiao.models.command import app as models_app
from toujiao.publish.command import app as publish_app
from toujiao.runs.command import app as train_app
from toujiao.web.command import serve

app = typer.Typer(
    name="toujiao",
    help="股票量化投教助手：用大白话讲规则、指标、策略和术语，不荐股。",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)
app.command()(ask)
app.command()(chat)
app.command("web")(serve)
app.add_typer(knowledge_app, name="knowledge")
app.add_typer(dataset_app, name="dataset")
app.add_typer(train_app, name="train")
app.add_typer(evaluate_app, name="evaluate")
app.add_typer(models_app, name="models")
app.add_typer(publish_app, name="publish")
app.add_typer(feedback_app, name="feedback")


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
