"""A throw-away base, prepared run folders, and one trained run that all tests share."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from toujiao.models.generation import Output
from toujiao.models.tiny import make_config, train_tokenizer
from toujiao.recipes.recipe import Recipe
from toujiao.train import replay
from toujiao.train.run_folder import create_run_folder, fill_run_folder
from toujiao.train.sft import run_sft

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


REPLAYED = 6


def spoken(model: Any, tokenizer: Any, asked: list[Any], most_tokens: int) -> list[Output]:
    """What the base says to each prompt; every third answer has no end."""
    return [Output("好的，就这样。", number % 3 > 0) for number in range(len(asked))]


@pytest.fixture(scope="session")
def trained(
    prepared: Callable[..., Path], tmp_path_factory: pytest.TempPathFactory
) -> tuple[Path, dict[str, Any]]:
    """(run folder, record) of the one run whose details are looked at; nobody may change it."""
    folder = prepared(
        tmp_path_factory.mktemp("trained"), "run", patience=0, replay=REPLAYED,
        log_to=("tensorboard",),
    )  # fmt: skip
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(replay, "generate", spoken)
        return folder, run_sft(folder)


@pytest.fixture(scope="session")
def again(trained: tuple[Path, dict[str, Any]]) -> Callable[[Path], Path]:
    """Makes a folder that repeats the run: nothing but its recipe and its data."""

    def make(folder: Path) -> Path:
        folder.mkdir(parents=True)
        shutil.copytree(trained[0] / "data", folder / "data")
        shutil.copy(trained[0] / "recipe.toml", folder)
        return folder

    return make
