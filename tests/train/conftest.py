"""A throw-away base and prepared run folders."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from toujiao.models.tiny import make_config, train_tokenizer
from toujiao.recipes.recipe import Recipe
from toujiao.train.run_folder import create_run_folder, fill_run_folder

SENTENCES = ["什么是股票？股票就是公司的一小份。", "均线就是平均价连成的线。"] * 8


def row(question: str, answer: str) -> dict[str, Any]:
    return {
        "messages": [
            {"role": "system", "content": "用大白话回答。"},
            {"role": "user", "content": question},
            {"role": "assistant", "content": answer},
        ]
    }


ROWS = [
    row("什么是股票？", "股票就是公司的一小份。"),
    row("什么是均线？", "平均价连成的线。"),
] * 6


@pytest.fixture(scope="session")
def base(tmp_path_factory: pytest.TempPathFactory) -> Path:
    import torch
    from transformers import Qwen3ForCausalLM

    torch.manual_seed(1)
    folder = tmp_path_factory.mktemp("base")
    tokenizer = train_tokenizer(SENTENCES, size=420)
    Qwen3ForCausalLM(make_config(len(tokenizer), 2, 0)).save_pretrained(folder)
    tokenizer.save_pretrained(folder)
    return folder


@pytest.fixture(scope="session")
def prepared(base: Path) -> Callable[..., Path]:
    """Makes a run folder that is ready to train: `prepared(parent, name, **settings)`."""

    def make(parent: Path, name: str, rows: list[Any] | None = None, **changes: Any) -> Path:
        settings = {
            "base": str(base),
            "rank": 4,
            "learning_rate": 0.01,
            "epochs": 4,
            "max_steps": 12,
            "rows_per_step": 4,
            "rows_per_device": 4,
            "max_length": 128,
            "precision": "fp32",
            "gradient_checkpointing": False,
            "device": "cpu",
            "replay": 0,
        }
        recipe = Recipe.model_validate(settings | changes)
        folder = create_run_folder(name, parent, stamped=False)
        origin = {"source": "own", "files": ["mine.jsonl"]}
        fill_run_folder(folder, "test", recipe, rows or ROWS, ROWS, origin)
        return folder

    return make
