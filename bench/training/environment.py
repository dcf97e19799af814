"""Processes and environments of the comparison: LLaMA-Factory's own, the tree's memory."""

from __future__ import annotations

import contextlib
import json
import os
import subprocess
import sys
import threading
from collections.abc import Callable, Sequence
from importlib.metadata import version
from pathlib import Path

LLAMAFACTORY = "0.9.5"
HELD_OUT = Path(__file__).parent / "held_out.py"


def llamafactory(folder: Path) -> str:
    """The python of an environment with LLaMA-Factory, made from PyPI where it is missing.

    The same torch as ours: newer ones bring CUDA packages, and the comparison would be of torches.
    """
    python = folder / "bin" / "python"
    if not (folder / "complete").is_file():
        torch = version("torch").partition("+")[0]
        print(f"installing LLaMA-Factory {LLAMAFACTORY} into {folder} …", file=sys.stderr)
        subprocess.run([sys.executable, "-m", "venv", "--without-pip", str(folder)], check=True)
        pip = [sys.executable, "-m", "pip", "--python", str(python)]
        wanted = [f"torch=={torch}", f"llamafactory=={LLAMAFACTORY}"]
        subprocess.run([*pip, "install", "-qq", "--no-compile", *wanted], check=True)
        _without_cuda(python, pip)
        (folder / "complete").touch()
    return str(python)


def _without_cuda(python: Path, pip: Sequence[str]) -> None:
    """Make PyPI's torchvision and torchaudio, built for CUDA, harmless beside a torch without it.

    LLaMA-Factory imports torchaudio always and needs neither of them for text. torchaudio works
    without its compiled part, transformers without torchvision.
    """

    def fails(module: str) -> bool:
        command = [str(python), "-c", f"import {module}"]
        return subprocess.run(command, capture_output=True).returncode != 0

    if fails("torchvision"):
        subprocess.run([*pip, "uninstall", "-qq", "--yes", "torchvision"], check=True)
    if fails("torchaudio"):
        for library in python.parents[1].glob("lib/python*/site-packages/torchaudio/lib/*.so"):
            library.unlink()


def watch_memory(process: int) -> Callable[[], int]:
    """Watch a process and its children; the returned function stops and gives the peak in bytes."""
    import psutil

    done = threading.Event()
    peak = 0

    def look() -> None:
        nonlocal peak
        while not done.wait(0.2):
            with contextlib.suppress(psutil.Error):
                top = psutil.Process(process)
                family = [top, *top.children(recursive=True)]
                peak = max(peak, sum(p.memory_info().rss for p in family))

    thread = threading.Thread(target=look, daemon=True)
    thread.start()

    def stop() -> int:
        done.set()
        thread.join()
        return peak

    return stop


def held_out_losses(model: Path, rows: Path, adapters: Sequence[str]) -> list[float]:
    """Loss of the base and of each adapter, in a process of its own."""
    command = [sys.executable, str(HELD_OUT), str(model), str(rows), *adapters]
    environment = {**os.environ, "HF_HUB_OFFLINE": "1"}
    ran = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True, env=environment)
    losses: list[float] = json.loads(ran.stdout.splitlines()[-1])
    return losses
