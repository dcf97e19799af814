"""How much of an adapter's change is left after it was rounded into weights of fewer bits."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from toujiao.errors import ToujiaoError
from toujiao.models.weights import Merged

# With less of the change left the merged model is no longer the one that was trained. The share
# that is gone is about the error at the logits, relative to the adapter's effect (docs/models.md).
LEAST_KEPT = 0.9


@dataclass(frozen=True)
class RoundingReport:
    """What the rounding left of the change."""

    kept: float
    """Share of the change that is left, along its own direction (1 = all of it)."""
    noise: float
    """Size of the rounding error over size of the change, all modules together (0 = none)."""
    worst_noise: float
    worst_module: str

    def line(self) -> str:
        """The report in one Chinese line."""
        return (
            f"改动保留了 {self.kept:.1%}；舍入误差是改动的 {self.noise:.1%}"
            f"（最差的一层 {self.worst_module}：{self.worst_noise:.1%}）。"
        )


class Rounding:
    """Adds up, module by module, what the rounding took from the change."""

    def __init__(self) -> None:
        # Squared norms of error and change, and the product of the written and the true change.
        self._sums: dict[str, tuple[float, float, float]] = {}

    def add(self, weight: Merged, start: int, stop: int, written: np.ndarray) -> None:
        """Some rows as they were written, in float32; ToujiaoError when they are no numbers."""
        module = weight.module.name
        if not np.isfinite(written).all():
            raise ToujiaoError(f"{module} 合并以后有 NaN 或无穷大，没有写出。请检查适配器的权重。")
        change = weight.change(start, stop)
        left = written - weight.base.values(start, stop)
        error = left - change
        new = _dot(error, error), _dot(change, change), _dot(left, change)
        old = self._sums.get(module, (0.0, 0.0, 0.0))
        self._sums[module] = (old[0] + new[0], old[1] + new[1], old[2] + new[2])

    def report(self, dtype: str) -> RoundingReport:
        """The sums as shares; ToujiaoError when `dtype` holds too little of the change, or there is none."""
        errors, changes, products = map(sum, zip(*self._sums.values(), strict=True))
        if not changes:
            raise ToujiaoError("适配器的权重乘起来全是零，合并了也不起作用，请重新训练。")
        kept = products / changes
        if kept < LEAST_KEPT:
            raise ToujiaoError(
                f"合并以后只保留 {kept:.0%} 的改动（至少要 {LEAST_KEPT:.0%}）："
                f"改动太小，{dtype} 存不下。请不要合并，和底座一起加载适配器；"
                "要用 GGUF，请用 toujiao models gguf 把适配器单独写出。"
            )
        shares = {n: (e / c) ** 0.5 if c else 0.0 for n, (e, c, _) in self._sums.items()}
        worst = max(shares, key=lambda name: shares[name])
        return RoundingReport(kept, (errors / changes) ** 0.5, shares[worst], worst)


def _dot(left: np.ndarray, right: np.ndarray) -> float:
    return float(np.einsum("ij,ij->", left, right, dtype=np.float64))
