"""Whether there are enough rows, and whether the run is long enough to learn from them."""

from __future__ import annotations

from collections.abc import Iterator

from toujiao.dataset.audit.findings import Finding, Severity, finding
from toujiao.dataset.audit.texts import FEW_STEPS_EFFECT, SUGGESTION
from toujiao.recipes.plan import planned_steps, settle, steps_per_epoch, suggest, used_rows
from toujiao.recipes.recipe import Recipe

ENOUGH_ROWS = 20
# Below the first a run changes next to nothing; below the second it may not be noticed.
TOO_FEW_STEPS, FEW_STEPS = 10, 40


def check_amount(total: int, rows: int, recipe: Recipe) -> Iterator[Finding]:
    """Too few rows or optimiser steps to learn anything from.

    `total` rows are there, `rows` of them are for training (the others are kept aside).
    """
    steps = planned_steps(recipe, rows)
    if total < ENOUGH_ROWS:
        yield finding("few-rows", Severity.WARN, total=total, enough=ENOUGH_ROWS)
    if steps < FEW_STEPS:
        severity = Severity.STOP if steps < TOO_FEW_STEPS else Severity.WARN
        settled = settle(recipe, rows)
        yield finding(
            "few-steps-limited" if recipe.max_steps > 0 else "few-steps",
            severity,
            total=used_rows(recipe, rows),
            batch=settled.rows_per_step,
            per_epoch=steps_per_epoch(recipe, rows),
            epochs=f"{settled.epochs:g}",
            steps=steps,
            effect=FEW_STEPS_EFFECT[severity],
            suggestion=SUGGESTION.format(**vars(suggest(rows, recipe.base))),
        )
