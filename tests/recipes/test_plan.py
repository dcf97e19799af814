"""What a recipe leaves open is chosen by the number of rows; what it says is kept."""

from __future__ import annotations

import pytest

from toujiao.models.tiny import NAME as TINY
from toujiao.recipes.plan import (
    SHORT_RUN_LEARNING_RATE,
    TINY_LEARNING_RATE,
    TINY_VOTES_LEARNING_RATE,
    VOTES_LEARNING_RATE,
    planned_steps,
    settle,
    settle_votes,
    suggest,
    vote_weights,
)
from toujiao.recipes.recipe import Recipe, make_recipe, recipe_text


@pytest.mark.parametrize(
    ("rows", "epochs", "batch", "rate", "steps"),
    [
        (20, 15, 4, 3e-4, 75),
        (100, 10, 4, 2e-4, 250),
        (500, 5, 8, 2e-4, 315),
        (2_000, 3, 16, 2e-4, 375),
        (6_000, 2, 16, 2e-4, 750),
        (20_000, 1, 16, 2e-4, 1250),
    ],
)
def test_suggestions(rows: int, epochs: float, batch: int, rate: float, steps: int) -> None:
    got = suggest(rows, "Qwen/Qwen3-0.6B")
    assert (got.epochs, got.rows_per_step, got.learning_rate, got.steps) == (
        epochs, batch, rate, steps,
    )  # fmt: skip


def test_what_is_suggested_is_never_too_short() -> None:
    assert all(suggest(rows).steps >= 75 for rows in range(20, 20_001, 7))


def test_more_rows_are_read_fewer_times_in_larger_batches():
    found = [suggest(rows) for rows in (20, 100, 500, 2000, 8000, 20_000)]
    assert [f.epochs for f in found] == sorted((f.epochs for f in found), reverse=True)
    assert [f.rows_per_step for f in found] == sorted(f.rows_per_step for f in found)


def test_what_the_recipe_says_is_kept():
    recipe = Recipe(base="x/y", epochs=2)
    settled = settle(recipe, 30)
    assert settled.epochs == 2
    assert settled.rows_per_step == 4
    assert settled.learning_rate == SHORT_RUN_LEARNING_RATE


def test_the_tiny_base_takes_its_own_rate():
    assert settle(Recipe(base=TINY), 30).learning_rate == TINY_LEARNING_RATE


def test_steps_count_only_the_rows_that_are_used():
    recipe = Recipe(rows_per_step=16, epochs=3, max_train_rows=100)
    assert planned_steps(recipe, 24) == 6
    assert planned_steps(recipe, 5000) == 21
    assert planned_steps(Recipe(max_steps=7), 5000) == 7


def test_a_written_recipe_reads_back_the_same():
    import tomllib

    recipe = settle(Recipe(base="x/y", kinds=("answer",), log_to=("tensorboard",)), 500)
    assert make_recipe(tomllib.loads(recipe_text(recipe)), "again.toml") == recipe


def test_votes_are_trained_gently_and_few_of_them_with_the_loss_that_needs_no_neighbours():
    few, many = (settle_votes(Recipe(base="x/y"), votes) for votes in (100, 500))
    assert few.kto.loss == "apo_zero_unpaired"
    assert many.kto.loss == "kto"
    assert few.learning_rate == few.kto.learning_rate == VOTES_LEARNING_RATE
    assert settle_votes(Recipe(base=TINY), 100).learning_rate == TINY_VOTES_LEARNING_RATE
    assert (few.epochs or 0) > (many.epochs or 0)


def test_what_the_recipe_says_of_votes_is_kept_and_settling_again_changes_nothing():
    kto = {"learning_rate": 7e-6, "epochs": 4, "loss": "kto"}
    recipe = settle_votes(Recipe.model_validate({"epochs": 9, "kto": kto}), 50)
    assert (recipe.learning_rate, recipe.epochs, recipe.kto.loss) == (7e-6, 4, "kto")
    assert settle_votes(recipe, 5000) == recipe
    assert planned_steps(recipe, 50) == 28


@pytest.mark.parametrize(("liked", "disliked"), [(30, 30), (61, 30), (30, 62), (7, 1), (5, 0)])
def test_likes_weigh_a_third_more_in_sum_and_no_vote_less_than_one(liked, disliked):
    """TRL asks for 1:1 to 4:3."""
    weights = vote_weights(liked, disliked)
    assert min(weights) == 1.0
    assert liked * weights[0] == pytest.approx(max(disliked, 1) * weights[1] * 4 / 3)
