"""Complaint 12: a library that is too old is named before anything is loaded."""

from __future__ import annotations

import pytest

from toujiao.errors import ToujiaoError
from toujiao.train.versions import check_versions


def test_the_installed_libraries_are_suitable():
    check_versions()


def test_libraries_of_another_tool_are_named_with_what_is_needed(tmp_path, monkeypatch):
    """What an environment shared with LLaMA-Factory 0.9.5 looks like."""
    for name, version in {"trl": "0.24.0", "peft": "0.18.1"}.items():
        folder = tmp_path / f"{name}-{version}.dist-info"
        folder.mkdir()
        text = f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n"
        (folder / "METADATA").write_text(text, encoding="utf-8")
    monkeypatch.syspath_prepend(tmp_path)
    with pytest.raises(ToujiaoError, match=r"peft 是 0\.18\.1，需要 .*trl 是 0\.24\.0，需要 >="):
        check_versions()
