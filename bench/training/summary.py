"""From the witnesses' records to figures: were the rows the same, how fast, how alike the loss."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

Steps = Sequence[Mapping[str, Any]]


class NotComparableError(Exception):
    """The tools did not train on the same tokens."""


def check_same_rows(steps: Steps, order: Sequence[str], per_step: int, name: str) -> None:
    """Every step must be on the expected rows: the same tokens, the same of them trained.

    Within a step the order may differ: it makes no difference to the step.
    """
    wanted = [sorted(order[i : i + per_step]) for i in range(0, len(order), per_step)]
    seen = [sorted(step["rows"]) for step in steps]
    if len(seen) != len(wanted):
        raise NotComparableError(f"{name}: {len(seen)} steps, not {len(wanted)}")
    for number, (there, here) in enumerate(zip(wanted, seen, strict=True), 1):
        if there != here:
            other = sum(row not in there for row in here)
            raise NotComparableError(f"{name}: step {number}: {other} rows with other tokens")


def tokens_per_second(runs: Sequence[Steps], warm_up: int, clock: str = "seconds") -> float:
    """Tokens of the rows trained on by seconds, over all runs, without the first steps of each.

    `clock`: "seconds" (by the clock on the wall) or "cpu_seconds" (of all threads).
    """
    timed = [step for steps in runs for step in steps[warm_up:]]
    return float(sum(step["tokens"] for step in timed) / sum(step[clock] for step in timed))


def relative_differences(ours: Sequence[float], theirs: Sequence[float]) -> list[float]:
    """By what share of theirs each of our losses is different."""
    return [abs(a - b) / b for a, b in zip(ours, theirs, strict=True)]
