"""The comparison of base and adapter as a person reads it in the terminal."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from rich.table import Table

SAMPLES, BASE_LENGTH, ADAPTER_LENGTH = 2, 120, 240


def table(lines: Sequence[Mapping[str, Any]]) -> Table:
    """One line per metric, with better, same or worse."""
    from rich.table import Table

    shown = Table("指标", "底座", "底座+适配器", "题数", "", title="留出的问题：微调前后")
    for line in lines:
        gain = line["adapter"] - line["base"]
        better = gain > 0 if line["higher_is_better"] else gain < 0
        mark = "更好" if better else ("持平" if gain == 0 else "更差")
        values = [
            f"{line[k]:.1%}" if line["higher_is_better"] else f"{line[k]:.3f}"
            for k in ("base", "adapter")
        ]
        shown.add_row(line["name"], *values, str(line["count"]), mark)
    return shown


def samples_text(samples: Sequence[Mapping[str, str]]) -> Iterator[str]:
    """The first questions with what the base and what the adapter answered."""
    for sample in samples[:SAMPLES]:
        base, adapter = sample["base"][:BASE_LENGTH], sample["adapter"][:ADAPTER_LENGTH]
        yield f"\n问：{sample['question']}\n底座：{base}\n适配器：{adapter}"
