"""The comparison of base and adapter as a person reads it in the terminal."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from rich.table import Table

SAMPLES, BASE_LENGTH, ADAPTER_LENGTH = 2, 120, 240


def table(lines: Sequence[Mapping[str, Any]]) -> Table:
    """One line per metric, with better, same or worse than what the run started from."""
    from rich.table import Table

    columns = {"base": "底座", "start": "原来的适配器", "adapter": "底座+适配器"}
    further = any("start" in line for line in lines)
    if further:
        columns["adapter"] = "新的适配器"
    else:
        del columns["start"]
    title = "留出的问题：按投票训练前后" if further else "留出的问题：微调前后"
    shown = Table("指标", *columns.values(), "题数", "和原来比" if further else "", title=title)
    for line in lines:
        values = [_value(line, column) for column in columns]
        shown.add_row(line["name"], *values, str(line["count"]), _verdict(line))
    return shown


def _value(line: Mapping[str, Any], column: str) -> str:
    return f"{line[column]:.1%}" if line["higher_is_better"] else f"{line[column]:.3f}"


def _verdict(line: Mapping[str, Any]) -> str:
    gain = line["adapter"] - line.get("start", line["base"])
    if gain == 0:
        return "持平"
    return "更好" if (gain > 0) == line["higher_is_better"] else "更差"


def samples_text(samples: Sequence[Mapping[str, str]]) -> Iterator[str]:
    """The first questions with what each of them answered."""
    for sample in samples[:SAMPLES]:
        base, adapter = sample["base"][:BASE_LENGTH], sample["adapter"][:ADAPTER_LENGTH]
        start = sample.get("start", "")[:ADAPTER_LENGTH]
        yield f"\n问：{sample['question']}\n底座：{base}" + (
            f"\n原来的适配器：{start}\n新的适配器：{adapter}" if start else f"\n适配器：{adapter}"
        )
