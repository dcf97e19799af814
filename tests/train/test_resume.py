"""A run that is killed and resumed ends like one that was not, from nothing but its own folder."""

from __future__ import annotations

import json
import os
import random
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from toujiao.train.checkpoints import last_checkpoint
from toujiao.train.sft import run_sft

pytestmark = pytest.mark.model
# Dropout draws random numbers at every step, so the random state has to be restored too.
SETTINGS = {"max_steps": 30, "evaluations": 10, "dropout": 0.1, "patience": 0}


@pytest.fixture(scope="module")
def whole(prepared, tmp_path_factory) -> dict:
    return run_sft(prepared(tmp_path_factory.mktemp("whole"), "run", **SETTINGS))


def killed(folder: Path, step: int) -> None:
    """Train in another process and kill it without warning soon after `step` steps."""
    process = subprocess.Popen(
        [sys.executable, "-m", "toujiao", "train", "resume", str(folder), "--no-evaluate"],
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    log, deadline = folder / "log.jsonl", time.monotonic() + 120
    while time.monotonic() < deadline and process.poll() is None:
        lines = log.read_text(encoding="utf-8").splitlines() if log.exists() else []
        if any(json.loads(line)["step"] >= step for line in lines if line.endswith("}")):
            break
        time.sleep(0.02)
    assert process.poll() is None, "it ended before it could be killed"
    os.kill(process.pid, signal.SIGKILL)
    process.wait()


def test_killed_at_a_random_step_and_resumed_gives_the_same_loss(prepared, whole, tmp_path):
    folder = prepared(tmp_path, "run", **SETTINGS)
    killed(folder, random.randint(4, 24))
    assert not (folder / "run.json").exists()
    checkpoint = last_checkpoint(folder)
    log = folder / "log.jsonl"
    done = len(log.read_text(encoding="utf-8").splitlines())
    record = run_sft(folder)
    step = int(checkpoint.name[11:]) if checkpoint else None
    assert record.get("resumed_at") == step
    later = log.read_text(encoding="utf-8").splitlines()[done:]
    assert min(json.loads(line)["step"] for line in later) >= (step or 0)  # nothing is done twice
    assert record["held_out_loss"]["after"] == pytest.approx(
        whole["held_out_loss"]["after"], abs=1e-3
    )
    assert record["losses"][-1] == pytest.approx(whole["losses"][-1], abs=1e-3)


def test_a_checkpoint_that_was_being_written_is_not_used(prepared, tmp_path):
    folder = prepared(tmp_path, "run")
    for step, files in {2: ["trainer_state.json", "optimizer.pt"], 4: ["optimizer.pt"]}.items():
        path = folder / "checkpoints" / f"checkpoint-{step}"
        path.mkdir(parents=True)
        for name in files:
            (path / name).write_text("{}", encoding="utf-8")
    found = last_checkpoint(folder)
    assert found is not None
    assert found.name == "checkpoint-2"
    assert not (folder / "checkpoints" / "checkpoint-4").exists()


def test_a_run_without_a_checkpoint_starts_over(prepared, tmp_path):
    assert last_checkpoint(prepared(tmp_path, "run")) is None


def test_a_cut_off_state_file_is_no_checkpoint(prepared, tmp_path):
    folder = prepared(tmp_path, "run")
    path = folder / "checkpoints" / "checkpoint-2"
    path.mkdir(parents=True)
    (path / "optimizer.pt").write_bytes(b"x")
    (path / "trainer_state.json").write_text('{"global_step": ', encoding="utf-8")
    assert last_checkpoint(folder) is None
    shutil.rmtree(folder)
