"""Replay against forgetting: the base answers neutral prompts itself, before it is changed.

Its own answers are mixed into the training rows, and others are kept aside to measure how much
of them is still there afterwards (endogenous replay, openreview.net/forum?id=AmQVxvyRJC).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import nullcontext
from pathlib import Path
from typing import Any

from toujiao.files import Row, write_rows
from toujiao.folders import PROBE, REPLAY
from toujiao.models.generation import generate
from toujiao.train.packing import IGNORED, encode

PROMPTS_PATH = Path(__file__).parent / "neutral_prompts.txt"
# The last prompts of the file are never trained: they are the probe.
PROBE_PROMPTS = 30
MOST_TOKENS = 200
SHOWN = 3


def neutral_prompts() -> list[str]:
    """Everyday prompts that have nothing to do with markets."""
    return PROMPTS_PATH.read_text(encoding="utf-8").split("\n")[:-1]


def answer_neutral_prompts(model: Any, tokenizer: Any, count: int, folder: Path) -> None:
    """Write the base's answers: `count` rows to replay.jsonl, the probe to probe.jsonl.

    Nothing is done when the files are there already (a resumed run).
    """
    if not count or (folder / PROBE).is_file():
        return
    prompts = neutral_prompts()
    chosen = [*prompts[: len(prompts) - PROBE_PROMPTS][:count], *prompts[-PROBE_PROMPTS:]]
    asked = [[{"role": "user", "content": prompt}] for prompt in chosen]
    outputs = generate(model, tokenizer, asked, MOST_TOKENS)
    answered = [
        ({"messages": [*messages, {"role": "assistant", "content": output.text}]}, output)
        for messages, output in zip(asked, outputs, strict=True)
    ]
    # An answer that was cut off at the limit would teach not to stop: only finished ones.
    replayed = [row for row, o in answered[:-PROBE_PROMPTS] if o.stopped and o.text.strip()]
    write_rows(folder / REPLAY, replayed)
    write_rows(folder / PROBE, [r for r, o in answered[-PROBE_PROMPTS:] if o.text.strip()])


def measure(model: Any, tokenizer: Any, rows: Sequence[Row], use_adapter: bool) -> dict[str, float]:
    """How well the model still gives the base's answers (teacher forcing).

    `loss`: mean negative log-likelihood of the answers' tokens; `same`: share of tokens that are
    the first choice.
    """
    import torch

    loss = same = count = 0.0
    with torch.no_grad(), nullcontext() if use_adapter else model.disable_adapter():
        for ids, labels in _encoded(rows, tokenizer):
            tokens = torch.tensor([ids], device=model.device)
            logits = model(input_ids=tokens, use_cache=False).logits[0, :-1].float()
            target = torch.tensor(labels[1:], device=model.device)
            learned = target != IGNORED
            logits, target = logits[learned], target[learned]
            loss += float(torch.nn.functional.cross_entropy(logits, target, reduction="sum"))
            same += int((logits.argmax(-1) == target).sum())
            count += len(target)
    return {"loss": round(loss / max(count, 1), 4), "same": round(same / max(count, 1), 4)}


def forgetting(model: Any, tokenizer: Any, rows: Sequence[Row]) -> dict[str, Any]:
    """The probe before (adapter off) and after (adapter on), with a few answers side by side."""
    was_training = model.training
    model.eval()
    before = measure(model, tokenizer, rows, use_adapter=False)
    after = measure(model, tokenizer, rows, use_adapter=True)
    asked = [row["messages"][:-1] for row in rows[:SHOWN]]
    now = generate(model, tokenizer, asked, MOST_TOKENS)
    model.train(was_training)
    samples = [
        {
            "prompt": row["messages"][0]["content"],
            "before": row["messages"][-1]["content"],
            "after": output.text,
        }
        for row, output in zip(rows, now, strict=False)
    ]
    return {"prompts": len(rows), "before": before, "after": after, "samples": samples}


def _encoded(rows: Sequence[Row], tokenizer: Any) -> Iterator[tuple[list[int], list[int]]]:
    for row in rows:
        document = encode(row, tokenizer)
        yield document.ids, document.labels
