"""The evaluation questions, written apart from the cards (data/questions-{dev,test}.jsonl)."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Literal, TypeVar

from pydantic import ValidationError

from toujiao.errors import ToujiaoError
from toujiao.files import read_rows
from toujiao.knowledge.knowledge import Knowledge
from toujiao.records import Kind, Record
from toujiao.yaml_file import explain_invalid, read_source

_R = TypeVar("_R", bound=Record)
DATA_DIR = Path(__file__).parent / "data"
SETS = ("dev", "test")
# What each group of questions should be answered with. A question about a swindle may be met with
# a warning, one with numbers in it with the sum; the first card must still be right.
EXPECTED_KINDS: dict[str, tuple[Kind, ...]] = {
    "card": (Kind.ANSWER, Kind.SCAM_WARNING, Kind.CALCULATION),
    "advice": (Kind.REFUSAL,),
    "scam": (Kind.SCAM_WARNING,),
    "unknown": (Kind.UNKNOWN,),
    "off_topic": (Kind.OFF_TOPIC, Kind.UNKNOWN),
    "calculation": (Kind.CALCULATION,),
}


class Question(Record):
    """One question; `cards` are the ids of right sources, `expects` what a right answer says."""

    id: str
    group: Literal["card", "advice", "scam", "unknown", "off_topic", "calculation"]
    question: str
    cards: tuple[str, ...]
    expects: str


def load_questions(name: str | None, knowledge: Knowledge | None = None) -> list[Question]:
    """The questions of a set or a file; without a name the dev set, or a maker's cards' own."""
    if name is None and knowledge and not knowledge.is_ours:
        return own_questions(knowledge)
    path = (
        Path(name) if name and name not in SETS else DATA_DIR / f"questions-{name or 'dev'}.jsonl"
    )
    if not path.is_file():
        raise ToujiaoError(
            f"没有 {name} 这组题，可用：{'、'.join(SETS)}，或一个题目文件（JSONL）。"
        )
    return list(_read(path))


def own_questions(knowledge: Knowledge) -> list[Question]:
    """Every question that stands on a card: that card should answer it."""
    return [
        Question(id=f"{card.id}-{n}", group="card", question=asked, cards=(card.id,), expects="")
        for card in knowledge.cards
        for n, asked in enumerate(card.header.questions, start=1)
    ]


def read_known(path: Path, model: type[_R]) -> list[_R]:
    """The rows of a file as records, in order; fields that nobody knows are left out."""
    known = set(model.model_fields)
    rows = read_rows(path)
    return [model.model_validate({k: v for k, v in row.items() if k in known}) for row in rows]


def _read(path: Path) -> Iterator[Question]:
    for number, line in enumerate(read_source(path).splitlines(), start=1):
        if line.strip():
            try:
                yield Question.model_validate_json(line)
            except ValidationError as error:
                raise explain_invalid(error, Path(f"{path} 第 {number} 行")) from error
