"""Reads votes for KTO: `{"prompt": [messages], "completion": [message], "label": bool}` per line.

`toujiao feedback export` writes such rows. A vote holds only what was asked and what was answered;
the material that the model was shown with the question is put back from the cards in `meta`, so
that training sees the prompt that the model saw. Rows without `meta` are taken as they are.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from toujiao.assistant.clean import clean_question
from toujiao.assistant.prompt import MATERIAL, build_messages
from toujiao.clock import today
from toujiao.dataset.formats import summary
from toujiao.dataset.json_file import NotJsonError, read_text, values
from toujiao.dataset.layouts import (
    Message,
    MistakeError,
    Row,
    as_object,
    checked_messages,
    parse_messages,
    quote,
)
from toujiao.dataset.split import split_rows
from toujiao.errors import ToujiaoError
from toujiao.knowledge.folders import open_knowledge
from toujiao.knowledge.knowledge import Knowledge
from toujiao.knowledge.render import RenderedCard
from toujiao.records import Kind
from toujiao.understand.day import day_of

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


def read_votes(path: Path, knowledge: Knowledge | None = None) -> list[VoteRow]:
    """All votes of a JSONL file or JSON array, with their material; mistakes name file and line.

    The material is put back from `knowledge`: what TOUJIAO_KNOWLEDGE says, else ours.
    """
    knowledge = knowledge or open_knowledge()
    votes: list[VoteRow] = []
    mistakes: list[tuple[int, str]] = []
    for line, value in values(read_text(path), path):
        try:
            if isinstance(value, NotJsonError):
                raise MistakeError(str(value))
            votes.append(_vote(as_object(value, "这一行"), len(votes) + 1, knowledge))
        except MistakeError as mistake:
            mistakes.append((line, str(mistake)))
    if mistakes:
        raise ToujiaoError(summary(path, mistakes))
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


def _vote(item: Row, number: int, knowledge: Knowledge) -> VoteRow:
    prompt, completion = (_messages(item, key) for key in ("prompt", "completion"))
    if len(completion) != 1:
        raise MistakeError(f"completion 要正好一条助手的回答，这里有 {len(completion)} 条")
    label = item.get("label")
    if not isinstance(label, bool):
        raise MistakeError(f"label 要写 true（👍）或 false（👎），这里是 {quote(label)}")
    talk = checked_messages(parse_messages({"messages": [*prompt, *completion]}))
    meta = as_object(item.get("meta") or {}, "meta ")
    vote = VoteRow(tuple(talk[:-1]), str(talk[-1]["content"]), label, number, meta)
    has_material = vote.prompt[-1]["content"].startswith(MATERIAL)
    if "cards" not in meta or has_material or not vote.spoken:
        return vote
    return _with_material(vote, knowledge)


def _messages(item: Row, key: str) -> list[Any]:
    found = item.get(key)
    if not isinstance(found, list) or not found:
        raise MistakeError(
            f"缺少 {key}，或它不是一串消息；每行要有 prompt、completion（都是 [{{role, content}}]）"
            "和 label"
        )
    return found


def _with_material(vote: VoteRow, knowledge: Knowledge) -> VoteRow:
    """The vote with the prompt that the assistant built: its cards as they read on that day."""
    *before, asked = vote.prompt
    question = _cleaned(asked["content"])
    cards = _cards(vote.meta, question, knowledge)
    system = next((m["content"] for m in before if m["role"] == "system"), knowledge.system_prompt)
    history = [message for message in before if message["role"] != "system"]
    prompt = build_messages(question, cards, system, history=history)
    answer = vote.answer
    # What held on an earlier day is said by the program, in front of the model's words.
    if cards and cards[0].preface:
        answer = answer.removeprefix(cards[0].preface).lstrip()
    return VoteRow(tuple(prompt), answer, vote.liked, vote.number, vote.meta)


def _cleaned(question: str) -> str:
    try:
        return clean_question(question)
    except ToujiaoError as error:
        raise MistakeError(f"问题读不了：{str(error).rstrip('。')}") from error


def _cards(meta: Mapping[str, Any], question: str, knowledge: Knowledge) -> list[RenderedCard]:
    ids = meta["cards"]
    if not isinstance(ids, list) or not all(isinstance(i, str) for i in ids):
        raise MistakeError('meta 里的 cards 要写成 ["卡片编号", …]')
    if unknown := [i for i in ids if i not in knowledge.cards]:
        raise MistakeError(f"没有 {quote(unknown[0])} 这张卡片，可能改了名，请改正或删掉这一行")
    return [knowledge.render(i, _day(meta, question)) for i in ids]


def _day(meta: Mapping[str, Any], question: str) -> dt.date:
    """The day whose rules the answer used; where it was not stored, worked out from the vote."""
    if answered := _date(meta, "as_of"):
        return answered
    return day_of(question, _date(meta, "day") or today()).on


def _date(meta: Mapping[str, Any], key: str) -> dt.date | None:
    if meta.get(key) is None:
        return None
    try:
        return dt.date.fromisoformat(str(meta[key]))
    except ValueError as error:
        raise MistakeError(
            f"meta 里的 {key} {quote(meta[key])} 不是 2026-11-24 这样的日期"
        ) from error
