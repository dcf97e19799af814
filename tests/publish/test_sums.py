"""SHA256SUMS: what it lists, that sha256sum reads it, and that a push refuses what differs."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest

from toujiao.errors import ToujiaoError
from toujiao.publish.card import CardOptions, write_card
from toujiao.publish.push import plan_push
from toujiao.publish.sums import SUMS, sums_problems, sums_text
from toujiao.publish.target import Target


@pytest.fixture
def ready(maker: Any) -> Any:
    """A run with its card written."""
    write_card(maker.make(), CardOptions())
    return maker


def refused(maker: Any, expected: str) -> None:
    with pytest.raises(ToujiaoError, match=expected):
        plan_push(maker.folder, Target("a/b"), private=True)


def test_every_published_file_but_itself_is_listed(ready: Any) -> None:
    lines = (ready.adapter / SUMS).read_text(encoding="utf-8").splitlines()
    names = {path.name for path in ready.adapter.iterdir()}
    assert {line.split("  ")[1] for line in lines} == names - {SUMS}


@pytest.mark.skipif(shutil.which("sha256sum") is None, reason="no coreutils on this system")
def test_sha256sum_accepts_the_file(ready: Any) -> None:
    run = subprocess.run(
        ["sha256sum", "--check", "--strict", SUMS], cwd=ready.adapter, capture_output=True
    )
    assert run.returncode == 0, run.stderr


def test_a_file_changed_after_the_card(ready: Any) -> None:
    ready.edit("adapter/tokenizer_config.json", eos_token="x")
    refused(ready, r"tokenizer_config\.json 和 SHA256SUMS 里的不一样")


def test_a_file_added_after_the_card(ready: Any) -> None:
    (ready.adapter / "lora.gguf").write_bytes(b"GGUF")
    refused(ready, r"lora\.gguf 不在 SHA256SUMS 里.*toujiao publish card")


def test_a_file_that_is_gone(ready: Any) -> None:
    (ready.adapter / "chat_template.jinja").unlink()
    refused(ready, r"SHA256SUMS 里的 chat_template\.jinja 不见了")


def test_a_list_that_cannot_be_read(ready: Any) -> None:
    ready.replace(SUMS, "  README.md", " / README.md")
    refused(ready, "第 3 行看不懂")


def test_no_list(ready: Any) -> None:
    (ready.adapter / SUMS).unlink()
    refused(ready, "缺少 SHA256SUMS")


def test_names_with_spaces_and_folders(tmp_path: Path) -> None:
    (tmp_path / "一 个").mkdir()
    (tmp_path / "一 个" / "文件 [1].txt").write_text("x", encoding="utf-8")
    names = [Path("一 个/文件 [1].txt")]
    (tmp_path / SUMS).write_text(sums_text(tmp_path, names), encoding="utf-8")
    assert sums_problems(tmp_path, [*names, Path(SUMS)]) == []


def test_texts_about_to_be_written_are_listed_as_they_will_be(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("old", encoding="utf-8")
    listed = sums_text(tmp_path, [Path("a.txt")], {"a.txt": "new", "b.txt": "二"})
    for name, text in (("a.txt", "new"), ("b.txt", "二")):
        (tmp_path / name).write_text(text, encoding="utf-8")
    assert sums_text(tmp_path, [Path("a.txt"), Path("b.txt")]) == listed
