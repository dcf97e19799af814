"""Reads the rows of a training file and gives them all the same fields, so that they load as a table.

`datasets` takes the type of a field from the rows that it sees first; a field that is missing in
some rows, or is a number in one and a text in another, would stop it later.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Literal

from pydantic import BaseModel, Field, ValidationError

from toujiao.errors import ToujiaoError
from toujiao.files import NotJsonError, values


class Message(BaseModel):
    """One turn."""

    role: Literal["system", "user", "assistant"]
    content: str


class Row(BaseModel):
    """A conversation; what else a row holds is not published."""

    messages: list[Message] = Field(min_length=1)
    meta: dict[str, Any] | None = None

    def said(self, name: str) -> Any:
        """A field of `meta`; None where it is absent."""
        return (self.meta or {}).get(name)


def read_chats(path: Path) -> list[Row]:
    """The rows of a file of chats; the first wrong line is a ToujiaoError."""
    rows = [_row(path, number, value) for number, value in values(path)]
    if not rows:
        raise ToujiaoError(f"{path} 是空的，一行数据也没有。请检查是不是选错了文件。")
    return rows


def _row(path: Path, number: int, value: Any) -> Row:
    if isinstance(value, NotJsonError):
        raise ToujiaoError(f"{path} 第 {number} 行：{value}。")
    try:
        return Row.model_validate(value)
    except ValidationError as error:
        first = error.errors()[0]
        raise ToujiaoError(
            f"{path} 第 {number} 行的 {'.'.join(map(str, first['loc']))} 不对（{first['msg']}）。"
            "请先用 toujiao dataset convert 换成 messages 格式。"
        ) from error


def uniform(splits: Sequence[list[Row]]) -> list[list[dict[str, Any]]]:
    """The rows of all splits with the same fields in `meta`, in one order; absent becomes null.

    A field that holds different types in different rows, or more than one value, becomes text.
    """
    rows = [row for split in splits for row in split]
    names = list(dict.fromkeys(name for row in rows for name in row.meta or {}))
    plain = {name for name in names if _is_plain([row.said(name) for row in rows])}

    def change(row: Row) -> dict[str, Any]:
        messages = [message.model_dump() for message in row.messages]
        meta = {n: row.said(n) if n in plain else _as_text(row.said(n)) for n in names}
        return {"messages": messages, **({"meta": meta} if names else {})}

    return [[change(row) for row in split] for split in splits]


def _is_plain(values: list[Any]) -> bool:
    """Whether all values that are there are texts, or all numbers, or all yes and no."""
    types = {type(value) for value in values if value is not None}
    return types <= {str} or types <= {bool} or types <= {int, float}


def _as_text(value: Any) -> str | None:
    is_text = value is None or isinstance(value, str)
    return value if is_text else json.dumps(value, ensure_ascii=False)
