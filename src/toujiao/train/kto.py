"""Training from votes with TRL's KTO trainer: away from disliked answers, towards liked ones.

Reads a prepared run folder (recipe.toml, data/, start_adapter/), writes the adapter and the record
into it, as `train.sft` does.
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from toujiao.errors import ToujiaoError
from toujiao.files import Row, read_rows
from toujiao.folders import ADAPTER, HELD_OUT, HELD_OUT_VOTES, START_ADAPTER, TRAIN
from toujiao.recipes.plan import PAIRED_BATCH, planned_steps, settle_votes, vote_weights
from toujiao.recipes.recipe import Recipe
from toujiao.train.arguments import batch_shape, common_arguments, lora_config
from toujiao.train.base_model import load_base, save_adapter
from toujiao.train.preference import chat_losses, chat_row, loss_of_answers, preference
from toujiao.train.processes import from_main, is_main, process_count
from toujiao.train.run import callbacks, open_run, train_measured, write_record
from toujiao.train.run_folder import system_prompt_of, take

if TYPE_CHECKING:
    from datasets import Dataset

METHOD = "kto"


def run_kto(folder: Path) -> dict[str, Any]:
    """Train on the votes that `folder` holds, from its last checkpoint if there is one.

    Returns the record. `held_out_loss` is the loss on ordinary answers (has anything been lost?),
    `preference` what became of the held-out votes; the adapter is the best by their KTO loss.
    """
    run = open_run(folder)
    from trl import KTOTrainer

    os.environ.setdefault("TQDM_DISABLE", "1")  # TRL's bar of the measurement before the first step
    votes = read_rows(run.data / TRAIN)
    recipe = settle_votes(run.recipe, len(votes))
    held_out = take(read_rows(run.data / HELD_OUT_VOTES), recipe.max_eval_rows, recipe.seed)
    check_batch(recipe)
    model, tokenizer = load_base(recipe)
    start = folder / START_ADAPTER
    trainer = KTOTrainer(
        model=_with_adapter(model, start) if start.is_dir() else model,
        args=_arguments(recipe, folder, votes),
        train_dataset=_dataset(take(votes, None, recipe.seed)),
        eval_dataset=_dataset(held_out),
        processing_class=tokenizer,
        peft_config=None if start.is_dir() else lora_config(recipe),
        callbacks=callbacks(run),
    )
    trained = train_measured(trainer, folder)
    if is_main():
        save_adapter(trainer.model, tokenizer, recipe, folder / ADAPTER)
        by_kind = chat_losses(trainer.model, tokenizer, read_rows(run.data / HELD_OUT), recipe.seed)
        vote_loss, losses = trained.pop("held_out_loss"), trained.pop("held_out_losses")
        moved = preference(trainer.model, tokenizer, held_out, recipe.max_length)
        record = write_record(
            run,
            recipe,
            system_prompt_of([chat_row(vote) for vote in votes[:1]]),
            {"train_rows": len(votes), "eval_rows": len(held_out)},
            votes=_votes(votes),
            preference={**moved, "loss": vote_loss, "losses": losses},
            **trained,
            held_out_loss=loss_of_answers(by_kind),
            held_out_loss_by_kind=by_kind,
        )
    return from_main(lambda: record)


def check_batch(recipe: Recipe) -> None:
    """KTO's own loss compares with the neighbours in the batch: ToujiaoError when it is too small."""
    per_device, _ = batch_shape(recipe)
    if recipe.kto.loss == "kto" and per_device < PAIRED_BATCH:
        raise ToujiaoError(
            f"损失 kto 要和同一批里的别的票比较，每台设备一批至少 {PAIRED_BATCH} 票，现在是 {per_device}。"
            f"请把 rows_per_device 和 rows_per_step（{process_count()} 个进程平分）改大，"
            '或写 [kto] loss = "apo_zero_unpaired"。'
        )


def _with_adapter(model: Any, start: Path) -> Any:
    """The base with the start adapter, to be trained on; TRL makes a frozen copy of it."""
    from peft import PeftModel

    try:
        policy = PeftModel.from_pretrained(model, str(start), is_trainable=True)
    except (OSError, ValueError, RuntimeError, KeyError) as error:
        raise ToujiaoError(
            f"适配器 {start} 装不到这个底座上：{str(error).splitlines()[0]}。"
            "请确认它是为这个底座训练的。"
        ) from error
    # PEFT looks into the base's config with every checkpoint; by its public name it would ask the Hub.
    policy.peft_config["default"].base_model_name_or_path = model.config.name_or_path
    return policy


def _dataset(votes: Sequence[Row]) -> Dataset:
    from datasets import Dataset

    return Dataset.from_list([{k: v[k] for k in ("prompt", "completion", "label")} for v in votes])


def _votes(votes: Sequence[Row]) -> dict[str, Any]:
    liked = sum(vote["label"] for vote in votes)
    weights = vote_weights(liked, len(votes) - liked)
    return {
        "liked": liked,
        "disliked": len(votes) - liked,
        "liked_weight": round(weights[0], 3),
        "disliked_weight": round(weights[1], 3),
    }


def _arguments(recipe: Recipe, folder: Path, votes: Sequence[Row]) -> Any:
    """TRL's settings. Batches keep our order: KTO's loss pairs each vote with its neighbour."""
    from trl import KTOConfig

    liked = sum(vote["label"] for vote in votes)
    liked_weight, disliked_weight = vote_weights(liked, len(votes) - liked)
    return KTOConfig(
        **common_arguments(recipe, folder, planned_steps(recipe, len(votes))),
        num_train_epochs=recipe.epochs,
        learning_rate=recipe.learning_rate,
        beta=recipe.kto.beta,
        loss_type=recipe.kto.loss,
        desirable_weight=liked_weight,
        undesirable_weight=disliked_weight,
        train_sampling_strategy="sequential",
        # The start does not change: measured once, not in each pass (one process: TRL's file of them
        # has a random name in each).
        precompute_ref_log_probs=process_count() == 1,
    )
