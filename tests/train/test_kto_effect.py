"""Real votes on the embedded model: it moves towards what was liked, and ordinary answers stay.

The votes are synthetic, but on answers that the model really gave (tests/make_votes.py). The whole
run, with the table, stands in docs/experiments.md; this one is cut to five steps at a higher rate.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from toujiao.train.kto import run_kto
from toujiao.train.run_folder import DATA, HELD_OUT, read_rows, write_rows
from toujiao.train.whole_kto_run import prepare_kto
from toujiao.train.whole_run import Request

VOTES = Path(__file__).parent / "votes"
SHORT = """
precision = "fp32"
gradient_checkpointing = false
device = "cpu"
replay = 0
max_train_rows = 40
max_eval_rows = 16
evaluations = 1
[kto]
learning_rate = 1e-3
epochs = 1
"""
# A loss of 0.04 per token; less than this is noise.
NOISE = 0.005


@pytest.mark.model
def test_held_out_votes_are_followed_and_ordinary_answers_do_not_suffer(tmp_path):
    recipe = tmp_path / "short.toml"
    recipe.write_text(SHORT, encoding="utf-8")
    request = Request(
        str(recipe), VOTES / "train.jsonl", VOTES / "held_out.jsonl", tmp_path, "votes"
    )
    folder = prepare_kto(request, None, lambda text: None)
    ordinary = [
        row for row in read_rows(folder / DATA / HELD_OUT) if row["meta"]["kind"] == "answer"
    ]
    write_rows(folder / DATA / HELD_OUT, ordinary[:60:10])
    record = run_kto(folder)
    found, loss = record["preference"], record["held_out_loss"]
    assert record["votes"]["liked"] + record["votes"]["disliked"] == 40
    assert found["after"]["margin"] > found["before"]["margin"]
    assert found["wins"] > 0.5
    assert loss["after"] <= loss["before"] + NOISE
