"""Reads the rows of a training file and gives them all the same fields, so that they load as a table.

`datasets` takes the type of a field from the rows that it sees first; a field that is missing in
some rows, or is a number in one and a text in another, would stop it later.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

from toujiao.errors import ToujiaoError

Row = dict[str, Any]
_ROLES = {"system", "user", "assistant"}
_CONVERT = "请先用 toujiao dataset convert 换成 messages 格式"


def read_rows(path: Path) -> list[Row]:
    """The rows of a JSONL file of chats; the first wrong line is a ToujiaoError."""
    try:
        text = path.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise ToujiaoError(f"读不了 {path}（{type(error).__name__}），请检查这个文件。") from error
    # Not splitlines(): it also splits at U+2028, which may stand inside a JSON string.
    lines = [(i, line) for i, line in enumerate(text.split("\n"), 1) if line.strip()]
    rows = [_row(path, number, line) for number, line in lines]
    if not rows:
        raise ToujiaoError(f"{path} 是空的，一行数据也没有。请检查是不是选错了文件。")
    return rows


def _row(path: Path, number: int, line: str) -> Row:
    try:
        row = json.loads(line)
    except json.JSONDecodeError as error:
        raise ToujiaoError(f"{path} 第 {number} 行不是合法的 JSON，{_CONVERT}。") from error
    messages = row.get("messages") if isinstance(row, dict) else None
    if not isinstance(messages, list) or not messages or not all(map(_is_message, messages)):
        raise ToujiaoError(f"{path} 第 {number} 行没有合格的 messages，{_CONVERT}。")
    if not isinstance(row.get("meta") or {}, dict):
        raise ToujiaoError(f"{path} 第 {number} 行的 meta 不是一个 JSON 对象，{_CONVERT}。")
    return row


def _is_message(message: Any) -> bool:
    return (
        isinstance(message, dict)
        and message.get("role") in _ROLES
        and isinstance(message.get("content"), str)
    )


def uniform(splits: Sequence[list[Row]]) -> list[list[Row]]:
    """The rows of all splits with the same fields in `meta`, in one order; absent becomes null.

    A field that holds different types in different rows, or more than one value, becomes text.
    """
    rows = [row for split in splits for row in split]
    names = list(dict.fromkeys(name for row in rows for name in row.get("meta") or {}))
    as_text = {name for name in names if not _is_plain(_values(rows, name))}

    def change(row: Row) -> Row:
        messages = [{"role": m["role"], "content": m["content"]} for m in row["messages"]]
        meta = row.get("meta") or {}
        fields = {name: _field(meta.get(name), name in as_text) for name in names}
        return {"messages": messages, "meta": fields} if fields else {"messages": messages}

    return [[change(row) for row in split] for split in splits]


def _values(rows: Iterable[Row], name: str) -> list[Any]:
    metas = [row.get("meta") or {} for row in rows]
    return [meta[name] for meta in metas if meta.get(name) is not None]


def _is_plain(values: list[Any]) -> bool:
    """Whether all values are texts, or all numbers, or all yes and no."""
    types = {type(value) for value in values}
    return types <= {str} or types <= {bool} or types <= {int, float}


def _field(value: Any, as_text: bool) -> Any:
    if value is None or not as_text:
        return value
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


def to_lines(rows: Iterable[Row]) -> str:
    """The rows as JSONL."""
    return "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows)
