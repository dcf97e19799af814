"""Writes a knowledge folder that works, to start one's own from (`toujiao knowledge new`)."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

from toujiao.clock import today
from toujiao.errors import ToujiaoError

_EXAMPLE = Path(__file__).parent / "example-library"


def write_example(folder: Path) -> list[Path]:
    """Write the example to a folder that is new or empty; returns the files written."""
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise ToujiaoError(f"{folder} 已经有东西了。请换一个新的目录名，免得盖掉你的文件。")
    days = {"TODAY": today(), "NEXT_YEAR": today() + dt.timedelta(days=365)}
    written = []
    for source in sorted(path for path in _EXAMPLE.rglob("*") if path.is_file()):
        text = source.read_text(encoding="utf-8")
        for name, day in days.items():
            text = text.replace(name, str(day))
        target = folder / source.relative_to(_EXAMPLE)
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(text, encoding="utf-8")
        written.append(target)
    return written
