"""Made-up daily prices for the charts: the same on every call, and no security's history."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from toujiao.calculators.inputs import FloatArray

_SEED = 20
_DRIFTS = ((70, 0.0), (26, -0.011), (34, 0.012), (22, -0.009), (28, 0.010), (20, -0.004))
"""(days, mean daily change): a flat run-up for long averages, then falls and rises."""


@dataclass(frozen=True)
class Prices:
    """Open, high, low and close in yuan, volume in 万手 (10,000 lots), oldest first."""

    open: FloatArray
    high: FloatArray
    low: FloatArray
    close: FloatArray
    volume: FloatArray

    def __len__(self) -> int:
        return len(self.close)

    @property
    def rising(self) -> np.ndarray:
        """Whether each day closed at or above its opening price."""
        return self.close >= self.open


def sample_prices() -> Prices:
    """Two hundred days around 20 yuan with several turns: every indicator has its moment."""
    random = np.random.default_rng(_SEED)
    drift = np.concatenate([np.full(days, mean) for days, mean in _DRIFTS])
    count = len(drift)
    changes = drift + random.normal(0, 0.012, count)
    close = 20 * np.exp(np.cumsum(changes))
    gap = random.normal(0, 0.005, count)
    opening = np.concatenate(([20.0], close[:-1])) * (1 + gap)
    upper = np.abs(random.normal(0, 0.007, count))
    lower = np.abs(random.normal(0, 0.007, count))
    high = np.maximum(opening, close) * (1 + upper)
    low = np.minimum(opening, close) * (1 - lower)
    volume = 8 * np.exp(random.normal(0, 0.18, count)) * (1 + 22 * np.abs(changes))
    return Prices(*(np.round(values, 2) for values in (opening, high, low, close, volume)))
