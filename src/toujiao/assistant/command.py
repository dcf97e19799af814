"""`toujiao ask` and `toujiao chat`."""

from __future__ import annotations

import datetime as dt
import json
import re
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Annotated, Any

import typer

from toujiao.knowledge.option import KnowledgeOption

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


@dataclass(frozen=True)
class Request:
    """One question, the turns before it, and its line of standard input."""

    question: str
    history: list[dict[str, str]] = field(default_factory=list)
    line: int = 1


def ask(
    question: Annotated[str | None, typer.Argument(help="问题；不写就从标准输入逐行读")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="每个回答输出一行 JSON")] = False,
    as_of: AsOf = None,
    backend: Backend = None,
    base: Base = None,
    adapter: Adapter = None,
    knowledge: KnowledgeOption = None,
) -> None:
    """问一个问题"""
    from toujiao.assistant.pipeline import Assistant
    from toujiao.assistant.terminal import print_stream
    from toujiao.errors import ToujiaoError

    requests = list(_requests(question))
    bot = Assistant.load(backend, base, adapter, knowledge)
    on = as_of.date() if as_of else None
    failed = 0
    for request in requests:
        try:
            if as_json:
                print(
                    bot.ask(request.question, request.history, on=on).model_dump_json(), flush=True
                )
            else:
                print_stream(bot, request.question, request.history, on)
        except ToujiaoError as error:
            if len(requests) == 1:
                raise
            failed += 1
            print(_failure(request, error, as_json), flush=True)
    if failed:
        raise ToujiaoError(
            f"{len(requests)} 个问题中有 {failed} 个没有答成，原因写在它们各自的输出行里。"
        )


def _failure(request: Request, error: Exception, as_json: bool) -> str:
    """The line that stands in a batch for a question without an answer."""
    if not as_json:
        return f"第 {request.line} 行没有答成：{error}"
    shown = {"question": request.question[:200], "error": str(error), "line": request.line}
    return json.dumps(shown, ensure_ascii=False)


def _requests(question: str | None) -> Iterator[Request]:
    """The question from the argument, or one per line of standard input."""
    from toujiao.errors import ToujiaoError

    if question is not None:
        yield Request(_readable(question))
        return
    if sys.stdin.isatty():
        raise ToujiaoError("请在命令后面写上问题，例如：toujiao ask 你的问题")
    lines = sys.stdin.buffer.read().decode("utf-8-sig", "replace").split("\n")
    if not any(line.strip() for line in lines):
        raise ToujiaoError('标准输入里没有问题：每行写一个问题，或一个 {"messages": […]}。')
    for number, line in enumerate(lines, start=1):
        if line.strip():
            yield parse_request(line.strip(), number)


def parse_request(line: str, number: int) -> Request:
    """A plain question, or {"messages": [...]} whose last message is the user's."""
    from toujiao.errors import ToujiaoError

    if not re.match(r"\{|\[\s*\{", line):
        return Request(line, line=number)
    hint = '应当像 {"messages": [{"role": "user", "content": "你的问题"}]}。'
    try:
        data: Any = json.loads(line)
    except (ValueError, RecursionError) as error:
        problem = getattr(error, "msg", "太大或太深")
        raise ToujiaoError(f"标准输入第 {number} 行不是正确的 JSON（{problem}）。{hint}") from error
    messages = data.get("messages") if isinstance(data, dict) else None
    if not isinstance(messages, list) or not messages or not all(_is_message(m) for m in messages):
        raise ToujiaoError(f"标准输入第 {number} 行没有可用的 messages。{hint}")
    if messages[-1]["role"] != "user":
        raise ToujiaoError(f"标准输入第 {number} 行的最后一条消息要是 user 的问题。{hint}")
    turns = [{"role": m["role"], "content": _readable(m["content"])} for m in messages]
    before = [turn for turn in turns[:-1] if turn["role"] != "system"]
    return Request(turns[-1]["content"], before, number)


def _readable(text: str) -> str:
    """The text without halves of characters, which cannot be written out again."""
    return text.encode("utf-8", "replace").decode("utf-8")


def _is_message(value: Any) -> bool:
    return (
        isinstance(value, dict)
        and value.get("role") in ("system", "user", "assistant")
        and isinstance(value.get("content"), str)
    )


def chat(
    backend: Backend = None,
    base: Base = None,
    adapter: Adapter = None,
    knowledge: KnowledgeOption = None,
) -> None:
    """在终端里聊天（/help 看命令）"""
    from toujiao.assistant.pipeline import Assistant
    from toujiao.assistant.terminal import run_chat

    run_chat(Assistant.load(backend, base, adapter, knowledge))
