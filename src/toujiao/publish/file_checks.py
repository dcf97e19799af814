"""Looks into every file before it goes up: told by content, and no path or token of this computer."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

from toujiao.models.shards import read_pieces
from toujiao.publish.leaks import json_strings, leaks, secrets
from toujiao.publish.sums import SUMS
from toujiao.publish.target import Kind

# Vocabularies hold words such as "/home/"; they are made of tokens, not of settings.
_VOCABULARIES = {"tokenizer.json", "vocab.json", "added_tokens.json"}
_PLAIN_NAMES = {"LICENSE", "NOTICE", SUMS}
VENDORED = "toujiao"
"""The folder of a Space that holds our own package."""


def file_problems(folder: Path, relative: Path, kind: Kind) -> list[str]:
    """What is wrong with one file; the types that are not named here never go up."""
    name, path = relative.as_posix(), folder / relative
    if path.is_symlink():
        return [f"{name} 是链接，请换成真正的文件"]
    check = _check_of(relative, kind)
    if check is None:
        return [f"{name} 不是能发布的文件类型（pickle 之类的文件能带代码），请移走"]
    try:
        return [f"{name} 里有{problem}" for problem in check(path)]
    except UnicodeDecodeError:
        return [f"{name} 不是 UTF-8 文本"]
    except json.JSONDecodeError as error:
        return [f"{name} 第 {error.lineno} 行不是合法的 JSON"]


def _check_of(relative: Path, kind: Kind) -> Callable[[Path], list[str]] | None:
    suffix = ".txt" if relative.name in _PLAIN_NAMES else relative.suffix.lower()
    if kind is Kind.SPACE:
        if relative.parts[0] == VENDORED and suffix in _SOURCE:
            # Our own source: it names such paths in its patterns and examples.
            return _check_source
        return _TYPES.get(suffix) or _SOURCE.get(suffix)
    return _TYPES.get(suffix)


def _check_text(path: Path) -> list[str]:
    return leaks(path.read_text(encoding="utf-8-sig"))


def _check_source(path: Path) -> list[str]:
    return secrets(path.read_text(encoding="utf-8-sig"))


def _check_json(path: Path) -> list[str]:
    value = json.loads(path.read_text(encoding="utf-8-sig"))
    if path.name in _VOCABULARIES:
        return []
    return list(dict.fromkeys(leak for text in json_strings(value) for leak in leaks(text)))


def _check_lines(path: Path) -> list[str]:
    """JSONL: one value per line; the first line with a problem is named."""
    with path.open(encoding="utf-8-sig") as lines:
        for number, line in enumerate(lines, 1):
            try:
                value = json.loads(line)
            except json.JSONDecodeError:
                return [f"不是 JSON 的第 {number} 行"]
            found = [leak for text in json_strings(value) for leak in leaks(text)]
            if found:
                return [f"{found[0]}（第 {number} 行）"]
    return []


def _check_safetensors(path: Path) -> list[str]:
    read_pieces(path)
    return []


def _check_gguf(path: Path) -> list[str]:
    with path.open("rb") as stream:
        return [] if stream.read(4) == b"GGUF" else ["别的内容，不是 GGUF 文件"]


_TYPES: dict[str, Callable[[Path], list[str]]] = {
    ".md": _check_text,
    ".txt": _check_text,
    ".jinja": _check_text,
    ".json": _check_json,
    ".jsonl": _check_lines,
    ".safetensors": _check_safetensors,
    ".gguf": _check_gguf,
}
# Only a Space holds a program.
_SOURCE: dict[str, Callable[[Path], list[str]]] = dict.fromkeys(
    (".py", ".yaml", ".toml", ".js", ".css", ".svg", ".md", ".txt", ".jinja"), _check_text
)
