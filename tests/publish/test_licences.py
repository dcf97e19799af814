"""Which licence an adapter inherits."""

from __future__ import annotations

from pathlib import Path

import pytest

from toujiao.errors import ToujiaoError
from toujiao.models.resolve import is_hub_id
from toujiao.publish.licences import inherit, table

KNOWN = {
    "toujiao-tiny": "apache-2.0",
    "Qwen/Qwen3-1.7B": "apache-2.0",
    "Qwen/Qwen2.5-0.5B-Instruct": "apache-2.0",
    "Qwen/Qwen2.5-1.5B": "apache-2.0",
    "Qwen/Qwen2.5-7B-Instruct": "apache-2.0",
    "Qwen/Qwen2.5-3B-Instruct": "qwen-research",
    "somebody/qwen2.5-coder-3b-changed": "qwen-research",
    "Qwen/Qwen-1_8B": "tongyi-qianwen-research",
    "Qwen/Qwen-1_8B-Chat": "tongyi-qianwen-research",
    "somebody/qwen-1.8b-chat-as-qwen2": "tongyi-qianwen-research",
    "C:\\models\\Qwen-1_8B-Chat": "tongyi-qianwen-research",
}
UNKNOWN = ["Qwen/Qwen2.5-72B", "somebody/Qwen3-0.6B-changed", "meta-llama/Llama-3.2-1B"]


def test_known_bases() -> None:
    assert {base: inherit(base).licence.key for base in KNOWN} == KNOWN


def test_no_statement_changes_the_licence_of_a_known_base() -> None:
    for base, key in KNOWN.items():
        for stated in {"apache-2.0", "MIT", "qwen-research"} - {key}:
            with pytest.raises(ToujiaoError, match=f"不能标成 {stated}"):
                inherit(base, stated=stated)
        assert inherit(base, stated=table().licences[key].title).licence.key == key


@pytest.mark.parametrize("base", UNKNOWN)
def test_unknown_base_asks_for_the_licence(base: str) -> None:
    for stated in (None, " "):
        with pytest.raises(ToujiaoError, match="--licence"):
            inherit(base, stated=stated)


def test_a_false_base_name_does_not_wash_the_licence() -> None:
    with pytest.raises(ToujiaoError, match="不是同一个底座"):
        inherit("Qwen/Qwen3-0.6B", ("/models/qwen-1_8b-chat-qwen2",))
    # Nor does one that is not in the table.
    found = inherit("me/my-base", ("/models/qwen-1_8b-chat-qwen2",))
    assert found.licence.key == "tongyi-qianwen-research"
    assert found.licence.notice in found.licence.text


def test_stated_licence_of_an_unknown_base(tmp_path: Path) -> None:
    assert inherit("a/b", stated="apache-2.0").licence.hub_id == "apache-2.0"
    with pytest.raises(ToujiaoError, match="--licence-file"):
        inherit("a/b", stated="mit")
    own = tmp_path / "MIT.txt"
    own.write_text("MIT License …", encoding="utf-8")
    assert inherit("a/b", stated="mit", licence_file=own).licence.hub_id == "mit"
    custom = inherit("a/b", stated="house-rules", licence_file=own).licence
    assert (custom.hub_id, custom.key) == ("other", "house-rules")
    own.write_text(" \n", encoding="utf-8")
    with pytest.raises(ToujiaoError, match="空的"):
        inherit("a/b", stated="mit", licence_file=own)
    with pytest.raises(ToujiaoError, match="打不开"):
        inherit("a/b", stated="mit", licence_file=tmp_path / "missing")


def test_every_licence_has_its_text() -> None:
    for licence in table().licences.values():
        assert licence.title.lower() in " ".join(licence.text.lower().split()) or licence.key in (
            "apache-2.0",
        )
        assert len(licence.text) > 5000


def test_a_base_is_a_name_on_the_hub_and_no_path() -> None:
    names = {"Qwen/Qwen3-0.6B": True, "toujiao-tiny": True, "tiny": False, "/models/base": False}
    names |= dict.fromkeys(("./base", "../base/x", "C:\\models\\base", "a/b/c", ""), False)
    assert {name: is_hub_id(name) for name in names} == names
