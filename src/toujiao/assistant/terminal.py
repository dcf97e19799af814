"""Answers in the terminal as they are written, and the conversation: /help, /sources, /reset."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from typing import TYPE_CHECKING

from toujiao.assistant import texts
from toujiao.errors import ToujiaoError
from toujiao.knowledge.dates import how_sure, since

if TYPE_CHECKING:
    from toujiao.assistant.pipeline import Assistant
    from toujiao.records import Answer

COMMANDS = ("/help", "/sources", "/reset", "/quit")


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


def run_chat(bot: Assistant, read: Callable[[str], str] = input) -> None:
    """Read questions until the end of input; a bad question is one line, not the end."""
    history: list[dict[str, str]] = []
    last: Answer | None = None
    print(bot.knowledge.text("chat_welcome"))
    while True:
        try:
            line = read("你：").strip()
        except (EOFError, KeyboardInterrupt):
            print()
            return
        if not line:
            continue
        if line.startswith(("/", "／")):
            line = line.replace("／", "/").lower()
            if line == "/quit":
                return
            if line == "/reset":
                history, last = [], None
            print(_reply_to_command(line, last))
            continue
        try:
            last = print_stream(bot, line, history)
        except ToujiaoError as error:
            print(error)
            continue
        except KeyboardInterrupt:  # stops this answer, not the conversation
            print()
            continue
        history += [
            {"role": "user", "content": line},
            {"role": "assistant", "content": last.answer},
        ]


def _reply_to_command(line: str, last: Answer | None) -> str:
    if line == "/reset":
        return texts.text("chat_reset")
    if line == "/sources":
        return sources_of(last)
    known = line if line in COMMANDS else None
    return texts.text("chat_help") if known else texts.text("chat_unknown_command", command=line)


def sources_of(answer: Answer | None) -> str:
    """Cards and rules of the last answer, with dates and addresses."""
    if answer is None or not (answer.cards or answer.rules):
        return texts.text("chat_no_sources")
    lines = [f"卡片：{card.title}（toujiao knowledge show {card.id}）" for card in answer.cards]
    for rule in answer.rules:
        said = f"{since(rule)}，{rule.source.name}，{how_sure(rule)}"
        lines.append(f"规则：{rule.title}——{rule.value}（{said}）{rule.source.url or ''}")
    return "\n".join(lines)
