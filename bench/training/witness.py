"""A stop-watch and a witness inside any Trainer: what each step took, and on which tokens.

Works in LLaMA-Factory's environment too, so it imports nothing of toujiao. It hooks transformers'
own Trainer, which all three tools train with, and leaves the tools' code alone.
"""

from __future__ import annotations

import hashlib
import json
import time
from pathlib import Path
from typing import Any

IGNORED = -100


def trained_part(ids: list[int], labels: list[int]) -> tuple[list[int], list[int]]:
    """A row up to its last trained token: from what follows nothing is learned.

    ChatML ends a turn with a line break after the end token. LLaMA-Factory cannot write it without
    training it, so its rows end with the end token.
    """
    end = max((i for i, label in enumerate(labels) if label != IGNORED), default=-1) + 1
    # The first label is never used: nothing stands before it.
    return ids[:end], [IGNORED, *labels[1:end]]


def fingerprint(ids: list[int], labels: list[int]) -> str:
    """The same for two rows with the same tokens and the same trained tokens."""
    return hashlib.sha256(str(trained_part(ids, labels)).encode()).hexdigest()[:16]


def unpadded(batch: dict[str, Any]) -> list[tuple[list[int], list[int]]]:
    """(ids, labels) of each row of a batch, without padding."""
    rows = []
    for i, ids in enumerate(batch["input_ids"]):
        mask = batch.get("attention_mask")
        kept = mask[i].bool() if mask is not None else ids == ids
        rows.append((ids[kept].tolist(), batch["labels"][i][kept].tolist()))
    return rows


def watch(path: Path) -> None:
    """From now on every Trainer of this process writes its steps to `path` (JSON lines)."""
    from transformers import Trainer, TrainerCallback, trainer

    step: dict[str, Any] = {}
    train_one_batch = Trainer.training_step

    class Clock(TrainerCallback):
        """Seconds from the first batch of an optimiser step to the end of the step."""

        def on_step_begin(self, args: Any, state: Any, control: Any, **_: Any) -> None:
            step.update(loss=0.0, tokens=0, learned=0, computed=0, rows=[])
            step.update(started=time.perf_counter(), cpu_started=time.process_time())

        def on_step_end(self, args: Any, state: Any, control: Any, **_: Any) -> None:
            step["seconds"] = time.perf_counter() - step.pop("started")
            step["cpu_seconds"] = time.process_time() - step.pop("cpu_started")
            with path.open("a", encoding="utf-8") as file:
                file.write(json.dumps(step) + "\n")

    def training_step(
        self: Any, model: Any, inputs: dict[str, Any], *rest: Any, **more: Any
    ) -> Any:
        rows = unpadded(inputs)
        step["computed"] += inputs["input_ids"].numel()
        loss = train_one_batch(self, model, inputs, *rest, **more)
        for ids, labels in rows:
            ids, labels = trained_part(ids, labels)
            step["rows"].append(fingerprint(ids, labels))
            step["tokens"] += len(ids)
            step["learned"] += sum(label != IGNORED for label in labels)
        step["loss"] += float(loss)
        return loss

    Trainer.training_step = training_step
    trainer.DEFAULT_CALLBACKS.append(Clock)
