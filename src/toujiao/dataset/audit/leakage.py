"""Evaluation questions that stand in the training rows."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import toujiao
from toujiao.assistant.prompt import question_of
from toujiao.dataset.audit import texts
from toujiao.dataset.audit.duplicates import Bucket, buckets, normalized, similar
from toujiao.dataset.audit.findings import Finding, Severity, examples, finding
from toujiao.dataset.formats import read_rows
from toujiao.errors import ToujiaoError
from toujiao.files import values

QUESTIONS_DIR = Path(toujiao.__file__).parent / "evaluate" / "data"


def own_questions() -> list[str]:
    """The questions that `toujiao evaluate` asks, from its data files."""
    return [q for path in sorted(QUESTIONS_DIR.glob("*.jsonl")) for q in read_questions(path)]


def read_questions(path: Path) -> list[str]:
    """Questions of a JSONL file: {"question": …} on each line, or rows in a training format.

    Of a row only the last question is asked; the turns before it may well be trained.
    """
    lines = list(values(path))
    if not any(isinstance(value, dict) and "question" in value for _, value in lines):
        return [_asked(row)[-1] for row in read_rows(path)]
    found = []
    for line, value in lines:
        question = value.get("question") if isinstance(value, dict) else None
        if not isinstance(question, str):
            raise ToujiaoError(texts.NO_QUESTION.format(path=path, line=line))
        found.append(question)
    return found


def check_leakage(rows: Sequence[Mapping[str, Any]], questions: Iterable[str]) -> Iterator[Finding]:
    """Rows that ask an evaluation question, in the same or nearly the same words."""
    asked_later = {key: question for question in questions if (key := normalized(question))}
    shared: defaultdict[Bucket, list[str]] = defaultdict(list)
    for key in asked_later:
        for bucket in buckets(key):
            shared[bucket].append(key)
    same: dict[int, str] = {}
    near: dict[int, str] = {}
    for number, row in enumerate(rows, 1):
        if found := _exact(row, asked_later):
            same[number] = asked_later[found]
        elif found := _near(row, shared):
            near[number] = asked_later[found]
    for code, leaked in (("leak", same), ("near-leak", near)):
        if leaked:
            shown = (texts.IN_ROW.format(row=row, what=what) for row, what in leaked.items())
            yield finding(code, Severity.WARN, leaked, examples=examples(shown))


def _exact(row: Mapping[str, Any], wanted: Mapping[str, str]) -> str | None:
    """A question that is a whole turn or a line of it: material often stands around it."""
    for message in row["messages"]:
        if message["role"] != "user":
            continue
        text = message["content"]
        for part in (question_of(text), *text.splitlines()):
            if (key := normalized(part)) in wanted:
                return key
    return None


def _near(row: Mapping[str, Any], shared: Mapping[Bucket, list[str]]) -> str | None:
    for question in _asked(row):
        key = normalized(question)
        candidates = {other for bucket in buckets(key) for other in shared.get(bucket, ())}
        for other in sorted(candidates):
            if similar(key, other):
                return other
    return None


def _asked(row: Mapping[str, Any]) -> list[str]:
    return [question_of(m["content"]) for m in row["messages"] if m["role"] == "user"]
