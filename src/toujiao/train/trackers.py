"""TensorBoard and SwanLab on request; what they write stays in the run folder."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from importlib.util import find_spec
from pathlib import Path

from toujiao.errors import missing_extra
from toujiao.train.processes import is_main

PROJECT = "toujiao"


def start_trackers(names: Sequence[str], folder: Path) -> None:
    """Get the trackers ready before the Trainer; one that is not installed is a ToujiaoError."""
    for name in names:
        if not find_spec(name):
            raise missing_extra(name, "track")
    if "tensorboard" in names:
        os.environ["TENSORBOARD_LOGGING_DIR"] = str(folder / "tensorboard")
    if "swanlab" in names and is_main():
        _start_swanlab(folder)


def finish_trackers() -> None:
    """Write out what SwanLab still holds back: it writes in the background, up to the exit.

    A run that breaks off is left to SwanLab's own exit, which marks it as crashed.
    """
    if "swanlab" in sys.modules:
        import swanlab

        if swanlab.has_run():
            swanlab.finish()


def _start_swanlab(folder: Path) -> None:
    """Start the run ourselves: transformers 5.23 asks SwanLab 0.10 for a run in a way that fails.

    SwanLab's own default is its cloud; here that has to be asked for, with SWANLAB_MODE=online.
    """
    import swanlab

    logs = folder / "swanlab"
    logs.mkdir(exist_ok=True)
    swanlab.init(
        project=os.environ.get("SWANLAB_PROJECT", PROJECT),
        name=folder.name,
        mode=os.environ.get("SWANLAB_MODE", "offline"),
        log_dir=str(logs),
        reinit=True,
    )
