"""Tables of a card as sentences: what a model is handed, and what its words are checked against."""

from __future__ import annotations

import re
from collections.abc import Iterator

_AMOUNT = re.compile(r"[-+]?\d")
_RULER = re.compile(r"\|?[\s:|-]+\|[\s:|-]*")


def tables_as_sentences(text: str) -> str:
    """Each cell as a sentence of its own with its row and its column: 主板的一天最多涨跌：10%。

    Lines that are no table stay as they are.
    """
    return "\n".join(_lines(text.splitlines()))


def _lines(lines: list[str]) -> Iterator[str]:
    header: list[str] = []
    for line in lines:
        if not line.lstrip().startswith("|"):
            header = []
            yield line
        elif not header:
            header = _cells(line)
        elif not _RULER.fullmatch(line.strip()):
            yield "".join(_sentences(header, _cells(line)))


def _cells(line: str) -> list[str]:
    return [cell.strip() for cell in line.strip().strip("|").split("|")]


def _sentences(header: list[str], row: list[str]) -> Iterator[str]:
    # A bare amount says nothing without its column: 卖一价 3 元的买价最高：3.1 元。
    subject = f"{header[0]} {row[0]}" if _AMOUNT.match(row[0]) else row[0]
    for name, cell in zip(header[1:], row[1:], strict=False):
        if cell and cell not in "—-":
            yield f"{subject}的{name}：{cell.rstrip('。')}。"
