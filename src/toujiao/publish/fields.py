"""The rows of a card's tables, from the records of a run; what was not recorded is left out.

Their names, Chinese and English, are in names.yaml.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from toujiao.publish.adapter import Adapter
from toujiao.publish.leaks import local_paths
from toujiao.publish.rendering import as_text, number
from toujiao.publish.run import RunRecord


def training(record: RunRecord, adapter: Adapter) -> dict[str, str]:
    """The training set-up with numbers."""
    config, loss = adapter.config, record.held_out_loss
    modules = config.get("target_modules")
    rows = {
        "recipe": record.recipe_name,
        "method": record.method.upper(),
        "rank": f"{config.get('r')} / {config.get('lora_alpha')}",
        "dropout": as_text(config.get("lora_dropout", 0)),
        "modules": as_text(sorted(modules) if isinstance(modules, list) else modules),
        "parameters": number(adapter.parameters),
        "rows": number(record.data.train_rows),
        "replay": _unless_zero(record.data.replay_rows),
        "steps": number(record.steps),
        "kept": _unless_zero(record.best_step if record.best_step != record.steps else 0),
        "tokens": number(record.trained_tokens),
        "seconds": number(record.seconds),
        "loss": _from_to(record.losses),
        "held_out": _from_to([loss[key] for key in ("before", "after") if key in loss]),
        "hardware": as_text(record.hardware),
        "seed": str(record.seed),
        "versions": as_text({"toujiao": record.program, **record.versions}),
        "created": record.created,
        "sha256": adapter.sha256,
    }
    return {name: value for name, value in rows.items() if value}


def settings(recorded: Mapping[str, Any]) -> dict[str, str]:
    """All settings; paths of this computer mean nothing to a reader."""
    told = {k: v for k, v in recorded.items() if k != "system_prompt" and v is not None}
    texts = {name: as_text(value) for name, value in told.items()}
    return {name: text for name, text in texts.items() if text and not local_paths(text)}


def _unless_zero(count: int) -> str:
    return number(count) if count else ""


def _from_to(values: Sequence[float]) -> str:
    return f"{number(values[0])} → {number(values[-1])}" if values[1:] else ""
