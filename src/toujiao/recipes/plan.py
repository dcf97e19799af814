"""How long and how fast to train for 20…20,000 rows: what a recipe leaves open is filled in here.

One table, after the guides that docs/dataset.md names: many passes over few rows, few over many;
small batches for little data; LoRA at ten times the rate of full fine-tuning, fifteen times for
runs under a hundred steps. Votes are a second training on top of the first: few passes, a low rate.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

from toujiao.models.tiny import NAME as TINY
from toujiao.recipes.recipe import Recipe

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
# A 7M model trained from scratch takes a far higher rate (measured, docs/experiments.md).
TINY_LEARNING_RATE = 2e-3

# The same for votes. (up to this many, epochs, votes per step)
VOTES_TABLE: tuple[tuple[float, float, int], ...] = (
    (199, 3, 8),
    (999, 2, 8),
    (float("inf"), 1, 16),
)
# TRL's guide names 5e-7 to 5e-6 for full fine-tuning; LoRA takes about ten times that.
VOTES_LEARNING_RATE, TINY_VOTES_LEARNING_RATE = 1e-5, 3e-4
# KTO's own loss compares with the neighbours in the batch, which needs a certain size, and many
# votes to be an average of; below that, APO-zero, which compares each vote with the start alone.
FEW_VOTES = 200
PAIRED_BATCH = 4
LIKES_TO_DISLIKES = 4 / 3


@dataclass(frozen=True)
class Suggestion:
    """Settings for one number of rows, named as in a recipe."""

    epochs: float
    rows_per_step: int
    learning_rate: float
    steps: int


def suggest(rows: int, base: str = TINY) -> Suggestion:
    """The settings to start from with `rows` rows."""
    epochs, rows_per_step = next((e, batch) for most, e, batch in TABLE if rows <= most)
    steps = _steps(rows, rows_per_step, epochs)
    return Suggestion(epochs, rows_per_step, _learning_rate(base, steps), steps)


def _steps(rows: int, rows_per_step: int, epochs: float) -> int:
    return math.ceil(math.ceil(rows / rows_per_step) * epochs)


def _learning_rate(base: str, steps: int) -> float:
    if base == TINY:
        return TINY_LEARNING_RATE
    return SHORT_RUN_LEARNING_RATE if steps < SHORT_RUN else LEARNING_RATE


def used_rows(recipe: Recipe, rows: int) -> int:
    """How many of `rows` rows are trained on."""
    return min(rows, recipe.max_train_rows or rows)


def settle(recipe: Recipe, rows: int) -> Recipe:
    """The recipe with everything that it leaves open chosen for `rows` rows."""
    used = used_rows(recipe, rows)
    start = suggest(used, recipe.base)
    epochs = recipe.epochs or start.epochs
    batch = recipe.rows_per_step or start.rows_per_step
    steps = recipe.max_steps if recipe.max_steps > 0 else _steps(used, batch, epochs)
    rate = recipe.learning_rate or _learning_rate(recipe.base, steps)
    return recipe.model_copy(
        update={"epochs": epochs, "rows_per_step": batch, "learning_rate": rate}
    )


def settle_votes(recipe: Recipe, votes: int) -> Recipe:
    """The recipe of a run on `votes` votes: [kto] filled in, and put in place of the rows' values.

    Settling twice changes nothing, so the recipe in a run folder repeats the run.
    """
    used = used_rows(recipe, votes)
    epochs, batch = next((e, b) for most, e, b in VOTES_TABLE if used <= most)
    tiny = recipe.base == TINY
    rate = recipe.kto.learning_rate or (TINY_VOTES_LEARNING_RATE if tiny else VOTES_LEARNING_RATE)
    loss = recipe.kto.loss
    if loss == "auto":
        loss = "apo_zero_unpaired" if used < FEW_VOTES else "kto"
    kto = recipe.kto.model_copy(
        update={"learning_rate": rate, "epochs": recipe.kto.epochs or epochs, "loss": loss}
    )
    return recipe.model_copy(
        update={
            "kto": kto,
            "learning_rate": rate,
            "epochs": kto.epochs,
            "rows_per_step": recipe.rows_per_step or batch,
        }
    )


def vote_weights(liked: int, disliked: int) -> tuple[float, float]:
    """(weight of a like, weight of a dislike), the smaller of them 1.

    Likes in sum weigh a third more than dislikes, the most that TRL's 1:1 to 4:3 allows: it is
    easier to unlearn an answer than to learn one, and what is liked shall not go with it.
    """
    ratio = LIKES_TO_DISLIKES * max(disliked, 1) / max(liked, 1)
    return (ratio, 1.0) if ratio > 1 else (1.0, 1 / ratio)


def steps_per_epoch(recipe: Recipe, rows: int) -> int:
    """Optimiser steps of one pass over `rows` rows; the last one may be smaller."""
    batch = settle(recipe, rows).rows_per_step
    return math.ceil(used_rows(recipe, rows) / (batch or 1))


def planned_steps(recipe: Recipe, rows: int) -> int:
    """Optimiser steps of the whole run over `rows` rows."""
    if recipe.max_steps > 0:
        return recipe.max_steps
    return math.ceil(steps_per_epoch(recipe, rows) * (settle(recipe, rows).epochs or 0))
