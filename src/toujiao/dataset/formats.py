"""Reads and writes training files: messages, alpaca and sharegpt, as JSONL or a JSON array.

Inside the program a row is plain chat: `{"messages": [{"role", "content"}, …], "meta": {…}}`,
`meta` optional. Whatever is wrong in a file becomes one ToujiaoError that names file and line.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from toujiao.dataset import layouts
from toujiao.dataset.json_file import NotJsonError, read_text, values, write_lines
from toujiao.dataset.layouts import Message, MistakeError, Row, Turn, as_object, quote
from toujiao.errors import ToujiaoError

# Fields that other tools understand: here they would be lost, or bad answers learned as good.
_PREFERENCE = ("chosen", "rejected", "kto_tag")
_UNSUPPORTED = ("tools", "images", "videos", "audios")
_UNUSED: tuple[Any, ...] = (None, "", "[]", [])
_SHOWN_LINES = 5


@dataclass(frozen=True)
class Format:
    """One file format. The top-level field `key` tells it apart from the others."""

    key: str
    others: tuple[str, ...]
    about: str
    parse: Callable[[Row], list[Turn]]
    dump: Callable[[Sequence[Message]], Row]


FORMATS: dict[str, Format] = {
    "messages": Format(
        key="messages",
        others=(),
        about=f"messages 是一串消息，每条有 role（{'、'.join(layouts.OWN_ROLES)}）和 content",
        parse=layouts.parse_messages,
        dump=layouts.dump_messages,
    ),
    "alpaca": Format(
        key="instruction",
        others=("input", "output", "system", "history"),
        about="instruction 是问题，output 是回答，可以有 input、system、history",
        parse=layouts.parse_alpaca,
        dump=layouts.dump_alpaca,
    ),
    "sharegpt": Format(
        key="conversations",
        others=("system",),
        about=f"conversations 是一串消息，每条有 from（{'、'.join(layouts.SHAREGPT_ROLES)}）"
        "和 value，可以有 system",
        parse=layouts.parse_sharegpt,
        dump=layouts.dump_sharegpt,
    ),
}


def format_help() -> str:
    """One line per format, for the command line's help."""
    return "\n".join(f"{name}：{form.about}" for name, form in FORMATS.items())


def read_rows(path: Path, format: str | None = None) -> list[Row]:
    """All rows of a file as chat rows; the format is told from the first row unless given."""
    name = _known(format) if format else None
    rows: list[Row] = []
    mistakes: list[tuple[int, str]] = []
    for line, value in values(read_text(path), path):
        try:
            if isinstance(value, NotJsonError):
                raise MistakeError(str(value))
            item = as_object(value, "这一行")
            name = name or _detect(item)
            rows.append(_chat_row(item, name))
        except MistakeError as mistake:
            mistakes.append((line, str(mistake)))
    if mistakes:
        raise ToujiaoError(summary(path, mistakes))
    if not rows:
        raise ToujiaoError(f"{path} 是空的，一行数据也没有。请检查是不是选错了文件。")
    return rows


def write_rows(path: Path, rows: Iterable[Mapping[str, Any]], format: str = "messages") -> int:
    """Write JSONL and return how many rows; the file is there in full or stays as it was."""
    return write_lines(path, _json_lines(rows, FORMATS[_known(format)], path))


def check_row(row: Mapping[str, Any]) -> None:
    """ToujiaoError when a chat row cannot be trained on."""
    try:
        _chat_row(row, "messages")
    except MistakeError as mistake:
        raise ToujiaoError(f"{mistake}。") from mistake


def _json_lines(rows: Iterable[Mapping[str, Any]], form: Format, path: Path) -> Iterator[str]:
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


def summary(path: Path, mistakes: Sequence[tuple[int, str]]) -> str:
    """One line for all (line number, what is wrong) of a file: the first in full."""
    (line, what), *more = mistakes
    text = f"{path} 第 {line} 行：{what}。"
    if more:
        shown = "、".join(str(number) for number, _ in more[:_SHOWN_LINES])
        tail = "等" if len(more) > _SHOWN_LINES else ""
        text += f"另外还有 {len(more)} 行也有问题：第 {shown}{tail} 行。"
    return text
