"""Decides what `toujiao models gguf` and `toujiao models ollama` write from what they are given."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from toujiao.models.gguf_writer import write_adapter, write_model
from toujiao.models.resolve import adapter_folder, base_folder, base_of, source_of


def write_gguf(
    source: str, target: Path, kind: str, base: str | None = None, merged: bool = False
) -> Iterator[str]:
    """Write a model, or the adapter of a run, alone or merged; yields lines for the user.

    `source` is a model (folder, Hub id or `toujiao-tiny`), or a run or adapter folder, whose base
    is `base` or the one that it names.
    """
    folder, adapter = model_and_adapter(source, base)
    if adapter is None:
        write_model(folder, target, kind)
    elif merged:
        report = write_model(folder, target, kind, adapter)
        if report:
            yield f"改动保留了 {report.share:.1%}。"
    else:
        write_adapter(adapter, target, folder)
    yield f"已写入 {target}（{target.stat().st_size / 1e6:.1f} MB）"


def model_and_adapter(source: str, base: str | None = None) -> tuple[Path, Path | None]:
    """The folder of the model and that of the adapter, None where `source` is a model."""
    folder = Path(source_of(source))
    if not folder.is_dir() or (folder / "config.json").is_file():
        return base_folder(source), None
    adapter = adapter_folder(folder)
    return base_folder(base or base_of(adapter)), adapter
