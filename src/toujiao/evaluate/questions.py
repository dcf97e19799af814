"""The evaluation questions, written apart from the cards (data/questions-{dev,test}.jsonl)."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Literal

from toujiao.errors import ToujiaoError
from toujiao.records import Kind, Record

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


def load_questions(name: str) -> list[Question]:
    """The questions of one set."""
    if name not in SETS:
        raise ToujiaoError(f"没有 {name} 这组题，可用：{'、'.join(SETS)}。")
    path = DATA_DIR / f"questions-{name}.jsonl"
    lines = path.read_text(encoding="utf-8").splitlines()
    return [Question.model_validate(json.loads(line)) for line in lines if line.strip()]
