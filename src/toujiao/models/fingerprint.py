"""A short fingerprint of weights on disk, so that a vote or an answer says which model spoke."""

from __future__ import annotations

import hashlib
from pathlib import Path

_EDGE = 1 << 20
LENGTH = 12


def fingerprint(path: Path) -> str | None:
    """Twelve hex digits of a weight file, or of the safetensors of a folder; None without any.

    Hashes each file's size and its first and last MiB: a model of many gigabytes takes no longer
    than a small one, and retraining changes those bytes.
    """
    files = [path] if path.is_file() else sorted(path.glob("*.safetensors"))
    if not files:
        return None
    digest = hashlib.sha256()
    for file in files:
        size = file.stat().st_size
        digest.update(str(size).encode())
        with file.open("rb") as opened:
            digest.update(opened.read(_EDGE))
            opened.seek(max(0, size - _EDGE))
            digest.update(opened.read(_EDGE))
    return digest.hexdigest()[:LENGTH]


def with_fingerprint(name: str, path: Path) -> str:
    """`name@fingerprint`, or the bare name when there are no weights at `path`."""
    mark = fingerprint(path)
    return f"{name}@{mark}" if mark else name
