"""Writes the training data: train.jsonl, held_out.jsonl and a manifest, whole or not at all."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from toujiao.assistant.prompt import question_of
from toujiao.clock import today
from toujiao.dataset.formats import write_rows
from toujiao.dataset.rows import gather, make_rows
from toujiao.errors import ToujiaoError
from toujiao.files import Row, sha256, write_json
from toujiao.folders import HELD_OUT, MANIFEST, TRAIN
from toujiao.knowledge.folders import open_knowledge
from toujiao.knowledge.knowledge import Knowledge
from toujiao.recipes.recipe import SEED

OUR_CARDS, OWN_CARDS = "cards", "own"


@dataclass(frozen=True)
class Built:
    """Where the data went and how much of what there is."""

    folder: Path
    counts: dict[str, int]


def build(knowledge: Knowledge, folder: Path, day: dt.date, seed: int = SEED) -> Built:
    """Make all rows for `day` and write them to `folder`; the same input gives the same bytes.

    The manifest says whose cards they are: OUR_CARDS or OWN_CARDS.
    """
    rows = list(make_rows(gather(knowledge, day), seed))
    train = [row for row in rows if row["meta"]["split"] == "train"]
    held_out = [row for row in rows if row["meta"]["split"] != "train"]
    check_no_leak(train, held_out)
    write_rows(folder / TRAIN, train, "messages")
    write_rows(folder / HELD_OUT, held_out, "messages")
    counts = dict(Counter(f"{r['meta']['split']}/{r['meta']['kind']}" for r in rows))
    manifest = {
        "day": day,
        "seed": seed,
        "source": OUR_CARDS if knowledge.is_ours else OWN_CARDS,
        "cards": len(knowledge.cards),
        "rules": len(knowledge.rules),
        "counts": counts,
        "sha256": {name: sha256(folder / name) for name in (TRAIN, HELD_OUT)},
    }
    write_json(folder / MANIFEST, manifest)
    return Built(folder, counts)


def held_out_of_cards() -> list[Row]:
    """The held-out rows of the cards as of today, as `build` writes them.

    The cards are those that TOUJIAO_KNOWLEDGE says, else ours.
    """
    material = gather(open_knowledge(), today())
    return [row for row in make_rows(material, SEED) if row["meta"]["split"] != "train"]


def check_no_leak(train: list[Row], held_out: list[Row]) -> None:
    """No held-out question, and no question of a held-out card, may stand in a training row."""
    trained = {question for row in train for question in questions_of(row)}
    leaked = [q for row in held_out if (q := questions_of(row)[-1]) in trained]
    if leaked:
        raise ToujiaoError(f"留出的问题出现在训练数据里：{leaked[0]}。请检查卡片里的重复问题。")


def questions_of(row: dict[str, Any]) -> list[str]:
    """The questions of a row's user turns, without their material."""
    return [question_of(m["content"]) for m in row["messages"] if m["role"] == "user"]
