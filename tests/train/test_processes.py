"""Two processes on the CPU train like one at the same effective batch."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from toujiao.errors import ToujiaoError
from toujiao.recipes.recipe import Recipe
from toujiao.train.arguments import batch_shape


def launch(*arguments: str, processes: int = 2) -> subprocess.CompletedProcess[str]:
    accelerate = Path(sys.executable).with_name("accelerate")
    # --multi_gpu means torchrun, which starts CPU processes as well (--cpu would want mpirun).
    command = [str(accelerate), "launch", "--multi_gpu", "--num_processes", str(processes)]
    command += ["--num_machines", "1", "--mixed_precision", "no", "--dynamo_backend", "no"]
    environment = os.environ | {"OMP_NUM_THREADS": "1", "PYTHONPATH": os.pathsep.join(sys.path)}
    return subprocess.run(
        [*command, "-m", "toujiao", "train", *arguments],
        capture_output=True,
        encoding="utf-8",
        env=environment,
        timeout=280,
    )


@pytest.mark.model
def test_two_processes_match_one_at_the_same_effective_batch(trained, again, tmp_path):
    _, one = trained
    folder = again(tmp_path / "two")
    result = launch("resume", str(folder), "--no-evaluate")
    assert result.returncode == 0, result.stderr[-2000:]
    two = json.loads((folder / "run.json").read_text(encoding="utf-8"))
    assert two["processes"] == 2
    assert two["steps"] == one["steps"]
    for when in ("before", "after"):
        assert two["held_out_loss"][when] == pytest.approx(one["held_out_loss"][when], rel=0.02)
    assert result.stdout.count("适配器：") == 1


@pytest.mark.model
def test_a_mistake_ends_all_processes_with_one_line(tmp_path):
    result = launch("sft", "--data", str(tmp_path / "gone.jsonl"))
    assert result.returncode != 0
    assert "找不到训练数据" in result.stderr


@pytest.mark.parametrize(
    ("rows", "device", "processes", "shape"),
    [
        (8, 8, 1, (8, 1)),
        (8, 8, 2, (4, 1)),
        (16, 3, 1, (2, 8)),
        (6, 4, 2, (3, 1)),
        (4, 8, 4, (1, 1)),
    ],
)
def test_rows_per_step_is_kept_exactly(rows, device, processes, shape, monkeypatch):
    monkeypatch.setenv("WORLD_SIZE", str(processes))
    found = batch_shape(Recipe(rows_per_step=rows, rows_per_device=device))
    assert found == shape
    assert found[0] * found[1] * processes == rows


def test_rows_that_cannot_be_shared_are_one_clear_line(monkeypatch):
    monkeypatch.setenv("WORLD_SIZE", "3")
    with pytest.raises(ToujiaoError, match="3 的倍数"):
        batch_shape(Recipe(rows_per_step=8))
