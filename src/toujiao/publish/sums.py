"""SHA256SUMS: the checksum of every published file, as `sha256sum -c` reads it."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Mapping
from pathlib import Path

SUMS = "SHA256SUMS"
_LINE = re.compile(r"(?P<sum>[0-9a-f]{64}) [ *](?P<name>.+)")


def sha256_of(path: Path) -> str:
    """The SHA-256 of a file, in hexadecimal."""
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def sums_text(folder: Path, names: Iterable[Path], texts: Mapping[str, str] | None = None) -> str:
    """The content of SHA256SUMS for files of `folder`; `texts` are files about to be written."""
    texts = texts or {}
    sums = {name.as_posix(): "" for name in names} | dict.fromkeys(texts, "")
    for name in sums:
        is_new = name in texts
        sums[name] = (
            hashlib.sha256(texts[name].encode("utf-8")).hexdigest()
            if is_new
            else sha256_of(folder / name)
        )
    return "".join(f"{sums[name]}  {name}\n" for name in sorted(sums) if name != SUMS)


def sums_problems(folder: Path, names: Iterable[Path]) -> list[str]:
    """Where SHA256SUMS and the files differ; empty when every file is the listed one."""
    path = folder / SUMS
    if not path.is_file():
        return [f"没有 {SUMS}"]
    lines = path.read_text(encoding="utf-8").splitlines()
    matches = [_LINE.fullmatch(line) for line in lines]
    listed = {match["name"]: match["sum"] for match in matches if match}
    problems = [f"{SUMS} 第 {i} 行看不懂" for i, match in enumerate(matches, 1) if not match]
    present = {name.as_posix() for name in names} - {SUMS}
    problems += [f"{name} 不在 {SUMS} 里" for name in sorted(present - set(listed))]
    problems += [f"{SUMS} 里的 {name} 不见了" for name in sorted(set(listed) - present)]
    problems += [
        f"{name} 和 {SUMS} 里的不一样，被改过"
        for name in sorted(present & set(listed))
        if sha256_of(folder / name) != listed[name]
    ]
    return problems
