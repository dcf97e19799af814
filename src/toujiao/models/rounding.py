"""How much of an adapter's change is left after it was rounded into weights of 16 bits."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np


class Rounding:
    """Adds up, module by module, what the rounding took from the change."""

    def __init__(self) -> None:
        # Squared norms of error and change, and the product of the written and the true change.
        self._sums: dict[str, tuple[float, float, float]] = {}

    def add(self, module: str, change: np.ndarray, written: np.ndarray) -> None:
        """More rows of a module: `change` as computed, and as it stands in the rounded weight."""
        error = written - change
        new = _dot(error, error), _dot(change, change), _dot(written, change)
        old = self._sums.get(module, (0.0, 0.0, 0.0))
        self._sums[module] = (old[0] + new[0], old[1] + new[1], old[2] + new[2])

    @property
    def effective(self) -> bool:
        """Whether there was any change at all."""
        return any(change for _, change, _ in self._sums.values())

    @property
    def noise(self) -> float:
        """Size of the error over size of the change, all modules together (0 = none)."""
        errors, changes, _ = self._totals()
        return float((errors / changes) ** 0.5)

    @property
    def kept(self) -> float:
        """Length of what was written along the change, over the length of the change (1 = all)."""
        _, changes, products = self._totals()
        return float(products / changes)

    @property
    def worst(self) -> tuple[str, float]:
        """The module with the most noise; one without a change has none."""
        shares = {n: (e / c) ** 0.5 if c else 0.0 for n, (e, c, _) in self._sums.items()}
        name = max(shares, key=lambda name: shares[name])
        return name, shares[name]

    def _totals(self) -> Iterator[float]:
        return (sum(column) for column in zip(*self._sums.values(), strict=True))


def _dot(left: np.ndarray, right: np.ndarray) -> float:
    return float(np.einsum("ij,ij->", left, right, dtype=np.float64))
