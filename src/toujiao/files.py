"""The one way to write a file whole or not at all, to read JSON and rows of it, to take a SHA-256.

A row is a JSON object: one per line (JSONL) or all in one array. What the user can mend is a
ToujiaoError that names file and line.
"""

from __future__ import annotations

import errno
import hashlib
import json
import os
import secrets
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any, NoReturn

from toujiao.errors import ToujiaoError

Row = dict[str, Any]
_UTF16_MARKS = (b"\xff\xfe", b"\xfe\xff")
_REASONS = {
    errno.ENOSPC: "磁盘满了，请腾出空间再试",
    errno.EDQUOT: "磁盘配额用完了，请腾出空间再试",
    errno.EFBIG: "文件超过了允许的大小",
    errno.EACCES: "没有权限，请检查文件和文件夹的权限",
    errno.EPERM: "没有权限，请检查文件和文件夹的权限",
    errno.EROFS: "这个磁盘是只读的，请换一个地方",
    errno.ENOENT: "找不到，请检查路径",
    errno.ENOTDIR: "路径中间有一段不是文件夹，请检查路径",
    errno.EEXIST: "路径中间有一段不是文件夹，请检查路径",
    errno.EISDIR: "这是文件夹，请写出文件名",
    errno.ENAMETOOLONG: "文件名太长，请改短",
}


class NotJsonError(Exception):
    """One line is not JSON; the message says what to do, without file and line."""


def read_text(path: Path) -> str:
    """The text of a UTF-8 file, with or without a byte order mark."""
    try:
        data = path.read_bytes()
    except OSError as error:
        raise ToujiaoError(f"打不开 {path}：{reason(error)}。") from error
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise ToujiaoError(
            f"{path} 第 {line} 行：{_guess_encoding(data)}。请用编辑器另存为 UTF-8 编码。"
        ) from error


def read_json(path: Path) -> Row:
    """The object in a JSON file; ToujiaoError when there is none."""
    try:
        value = json.loads(read_text(path))
    except (ValueError, RecursionError) as error:
        raise ToujiaoError(f"{path} 不是完整的 JSON{_column(error)}。") from error
    if not isinstance(value, dict):
        raise ToujiaoError(f"{path} 里不是一个 JSON 对象。")
    return value


def read_rows(path: Path, optional: bool = False) -> list[Row]:
    """The rows of a file; with `optional`, none where there is no such file."""
    if optional and not path.exists():
        return []
    rows = []
    for line, value in values(path):
        if not isinstance(value, dict):
            what = value if isinstance(value, NotJsonError) else "不是 JSON 对象"
            raise ToujiaoError(f"{path} 第 {line} 行：{what}。")
        rows.append(value)
    return rows


def values(path: Path) -> Iterator[tuple[int, Any]]:
    """(line, value) of each row; a line that is not JSON comes as a NotJsonError value."""
    text = read_text(path)
    return _array(text, path) if text.lstrip().startswith("[") else _lines(text)


@contextmanager
def replacing(path: Path) -> Iterator[Path]:
    """A path beside `path` to write to; it takes the place of `path` when the block ends well.

    Otherwise `path` stays as it was and nothing else is left. Its folder is made where it is not.
    """
    partial = path.with_name(f".{path.name}.{secrets.token_hex(4)}.part")
    try:
        if path.exists() and not path.is_file():
            raise ToujiaoError(f"写不了 {path}：它不是普通文件。请换一个文件名。")
        path.parent.mkdir(parents=True, exist_ok=True)
        yield partial
        with partial.open("rb+") as written:
            os.fsync(written.fileno())
        os.replace(partial, path)
    except OSError as error:
        raise ToujiaoError(f"写不了 {path}：{reason(error)}。已有的文件没有改动。") from error
    finally:
        with suppress(OSError):
            partial.unlink(missing_ok=True)


def write_lines(path: Path, lines: Iterable[str]) -> int:
    """Write the lines and return how many."""
    count = 0
    with replacing(path) as partial, partial.open("w", encoding="utf-8", newline="\n") as out:
        for line in lines:
            out.write(line + "\n")
            count += 1
    return count


def write_text(path: Path, text: str) -> None:
    """Write the text, which ends a line."""
    write_lines(path, text.removesuffix("\n").split("\n"))


def write_rows(path: Path, rows: Iterable[Mapping[str, Any]]) -> int:
    """Write JSONL and return how many rows."""
    return write_lines(path, (json.dumps(row, ensure_ascii=False) for row in rows))


def write_json(path: Path, value: Mapping[str, Any]) -> None:
    """Write one object, to be read by people too; what JSON does not know becomes text."""
    write_text(path, json.dumps(value, ensure_ascii=False, indent=2, default=str))


def sha256(path: Path) -> str:
    """The SHA-256 of a file, hexadecimal."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def reason(error: OSError) -> str:
    """What the system says, in the user's language, and what to do."""
    return _REASONS.get(error.errno or 0) or error.strerror or str(error)


def _lines(text: str) -> Iterator[tuple[int, Any]]:
    # Not splitlines(): it also splits at U+2028, which may stand inside a JSON string.
    for number, line in enumerate(text.split("\n"), 1):
        if not line.strip():
            continue
        try:
            yield number, json.loads(line, parse_constant=_refuse_constant)
        except (ValueError, RecursionError) as error:
            column = _column(error)
            yield (
                number,
                NotJsonError(f"不是完整的 JSON{column}，请检查引号、逗号和括号，一行写一个对象"),
            )


def _array(text: str, path: Path) -> Iterator[tuple[int, Any]]:
    """Rows of an array one by one, so that each has the line that it starts on."""
    decoder = json.JSONDecoder(parse_constant=_refuse_constant)
    position = _skip_space(text, text.index("[") + 1)
    line, counted = 1, 0
    closed = text.startswith("]", position)
    while not closed:
        line, counted = line + text.count("\n", counted, position), position
        try:
            value, position = decoder.raw_decode(text, position)
        except (ValueError, RecursionError) as error:
            place = getattr(error, "lineno", line)
            raise ToujiaoError(
                f"{path} 第 {place} 行：不是完整的 JSON{_column(error)}。"
                "请检查引号、逗号和括号，数组要以 ] 结束。"
            ) from error
        yield line, value
        position = _skip_space(text, position)
        closed = text.startswith("]", position)
        if not closed:
            if not text.startswith(",", position):
                raise _broken(text, position, path, "这里应当是 , 或 ]，文件可能不完整")
            position = _skip_space(text, position + 1)
    after = _skip_space(text, position + 1)
    if after < len(text):
        raise _broken(text, after, path, "数组在这之前已经结束，请删掉后面多出来的内容")


def _skip_space(text: str, position: int) -> int:
    while position < len(text) and text[position] in " \t\r\n":
        position += 1
    return position


def _broken(text: str, position: int, path: Path, what: str) -> ToujiaoError:
    line = text.count("\n", 0, position) + 1
    return ToujiaoError(f"{path} 第 {line} 行：{what}。")


def _refuse_constant(name: str) -> NoReturn:
    raise ValueError(f"{name} is not JSON")


def _column(error: Exception) -> str:
    column = getattr(error, "colno", None)
    return f"（第 {column} 个字符附近）" if column else ""


def _guess_encoding(data: bytes) -> str:
    if data.startswith(_UTF16_MARKS):
        return "这个文件是 UTF-16 编码，不是 UTF-8"
    try:
        data.decode("gb18030")
    except UnicodeDecodeError:
        return "这里不是 UTF-8 文字"
    return "这个文件像是 GBK（ANSI）编码，不是 UTF-8"
