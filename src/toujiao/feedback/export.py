"""Writes stored votes as training rows: `{"prompt": [...], "completion": [...], "label": bool}`.

That is the unpaired-preference form that TRL's KTO trainer reads.
"""

from __future__ import annotations

import json
import os
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

from toujiao.errors import ToujiaoError
from toujiao.feedback.store import UP, Vote


def kto_rows(
    votes: Iterable[Vote], system: str | None = None, endings: Iterable[str] = ()
) -> Iterator[dict[str, Any]]:
    """One row per vote, oldest first, the newest word on the same answer winning.

    `system` is the prompt that the assistant ran with. `endings` are lines (AI label,
    education-only line) that the program adds under an answer and a model must not learn.
    """
    latest = {(vote.question, vote.answer): vote for vote in sorted(votes, key=lambda v: v.id)}
    head = [{"role": "system", "content": system}] if system else []
    unwanted = {line.strip() for line in endings if line.strip()}
    for vote in latest.values():
        lines = [line for line in vote.answer.splitlines() if line.strip() not in unwanted]
        yield {
            "prompt": [*head, {"role": "user", "content": vote.question}],
            "completion": [{"role": "assistant", "content": "\n".join(lines).strip()}],
            "label": vote.vote == UP,
        }


def write_rows(rows: Iterable[dict[str, Any]], path: Path) -> int:
    """Write the rows as JSONL; returns how many. The file is whole or not there at all."""
    count = 0
    temporary: Path | None = None
    try:
        handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.", suffix=".part")
        temporary = Path(name)
        with open(handle, "w", encoding="utf-8", newline="\n") as out:
            for row in rows:
                out.write(json.dumps(row, ensure_ascii=False) + "\n")
                count += 1
        os.replace(temporary, path)
    except OSError as error:
        reason = error.strerror or str(error)
        raise ToujiaoError(
            f"写不了 {path}（{reason}）。请换个文件夹，或检查磁盘和权限。"
        ) from error
    finally:
        if temporary:
            with suppress(OSError):
                temporary.unlink(missing_ok=True)
    return count
