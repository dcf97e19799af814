"""A recipe as settings of the Trainer: what SFT and KTO have in common."""

from __future__ import annotations

import math
from pathlib import Path
from typing import Any

from toujiao.errors import ToujiaoError
from toujiao.folders import CHECKPOINTS
from toujiao.recipes.recipe import Recipe
from toujiao.train.processes import process_count
from toujiao.train.trackers import start_trackers

LOG_EVERY = 5


def common_arguments(recipe: Recipe, folder: Path, steps: int) -> dict[str, Any]:
    """Arguments of TRL's configs for a settled recipe and a run of `steps` optimiser steps."""
    import torch

    start_trackers(recipe.log_to, folder)
    per_device, accumulation = batch_shape(recipe)
    every = math.ceil(steps / recipe.evaluations)
    return {
        "output_dir": str(folder / CHECKPOINTS),
        "max_steps": recipe.max_steps,
        "per_device_train_batch_size": per_device,
        "per_device_eval_batch_size": per_device,
        "gradient_accumulation_steps": accumulation,
        "lr_scheduler_type": recipe.schedule,
        "warmup_steps": recipe.warmup,
        "weight_decay": recipe.weight_decay,
        "max_length": recipe.max_length,
        "gradient_checkpointing": recipe.gradient_checkpointing,
        "bf16": recipe.precision == "bf16",
        "use_cpu": recipe.device == "cpu" or not torch.cuda.is_available(),
        "logging_steps": max(1, min(LOG_EVERY, steps // 20)),
        "eval_strategy": "steps",
        # Measured by the Trainer itself, not by evaluate() before train(): after that transformers
        # 5.23 no longer wraps the model for several processes, and each trains alone, silently.
        "eval_on_start": True,
        "eval_steps": every,
        "save_strategy": "steps",
        "save_steps": every,
        "save_total_limit": 2,
        "load_best_model_at_end": True,
        "metric_for_best_model": "eval_loss",
        "greater_is_better": False,
        "report_to": list(recipe.log_to) or "none",
        "run_name": folder.name,
        "seed": recipe.seed,
        "dataloader_pin_memory": False,
        "ddp_find_unused_parameters": False,
    }


def batch_shape(recipe: Recipe) -> tuple[int, int]:
    """(rows per device, accumulated batches) that make exactly `rows_per_step` with all processes.

    The largest number of rows per device that `rows_per_device` allows and that divides evenly.
    """
    rows, processes = recipe.rows_per_step or 1, process_count()
    if rows % processes:
        raise ToujiaoError(
            f"rows_per_step = {rows} 不能平分给 {processes} 个进程，请改成 {processes} 的倍数。"
        )
    share = rows // processes
    per_device = max(n for n in range(1, min(recipe.rows_per_device, share) + 1) if not share % n)
    return per_device, share // per_device


def lora_config(recipe: Recipe) -> Any:
    """Plain LoRA on all linear layers: the only form that travels everywhere (docs/train.md)."""
    from peft import LoraConfig

    return LoraConfig(
        r=recipe.rank,
        lora_alpha=recipe.alpha,
        lora_dropout=recipe.dropout,
        target_modules="all-linear",
        bias="none",
        task_type="CAUSAL_LM",
    )
