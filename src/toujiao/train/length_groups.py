"""Batches of rows of like length, in an order that depends on the seed and the epoch only.

Transformers' own length grouping draws from the global random state, so that a resumed run sees
other batches, and it goes from long to short within fifty batches, which for a small data set is
the whole epoch. Here the batches are shuffled, and the same for one process or several.
"""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence

# Rows are sorted within a window of so many batches: enough to find neighbours of like length.
WINDOW = 50


class LengthGroups:
    """A sampler over row numbers; `batch` rows that follow each other are of like length."""

    def __init__(self, lengths: Sequence[int], batch: int, seed: int) -> None:
        self._lengths, self._batch, self._seed = list(lengths), batch, seed
        self._epoch = 0

    def __len__(self) -> int:
        return len(self._lengths)

    def set_epoch(self, epoch: int) -> None:
        """Another epoch, another order; called by accelerate's data loader."""
        self._epoch = epoch

    def __iter__(self) -> Iterator[int]:
        rng = random.Random(f"{self._seed}-{self._epoch}")
        order = rng.sample(range(len(self._lengths)), len(self._lengths))
        batches = [batch for window in self._windows(order) for batch in self._sorted(window)]
        # Only whole batches change places: a shorter one in the middle would shift all the others.
        last = [batches.pop()] if batches and len(batches[-1]) < self._batch else []
        rng.shuffle(batches)
        return iter([row for batch in batches + last for row in batch])

    def _windows(self, order: list[int]) -> Iterator[list[int]]:
        size = WINDOW * self._batch
        for start in range(0, len(order), size):
            yield order[start : start + size]

    def _sorted(self, window: list[int]) -> Iterator[list[int]]:
        window = sorted(window, key=lambda row: self._lengths[row], reverse=True)
        for start in range(0, len(window), self._batch):
            yield window[start : start + self._batch]
