"""Checkpoints: the last one that is complete, and one at the very end of a run."""

from __future__ import annotations

import json
import re
import shutil
from pathlib import Path
from typing import TYPE_CHECKING, Any

from toujiao.errors import ToujiaoError
from toujiao.folders import CHECKPOINTS

if TYPE_CHECKING:
    from transformers import TrainerCallback

_NAME = re.compile(r"checkpoint-(\d+)")
# A run writes the adapter, checkpoints and logs; less room than this and it is not started.
ROOM_BYTES = 200_000_000


def last_checkpoint(folder: Path) -> Path | None:
    """The newest complete checkpoint of a run; unfinished ones (kill -9 while writing) are removed.

    The Trainer writes trainer_state.json last, so a checkpoint without a readable one is broken.
    """
    found: dict[int, Path] = {}
    for path in (folder / CHECKPOINTS).glob("checkpoint-*"):
        match = _NAME.fullmatch(path.name)
        if match and _is_complete(path):
            found[int(match[1])] = path
        elif match:
            shutil.rmtree(path)
    return found[max(found)] if found else None


def _is_complete(path: Path) -> bool:
    try:
        json.loads((path / "trainer_state.json").read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return False
    # FSDP and DeepSpeed write a folder in place of optimizer.pt.
    return any(path.glob("optimizer*")) or any(path.glob("global_step*"))


def check_room(folder: Path) -> None:
    """ToujiaoError when the disk is too full to begin."""
    free = shutil.disk_usage(folder).free
    if free < ROOM_BYTES:
        raise ToujiaoError(
            f"{folder} 所在磁盘只剩 {free // 1_000_000} MB，至少要 {ROOM_BYTES // 1_000_000} MB。"
        )


def measure_at_the_end() -> TrainerCallback:
    """A Trainer callback: the last step is measured and kept too, whatever the rhythm."""
    from transformers import TrainerCallback

    class AtTheEnd(TrainerCallback):
        """Evaluates and saves at the last step."""

        def on_step_end(self, args: Any, state: Any, control: Any, **_: Any) -> None:
            if state.global_step >= state.max_steps:
                control.should_evaluate = control.should_save = True

    return AtTheEnd()
