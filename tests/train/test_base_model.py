"""What a run starts from: one clear line when the Hub cannot be reached (complaint 13)."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

pytestmark = pytest.mark.model
# The Hub's client waits longer and longer between its tries; here it shall not.
PROGRAM = "import time; time.sleep = lambda seconds: None; from toujiao.cli import main; main()"


@pytest.mark.parametrize(
    "environment",
    [{"HF_HUB_OFFLINE": "1"}, {"HF_ENDPOINT": "http://127.0.0.1:9"}],
    ids=["offline", "unreachable"],
)
def test_a_hub_that_cannot_be_reached_is_one_line_that_says_what_to_do(environment, tmp_path):
    data = tmp_path / "my.jsonl"
    lines = [f'{{"instruction": "问题{n}", "input": "", "output": "回答{n}"}}' for n in range(20)]
    data.write_text("\n".join(lines), encoding="utf-8")
    result = subprocess.run(
        [sys.executable, "-c", PROGRAM, "train", "sft", "qwen3-0.6b", "--data", str(data)],
        capture_output=True,
        encoding="utf-8",
        cwd=tmp_path,
        env=os.environ | environment | {"HF_HOME": str(tmp_path / "cache")},
        timeout=120,
    )
    assert result.returncode == 1
    assert "Traceback" not in result.stderr
    last = result.stderr.strip().splitlines()[-1]
    assert "Qwen/Qwen3-0.6B" in last
    assert "下载到本地" in last
    assert "HF_ENDPOINT" in last
    assert "ModelScope" in last
    assert not (tmp_path / "runs").exists()
