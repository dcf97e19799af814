"""Whether a model moved the way people voted, and what that cost on ordinary rows."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from statistics import fmean
from typing import Any

from toujiao.files import Row
from toujiao.train.packing import IGNORED, encode
from toujiao.train.replay import measure
from toujiao.train.run_folder import take

# The frozen copy of the start adapter that TRL keeps beside the one it trains.
REFERENCE, POLICY = "ref", "default"
# Held-out chat rows of each kind that the loss is measured on: seconds on a CPU, not minutes.
ROWS_OF_A_KIND = 12


def start_of(model: Any) -> Callable[[], AbstractContextManager[None]]:
    """A context in which the model is what the run started from: the start adapter, or no adapter."""
    return (lambda: _reference(model)) if REFERENCE in model.peft_config else model.disable_adapter


@contextmanager
def _reference(model: Any) -> Iterator[None]:
    model.set_adapter(REFERENCE)
    try:
        yield
    finally:
        model.set_adapter(POLICY)


def chat_row(vote: Row) -> Row:
    """A vote as a chat row."""
    return {"messages": [*vote["prompt"], *vote["completion"]]}


def preference(model: Any, tokenizer: Any, votes: Sequence[Row], max_length: int) -> dict[str, Any]:
    """Mean log-probability per token (natural logarithm) of liked and disliked answers.

    `before` is the start of the run, `after` the model as it is; `margin` = liked − disliked.
    `liked_up`, `disliked_down`: share of answers that became more, less likely. `wins`: share of
    all pairs of a liked and a disliked answer in which the liked one gained more.
    """
    was_training = model.training
    model.eval()
    with start_of(model)():
        before = [_mean_log_prob(model, tokenizer, vote, max_length) for vote in votes]
    after = [_mean_log_prob(model, tokenizer, vote, max_length) for vote in votes]
    model.train(was_training)
    gains = [b - a for a, b in zip(before, after, strict=True)]
    up = [gain for gain, vote in zip(gains, votes, strict=True) if vote["label"]]
    down = [gain for gain, vote in zip(gains, votes, strict=True) if not vote["label"]]
    return {
        "liked": len(up),
        "disliked": len(down),
        "before": _levels(before, votes),
        "after": _levels(after, votes),
        "liked_up": _share([gain > 0 for gain in up]),
        "disliked_down": _share([gain < 0 for gain in down]),
        "wins": _share([liked > disliked for liked in up for disliked in down]),
    }


def chat_losses(
    model: Any, tokenizer: Any, rows: Sequence[Row], seed: int
) -> dict[str, dict[str, float]]:
    """Loss per answer token on ordinary rows, by kind of row ("own" where they do not say).

    `base`: no adapter, `before`: the start of the run, `after`: now.
    """
    kinds: defaultdict[str, list[Row]] = defaultdict(list)
    for row in take(rows, None, seed):
        kinds[(row.get("meta") or {}).get("kind", "own")].append(row)
    model.eval()
    losses = {}
    for kind, same in kinds.items():
        some = same[:ROWS_OF_A_KIND]
        with start_of(model)():
            before = measure(model, tokenizer, some, use_adapter=True)
        losses[kind] = {
            "base": measure(model, tokenizer, some, use_adapter=False)["loss"],
            "before": before["loss"],
            "after": measure(model, tokenizer, some, use_adapter=True)["loss"],
        }
    return losses


def loss_of_answers(losses: dict[str, dict[str, float]]) -> dict[str, float]:
    """The losses on rows like those that were voted on: answers, not refusals and other fixed
    texts. A base that never learned those has a loss there that says nothing and drowns the rest."""
    return losses.get("answer") or next(iter(losses.values()), {})


def _levels(values: Sequence[float], votes: Sequence[Row]) -> dict[str, float]:
    liked = fmean(v for v, vote in zip(values, votes, strict=True) if vote["label"])
    disliked = fmean(v for v, vote in zip(values, votes, strict=True) if not vote["label"])
    return {
        "liked": round(liked, 4),
        "disliked": round(disliked, 4),
        "margin": round(liked - disliked, 4),
    }


def _share(marks: Sequence[bool]) -> float:
    return round(sum(marks) / max(len(marks), 1), 4)


def _mean_log_prob(model: Any, tokenizer: Any, vote: Row, max_length: int) -> float:
    """Mean log-probability of the answer's tokens, its end token too; 0 when nothing is left of it
    within `max_length`."""
    import torch

    document = encode(chat_row(vote), tokenizer)
    asked = tokenizer.apply_chat_template(vote["prompt"], add_generation_prompt=True)["input_ids"]
    ids = document.ids[:max_length]
    # Earlier answers in the prompt were not voted on.
    labels = [IGNORED] * len(asked) + document.labels[len(asked) : max_length]
    with torch.no_grad():
        tokens = torch.tensor([ids], device=model.device)
        logits = model(input_ids=tokens, use_cache=False).logits[0, :-1]
    target = torch.tensor(labels[1:], device=logits.device)
    learned = target != IGNORED
    if not learned.any():
        return 0.0
    return -float(torch.nn.functional.cross_entropy(logits[learned].float(), target[learned]))
