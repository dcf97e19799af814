"""Made-up price series that every run shares."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pytest
from hypothesis import settings
from numpy.typing import NDArray

# A busy machine is slow now and then; that is no failure of the property under test.
settings.register_profile("no-deadline", deadline=None)
settings.load_profile("no-deadline")


@dataclass(frozen=True)
class Candles:
    """Daily highs, lows, closes and volumes."""

    high: NDArray[np.float64]
    low: NDArray[np.float64]
    close: NDArray[np.float64]
    volume: NDArray[np.float64]


@pytest.fixture(scope="session")
def candles() -> Candles:
    """400 days of a random walk around 15 yuan, always the same."""
    random = np.random.default_rng(20261009)
    close = 15 * np.exp(np.cumsum(random.normal(0.0003, 0.018, 400)))
    # Opening away from the last close leaves gaps, which the true range has to bridge.
    opening = np.concatenate(([15.0], close[:-1])) * (1 + random.normal(0, 0.02, 400))
    high = np.maximum(close, opening) * (1 + random.uniform(0, 0.012, 400))
    low = np.minimum(close, opening) * (1 - random.uniform(0, 0.012, 400))
    volume = random.integers(1_000, 90_000, 400).astype(float)
    return Candles(high, low, close, volume)
