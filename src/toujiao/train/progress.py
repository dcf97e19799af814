"""Training progress for people (bar with loss, tokens/s, time left) and for files (log.jsonl)."""

from __future__ import annotations

import json
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from transformers import TrainerCallback


def quiet_libraries() -> None:
    """One bar is enough: the libraries' own bars and the warnings that they give each other go."""
    import warnings

    from datasets import disable_progress_bars
    from transformers.utils import logging

    disable_progress_bars()
    logging.disable_progress_bar()
    logging.set_verbosity_error()
    warnings.filterwarnings("ignore", category=FutureWarning, module="transformers")


def make_progress(log: Path) -> TrainerCallback:
    """A Trainer callback that draws a rich bar and appends every log record to `log`."""
    from rich.progress import BarColumn, Progress, TextColumn, TimeRemainingColumn
    from transformers import TrainerCallback

    class RichProgress(TrainerCallback):
        """One bar for the whole run."""

        def on_train_begin(self, args: Any, state: Any, control: Any, **_: Any) -> None:
            self._started = time.perf_counter()
            self._bar = Progress(
                TextColumn("训练"),
                BarColumn(),
                TextColumn("{task.completed}/{task.total} 步"),
                TextColumn("{task.fields[note]}"),
                TimeRemainingColumn(),
                disable=not state.is_world_process_zero,
            )
            self._task = self._bar.add_task("", total=state.max_steps, note="")
            self._bar.start()

        def on_step_end(self, args: Any, state: Any, control: Any, **_: Any) -> None:
            self._bar.update(self._task, completed=state.global_step)

        def on_log(self, args: Any, state: Any, control: Any, logs: Any = None, **_: Any) -> None:
            if not state.is_world_process_zero:
                return
            logs = dict(logs or {})
            tokens = int(logs.get("num_tokens", state.num_input_tokens_seen) or 0)
            seconds = time.perf_counter() - self._started
            rate = round(tokens / seconds) if tokens else 0
            if "loss" in logs:
                note = f"损失 {logs['loss']:.3f}  {rate} 词元/秒"
                self._bar.update(self._task, note=note)
            record = {"step": state.global_step, "tokens_per_second": rate, **logs}
            with log.open("a", encoding="utf-8") as file:
                file.write(json.dumps(record, ensure_ascii=False) + "\n")

        def on_train_end(self, args: Any, state: Any, control: Any, **_: Any) -> None:
            self._bar.stop()

    return RichProgress()
