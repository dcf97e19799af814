"""Which rows are trained and which are kept aside, for rows that say nothing about it themselves."""

from __future__ import annotations

import random
from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Any

from toujiao.assistant.prompt import question_of
from toujiao.dataset.audit.duplicates import normalized
from toujiao.files import Row

# Enough to see a difference, few enough to leave the rest for training.
HELD_OUT_SHARE, FEWEST, MOST = 0.15, 2, 200


def split_rows(rows: Sequence[Row], seed: int) -> tuple[list[Row], list[Row]]:
    """(train, held out): a fixed random choice; the same question never stands on both sides.

    Both keep the order of the file. A single row, or rows that all ask the same, are not split.
    """
    groups: defaultdict[str, list[int]] = defaultdict(list)
    for number, row in enumerate(rows):
        groups[_question(row)].append(number)
    wanted = min(MOST, max(FEWEST, round(len(rows) * HELD_OUT_SHARE)))
    held_out: set[int] = set()
    for members in random.Random(seed).sample(list(groups.values()), len(groups)):
        if len(held_out) >= wanted:
            break
        if len(held_out) + len(members) < len(rows):
            held_out.update(members)
    train = [row for number, row in enumerate(rows) if number not in held_out]
    return train, [rows[number] for number in sorted(held_out)]


def of_kinds(rows: Sequence[Row], kinds: Sequence[str]) -> list[Row]:
    """The rows of these kinds (meta["kind"]); all when none is named."""
    return [row for row in rows if not kinds or (row.get("meta") or {}).get("kind") in kinds]


def without_questions(rows: Sequence[Row], asked: Sequence[Row]) -> list[Row]:
    """The rows whose question is not the last one of any row in `asked`."""
    questions = {_question(row) for row in asked}
    return [row for row in rows if _question(row) not in questions]


def _question(row: Mapping[str, Any]) -> str:
    asked = [m["content"] for m in row["messages"] if m["role"] == "user"]
    return normalized(question_of(asked[-1])) if asked else ""
