"""What a verification needs from a run folder: base, adapter, run record, held-out rows."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from toujiao.errors import ToujiaoError
from toujiao.files import read_json, values
from toujiao.folders import DATA, HELD_OUT, RECORD
from toujiao.models.resolve import adapter_folder, base_folder, base_of

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
    rows = _read_rows(data or run / DATA / HELD_OUT)
    # At even distances: a data set often stands sorted by kind.
    count = min(prompts, len(rows))
    chosen = tuple(rows[i * len(rows) // count] for i in range(count))
    return Material(run, name, base_folder(name), adapter, record, chosen)


def _read_rows(path: Path) -> list[Messages]:
    if not path.is_file():
        raise ToujiaoError(
            f"找不到留出的数据 {path}。请用 --data 指定一个，"
            "例如 toujiao dataset build 写出的 held_out.jsonl。"
        )
    rows = [_messages(row, f"{path} 第 {number} 行") for number, row in values(path)]
    if not rows:
        raise ToujiaoError(f"{path} 里一行数据也没有，请换一个 --data。")
    return rows


def _messages(row: Any, where: str) -> Messages:
    try:
        messages = [{key: str(m[key]) for key in ("role", "content")} for m in row["messages"]]
        if messages[-1]["role"] == "assistant" and len(messages) > 1:
            return messages
    except (LookupError, TypeError):
        pass
    raise ToujiaoError(
        f'{where}：要写成 {{"messages": […]}}，最后一条是 assistant 的回答。请改正后重试。'
    )
