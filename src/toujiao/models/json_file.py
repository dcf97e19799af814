"""JSON objects on disk: the settings of models and adapters."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from toujiao.errors import ToujiaoError


def read_json(path: Path) -> dict[str, Any]:
    """An object from a JSON file; ToujiaoError when it is something else."""
    try:
        values = json.loads(path.read_text(encoding="utf-8-sig"))
    except FileNotFoundError as error:
        raise ToujiaoError(f"{path.parent} 里没有 {path.name}，请检查文件夹。") from error
    except ValueError as error:
        raise ToujiaoError(f"{path} 不是正确的 JSON（{error}）。") from error
    if not isinstance(values, dict):
        raise ToujiaoError(f"{path} 不是正确的 JSON 对象。")
    return values


def write_json(path: Path, values: Mapping[str, Any]) -> None:
    """Write an object, readable and in UTF-8."""
    path.write_text(json.dumps(values, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
