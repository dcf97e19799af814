"""The fixed sentences of the assistant, by name: `text("unknown_related", titles=…)`.

They stand in `texts.yaml`, so that a sentence is worded in one place only. Sentences that speak of
the subject stand with the cards: `Knowledge.text`.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from pathlib import Path
from types import MappingProxyType

from toujiao.knowledge.texts import join_folded
from toujiao.yaml_file import read_yaml

_PATH = Path(__file__).parent / "texts.yaml"


@cache
def all_texts() -> Mapping[str, str]:
    """Every sentence by name, with its {placeholders} unfilled."""
    return MappingProxyType(read_yaml(_PATH))


def text(name: str, **values: object) -> str:
    """The sentence called `name` with its placeholders filled in.

    An unknown name or a missing value is a KeyError: that is our mistake, not the user's.
    """
    return join_folded(all_texts()[name]).format(**values)
