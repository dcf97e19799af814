"""Writes the synthetic votes of docs/experiments.md: what people would have said to real answers.

    OMP_NUM_THREADS=1 python tests/make_votes.py        # about twenty minutes

The embedded model is asked questions of the cards' training split that its adapter was not trained
on. An answer with a number that stands nowhere, without an end, or with sentences from nowhere gets
a 👎; the card's own text, which the page shows in its place, gets a 👍 from the next who asks. Some
answers in which all is right get a 👍. The rows are those of `toujiao feedback export`.
"""

from __future__ import annotations

import datetime as dt
import json
import random
from collections.abc import Iterator
from pathlib import Path

from toujiao.assistant.backends.llamacpp import LlamaCppBackend
from toujiao.clock import today
from toujiao.dataset.rows import gather, make_rows
from toujiao.evaluate.adapter_task import GRADERS, MOST_TOKENS
from toujiao.files import Row
from toujiao.knowledge.folders import ours
from toujiao.models.generation import Output
from toujiao.models.tiny import SHIPPED
from toujiao.recipes.recipe import SEED

FOLDER = Path(__file__).parent / "train" / "votes"
ASKED, SHUFFLE = 420, 5
# Shorter ones, so that the test is quick.
MOST_CHARACTERS = 1300
# The page shows the card where less than this of an answer can be traced.
TRACED_SHARE, COVERED = 0.8, 0.9
# Questions answered badly (two votes each) and well (one each).
SPLITS = {"train.jsonl": (36, 24), "held_out.jsonl": (12, 8)}
GRADE = {metric: grade for metric, _, kind, grade in GRADERS if kind == "answer"}


def unseen_rows(day: dt.date) -> list[Row]:
    """Single questions of the training split that the shipped adapter has not been trained on."""
    rows = [row for row in make_rows(gather(ours(), day), SEED) if row["meta"]["split"] == "train"]
    record = json.loads((SHIPPED / "run.json").read_text(encoding="utf-8"))
    seen = list(range(len(rows)))
    random.Random(record["seed"]).shuffle(seen)
    unseen = [rows[i] for i in sorted(seen[record["data"]["train_rows"] :])]
    return [r for r in unseen if r["meta"]["kind"] == "answer" and len(r["messages"]) == 3]


def judged(rows: list[Row]) -> Iterator[tuple[Row, str, bool | None]]:
    """(row, the model's answer, whether it is good; None where people would not agree)."""
    backend = LlamaCppBackend()
    for row in rows:
        output = Output(*backend.complete(row["messages"][:-1], MOST_TOKENS))
        grades = {metric: grade(row, output) for metric, grade in GRADE.items()}
        right = grades["traced_numbers"] and grades["stops"]
        if not right or grades["grounded"] < TRACED_SHARE:
            yield row, output.text, False
        elif grades["grounded"] == 1.0 and grades["coverage"] >= COVERED:
            yield row, output.text, True
        else:
            yield row, output.text, None


def vote(row: Row, answer: str, liked: bool, backend: str, day: dt.date) -> Row:
    """One row as `toujiao feedback export` writes it."""
    return {
        "prompt": row["messages"][:-1],
        "completion": [{"role": "assistant", "content": answer}],
        "label": liked,
        "meta": {
            "cards": [row["meta"]["card"]],
            "day": day.isoformat(),
            "kind": "answer",
            "backend": backend,
            "reason": "",
            "as_seen": True,
        },
    }


def main() -> None:
    day = today()
    rows = unseen_rows(day)
    random.Random(SHUFFLE).shuffle(rows)
    bad: list[Row] = []
    good: list[Row] = []
    for row, answer, verdict in judged(rows[:ASKED]):
        card = row["messages"][-1]["content"]
        prompt = sum(len(message["content"]) for message in row["messages"][:-1])
        if prompt + max(len(answer), len(card)) > MOST_CHARACTERS:
            continue
        if verdict is False:
            bad.append(vote(row, answer, False, "llamacpp", day))
            bad.append(vote(row, card, True, "cards", day))
        elif verdict:
            good.append(vote(row, answer, True, "llamacpp", day))
    FOLDER.mkdir(exist_ok=True)
    for name, (failed, right) in SPLITS.items():
        chosen = [bad.pop(0) for _ in range(2 * failed)] + [good.pop(0) for _ in range(right)]
        text = "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in chosen)
        (FOLDER / name).write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main()
