"""LoRA fine-tuning with TRL and PEFT: the same code for the tiny base on a CPU and Qwen on a GPU.

Reads chat rows (JSONL) and a recipe; writes a run folder with a plain PEFT adapter.
"""

from __future__ import annotations

import datetime as dt
import json
import random
import shutil
import time
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from toujiao.errors import ToujiaoError, missing_extra
from toujiao.models.loading import refuse_qwen1
from toujiao.models.resolve import source_of
from toujiao.models.template import chat_template
from toujiao.recipes.recipe import Recipe
from toujiao.train.progress import make_progress
from toujiao.train.run_folder import hardware, library_versions, sha256, write_json

if TYPE_CHECKING:
    from datasets import Dataset
    from peft import LoraConfig
    from trl import SFTConfig

# A run writes the adapter, one checkpoint and logs; less room than this and it is not started.
_ROOM_BYTES = 200_000_000


@dataclass(frozen=True)
class Data:
    """The files of one training run."""

    train: Path
    held_out: Path


def run_sft(name: str, recipe: Recipe, data: Data, folder: Path) -> dict[str, Any]:
    """Fine-tune and write `folder` (run.json, log.jsonl, adapter/); returns the run record."""
    try:
        import torch
        from transformers import set_seed
        from trl import SFTTrainer
    except ImportError as error:
        raise missing_extra("torch、transformers、peft 和 trl", "train") from error
    refuse_qwen1(recipe.base)
    _check_room(folder)
    set_seed(recipe.seed)
    started = time.perf_counter()
    tokenizer = load_tokenizer(recipe)
    train = load_rows(data.train, recipe, recipe.max_train_rows)
    held_out = load_rows(data.held_out, recipe, recipe.max_eval_rows)
    trainer = SFTTrainer(
        model=source_of(recipe.base),
        args=training_arguments(recipe, folder),
        train_dataset=train,
        eval_dataset=held_out,
        processing_class=tokenizer,
        peft_config=lora_config(recipe),
        callbacks=[make_progress(folder / "log.jsonl")],
    )
    _quiet(trainer)
    before = trainer.evaluate()["eval_loss"]
    try:
        trainer.train()
    except OSError as error:
        raise ToujiaoError(
            f"训练中断：写不进 {folder}（{error}）。请腾出磁盘空间后重跑。"
        ) from error
    after = trainer.evaluate()["eval_loss"]
    adapter = folder / "adapter"
    save_adapter(trainer.model, tokenizer, recipe, adapter)
    shutil.rmtree(folder / "checkpoints", ignore_errors=True)
    record = {
        "recipe": name,
        "settings": recipe.model_dump(),
        "base_model": recipe.base,
        "system_prompt": train[0]["messages"][0]["content"],
        "data": {
            "train_rows": len(train),
            "eval_rows": len(held_out),
            "sha256": sha256(data.train),
        },
        "steps": trainer.state.global_step,
        "trained_tokens": _tokens_seen(trainer.state.log_history),
        "held_out_loss": {"before": round(before, 4), "after": round(after, 4)},
        "losses": [round(x["loss"], 4) for x in trainer.state.log_history if "loss" in x],
        "seconds": round(time.perf_counter() - started, 1),
        "hardware": hardware(),
        "seed": recipe.seed,
        "versions": library_versions(),
        "created": dt.datetime.now(dt.UTC).isoformat(timespec="seconds"),
        "torch_threads": torch.get_num_threads(),
    }
    write_json(folder / "run.json", record)
    return record


def _quiet(trainer: Any) -> None:
    """Our own progress bar replaces the default printing."""
    from transformers import PrinterCallback
    from transformers.trainer_callback import ProgressCallback

    for callback in (PrinterCallback, ProgressCallback):
        trainer.remove_callback(callback)


def load_tokenizer(recipe: Recipe) -> Any:
    """The base's tokenizer with our own template, which marks the trained tokens."""
    from transformers import AutoTokenizer

    try:
        tokenizer: Any = AutoTokenizer.from_pretrained(source_of(recipe.base))
    except OSError as error:
        raise ToujiaoError(
            f"打不开底座 {recipe.base}：{str(error).splitlines()[0]}。请检查名称，或先下载到本地文件夹。"
        ) from error
    tokenizer.chat_template = chat_template()
    return tokenizer


def load_rows(path: Path, recipe: Recipe, limit: int | None) -> Dataset:
    """Rows of a JSONL file as a data set with a `messages` column: a fixed random choice.

    Only the recipe's kinds (all when it names none), at most `limit` of them.
    """
    from datasets import Dataset

    if not path.is_file():
        raise ToujiaoError(f"找不到训练数据 {path}，请先运行 toujiao dataset build。")
    with path.open(encoding="utf-8") as lines:
        rows = [json.loads(line) for line in lines if line.strip()]
    kinds = recipe.kinds
    rows = [row for row in rows if not kinds or (row.get("meta") or {}).get("kind") in kinds]
    if not rows:
        what = f"{'、'.join(kinds)} 类的" if kinds else ""
        raise ToujiaoError(f"{path} 里一行{what}数据也没有。")
    random.Random(recipe.seed).shuffle(rows)
    return Dataset.from_list([{"messages": row["messages"]} for row in rows[:limit]])


def lora_config(recipe: Recipe) -> LoraConfig:
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


def training_arguments(recipe: Recipe, folder: Path) -> SFTConfig:
    """TRL's settings; loss on the assistant's words and its end token only."""
    import torch
    from trl import SFTConfig

    cpu = recipe.device == "cpu" or not torch.cuda.is_available()
    per_device = min(recipe.rows_per_device, recipe.rows_per_step)
    return SFTConfig(
        output_dir=str(folder / "checkpoints"),
        num_train_epochs=recipe.epochs,
        max_steps=recipe.max_steps,
        per_device_train_batch_size=per_device,
        per_device_eval_batch_size=per_device,
        gradient_accumulation_steps=max(1, recipe.rows_per_step // per_device),
        learning_rate=recipe.learning_rate,
        lr_scheduler_type=recipe.schedule,
        warmup_steps=recipe.warmup,
        weight_decay=recipe.weight_decay,
        max_length=recipe.max_length,
        assistant_only_loss=True,
        gradient_checkpointing=recipe.gradient_checkpointing,
        bf16=recipe.precision == "bf16",
        use_cpu=cpu,
        train_sampling_strategy="group_by_length" if recipe.group_by_length else "random",
        logging_steps=5,
        save_strategy="no",
        eval_strategy="no",
        report_to="none",
        seed=recipe.seed,
        dataloader_pin_memory=False,
        model_init_kwargs={"dtype": "float32" if recipe.precision == "fp32" else "bfloat16"},
    )


def save_adapter(model: Any, tokenizer: Any, recipe: Recipe, folder: Path) -> None:
    """Save a plain PEFT folder that names the base by its public name, never by a local path."""
    model.peft_config["default"].base_model_name_or_path = recipe.base
    model.save_pretrained(str(folder))
    tokenizer.save_pretrained(str(folder))
    (folder / "README.md").unlink(missing_ok=True)


def _tokens_seen(history: list[dict[str, Any]]) -> int:
    return int(max((x.get("num_tokens", 0) for x in history), default=0))


def _check_room(folder: Path) -> None:
    free = shutil.disk_usage(folder).free
    if free < _ROOM_BYTES:
        raise ToujiaoError(
            f"{folder} 所在磁盘只剩 {free // 1_000_000} MB，至少要 {_ROOM_BYTES // 1_000_000} MB。"
        )
