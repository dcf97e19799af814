"""Starts llama.cpp (xllamacpp) on a GGUF file, with or without a LoRA GGUF, on a loopback port."""

from __future__ import annotations

import os
import secrets
from pathlib import Path
from typing import Any

from toujiao.errors import ToujiaoError
from toujiao.settings import settings

# Above this size a model is worth all cores; below, threads wait for each other longer than they
# work (measured: bench/chat.py).
_ONE_THREAD_BYTES = 200_000_000


def start_server(model: Path, lora: Path | None, context: int, key: str | None = None) -> Any:
    """An `xllamacpp.Server` of one slot with `context` tokens; it ends when the object is freed.

    It also opens a loopback port: `key` is asked for there, and without one nobody knows the key.
    Raises ToujiaoError when llama.cpp cannot read the files.
    """
    import xllamacpp

    params = xllamacpp.CommonParams()
    params.model.path = str(model)
    params.n_ctx = context
    params.n_parallel = 1
    params.n_gpu_layers = 0
    params.warmup = False
    params.verbosity = -1
    small = model.stat().st_size < _ONE_THREAD_BYTES
    params.cpuparams.n_threads = settings().threads or (1 if small else _cores())
    params.cpuparams_batch.n_threads = settings().threads or _cores()
    params.api_keys = [key or secrets.token_hex(16)]
    if lora:
        params.lora_adapters = [xllamacpp.CommonAdapterLoraInfo(str(lora), 1.0)]
    try:
        return xllamacpp.Server(params)
    except RuntimeError as error:
        raise ToujiaoError(
            f"llama.cpp 打不开 {model}{f' 和适配器 {lora}' if lora else ''}：{error}。"
            "请检查文件是否完整、适配器是否属于这个底座。"
        ) from error


def _cores() -> int:
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
