"""Reads and writes training files: messages, alpaca and sharegpt, as JSONL or a JSON array.

Inside the program a row is plain chat: `{"messages": [{"role", "content"}, …], "meta": {…}}`,
`meta` optional. Whatever is wrong in a file becomes one ToujiaoError that names file and line.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

from toujiao.assistant.prompt import Message
from toujiao.dataset import layouts
from toujiao.dataset.layouts import MistakeError, Turn, as_object, quote
from toujiao.errors import ToujiaoError
from toujiao.files import NotJsonError, Row, values, write_lines

# Fields that other tools understand: here they would be lost, or bad answers learned as good.
_PREFERENCE = ("chosen", "rejected", "kto_tag")
_UNSUPPORTED = ("tools", "images", "videos", "audios")
_UNUSED: tuple[Any, ...] = (None, "", "[]", [])
_SHOWN_LINES = 5
T = TypeVar("T")


@dataclass(frozen=True)
class Format:
    """One file format. The top-level field `key` tells it apart from the others."""

    key: str
    others: tuple[str, ...]
    parse: Callable[[Row], list[Turn]]
    dump: Callable[[Sequence[Message]], Row]


FORMATS: dict[str, Format] = {
    "messages": Format(
        key="messages",
        others=(),
        parse=layouts.parse_messages,
        dump=layouts.dump_messages,
    ),
    "alpaca": Format(
        key="instruction",
        others=("input", "output", "system", "history"),
        parse=layouts.parse_alpaca,
        dump=layouts.dump_alpaca,
    ),
    "sharegpt": Format(
        key="conversations",
        others=("system",),
        parse=layouts.parse_sharegpt,
        dump=layouts.dump_sharegpt,
    ),
}


def read_rows(path: Path, format: str | None = None) -> list[Row]:
    """All rows of a file as chat rows; the format is told from the first row unless given."""
    name = _known(format) if format else None

    def chat_row(item: Row, _: int) -> Row:
        nonlocal name
        name = name or _detect(item)
        return _chat_row(item, name)

    rows = read_each(path, chat_row)
    if not rows:
        raise ToujiaoError(f"{path} 是空的，一行数据也没有。请检查是不是选错了文件。")
    return rows


def read_each(path: Path, parse: Callable[[Row, int], T]) -> list[T]:
    """What `parse(object, number of the row)` makes of every row; all MistakeErrors are told at once."""
    found: list[T] = []
    mistakes: list[tuple[int, str]] = []
    for line, value in values(path):
        try:
            if isinstance(value, NotJsonError):
                raise MistakeError(str(value))
            found.append(parse(as_object(value, "这一行"), len(found) + 1))
        except MistakeError as mistake:
            mistakes.append((line, str(mistake)))
    if mistakes:
        raise ToujiaoError(_summary(path, mistakes))
    return found


def write_rows(path: Path, rows: Iterable[Mapping[str, Any]], format: str = "messages") -> int:
    """Write JSONL and return how many rows; the file is there in full or stays as it was."""
    return write_lines(path, _json_lines(rows, FORMATS[_known(format)], path))


def _json_lines(rows: Iterable[Mapping[str, Any]], form: Format, path: Path) -> Iterator[str]:
    number = 0
    for number, row in enumerate(rows, 1):
        try:
            checked = _chat_row(row, "messages")
        except MistakeError as mistake:
            raise ToujiaoError(
                f"要写进 {path} 的第 {number} 条：{mistake}。没有写文件。"
            ) from mistake
        fields = form.dump(checked["messages"])
        if "meta" in checked:
            fields["meta"] = checked["meta"]
        yield json.dumps(fields, ensure_ascii=False)
    if not number:
        raise ToujiaoError(f"没有可写进 {path} 的数据，没有写文件。")


def _known(name: str) -> str:
    if name not in FORMATS:
        raise ToujiaoError(f"没有 {name} 这种数据格式，可用：{'、'.join(FORMATS)}。")
    return name


def _detect(item: Mapping[str, Any]) -> str:
    found = _matching(item)
    if len(found) == 1:
        return found[0]
    if found:
        raise MistakeError(f"同时像 {'、'.join(found)} 几种格式，请指定一种，或删掉多余的字段")
    known = "；".join(f"{name} 要有 {form.key}" for name, form in FORMATS.items())
    raise MistakeError(f"认不出格式（{known}），请按其中一种改写字段名")


def _matching(item: Mapping[str, Any]) -> list[str]:
    return [name for name, form in FORMATS.items() if item.get(form.key) is not None]


def _chat_row(raw: Mapping[str, Any], name: str) -> Row:
    """The chat row that a row of a file stands for. A field that holds null counts as absent."""
    item = {key: value for key, value in raw.items() if value is not None}
    form = FORMATS[name]
    if form.key not in item:
        for other in _matching(item):
            raise MistakeError(
                f"是 {other} 格式，应当是 {name}；一个文件只能用一种，请分成两个文件"
            )
        raise MistakeError(f"缺少 {form.key}，{name} 格式的每一行都要有")
    _refuse_fields(item)
    row: Row = {"messages": layouts.checked_messages(form.parse(item)), **_meta(item, form)}
    try:
        json.dumps(row, ensure_ascii=False, allow_nan=False).encode("utf-8")
    except (ValueError, RecursionError) as error:
        raise MistakeError(
            "有保存不了的内容（半个表情符号、无穷大的数或嵌套太深），请改掉"
        ) from error
    return row


def _refuse_fields(item: Row) -> None:
    if any(key in item for key in _PREFERENCE) or isinstance(item.get("label"), bool):
        raise MistakeError("带有好坏标记（DPO、KTO 数据），不能都当成好的回答来学，请先挑出好的")
    for key in _UNSUPPORTED:
        if item.get(key) not in _UNUSED:
            raise MistakeError(f"带有 {key}，这里只支持文字对话，请删掉这个字段或这一行")


def _meta(item: Row, form: Format) -> Row:
    """{"meta": …} with the fields that the format does not know added: nothing is lost."""
    known = (form.key, *form.others, *_UNSUPPORTED, "meta")
    extra = {key: value for key, value in item.items() if key not in known}
    if "meta" not in item and not extra:
        return {}
    meta = as_object(item.get("meta", {}), "meta ")
    for key in extra.keys() & meta.keys():
        raise MistakeError(f"{quote(key)} 在 meta 里面和外面各有一个，请删掉一个")
    return {"meta": {**meta, **extra}}


def _summary(path: Path, mistakes: Sequence[tuple[int, str]]) -> str:
    """One line for all (line number, what is wrong) of a file: the first in full."""
    (line, what), *more = mistakes
    text = f"{path} 第 {line} 行：{what}。"
    if more:
        shown = "、".join(str(number) for number, _ in more[:_SHOWN_LINES])
        tail = "等" if len(more) > _SHOWN_LINES else ""
        text += f"另外还有 {len(more)} 行也有问题：第 {shown}{tail} 行。"
    return text
