"""Which licence an adapter inherits."""

from __future__ import annotations

from pathlib import Path

import pytest

from toujiao.errors import ToujiaoError
from toujiao.publish.licences import inherit, is_hub_id, table


@pytest.mark.parametrize(
    ("base", "licence"),
    [
        ("toujiao-tiny", "apache-2.0"),
        ("Qwen/Qwen3-1.7B", "apache-2.0"),
        ("Qwen/Qwen2.5-0.5B-Instruct", "apache-2.0"),
        ("Qwen/Qwen2.5-1.5B", "apache-2.0"),
        ("Qwen/Qwen2.5-7B-Instruct", "apache-2.0"),
        ("Qwen/Qwen2.5-3B-Instruct", "qwen-research"),
        ("Qwen/Qwen-1_8B", "tongyi-qianwen-research"),
        ("Qwen/Qwen-1_8B-Chat", "tongyi-qianwen-research"),
        ("somebody/qwen-1.8b-chat-as-qwen2", "tongyi-qianwen-research"),
        ("C:\\models\\Qwen-1_8B-Chat", "tongyi-qianwen-research"),
    ],
)
def test_known_bases(base: str, licence: str) -> None:
    assert inherit((base,)).licence.key == licence


@pytest.mark.parametrize(
    "base", ["Qwen/Qwen2.5-72B", "somebody/Qwen3-0.6B-changed", "meta-llama/Llama-3.2-1B"]
)
def test_unknown_base_asks_for_the_licence(base: str) -> None:
    with pytest.raises(ToujiaoError, match="--licence"):
        inherit((base,))


def test_a_research_licence_cannot_become_apache() -> None:
    for claim in ({"recorded": "apache-2.0"}, {"stated": "Apache-2.0"}):
        with pytest.raises(ToujiaoError, match="不能标成"):
            inherit(("Qwen/Qwen-1_8B-Chat",), **claim)


def test_a_false_base_name_does_not_wash_the_licence() -> None:
    with pytest.raises(ToujiaoError, match="不是同一个底座"):
        inherit(("/models/qwen-1_8b-chat-qwen2", "Qwen/Qwen3-0.6B"))


def test_agreeing_and_unstated_claims_are_fine() -> None:
    found = inherit(("Qwen/Qwen-1_8B",), "unknown", "tongyi-qianwen-research")
    assert found.licence.hub_id == "other"
    assert found.licence.notice in found.licence.text


def test_stated_licence_of_an_unknown_base(tmp_path: Path) -> None:
    assert inherit(("a/b",), stated="apache-2.0").licence.hub_id == "apache-2.0"
    with pytest.raises(ToujiaoError, match="--licence-file"):
        inherit(("a/b",), stated="mit")
    with pytest.raises(ToujiaoError, match="改成一致"):
        inherit(("a/b",), recorded="mit", stated="apache-2.0")
    own = tmp_path / "MIT.txt"
    own.write_text("MIT License …", encoding="utf-8")
    assert inherit(("a/b",), stated="mit", licence_file=own).licence.hub_id == "mit"
    custom = inherit(("a/b",), stated="house-rules", licence_file=own).licence
    assert (custom.hub_id, custom.key) == ("other", "house-rules")
    own.write_text(" \n", encoding="utf-8")
    with pytest.raises(ToujiaoError, match="空的"):
        inherit(("a/b",), stated="mit", licence_file=own)
    with pytest.raises(ToujiaoError, match="读不了"):
        inherit(("a/b",), stated="mit", licence_file=tmp_path / "missing")


def test_every_licence_has_its_text() -> None:
    for licence in table().licences.values():
        assert licence.title.lower() in " ".join(licence.text.lower().split()) or licence.key in (
            "apache-2.0",
        )
        assert len(licence.text) > 5000


@pytest.mark.parametrize(
    ("name", "good"),
    [
        ("Qwen/Qwen3-0.6B", True),
        ("toujiao-tiny", True),
        ("tiny", False),
        ("/models/base", False),
        ("./base", False),
        ("../base/x", False),
        ("C:\\models\\base", False),
        ("a/b/c", False),
        ("", False),
    ],
)
def test_hub_names(name: str, good: bool) -> None:
    assert is_hub_id(name) is good
