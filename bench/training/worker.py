"""Trains with one tool, as its documentation says, with the witness looking on.

Run by bench/train.py as a process of its own: python worker.py TOOL plan.json
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parent))
from witness import watch


def toujiao(plan: dict[str, Any]) -> None:
    """The command line, with a recipe that holds the plan's settings."""
    from toujiao.cli import main

    out = Path(plan["out"])
    recipe = out.with_name("recipe.toml")
    recipe.write_text(
        "".join(
            f"{key} = {json.dumps(value)}\n"
            for key, value in {
                "base": plan["model"],
                "rank": plan["rank"],
                "alpha": plan["alpha"],
                "learning_rate": plan["learning_rate"],
                "epochs": 1,
                "rows_per_step": plan["rows_per_step"],
                "rows_per_device": plan["rows_per_device"],
                "max_length": plan["max_length"],
                "warmup": 0,
                "schedule": "constant",
                "precision": plan["precision"],
                "gradient_checkpointing": plan["checkpointing"],
                "device": "cpu",
                # What the other tools do not do is left out; held-out loss is measured afterwards.
                "max_eval_rows": 1,
                "evaluations": 1,
                "replay": 0,
                "seed": plan["seed"],
            }.items()
        ),
        encoding="utf-8",
    )
    sys.argv = ["toujiao", "train", "sft", str(recipe), "--data", plan["data"]]
    sys.argv += ["--out", str(out.parent), "--run", out.name, "--force", "--no-evaluate"]
    main()


def trl(plan: dict[str, Any]) -> None:
    """The script of TRL's documentation for LoRA on chat rows."""
    from datasets import load_dataset
    from peft import LoraConfig
    from trl import SFTConfig, SFTTrainer

    rows = load_dataset("json", data_files=plan["rows"], split="train")
    trainer = SFTTrainer(
        model=plan["model"],
        args=SFTConfig(
            output_dir=plan["out"],
            num_train_epochs=1,
            per_device_train_batch_size=plan["rows_per_device"],
            gradient_accumulation_steps=plan["rows_per_step"] // plan["rows_per_device"],
            learning_rate=plan["learning_rate"],
            lr_scheduler_type="constant",
            max_length=plan["max_length"],
            assistant_only_loss=True,
            gradient_checkpointing=plan["checkpointing"],
            bf16=plan["precision"] == "bf16",
            model_init_kwargs={"dtype": _dtype(plan)},
            use_cpu=True,
            train_sampling_strategy="sequential",
            logging_steps=1,
            save_strategy="no",
            report_to="none",
            seed=plan["seed"],
        ),
        train_dataset=rows.select_columns(["messages"]),
        peft_config=LoraConfig(
            r=plan["rank"], lora_alpha=plan["alpha"], target_modules="all-linear"
        ),
    )
    trainer.train()
    trainer.save_model(plan["out"] + "/adapter")


def llamafactory(plan: dict[str, Any]) -> None:
    """`llamafactory-cli train` with the keys of its examples/train_lora/*_lora_sft.yaml."""
    from llamafactory.train.tuner import run_exp

    run_exp(
        {
            "model_name_or_path": plan["model"],
            "stage": "sft",
            "do_train": True,
            "finetuning_type": "lora",
            "lora_rank": plan["rank"],
            "lora_alpha": plan["alpha"],
            "lora_dropout": 0.0,
            "lora_target": "all",
            "dataset": "rows",
            "dataset_dir": plan["data"],
            "template": "empty",
            "cutoff_len": plan["max_length"],
            "overwrite_cache": True,
            "output_dir": plan["out"] + "/adapter",
            "per_device_train_batch_size": plan["rows_per_device"],
            "gradient_accumulation_steps": plan["rows_per_step"] // plan["rows_per_device"],
            "learning_rate": plan["learning_rate"],
            "num_train_epochs": 1,
            "lr_scheduler_type": "constant",
            "bf16": plan["precision"] == "bf16",
            "disable_gradient_checkpointing": not plan["checkpointing"],
            "use_cpu": True,
            "disable_shuffling": True,
            "logging_steps": 1,
            "save_strategy": "no",
            "report_to": "none",
            "seed": plan["seed"],
        }
    )


def _dtype(plan: dict[str, Any]) -> str:
    return "bfloat16" if plan["precision"] == "bf16" else "float32"


TOOLS = {"toujiao": toujiao, "trl": trl, "llamafactory": llamafactory}

if __name__ == "__main__":
    tool, plan_file = sys.argv[1:]
    given = json.loads(Path(plan_file).read_text(encoding="utf-8"))
    watch(Path(given["witness"]))
    TOOLS[tool](given)
