"""Reads YAML and Markdown that people write; a mistake in it names the file, the line, the field."""

from __future__ import annotations

from pathlib import Path
from typing import Any, TypeVar

import yaml
from pydantic import BaseModel, ValidationError

from toujiao.errors import ToujiaoError

Model = TypeVar("Model", bound=BaseModel)

_YamlLoader: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


def read_source(path: Path) -> str:
    """The text of a file; one that is not UTF-8 is a ToujiaoError."""
    try:
        return path.read_text(encoding="utf-8")
    except UnicodeDecodeError as error:
        raise ToujiaoError(f"{path}：文件不是 UTF-8 编码，请另存为 UTF-8 再试。") from error


def load_yaml(text: str, path: Path, first_line: int = 1) -> Any:
    """Parse YAML that starts on `first_line` of the file; a syntax error names file and line."""
    try:
        return yaml.load(text, Loader=_YamlLoader)
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        line = f" 第 {mark.line + first_line} 行" if mark else ""
        problem = getattr(error, "problem", None) or "无法解析"
        raise ToujiaoError(f"{path}{line}：YAML 写法有误（{problem}），请改正后再试。") from error


def read_yaml(path: Path) -> Any:
    """What a YAML file holds."""
    return load_yaml(read_source(path), path)


def read_record(path: Path, record: type[Model]) -> Model:
    """A YAML file of fields as `record`; a field that is wrong or unknown is a ToujiaoError."""
    data = read_yaml(path)
    if not isinstance(data, dict):
        raise ToujiaoError(f"{path}：这个文件应当是一组“字段: 值”，请对照 docs/knowledge.md。")
    try:
        return record.model_validate(data)
    except ValidationError as error:
        raise explain_invalid(error, path) from error


def explain_invalid(error: ValidationError, path: Path) -> ToujiaoError:
    """Turn a pydantic error into one line: file, field, what is wrong."""
    first = error.errors()[0]
    field = ".".join(str(part) for part in first["loc"]) or "（整个文件）"
    said = first["msg"].removeprefix("Value error, ")
    return ToujiaoError(f"{path}：字段 {field} 不对：{said}。请改正后再试。")
