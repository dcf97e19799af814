"""The proof file of a conversion: what was checked, what was left out, and every file's hash."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Any

import toujiao
from toujiao.files import sha256, write_json

FILE_NAME = "conversion-proof.json"
# Most Qwen-1 licences ask that changed files say so.
_NOTICE = (
    "These files were changed: converted from the Qwen-1 to the Qwen2 layout by toujiao. "
    "The licence of the original model still applies."
)
_LIMITS = (
    "Equal to the original up to max_position_embeddings tokens; dynamic NTK and log-n scaling "
    "beyond that have no equal in Qwen2. Optimiser states are not converted."
)


def file_table(paths: Iterable[Path], root: Path) -> dict[str, dict[str, Any]]:
    """Size and SHA-256 of files, by their path below `root`."""
    return {
        path.relative_to(root).as_posix(): {
            "bytes": path.stat().st_size,
            "sha256": sha256(path),
        }
        for path in sorted(paths)
    }


def write_proof(folder: Path, facts: dict[str, Any]) -> dict[str, Any]:
    """Hash everything in `folder` and write the proof next to it; returns the proof."""
    proof = {
        "format": 1,
        "tool": f"toujiao {toujiao.__version__}",
        "notice": _NOTICE,
        "limits": _LIMITS,
        **facts,
        "outputs": file_table((path for path in folder.rglob("*") if path.is_file()), folder),
    }
    write_json(folder / FILE_NAME, proof)
    return proof
