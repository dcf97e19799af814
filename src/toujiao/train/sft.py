"""LoRA fine-tuning with TRL and PEFT: the same code for the tiny base on a CPU and Qwen on a GPU.

Reads a prepared run folder (recipe.toml, data/), writes the adapter and the record into it.
"""

from __future__ import annotations

import datetime as dt
import shutil
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

from toujiao.errors import ToujiaoError, missing_extra
from toujiao.recipes.plan import planned_steps, settle
from toujiao.recipes.recipe import Recipe
from toujiao.train import replay
from toujiao.train.arguments import common_arguments, lora_config
from toujiao.train.base_model import load_base, save_adapter
from toujiao.train.checkpoints import check_room, last_checkpoint, measure_at_the_end
from toujiao.train.length_groups import LengthGroups
from toujiao.train.processes import from_main, is_main, process_count
from toujiao.train.progress import make_progress, quiet_libraries
from toujiao.train.run_folder import (
    ADAPTER,
    CHECKPOINTS,
    DATA,
    HELD_OUT,
    LOG,
    RECORD,
    TRAIN,
    hardware,
    library_versions,
    read_rows,
    read_run_folder,
    sha256,
    system_prompt_of,
    take,
    write_json,
)
from toujiao.train.versions import check_versions

if TYPE_CHECKING:
    from datasets import Dataset


def run_sft(folder: Path) -> dict[str, Any]:
    """Fine-tune what `folder` holds, from its last checkpoint if there is one; returns the record.

    Held-out loss is measured before, during and after; the adapter is the best of them.
    """
    try:
        from transformers import EarlyStoppingCallback, set_seed
    except ImportError as error:
        raise missing_extra("torch、transformers、peft 和 trl", "train") from error
    check_versions()
    recipe, origin = read_run_folder(folder)
    if (folder / RECORD).is_file():
        raise ToujiaoError(f"{folder} 已经练完了。要再练一次，请换一个 --run 名字。")
    check_room(folder)
    quiet_libraries()
    set_seed(recipe.seed)
    started = time.perf_counter()
    model, tokenizer = load_base(recipe)
    from_main(lambda: _answer_neutral_prompts(model, tokenizer, recipe, folder))
    train = read_rows(folder / DATA / TRAIN)
    held_out = take(read_rows(folder / DATA / HELD_OUT), recipe.max_eval_rows, recipe.seed)
    replayed = read_rows(folder / DATA / replay.REPLAY_FILE)
    recipe = settle(recipe, len(train) + len(replayed))
    steps = planned_steps(recipe, len(train) + len(replayed))
    callbacks = [make_progress(folder / LOG), measure_at_the_end()]
    if recipe.patience:
        callbacks.append(EarlyStoppingCallback(recipe.patience))
    trainer = _trainer(
        recipe,
        model=model,
        args=_arguments(recipe, folder, steps),
        train_dataset=_dataset([*train, *replayed]),
        eval_dataset=_dataset(held_out),
        processing_class=tokenizer,
        peft_config=lora_config(recipe),
        callbacks=callbacks,
    )
    losses = train_measured(trainer, folder)
    if is_main():
        save_adapter(trainer.model, tokenizer, recipe, folder / ADAPTER)
        probe = read_rows(folder / DATA / replay.PROBE_FILE)
        record = {
            "method": "sft",
            "recipe": origin.pop("recipe"),
            "settings": recipe.model_dump(mode="json"),
            "base_model": recipe.base,
            "system_prompt": system_prompt_of(train),
            "data": {
                **origin,
                "train_rows": len(train),
                "eval_rows": len(held_out),
                "replay_rows": len(replayed),
                "sha256": sha256(folder / DATA / TRAIN),
            },
            **losses,
            "seconds": round(time.perf_counter() - started, 1),
            **({"forgetting": replay.forgetting(trainer.model, tokenizer, probe)} if probe else {}),
            **environment(recipe),
        }
        write_json(folder / RECORD, record)
        shutil.rmtree(folder / CHECKPOINTS, ignore_errors=True)
    return from_main(lambda: record)


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


def environment(recipe: Recipe) -> dict[str, Any]:
    """What else decides the result: machine, seed, versions, processes."""
    import torch

    return {
        "hardware": hardware(),
        "processes": process_count(),
        "torch_threads": torch.get_num_threads(),
        "seed": recipe.seed,
        "versions": library_versions(),
        "created": dt.datetime.now(dt.UTC).isoformat(timespec="seconds"),
    }


def _answer_neutral_prompts(model: Any, tokenizer: Any, recipe: Recipe, folder: Path) -> None:
    replay.answer_neutral_prompts(model, tokenizer, recipe.replay, folder / DATA)


def _dataset(rows: list[dict[str, Any]]) -> Dataset:
    from datasets import Dataset

    return Dataset.from_list([{"messages": row["messages"]} for row in rows])


def _trainer(recipe: Recipe, **options: Any) -> Any:
    """Our trainer; with our order of rows where the recipe groups them by length."""
    from toujiao.train.answer_loss import trainer_class

    ours: Any = trainer_class()

    class Trainer(ours):
        """Batches of like length that come out the same after a resume."""

        def _get_train_sampler(self, train_dataset: Any = None) -> Any:
            rows = self.train_dataset if train_dataset is None else train_dataset
            lengths = [len(ids) for ids in rows["input_ids"]]
            return LengthGroups(lengths, recipe.rows_per_step or 1, recipe.seed)

    return (Trainer if recipe.group_by_length else ours)(**options)


def _arguments(recipe: Recipe, folder: Path, steps: int) -> Any:
    """TRL's settings; loss on the assistant's words and its end token only."""
    from trl import SFTConfig

    return SFTConfig(
        **common_arguments(recipe, folder, steps),
        num_train_epochs=recipe.epochs,
        learning_rate=recipe.learning_rate,
        assistant_only_loss=True,
    )
