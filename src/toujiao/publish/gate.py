"""The one gate: no file goes up that has not been looked into here, by content and not by name.

Refused: what is not on the list of types (pickles carry code), links, programs outside a Space,
paths and access tokens of this computer in any text. `SHA256SUMS` then says what passed.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from safetensors import SafetensorError, safe_open

from toujiao.errors import ToujiaoError
from toujiao.files import sha256, write_lines
from toujiao.publish.leaks import leaks, secrets
from toujiao.publish.outgoing import folder_files
from toujiao.publish.target import Kind

README, SUMS = "README.md", "SHA256SUMS"
VENDORED = "toujiao"
"""The folder of a Space that holds our own package."""
_TEXT = {".md", ".txt", ".jinja"}
_JSON = {".json", ".jsonl"}
_PROGRAM = {".py", ".yaml", ".toml", ".js", ".css", ".svg"}
_WEIGHTS = {".safetensors", ".gguf"}
_SHOWN = 20
_PLAIN_NAMES = {"LICENSE", "NOTICE", SUMS}
# Vocabularies hold words such as "/home/"; they are made of tokens, not of settings.
_VOCABULARIES = {"tokenizer.json", "vocab.json", "added_tokens.json"}


@dataclass(frozen=True)
class PublicFile:
    """One file that goes up."""

    name: str
    size: int
    sha256: str


def check(folder: Path, kind: Kind) -> tuple[PublicFile, ...]:
    """The files of a folder that go up; else one ToujiaoError that names every fault."""
    public, _ = folder_files(folder)
    problems = [problem for path in public for problem in _problems(folder, path, kind)]
    if problems:
        shown = "；".join(problems[:_SHOWN])
        raise ToujiaoError(f"还不能发布，{len(problems)} 处要改：{shown}。")
    return tuple(_public_file(folder, path) for path in public)


def seal(folder: Path, kind: Kind) -> tuple[PublicFile, ...]:
    """Check a folder that was just filled and write its checksums; all its files."""
    (folder / SUMS).unlink(missing_ok=True)
    files = check(folder, kind)
    write_lines(folder / SUMS, (f"{file.sha256}  {file.name}" for file in files))
    return (*files, _public_file(folder, Path(SUMS)))


def check_unchanged(folder: Path, files: tuple[PublicFile, ...], redo: str) -> None:
    """ToujiaoError unless the files are those that `seal` saw; `redo` says how to write them anew."""
    path = folder / SUMS
    lines = path.read_text(encoding="utf-8").splitlines() if path.is_file() else []
    now = {f"{file.sha256}  {file.name}" for file in files if file.name != SUMS}
    changed = sorted({line.partition("  ")[2] or line for line in now.symmetric_difference(lines)})
    if changed:
        raise ToujiaoError(
            f"{folder} 和它的 {SUMS} 对不上，写好以后被改过：{'、'.join(changed)}。{redo}"
        )


def _public_file(folder: Path, path: Path) -> PublicFile:
    return PublicFile(path.as_posix(), (folder / path).stat().st_size, sha256(folder / path))


def _problems(folder: Path, relative: Path, kind: Kind) -> list[str]:
    """What is wrong with one file; a type that is not listed never goes up."""
    name, path = relative.as_posix(), folder / relative
    suffix = ".txt" if relative.name in _PLAIN_NAMES else relative.suffix.lower()
    if path.is_symlink():
        return [f"{name} 是链接，请换成真正的文件"]
    if suffix in _WEIGHTS:
        return [] if _is_weights(path, suffix) else [f"{name} 不是真正的 {suffix} 文件"]
    if suffix not in _TEXT | _JSON | (_PROGRAM if kind is Kind.SPACE else set()):
        return [f"{name} 不是能发布的文件类型（pickle 之类的文件能带代码），请移走"]
    # Our own source names such paths in its patterns and examples.
    search = secrets if kind is Kind.SPACE and relative.parts[0] == VENDORED else leaks
    found: dict[str, str] = {}
    try:
        for place, text in _texts(path, suffix):
            for leak in search(text):
                found.setdefault(leak, place)
    except UnicodeDecodeError:
        return [f"{name} 不是 UTF-8 文本"]
    except json.JSONDecodeError as error:
        return [f"{name} 里有不合法的 JSON（{error.msg}）"]
    return [f"{name} 里有{leak}{place}" for leak, place in found.items()]


def _texts(path: Path, suffix: str) -> Iterator[tuple[str, str]]:
    """Everything in a file that can hold a path or a token, with its place."""
    text = path.read_text(encoding="utf-8-sig")
    if suffix == ".jsonl":
        # Not splitlines(): it also splits at U+2028, which may stand inside a JSON string.
        for number, line in enumerate(text.split("\n"), 1):
            for string in _strings(json.loads(line)) if line.strip() else ():
                yield f"（第 {number} 行）", string
    elif suffix == ".json":
        strings = _strings(json.loads(text))
        yield from (("", string) for string in strings if path.name not in _VOCABULARIES)
    else:
        yield "", text


def _strings(value: Any) -> Iterator[str]:
    """Every string in a JSON value, keys too."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        yield from value
        yield from _strings(list(value.values()))
    elif isinstance(value, list):
        for item in value:
            yield from _strings(item)


def _is_weights(path: Path, suffix: str) -> bool:
    if suffix == ".gguf":
        with path.open("rb") as stream:
            return stream.read(4) == b"GGUF"
    try:
        with safe_open(path, framework="numpy"):
            return True
    except SafetensorError:
        return False
