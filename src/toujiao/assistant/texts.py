"""The fixed sentences of the assistant, by name: `text("rule_note", day=…, source=…)`.

They stand in `texts.yaml`, so that a sentence is worded in one place only.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from pathlib import Path
from types import MappingProxyType

from toujiao.yaml_file import load_yaml

_PATH = Path(__file__).parent / "texts.yaml"


@cache
def all_texts() -> Mapping[str, str]:
    """Every sentence by name, with its {placeholders} unfilled."""
    return MappingProxyType(load_yaml(_PATH.read_text(encoding="utf-8"), _PATH))


def text(name: str, **values: object) -> str:
    """The sentence called `name` with its placeholders filled in.

    An unknown name or a missing value is a KeyError: that is our mistake, not the user's.
    """
    return join_folded(all_texts()[name]).format(**values)


def join_folded(folded: str) -> str:
    """Undo YAML's line folding between Chinese sentences, where no space belongs."""
    for mark in "。；！？，：":
        folded = folded.replace(f"{mark} ", mark)
    return folded.strip()
