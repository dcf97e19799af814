"""The run folder: everything that a run was made of, in files that describe themselves.

runs/<recipe>-<time>/ holds recipe.toml and data/ (enough to repeat the run), log.jsonl,
checkpoints/ while it trains, then adapter/ and run.json, and evaluation.json after that.
"""

from __future__ import annotations

import datetime as dt
import random
import shutil
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from toujiao.errors import ToujiaoError
from toujiao.files import Row, read_json, reason, write_json, write_rows, write_text
from toujiao.folders import DATA, HELD_OUT, HELD_OUT_VOTES, ORIGIN, RECIPE, START_ADAPTER, TRAIN
from toujiao.models.resolve import ADAPTER_CONFIG, ADAPTER_WEIGHTS
from toujiao.recipes.recipe import Recipe, load_recipe, recipe_text


def create_run_folder(name: str, parent: Path, stamped: bool = True) -> Path:
    """A new, empty folder under `parent`, named `name` and, when `stamped`, the time."""
    stamp = dt.datetime.now(dt.UTC).strftime("-%Y%m%d-%H%M%S") if stamped else ""
    folder = parent / f"{name}{stamp}"
    try:
        folder.mkdir(parents=True)
    except FileExistsError as error:
        raise ToujiaoError(
            f"{folder} 已经有了。请换一个 --run 名字，或先删掉它；没练完的可以接着练："
            f"toujiao train resume {folder}"
        ) from error
    except OSError as error:
        raise ToujiaoError(
            f"不能建立运行目录 {folder}（{error.strerror}），请换一个 --out。"
        ) from error
    return folder


def fill_run_folder(
    folder: Path,
    name: str,
    recipe: Recipe,
    train: Iterable[Row],
    held_out: Iterable[Row],
    origin: Mapping[str, Any],
    held_out_votes: Iterable[Row] = (),
    start: Path | None = None,
) -> None:
    """Write what the run is made of; a folder that could not be filled is taken away again.

    `origin` says where the rows come from: `source` ("cards" or "own") and the `files`. A run on
    votes has `held_out_votes` too, and mostly an adapter that it starts from: a copy is kept.
    """
    try:
        write_rows(folder / DATA / TRAIN, train)
        write_rows(folder / DATA / HELD_OUT, held_out)
        if kept_aside := list(held_out_votes):
            write_rows(folder / DATA / HELD_OUT_VOTES, kept_aside)
        if start:
            (folder / START_ADAPTER).mkdir()
            for file in (ADAPTER_CONFIG, ADAPTER_WEIGHTS):
                shutil.copyfile(start / file, folder / START_ADAPTER / file)
        write_json(folder / DATA / ORIGIN, {**origin, "recipe": name})
        write_text(folder / RECIPE, recipe_text(recipe))
    except (OSError, ToujiaoError) as error:
        shutil.rmtree(folder, ignore_errors=True)
        why = reason(error) if isinstance(error, OSError) else str(error).rstrip("。")
        raise ToujiaoError(f"写不进 {folder}（{why}）。请腾出磁盘空间后重来。") from error


def read_run_folder(folder: Path) -> tuple[Recipe, dict[str, Any]]:
    """(recipe, origin) of a prepared run."""
    if not (folder / RECIPE).is_file() or not (folder / DATA / ORIGIN).is_file():
        raise ToujiaoError(f"{folder} 不是运行目录：里面没有 {RECIPE} 和 {DATA}/{ORIGIN}。")
    return load_recipe(str(folder / RECIPE))[1], read_json(folder / DATA / ORIGIN)


def take(rows: Sequence[Row], most: int | None, seed: int) -> list[Row]:
    """At most `most` of the rows: a fixed random choice, in the order in which they stood."""
    order = list(range(len(rows)))
    random.Random(seed).shuffle(order)
    return [rows[number] for number in sorted(order[:most])]


def system_prompt_of(rows: Sequence[Row]) -> str:
    """The system prompt of the first row; empty when it has none."""
    first = rows[0]["messages"][0]
    return str(first["content"]) if first["role"] == "system" else ""
