"""The prompts, the reference's answers to them, and what reference and base say at every place.

A place is one token of an answer, its end token included; what a model says there is its
next-token distribution after the prompt and the answer's tokens before the place.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np


def log_normaliser(logits: np.ndarray) -> np.ndarray:
    """Logarithm of the sum of exponentials of each row: [rows, vocabulary] -> [rows]."""
    peak = logits.max(axis=-1)
    total: np.ndarray = peak + np.log(np.exp(logits - peak[:, None]).sum(axis=-1))
    return total


class Saying:
    """Logits of one model at every place of one answer; they lie on disk, a large vocabulary fits.

    `logits` is float32 [places, vocabulary].
    """

    def __init__(self, path: Path, logits: np.ndarray) -> None:
        np.save(path, logits)
        self._path = path
        self._normaliser = log_normaliser(logits)
        self.best: list[int] = logits.argmax(axis=-1).tolist()
        """The likeliest next token at each place."""

    def logits(self) -> np.ndarray:
        """The logits, read from disk as far as they are looked at."""
        saved: np.ndarray = np.load(self._path, mmap_mode="r")
        return saved

    def log_probs(self, place: int, tokens: Sequence[int]) -> np.ndarray:
        """Log-probabilities of `tokens` at a place, in nats."""
        picked: np.ndarray = self.logits()[place, list(tokens)] - self._normaliser[place]
        return picked


@dataclass(frozen=True)
class Item:
    """One prompt with the reference's own greedy answer."""

    messages: list[dict[str, str]]
    text: str
    """The prompt as the reference's template writes it."""
    prompt: list[int]
    answer: list[int]
    answer_text: str
    """The answer without its end token."""
    ended: bool
    """Whether the answer ends with <|im_end|>."""
    reference: Saying
    base: Saying


@dataclass(frozen=True)
class Exam:
    """All items, and what every hop needs to know about them."""

    items: tuple[Item, ...]
    end: int
    """Id of <|im_end|>."""
    most_tokens: int
    loss_before: float
    """Mean loss of the base on the held-out answers themselves, in nats per token."""
    loss_after: float
    """The same with the adapter."""

    @property
    def context(self) -> int:
        """Tokens that an engine must hold, with a little room."""
        return max(len(item.prompt) for item in self.items) + self.most_tokens + 8
