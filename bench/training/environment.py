"""Runs the tools, each in a process (and LLaMA-Factory in an environment) of its own."""

from __future__ import annotations

import contextlib
import json
import os
import subprocess
import sys
import threading
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from typing import Any

LLAMAFACTORY = "0.9.5"
PARTS = Path(__file__).parent
OFFLINE = {"HF_HUB_OFFLINE": "1", "TOKENIZERS_PARALLELISM": "false"}


@dataclass(frozen=True)
class Run:
    """What one training run left behind."""

    steps: list[dict[str, Any]]
    """The witness's record of each optimiser step."""

    peak_bytes: int
    adapter: str

    @property
    def rows(self) -> list[str]:
        """The fingerprints of all rows in the order of training."""
        return [row for step in self.steps for row in step["rows"]]


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


def run(python: str, tool: str, plan: Mapping[str, Any], work: Path, threads: int) -> Run:
    """Train in a process of its own in the new folder `work`; what it says goes to a log there.

    Ends the comparison, with the end of that log, when the tool fails.
    """
    work.mkdir()
    steps, log, plan_file = work / "steps.jsonl", work / "log.txt", work / "plan.json"
    given = {**plan, "out": str(work / "run"), "witness": str(steps)}
    plan_file.write_text(json.dumps(given), encoding="utf-8")
    command = [python, str(PARTS / "worker.py"), tool, str(plan_file)]
    variables = {**os.environ, **OFFLINE, "OMP_NUM_THREADS": str(threads)}
    with log.open("w", encoding="utf-8") as said:
        process = subprocess.Popen(command, stdout=said, stderr=said, env=variables)
        with memory_of(process.pid) as peak:
            _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise SystemExit(f"{tool} failed:\n{log.read_text(encoding='utf-8')[-4000:]}")
    lines = steps.read_text(encoding="utf-8").splitlines()
    highest = max(peak[0], usage.ru_maxrss * 1024)
    return Run([json.loads(line) for line in lines], highest, str(work / "run" / "adapter"))


@contextlib.contextmanager
def memory_of(process: int) -> Iterator[list[int]]:
    """The most bytes that a process and its children held together, looked at all the while."""
    import psutil

    done, peak = threading.Event(), [0]

    def look() -> None:
        while not done.wait(0.2):
            with contextlib.suppress(psutil.Error):
                family = [
                    psutil.Process(process),
                    *psutil.Process(process).children(recursive=True),
                ]
                peak[0] = max(peak[0], sum(member.memory_info().rss for member in family))

    thread = threading.Thread(target=look, daemon=True)
    thread.start()
    try:
        yield peak
    finally:
        done.set()
        thread.join()


def held_out_losses(model: Path, rows: Path, adapters: Sequence[str]) -> list[float]:
    """Loss of the base and of each adapter, in a process of its own."""
    command = [sys.executable, str(PARTS / "held_out.py"), str(model), str(rows), *adapters]
    ran = subprocess.run(
        command, check=True, capture_output=True, encoding="utf-8", env={**os.environ, **OFFLINE}
    )
    losses: list[float] = json.loads(ran.stdout.splitlines()[-1])
    return losses
