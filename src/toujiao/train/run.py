"""What a run on rows and a run on votes have in common: opened, trained with its loss measured,
written down."""

from __future__ import annotations

import datetime as dt
import os
import platform
import shutil
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from importlib.metadata import version
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from toujiao.errors import ToujiaoError, missing_extra
from toujiao.files import sha256, write_json
from toujiao.folders import CHECKPOINTS, DATA, LOG, RECORD, TRAIN
from toujiao.recipes.recipe import Recipe
from toujiao.train.checkpoints import check_room, last_checkpoint, measure_at_the_end
from toujiao.train.processes import from_main, process_count
from toujiao.train.progress import make_progress, quiet_libraries
from toujiao.train.run_folder import read_run_folder
from toujiao.train.trackers import finish_trackers
from toujiao.train.versions import check_versions

NEEDED = ("torch", "transformers", "peft", "trl", "accelerate", "datasets")


@dataclass(frozen=True)
class Run:
    """A prepared run folder, opened to be trained."""

    folder: Path
    recipe: Recipe
    origin: Mapping[str, Any]
    started: float = field(default_factory=time.perf_counter)

    @property
    def data(self) -> Path:
        return self.folder / DATA


def open_run(folder: Path) -> Run:
    """Everything is checked that would end the run later: libraries, folder, room on the disk."""
    if missing := [name for name in NEEDED if not find_spec(name)]:
        raise missing_extra("、".join(missing), "train")
    check_versions()
    from transformers import set_seed

    recipe, origin = read_run_folder(folder)
    if (folder / RECORD).is_file():
        raise ToujiaoError(f"{folder} 已经练完了。要再练一次，请换一个 --run 名字。")
    check_room(folder)
    quiet_libraries()
    set_seed(recipe.seed)
    return Run(folder, recipe, origin)


def callbacks(run: Run) -> list[Any]:
    """A bar and a log, a measurement at the very end, and an early stop where the recipe wants it."""
    from transformers import EarlyStoppingCallback

    found = [make_progress(run.folder / LOG), measure_at_the_end()]
    return [*found, EarlyStoppingCallback(run.recipe.patience)] if run.recipe.patience else found


def train_measured(trainer: Any, folder: Path) -> dict[str, Any]:
    """Train with the held-out loss before and after; what the record says about it.

    `best_step` is 0 when no measurement was better than the one before training; the adapter is
    then the last one.
    """
    from transformers import PrinterCallback
    from transformers.trainer_callback import ProgressCallback

    for callback in (PrinterCallback, ProgressCallback):
        trainer.remove_callback(callback)  # our own progress bar replaces their printing
    checkpoint = from_main(lambda: last_checkpoint(folder))
    try:
        trainer.train(resume_from_checkpoint=str(checkpoint) if checkpoint else None)
    except OSError as error:
        raise ToujiaoError(
            f"训练中断：写不进 {folder}（{error}）。请腾出磁盘空间，然后接着练："
            f"toujiao train resume {folder}"
        ) from error
    state, history = trainer.state, trainer.state.log_history
    measured = [(x["step"], round(x["eval_loss"], 4)) for x in history if "eval_loss" in x]
    after = trainer.evaluate()["eval_loss"]
    finish_trackers()
    return {
        "steps": state.global_step,
        "planned_steps": state.max_steps,
        "best_step": state.best_global_step or 0,
        "trained_tokens": int(max((x.get("num_tokens", 0) for x in history), default=0)),
        "held_out_loss": {"before": measured[0][1], "after": round(after, 4)},
        "held_out_losses": measured,
        "losses": [round(x["loss"], 4) for x in history if "loss" in x],
        **({"resumed_at": int(checkpoint.name.rpartition("-")[2])} if checkpoint else {}),
    }


def write_record(
    run: Run, recipe: Recipe, system_prompt: str, counts: Mapping[str, int], **found: Any
) -> dict[str, Any]:
    """Write run.json, which says that the run is complete; returns what stands in it.

    `recipe` with all that was left open filled in; `counts` of rows; `found` by the run itself.
    """
    origin = dict(run.origin)
    known = ("method", "recipe", "start_adapter")
    record: dict[str, Any] = {
        "method": "sft",
        **{name: origin.pop(name) for name in known if name in origin},
        "settings": recipe.model_dump(mode="json"),
        "base_model": recipe.base,
        "system_prompt": system_prompt,
        "data": {**origin, **counts, "sha256": sha256(run.data / TRAIN)},
        **found,
        "seconds": round(time.perf_counter() - run.started, 1),
        **environment(recipe),
    }
    write_json(run.folder / RECORD, record)
    shutil.rmtree(run.folder / CHECKPOINTS, ignore_errors=True)
    return record


def environment(recipe: Recipe) -> dict[str, Any]:
    """What else decides the result: machine, seed, versions, processes."""
    import torch

    cpu = f"{platform.machine()} CPU, {os.cpu_count()} cores"
    return {
        "hardware": torch.cuda.get_device_name() if torch.cuda.is_available() else cpu,
        "processes": process_count(),
        "torch_threads": torch.get_num_threads(),
        "seed": recipe.seed,
        "versions": {name: version(name) for name in (*NEEDED, "toujiao")},
        "created": dt.datetime.now(dt.UTC).isoformat(timespec="seconds"),
    }
