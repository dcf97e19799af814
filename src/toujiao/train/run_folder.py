"""The run folder: everything that a run was made of, in files that describe themselves.

runs/<recipe>-<time>/ holds recipe.toml and data/ (enough to repeat the run), log.jsonl,
checkpoints/ while it trains, then adapter/ and run.json, and evaluation.json after that.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import json
import os
import platform
import random
import shutil
from collections.abc import Iterable, Mapping, Sequence
from importlib.metadata import version
from pathlib import Path
from typing import Any

from toujiao.errors import ToujiaoError
from toujiao.models.resolve import ADAPTER_CONFIG, ADAPTER_WEIGHTS
from toujiao.recipes.recipe import Recipe, load_recipe, recipe_text

LIBRARIES = ("torch", "transformers", "peft", "trl", "accelerate", "datasets", "toujiao")
RECIPE, DATA, TRAIN, HELD_OUT, ORIGIN = (
    "recipe.toml", "data", "train.jsonl", "held_out.jsonl", "origin.json",
)  # fmt: skip
# Of a run on votes: those kept aside, and what the run starts from.
HELD_OUT_VOTES, START_ADAPTER = "held_out_votes.jsonl", "start_adapter"
LOG, CHECKPOINTS, ADAPTER, RECORD = "log.jsonl", "checkpoints", "adapter", "run.json"
Row = dict[str, Any]


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
        (folder / DATA).mkdir()
        write_rows(folder / DATA / TRAIN, train)
        write_rows(folder / DATA / HELD_OUT, held_out)
        if kept_aside := list(held_out_votes):
            write_rows(folder / DATA / HELD_OUT_VOTES, kept_aside)
        if start:
            (folder / START_ADAPTER).mkdir()
            for file in (ADAPTER_CONFIG, ADAPTER_WEIGHTS):
                shutil.copyfile(start / file, folder / START_ADAPTER / file)
        write_json(folder / DATA / ORIGIN, {**origin, "recipe": name})
        (folder / RECIPE).write_text(recipe_text(recipe), encoding="utf-8")
    except OSError as error:
        shutil.rmtree(folder, ignore_errors=True)
        raise ToujiaoError(
            f"写不进 {folder}（{error.strerror or error}）。请腾出磁盘空间后重来。"
        ) from error


def read_run_folder(folder: Path) -> tuple[Recipe, dict[str, Any]]:
    """(recipe, origin) of a prepared run."""
    if not (folder / RECIPE).is_file() or not (folder / DATA / ORIGIN).is_file():
        raise ToujiaoError(f"{folder} 不是运行目录：里面没有 {RECIPE} 和 {DATA}/{ORIGIN}。")
    return load_recipe(str(folder / RECIPE))[1], read_json(folder / DATA / ORIGIN)


def read_json(path: Path) -> dict[str, Any]:
    """A JSON object that a run wrote."""
    value: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return value


def read_rows(path: Path) -> list[dict[str, Any]]:
    """The rows of a JSONL file of the run; none when there is no such file."""
    if not path.is_file():
        return []
    with path.open(encoding="utf-8") as lines:
        return [json.loads(line) for line in lines if line.strip()]


def write_rows(path: Path, rows: Iterable[Row]) -> None:
    """Write JSONL so that the file is either whole or not there."""
    _write(path, "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows))


def write_json(path: Path, value: Mapping[str, Any]) -> None:
    """Write JSON so that the file is either whole or not there."""
    _write(path, json.dumps(value, ensure_ascii=False, indent=2, default=str) + "\n")


def _write(path: Path, text: str) -> None:
    partial = path.with_name(path.name + ".part")
    partial.write_text(text, encoding="utf-8")
    partial.replace(path)


def take(rows: Sequence[Row], most: int | None, seed: int) -> list[Row]:
    """At most `most` of the rows: a fixed random choice, in the order in which they stood."""
    order = list(range(len(rows)))
    random.Random(seed).shuffle(order)
    return [rows[number] for number in sorted(order[:most])]


def system_prompt_of(rows: Sequence[Row]) -> str:
    """The system prompt of the first row; empty when it has none."""
    first = rows[0]["messages"][0]
    return str(first["content"]) if first["role"] == "system" else ""


def sha256(path: Path) -> str:
    """SHA-256 of a file, hexadecimal."""
    return hashlib.sha256(path.read_bytes()).hexdigest()


def hardware() -> str:
    """One line about the machine."""
    import torch

    if torch.cuda.is_available():
        return torch.cuda.get_device_name()
    return f"{platform.machine()} CPU, {os.cpu_count()} cores"


def library_versions() -> dict[str, str]:
    """Versions of the libraries that decide the result."""
    return {name: version(name) for name in LIBRARIES}
