"""The run folder: everything that a run was made of, in files that describe themselves.

runs/<recipe>-<time>/ holds run.json, log.jsonl, adapter/ and, after evaluation, evaluation.json.
"""

from __future__ import annotations

import datetime as dt
import hashlib
import json
import os
import platform
from importlib.metadata import version
from pathlib import Path
from typing import Any

from toujiao.errors import ToujiaoError

LIBRARIES = ("torch", "transformers", "peft", "trl", "accelerate", "datasets", "toujiao")


def create_run_folder(name: str, parent: Path, stamped: bool = True) -> Path:
    """A new, empty folder under `parent`, named `name` and, when `stamped`, the time."""
    stamp = dt.datetime.now(dt.UTC).strftime("-%Y%m%d-%H%M%S") if stamped else ""
    folder = parent / f"{name}{stamp}"
    try:
        folder.mkdir(parents=True)
    except FileExistsError as error:
        raise ToujiaoError(f"{folder} 已经有了。请换一个 --run 名字，或先删掉它。") from error
    except OSError as error:
        raise ToujiaoError(
            f"不能建立运行目录 {folder}（{error.strerror}），请换一个 --out。"
        ) from error
    return folder


def write_json(path: Path, value: dict[str, Any]) -> None:
    """Write JSON so that the file is either whole or not there."""
    partial = path.with_name(path.name + ".part")
    text = json.dumps(value, ensure_ascii=False, indent=2, default=str)
    partial.write_text(text + "\n", encoding="utf-8")
    partial.replace(path)


def sha256(path: Path) -> str:
    """SHA-256 of a file, hexadecimal."""
    return hashlib.sha256(path.read_bytes()).hexdigest()


def hardware() -> str:
    """One line about the machine."""
    import torch

    if torch.cuda.is_available():
        return torch.cuda.get_device_name()
    return f"{platform.machine()} CPU, {os.cpu_count()} cores"


def library_versions() -> dict[str, str]:
    """Versions of the libraries that decide the result."""
    return {name: version(name) for name in LIBRARIES}
