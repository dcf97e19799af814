"""What a verification needs from a run folder: base, adapter, run record, held-out rows."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from toujiao.errors import ToujiaoError
from toujiao.models.json_file import read_json
from toujiao.models.resolve import adapter_folder, base_folder, base_of

RECORD, HELD_OUT = "run.json", Path("data") / "held_out.jsonl"
Messages = list[dict[str, str]]


@dataclass(frozen=True)
class Material:
    """The pair that is verified and the conversations it is verified on."""

    run: Path
    base_name: str
    base: Path
    adapter: Path
    record: dict[str, Any]
    """run.json; empty for a bare adapter folder."""
    rows: tuple[Messages, ...]
    """Each ends with the assistant's answer; what stands before it is the prompt."""


def read_material(run: Path, base: str | None, data: Path | None, prompts: int) -> Material:
    """Read a run folder (or a bare adapter folder together with `data`).

    `base` and `data` go before what the folder says. ToujiaoError for whatever is missing.
    """
    adapter = adapter_folder(run)
    record = read_json(run / RECORD) if (run / RECORD).is_file() else {}
    name = str(base or record.get("base_model") or base_of(adapter))
    rows = _read_rows(data or run / HELD_OUT)
    # At even distances: a data set often stands sorted by kind.
    count = min(prompts, len(rows))
    chosen = tuple(rows[i * len(rows) // count] for i in range(count))
    return Material(run, name, base_folder(name), adapter, record, chosen)


def _read_rows(path: Path) -> list[Messages]:
    try:
        lines = path.read_text(encoding="utf-8-sig").split("\n")
    except (OSError, UnicodeDecodeError) as error:
        raise ToujiaoError(
            f"读不了留出的数据 {path}（{error}）。请检查文件和它的编码（UTF-8），或用 --data 指定一个，"
            "例如 toujiao dataset build 写出的 held_out.jsonl。"
        ) from error
    rows = [_messages(line, path, n) for n, line in enumerate(lines, 1) if line.strip()]
    if not rows:
        raise ToujiaoError(f"{path} 里一行数据也没有，请换一个 --data。")
    return rows


def _messages(line: str, path: Path, number: int) -> Messages:
    try:
        messages = [
            {k: str(m[k]) for k in ("role", "content")} for m in json.loads(line)["messages"]
        ]
        if messages[-1]["role"] == "assistant" and len(messages) > 1:
            return messages
    except (ValueError, LookupError, TypeError):
        pass
    raise ToujiaoError(
        f'{path} 第 {number} 行：要写成 {{"messages": […]}}，最后一条是 assistant 的回答。请改正后重试。'
    )
