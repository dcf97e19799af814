"""Reads votes for KTO: `{"prompt": [messages], "completion": [message], "label": bool}` per line.

`toujiao feedback export` writes such rows, with the messages as the model saw them. Rows of other
tools, without `meta`, are taken as they are.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from toujiao.dataset.formats import read_each
from toujiao.dataset.layouts import (
    MistakeError,
    as_object,
    checked_messages,
    parse_messages,
    quote,
)
from toujiao.dataset.split import split_rows
from toujiao.errors import ToujiaoError
from toujiao.files import Row
from toujiao.records import Kind, Message

LIKED, DISLIKED = True, False
# Where a split leaves a side without likes or dislikes, another random one is tried.
_TRIES = 50


@dataclass(frozen=True)
class VoteRow:
    """One vote: the whole prompt, the answer, liked or not; the `number`th row of its file."""

    prompt: tuple[Message, ...]
    answer: str
    liked: bool
    number: int
    meta: Mapping[str, Any] = field(default_factory=dict)

    @property
    def spoken(self) -> bool:
        """Whether a model gave the answer; refusals, warnings and sums are fixed texts."""
        return self.meta.get("kind", Kind.ANSWER) == Kind.ANSWER

    @property
    def trainable(self) -> bool:
        """Whether a model gave this answer to this prompt: older votes lack the material."""
        return self.spoken and self.meta.get("as_seen", True) is True

    @property
    def chat(self) -> Row:
        """The vote as a chat row: what the checks of training rows read."""
        answer = {"role": "assistant", "content": self.answer}
        return {"messages": [*self.prompt, answer], "meta": dict(self.meta)}

    @property
    def row(self) -> Row:
        """The vote as TRL reads it."""
        return {
            "prompt": list(self.prompt),
            "completion": [{"role": "assistant", "content": self.answer}],
            "label": self.liked,
            "meta": dict(self.meta),
        }


def read_votes(path: Path) -> list[VoteRow]:
    """All votes of a JSONL file or JSON array; mistakes name file and line."""
    votes = read_each(path, _vote)
    if not votes:
        raise ToujiaoError(f"{path} 是空的，一票也没有。请检查是不是选错了文件。")
    return votes


def split_votes(votes: Sequence[VoteRow], seed: int) -> tuple[list[VoteRow], list[VoteRow]]:
    """(train, held out), both with likes and dislikes; no question stands on both sides."""
    rows = [{**vote.chat, "vote": vote} for vote in votes]
    for number in range(_TRIES):
        sides = [[row["vote"] for row in side] for side in split_rows(rows, seed + number)]
        if all(has_both(side) for side in sides):
            return sides[0], sides[1]
    raise ToujiaoError(
        "票太少，分不出留出来考试的一份：训练和留出的票里都要有 👍 和 👎，而且同一个问题只能在一边。"
        "请多收一些票，或用 --held-out 另给一个文件。"
    )


def has_both(votes: Sequence[VoteRow]) -> bool:
    """Whether there are likes and dislikes among the votes."""
    return {vote.liked for vote in votes} == {LIKED, DISLIKED}


def _vote(item: Row, number: int) -> VoteRow:
    prompt, completion = (_messages(item, key) for key in ("prompt", "completion"))
    if len(completion) != 1:
        raise MistakeError(f"completion 要正好一条助手的回答，这里有 {len(completion)} 条")
    label = item.get("label")
    if not isinstance(label, bool):
        raise MistakeError(f"label 要写 true（👍）或 false（👎），这里是 {quote(label)}")
    talk = checked_messages(parse_messages({"messages": [*prompt, *completion]}))
    meta = as_object(item.get("meta") or {}, "meta ")
    return VoteRow(tuple(talk[:-1]), str(talk[-1]["content"]), label, number, meta)


def _messages(item: Row, key: str) -> list[Any]:
    found = item.get(key)
    if not isinstance(found, list) or not found:
        raise MistakeError(
            f"缺少 {key}，或它不是一串消息；每行要有 prompt、completion（都是 [{{role, content}}]）"
            "和 label"
        )
    return found
