"""LoRA fine-tuning with TRL and PEFT: the same code for the tiny base on a CPU and Qwen on a GPU.

Reads a prepared run folder (recipe.toml, data/), writes the adapter and the record into it.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from toujiao.files import Row, read_rows
from toujiao.folders import ADAPTER, HELD_OUT, PROBE, REPLAY, TRAIN
from toujiao.recipes.plan import planned_steps, settle
from toujiao.recipes.recipe import Recipe
from toujiao.train import replay
from toujiao.train.answer_loss import trainer_class
from toujiao.train.arguments import common_arguments, lora_config
from toujiao.train.base_model import load_base, save_adapter
from toujiao.train.length_groups import LengthGroups
from toujiao.train.processes import from_main, is_main
from toujiao.train.run import callbacks, open_run, train_measured, write_record
from toujiao.train.run_folder import system_prompt_of, take

if TYPE_CHECKING:
    from datasets import Dataset


def run_sft(folder: Path) -> dict[str, Any]:
    """Fine-tune what `folder` holds, from its last checkpoint if there is one; returns the record.

    Held-out loss is measured before, during and after; the adapter is the best of them.
    """
    run = open_run(folder)
    recipe, data = run.recipe, run.data
    model, tokenizer = load_base(recipe)
    from_main(lambda: replay.answer_neutral_prompts(model, tokenizer, recipe.replay, data))
    train, replayed = read_rows(data / TRAIN), read_rows(data / REPLAY, optional=True)
    held_out = take(read_rows(data / HELD_OUT), recipe.max_eval_rows, recipe.seed)
    settled = settle(recipe, len(train) + len(replayed))
    steps = planned_steps(settled, len(train) + len(replayed))
    trainer = _trainer(
        settled,
        model=model,
        args=_arguments(settled, folder, steps),
        train_dataset=_dataset([*train, *replayed]),
        eval_dataset=_dataset(held_out),
        processing_class=tokenizer,
        peft_config=lora_config(settled),
        callbacks=callbacks(run),
    )
    measured = train_measured(trainer, folder)
    if is_main():
        save_adapter(trainer.model, tokenizer, settled, folder / ADAPTER)
        if probe := read_rows(data / PROBE, optional=True):
            measured["forgetting"] = replay.forgetting(trainer.model, tokenizer, probe)
        counts = {
            "train_rows": len(train),
            "eval_rows": len(held_out),
            "replay_rows": len(replayed),
        }
        record = write_record(run, settled, system_prompt_of(train), counts, **measured)
    return from_main(lambda: record)


def _dataset(rows: list[Row]) -> Dataset:
    from datasets import Dataset

    return Dataset.from_list([{"messages": row["messages"]} for row in rows])


def _trainer(recipe: Recipe, **options: Any) -> Any:
    """Our trainer; with our order of rows where the recipe groups them by length."""
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
