"""Write the sample dialogue of both READMEs anew, from what the program says now.

    python tests/make_dialogue.py

Rule: an answer or a refusal is cut after its first paragraph (……); the lines under it stand as they
are shown.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

from toujiao import Answer, Assistant
from toujiao.records import Kind

ROOT = Path(__file__).parents[1]
READMES = (ROOT / "README.md", ROOT / "README.zh-CN.md")
QUESTIONS = (
    "请用大白话解释什么是移动平均线（MA线）？它在炒股中有什么实际用途？",
    "主板ST股票一天最多跌多少？",
    "茅台现在能买吗？",
)
START, END = "<!-- dialogue -->\n", "<!-- /dialogue -->"
_BLOCK = re.compile(f"{re.escape(START)}(.*?){re.escape(END)}", re.DOTALL)


def answers(bot: Assistant) -> Iterator[Answer]:
    """The answers to QUESTIONS, asked in one conversation."""
    history: list[dict[str, str]] = []
    for question in QUESTIONS:
        answer = bot.ask(question, history)
        history += [
            {"role": "user", "content": question},
            {"role": "assistant", "content": answer.answer},
        ]
        yield answer


def dialogue(bot: Assistant) -> str:
    """The conversation as Markdown: questions in bold, answers as quotes."""
    return "".join(
        f"**{answer.question}**\n\n{_quote(_cut(answer))}\n\n" for answer in answers(bot)
    )


def _cut(answer: Answer) -> list[str]:
    *body, closing = answer.answer.split("\n\n")
    if answer.kind in (Kind.ANSWER, Kind.REFUSAL) and len(body) > 1:
        body = [f"{body[0]}……"]
    # A quote joins lines; those of the closing block stay apart as paragraphs.
    return [*body, *closing.splitlines()]


def _quote(paragraphs: list[str]) -> str:
    lines = "\n\n".join(paragraphs).splitlines()
    return "\n".join(f"> {line}".rstrip().replace("*", "\\*") for line in lines)


def shown_in(readme: Path) -> str:
    """The dialogue that stands in a README."""
    (block,) = _BLOCK.findall(readme.read_text(encoding="utf-8"))
    return str(block)


def main() -> None:
    """Rewrite the blocks; the default backend speaks."""
    text = dialogue(Assistant.load())
    for path in READMES:
        old = path.read_text(encoding="utf-8")
        path.write_text(_BLOCK.sub(lambda _: START + text + END, old), encoding="utf-8")


if __name__ == "__main__":
    main()
