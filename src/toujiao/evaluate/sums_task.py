"""Asks spoken sums and counts right, wrong and asked back, for each calculator.

The questions (data/sums.jsonl) were written by people who had not seen the code, with values that
their own scripts computed. A number shown where another one is right, or where a question back is
due, is wrong: that is what must never happen.
"""

from __future__ import annotations

import datetime as dt
import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Any, Literal

from toujiao import clock
from toujiao.assistant.pipeline import Assistant
from toujiao.errors import ToujiaoError
from toujiao.evaluate.questions import DATA_DIR, read_known
from toujiao.files import read_text
from toujiao.records import Answer, Kind, Record

SUMS = DATA_DIR / "sums.jsonl"
# The day on which the questions were written: 去年, 上个月 and 昨天 count from it.
WRITTEN_ON = dt.date(2026, 11, 27)
_NUMBER = re.compile(r"[-−]?\d+(?:,\d{3})*(?:\.\d+)?")
# What a number may stand for beside itself: 万 and 亿 written out, a fraction as per cent.
_SCALES = (1.0, 1e-4, 1e-8, 1e4, 1e8)


class Sum(Record):
    """One spoken sum and what a right reaction is."""

    id: str
    question: str
    turns: tuple[str, ...] = ()
    as_of: dt.date | None = None
    expect: Literal["value", "ask_back", "not_computed"]
    calculator: str
    value: float | None = None
    unit: str = ""
    accept: tuple[float, ...] = ()
    also: tuple[float, ...] = ()
    accept_ask_back: bool = False
    also_refuses: bool = False
    asks_for: str = ""
    traps: tuple[str, ...] = ()
    why: str = ""


class Verdict(StrEnum):
    """How an answer to a sum is counted."""

    RIGHT = "right"
    # Asked back, or not computed, where a value was due: safe, but no help.
    ASKED_BACK = "asked_back"
    WRONG = "wrong"


@dataclass(frozen=True)
class Judged:
    """One answer and its verdict."""

    sum: Sum
    answer: Answer
    verdict: Verdict


def load_sums(path: Path = SUMS) -> list[Sum]:
    """The questions of the file, in order; fields that nobody knows are left out."""
    return read_known(path, Sum)


def ask(bot: Assistant, wanted: Sum) -> Answer:
    """The answer to the last turn, after the turns before it."""
    with clock.fixed(WRITTEN_ON):
        history: list[dict[str, str]] = []
        for turn in wanted.turns:
            _, history = bot.chat(turn, history)
        return bot.ask(wanted.question, history, on=wanted.as_of)


def judge(wanted: Sum, answer: Answer) -> Verdict:
    """Compare one answer with what was expected."""
    if answer.calculation is None:
        silent_is_right = wanted.expect != "value" or wanted.accept_ask_back
        asked = answer.kind == Kind.ASK_BACK or wanted.expect == "not_computed"
        return Verdict.RIGHT if silent_is_right and asked else Verdict.ASKED_BACK
    if wanted.expect != "value" or wanted.value is None:
        return Verdict.WRONG
    steps = list(answer.calculation["steps"])
    shown = _numbers(steps[-1])
    right = any(
        _same(wanted_value, n) for wanted_value in (wanted.value, *wanted.accept) for n in shown
    )
    every = _numbers("\n".join(steps))
    also = all(any(_same(other, n) for n in every) for other in wanted.also)
    refuses = not wanted.also_refuses or answer.kind == Kind.REFUSAL
    if right and also:
        return Verdict.RIGHT if refuses else Verdict.ASKED_BACK
    return Verdict.WRONG


def _numbers(text: str) -> list[float]:
    return [float(n.replace("−", "-").replace(",", "")) for n in _NUMBER.findall(text)]


def _same(wanted: float, shown: float) -> bool:
    """Equal to the precision that is shown; the sign may stand in a word (净亏)."""
    tolerance = max(0.0051, abs(wanted) * 5e-5)
    return any(abs(abs(wanted) - abs(shown) * scale) <= tolerance for scale in _SCALES)


def run(bot: Assistant, sums: Iterable[Sum]) -> list[Judged]:
    """Ask and judge every sum."""
    judged = []
    for wanted in sums:
        answer = ask(bot, wanted)
        judged.append(Judged(wanted, answer, judge(wanted, answer)))
    return judged


def table(judged: Sequence[Judged]) -> list[dict[str, Any]]:
    """One row for each calculator, and the total last."""
    rows = []
    names = list(dict.fromkeys(item.sum.calculator for item in judged))
    for name in [*sorted(names), None]:
        counts = Counter(i.verdict for i in judged if name in (None, i.sum.calculator))
        rows.append(
            {
                "calculator": name or "total",
                "asked": sum(counts.values()),
                **{str(v): counts[v] for v in Verdict},
            }
        )
    return rows


COLUMNS = {
    "calculator": "计算器",
    "asked": "题数",
    "right": "算对或问对",
    "asked_back": "只反问",
    "wrong": "算错",
}
_MARKS = ("<!-- sums -->", "<!-- /sums -->")


def markdown(judged: Sequence[Judged]) -> str:
    """The table as Markdown."""
    lines = [f"| {' | '.join(COLUMNS.values())} |", "|---|" + "---:|" * (len(COLUMNS) - 1)]
    lines += [f"| {' | '.join(str(row[key]) for key in COLUMNS)} |" for row in table(judged)]
    return "\n".join(lines)


def write_markdown(judged: Sequence[Judged], page: Path) -> None:
    """Put the table between the marks of a page; ToujiaoError where it has none."""
    text = read_text(page)
    before, found, rest = text.partition(_MARKS[0])
    _, closed, after = rest.partition(_MARKS[1])
    if not (found and closed):
        raise ToujiaoError(f"{page} 里没有 {_MARKS[0]} 和 {_MARKS[1]} 这一对记号，表没有地方放。")
    page.write_text(f"{before}{found}\n{markdown(judged)}\n{closed}{after}", encoding="utf-8")


def as_row(item: Judged) -> dict[str, Any]:
    """For the JSONL file that people read."""
    calculation = item.answer.calculation
    return {
        **item.sum.model_dump(mode="json", exclude_defaults=True),
        "verdict": item.verdict,
        "kind": item.answer.kind,
        "name": calculation["name"] if calculation else None,
        "shown": calculation["steps"][-1] if calculation else item.answer.answer.split("\n\n")[0],
    }
