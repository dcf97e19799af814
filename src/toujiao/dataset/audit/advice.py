"""Suggested epochs, batch and learning rate for 20…20,000 rows, and whether the run is long enough.

One table, after the guides that docs/dataset.md names: many passes over few rows, few over many;
small batches for little data; LoRA at ten times the rate of full fine-tuning, fifteen times for
runs under a hundred steps.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

from toujiao.dataset.audit.findings import Finding, Severity, finding
from toujiao.dataset.audit.settings import Settings
from toujiao.dataset.audit.texts import FEW_STEPS_EFFECT, SUGGESTION
from toujiao.models.tiny import NAME as TINY

# (up to this many rows, epochs, rows per step)
TABLE: tuple[tuple[float, float, int], ...] = (
    (49, 15, 4),
    (199, 10, 4),
    (999, 5, 8),
    (4_999, 3, 16),
    (9_999, 2, 16),
    (float("inf"), 1, 16),
)
LEARNING_RATE, SHORT_RUN_LEARNING_RATE, SHORT_RUN = 2e-4, 3e-4, 100
# A 7M model trained from scratch takes a far higher rate (measured, recipe tiny).
TINY_LEARNING_RATE = 2e-3
ENOUGH_ROWS = 20
# Below the first a run changes next to nothing; below the second it may not be noticed.
TOO_FEW_STEPS, FEW_STEPS = 10, 40


@dataclass(frozen=True)
class Suggestion:
    """Settings for one number of rows, named as in a recipe."""

    epochs: float
    rows_per_step: int
    learning_rate: float
    steps: int

    def __str__(self) -> str:
        return SUGGESTION.format(**vars(self))


def suggest(rows: int, base: str = TINY) -> Suggestion:
    """The settings to start from with `rows` rows."""
    epochs, rows_per_step = next((e, batch) for most, e, batch in TABLE if rows <= most)
    steps = replace(Settings(), epochs=epochs, rows_per_step=rows_per_step).steps(rows)
    rate = SHORT_RUN_LEARNING_RATE if steps < SHORT_RUN else LEARNING_RATE
    return Suggestion(epochs, rows_per_step, TINY_LEARNING_RATE if base == TINY else rate, steps)


def check_amount(rows: int, settings: Settings) -> Iterator[Finding]:
    """Too few rows or optimiser steps to learn anything from."""
    steps = settings.steps(rows)
    if rows < ENOUGH_ROWS:
        yield finding("few-rows", Severity.WARN, total=rows, enough=ENOUGH_ROWS)
    if steps < FEW_STEPS:
        severity = Severity.STOP if steps < TOO_FEW_STEPS else Severity.WARN
        yield finding(
            "few-steps-limited" if settings.max_steps > 0 else "few-steps",
            severity,
            total=settings.used(rows),
            batch=settings.rows_per_step,
            per_epoch=settings.steps_per_epoch(rows),
            epochs=f"{settings.epochs:g}",
            steps=steps,
            effect=FEW_STEPS_EFFECT[severity],
            suggestion=suggest(rows, settings.base),
        )
