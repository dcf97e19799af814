"""Takes the tensors, and nothing else, out of an adapter_model.bin."""

from __future__ import annotations

import pickle
from pathlib import Path

from toujiao.errors import ToujiaoError, missing_extra

PICKLED = "adapter_model.bin"


def copy_pickled(path: Path, copy: Path) -> None:
    """Write the tensors of `path` to the safetensors file `copy`.

    ToujiaoError when there is anything but tensors in it; no code in it is ever run.
    """
    try:
        import torch
        from safetensors.torch import save_file
    except ImportError as error:
        raise missing_extra("torch", "train") from error
    try:
        state = torch.load(path, map_location="cpu", weights_only=True)
    except (pickle.UnpicklingError, RuntimeError, EOFError, ValueError) as error:
        raise ToujiaoError(f"{path} 里有张量以外的内容或已损坏，为安全起见没有读。") from error
    if not isinstance(state, dict) or not all(isinstance(v, torch.Tensor) for v in state.values()):
        raise ToujiaoError(f"{path} 里不全是张量，没有转换。")
    save_file({str(name): value.contiguous().clone() for name, value in state.items()}, copy)
