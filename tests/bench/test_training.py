"""The comparison of training tools notices when they do not do the same, and counts right."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from types import SimpleNamespace

import pytest

BENCH = Path(__file__).parents[2] / "bench"
IGNORED = -100


@pytest.fixture(scope="module")
def training():
    """The modules of bench/training, which is no package of ours: it is found by its folder."""
    sys.path.insert(0, str(BENCH))
    try:
        from training import prepare, summary, witness

        yield SimpleNamespace(prepare=prepare, summary=summary, witness=witness)
    finally:
        sys.path.remove(str(BENCH))


def steps(*rows: list[str], seconds: float = 2.0) -> list[dict]:
    return [{"rows": some, "seconds": seconds, "cpu_seconds": 4.0, "tokens": 100} for some in rows]


def test_the_order_within_a_step_does_not_matter(training):
    training.summary.check_same_rows(steps(["b", "a"], ["c", "d"]), ["a", "b", "c", "d"], 2, "x")


@pytest.mark.parametrize("seen", [[["a", "c"], ["b", "d"]], [["a", "b"], ["c", "c"]], [["a", "b"]]])
def test_other_rows_in_a_step_end_the_comparison(training, seen):
    with pytest.raises(training.summary.NotComparableError, match="LLaMA-Factory"):
        training.summary.check_same_rows(steps(*seen), ["a", "b", "c", "d"], 2, "LLaMA-Factory")


def test_the_warm_up_is_not_timed(training):
    slow_start = [*steps(["a"], seconds=50.0), *steps(["b"], ["c"])]
    assert training.summary.tokens_per_second([slow_start], 1) == 50.0
    assert training.summary.tokens_per_second([slow_start], 1, "cpu_seconds") == 25.0


def test_differences_are_shares_of_the_other_tools_loss(training):
    assert training.summary.relative_differences([1.1, 3.0], [1.0, 4.0]) == pytest.approx(
        [0.1, 0.25]
    )


def test_a_row_is_known_by_its_tokens_and_by_those_that_are_trained(training):
    known = training.witness.fingerprint([5, 6, 7, 8], [IGNORED, IGNORED, 7, 8])
    assert training.witness.fingerprint([5, 6, 7, 9], [IGNORED, IGNORED, 7, 9]) != known
    assert training.witness.fingerprint([5, 6, 7, 8], [IGNORED, 6, 7, 8]) != known
    # A line break after the last trained token, and a label before the first token: no difference.
    assert training.witness.fingerprint([5, 6, 7, 8, 1], [5, IGNORED, 7, 8, IGNORED]) == known


@pytest.mark.model
def test_padding_is_no_part_of_a_row(training):
    import torch

    batch = {
        "input_ids": torch.tensor([[5, 6, 7], [8, 9, 0]]),
        "attention_mask": torch.tensor([[1, 1, 1], [1, 1, 0]]),
        "labels": torch.tensor([[IGNORED, 6, 7], [IGNORED, 9, IGNORED]]),
    }
    assert training.witness.unpadded(batch) == [
        ([5, 6, 7], [IGNORED, 6, 7]),
        ([8, 9], [IGNORED, 9]),
    ]


@pytest.mark.model
@pytest.mark.parametrize("turns", [1, 2])
def test_llamafactory_is_given_the_same_tokens(training, tmp_path, turns):
    """Its rows are encoded as LLaMA-Factory does: turn by turn, answers trained, prompts not."""
    from transformers import AutoTokenizer

    from toujiao.models.tiny import BASE_DIR
    from toujiao.train.packing import encode

    question = {"role": "user", "content": "什么是市盈率？"}
    answer = {"role": "assistant", "content": "股价除以每股收益。\n\n越高越贵。"}
    row = {"messages": [{"role": "system", "content": "照资料讲。"}, *[question, answer] * turns]}
    paths = training.prepare.write_data(tmp_path / "data", [row], [])
    (turned,) = json.loads((Path(paths["data"]) / "sharegpt.json").read_text(encoding="utf-8"))
    tokenizer = AutoTokenizer.from_pretrained(BASE_DIR)
    ids, labels = [], []
    for turn in turned["conversations"]:
        piece = tokenizer.encode(turn["value"], add_special_tokens=False)
        ids += piece
        labels += piece if turn["from"] == "gpt" else [IGNORED] * len(piece)
    ours = encode(row, tokenizer)
    assert training.witness.fingerprint(ids, labels) == training.witness.fingerprint(
        ours.ids, ours.labels
    )
    assert sum(label != IGNORED for label in labels) == sum(x != IGNORED for x in ours.labels)


@pytest.mark.model
def test_the_witness_writes_down_every_step_of_a_trainer(training, tmp_path):
    """In a process of its own, since it stays in transformers' Trainer."""
    import subprocess

    script = f"""
import sys
sys.path.insert(0, {str(BENCH)!r})
from pathlib import Path
from training.witness import watch
watch(Path({str(tmp_path / "steps.jsonl")!r}))
from datasets import Dataset
from transformers import AutoModelForCausalLM, Trainer, TrainingArguments
from toujiao.models.tiny import BASE_DIR
rows = Dataset.from_list([{{"input_ids": [5, 6, n], "labels": [-100, 6, n]}} for n in range(4)])
Trainer(
    model=AutoModelForCausalLM.from_pretrained(BASE_DIR),
    args=TrainingArguments(
        {str(tmp_path)!r}, use_cpu=True, max_steps=2, per_device_train_batch_size=1,
        gradient_accumulation_steps=2, report_to="none", save_strategy="no",
    ),
    train_dataset=rows,
).train()
"""
    subprocess.run([sys.executable, "-c", script], check=True, capture_output=True)
    lines = (tmp_path / "steps.jsonl").read_text(encoding="utf-8").splitlines()
    noted = [json.loads(line) for line in lines]
    assert [(step["tokens"], step["learned"], len(step["rows"])) for step in noted] == [
        (6, 4, 2)
    ] * 2
    rows = [row for step in noted for row in step["rows"]]
    wanted = [training.witness.fingerprint([5, 6, n], [IGNORED, 6, n]) for n in range(4)]
    assert sorted(rows) == sorted(wanted)
    assert all(step["seconds"] > 0 and step["loss"] > 0 for step in noted)
