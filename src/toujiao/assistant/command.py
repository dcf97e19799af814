"""`toujiao ask` and `toujiao chat`."""

from __future__ import annotations

import datetime as dt
import json
import sys
from collections.abc import Iterator
from typing import TYPE_CHECKING, Annotated, Any

import typer

if TYPE_CHECKING:
    from toujiao.assistant.pipeline import Assistant
    from toujiao.records import Answer

Backend = Annotated[
    str | None, typer.Option(help="auto、llamacpp、transformers、openai 或 cards（不用模型）")
]
Base = Annotated[
    str | None, typer.Option(help="底座：GGUF 文件、模型文件夹、Hub 名称或服务器上的模型名")
]
Adapter = Annotated[str | None, typer.Option(help="LoRA 适配器：GGUF 文件、PEFT 文件夹或名称")]
AsOf = Annotated[
    dt.datetime | None,
    typer.Option("--as-of", formats=["%Y-%m-%d"], help="按哪一天的规则回答，默认今天"),
]


def ask(
    question: Annotated[str | None, typer.Argument(help="问题；不写就从标准输入逐行读")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="每个回答输出一行 JSON")] = False,
    as_of: AsOf = None,
    backend: Backend = None,
    base: Base = None,
    adapter: Adapter = None,
) -> None:
    """问一个问题"""
    from toujiao.assistant.pipeline import Assistant

    requests = list(_requests(question))
    bot = Assistant.load(backend, base, adapter)
    on = as_of.date() if as_of else None
    for number, (asked, history) in enumerate(requests):
        if as_json:
            answer = _answer_line(bot, asked, history, on, len(requests) > 1, number + 1)
            print(answer, flush=True)
        else:
            print_stream(bot, asked, history, on)


def _answer_line(
    bot: Assistant,
    question: str,
    history: list[dict[str, str]],
    on: dt.date | None,
    batch: bool,
    number: int,
) -> str:
    """The JSON line of one answer; in a batch a bad question becomes an error line of its own."""
    from toujiao.errors import ToujiaoError

    try:
        return bot.ask(question, history, on=on).model_dump_json()
    except ToujiaoError as error:
        if not batch:
            raise
        return json.dumps(
            {"question": question[:200], "error": str(error), "line": number}, ensure_ascii=False
        )


def print_stream(
    bot: Assistant, question: str, history: list[dict[str, str]], on: dt.date | None = None
) -> Answer:
    """Print the answer while it is written; returns it."""
    for piece in bot.stream(question, history, on=on):
        if not isinstance(piece, str):
            print()
            return piece
        print(piece, end="", flush=True)
    raise AssertionError("the stream ends with an Answer")


def _requests(question: str | None) -> Iterator[tuple[str, list[dict[str, str]]]]:
    """(question, history) from the argument, or one per line of standard input."""
    from toujiao.errors import ToujiaoError

    if question is not None:
        yield question, []
        return
    if sys.stdin.isatty():
        raise ToujiaoError("请在命令后面写上问题，例如：toujiao ask 什么是市盈率")
    lines = [
        line.strip() for line in sys.stdin.buffer.read().decode("utf-8-sig", "replace").splitlines()
    ]
    if not any(lines):
        raise ToujiaoError('标准输入里没有问题：每行写一个问题，或一个 {"messages": […]}。')
    for number, line in enumerate(lines, start=1):
        if line:
            yield parse_request(line, number)


def parse_request(line: str, number: int) -> tuple[str, list[dict[str, str]]]:
    """A plain question, or {"messages": [...]} whose last message is the user's."""
    from toujiao.errors import ToujiaoError

    if not line.startswith("{"):
        return line, []
    hint = '应当像 {"messages": [{"role": "user", "content": "什么是市盈率"}]}。'
    try:
        data: Any = json.loads(line)
    except json.JSONDecodeError as error:
        raise ToujiaoError(
            f"标准输入第 {number} 行不是正确的 JSON（{error.msg}）。{hint}"
        ) from error
    messages = data.get("messages")
    if not isinstance(messages, list) or not messages or not all(_is_message(m) for m in messages):
        raise ToujiaoError(f"标准输入第 {number} 行没有可用的 messages。{hint}")
    if messages[-1]["role"] != "user":
        raise ToujiaoError(f"标准输入第 {number} 行的最后一条消息要是 user 的问题。{hint}")
    return messages[-1]["content"], [m for m in messages[:-1] if m["role"] != "system"]


def _is_message(value: Any) -> bool:
    return (
        isinstance(value, dict)
        and value.get("role") in ("system", "user", "assistant")
        and isinstance(value.get("content"), str)
    )


def chat(backend: Backend = None, base: Base = None, adapter: Adapter = None) -> None:
    """在终端里聊天（/help 看命令）"""
    from toujiao.assistant.pipeline import Assistant
    from toujiao.assistant.terminal import run_chat

    run_chat(Assistant.load(backend, base, adapter))
