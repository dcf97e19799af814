"""Looks into GGUF files without running them: what they must reach, whether two hold the same."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import Any

import numpy as np

from toujiao.errors import ToujiaoError
from toujiao.models.verify import limits
from toujiao.models.verify.limits import Limits

_COUNTED = ("general.architecture", "general.type")


def differences(shipped: Path, fresh: Path) -> list[str]:
    """Names of the tensors and keys in which two GGUF files differ; empty when they are the same.

    Labels (`general.*`: name, licence, origin) do not count, an engine computes nothing with them.
    """
    import gguf

    old, new = gguf.GGUFReader(shipped), gguf.GGUFReader(fresh)
    tensors = _different(_tensors(old), _tensors(new))
    keys = _different(_keys(old), _keys(new))
    return [*tensors, *keys]


def _tensors(reader: Any) -> dict[str, tuple[str, tuple[int, ...], bytes]]:
    return {
        tensor.name: (tensor.tensor_type.name, tuple(tensor.shape.tolist()), tensor.data.tobytes())
        for tensor in reader.tensors
    }


def _keys(reader: Any) -> dict[str, list[bytes]]:
    return {
        name: [np.asarray(part).tobytes() for part in field.parts]
        for name, field in reader.fields.items()
        if name in _COUNTED or not name.startswith(("GGUF.", "general."))
    }


def _different(old: dict[str, Any], new: dict[str, Any]) -> list[str]:
    return sorted(name for name in old.keys() | new.keys() if old.get(name) != new.get(name))


def limits_of(file: Path) -> Limits:
    """What a GGUF file must reach, by the type of most of its weights."""
    import gguf

    if not file.is_file():
        raise ToujiaoError(f"找不到 GGUF 文件 {file}，请检查路径。")
    try:
        sizes: Counter[str] = Counter()
        for tensor in gguf.GGUFReader(file).tensors:
            sizes[tensor.tensor_type.name] += int(tensor.n_elements)
    except (ValueError, IndexError) as error:
        raise ToujiaoError(f"{file} 不是完整的 GGUF 文件（{error}），请重新导出。") from error
    kind = max(sizes, key=lambda name: sizes[name], default="")
    if kind in ("F32", "F16", "BF16"):
        return limits.F16
    return limits.Q8_0 if kind == "Q8_0" else limits.Q4_0
