"""The one prompt format: used at inference, in training rows and in exports.

A user turn is the retrieved cards (the first in full, the others by their first sentence),
then the question. The system prompt is the knowledge's own (knowledge/knowledge.yaml).
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from toujiao.knowledge.render import RenderedCard
from toujiao.knowledge.tables import tables_as_sentences
from toujiao.records import Message

MATERIAL, QUESTION, NOTHING = "资料：", "问题：", "（没有找到相关资料）"


def card_block(card: RenderedCard, full: bool) -> str:
    """One card as material: 【title】 first sentence, and each section on a line when `full`."""
    lines = [f"【{card.title}】{card.summary}"]
    if full:
        lines += [f"{name}：{one_line(text)}" for name, text in card.sections]
    return "\n".join(lines)


def one_line(text: str) -> str:
    """The text without line breaks (a section is one line of material); tables become sentences."""
    return "".join(line.strip() for line in tables_as_sentences(text).splitlines())


_BLOCK_LINE = re.compile(r"^\s*(?:\||[-*] |\d+[.、] )", re.MULTILINE)


def is_block(text: str) -> bool:
    """Whether the text holds a table or a list, whose lines must stay lines."""
    return _BLOCK_LINE.search(text) is not None


def user_message(question: str, blocks: Iterable[str]) -> str:
    """The user turn: material, then the question."""
    material = "\n".join(blocks) or NOTHING
    return f"{MATERIAL}\n{material}\n{QUESTION}{question}"


def build_messages(
    question: str,
    cards: Sequence[RenderedCard],
    system: str,
    extra: Sequence[str] = (),
    history: Sequence[Message] = (),
) -> list[Message]:
    """Chat messages for one question.

    `extra` blocks (a calculation) come before the cards. Of the history only the last turn is
    kept, and of its answer the first paragraph: enough to know what “它” is, short for small models.
    """
    blocks = [*extra, *(card_block(card, full=i == 0) for i, card in enumerate(cards))]
    return [
        {"role": "system", "content": system},
        *(short_turn(message) for message in history[-2:]),
        {"role": "user", "content": user_message(question, blocks)},
    ]


def question_of(user_turn: str) -> str:
    """The question in a user turn, without the material before it; the inverse of `user_message`."""
    return user_turn.rsplit(QUESTION, 1)[-1].strip()


def short_turn(message: Message) -> Message:
    """The message with only the first paragraph of its text."""
    return {"role": message["role"], "content": message["content"].strip().split("\n", 1)[0]}
