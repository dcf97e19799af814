"""The texts of the web page, by name; they stand in `texts.yaml`.

Those that speak of the subject stand with the cards: `Knowledge.text`.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

from toujiao.yaml_file import read_yaml

_PATH = Path(__file__).parent / "texts.yaml"


@cache
def _all_texts() -> Mapping[str, Any]:
    return dict(read_yaml(_PATH))


def text(name: str, **values: object) -> str:
    """The text called `name` with its placeholders filled in; an unknown name is our mistake."""
    return str(_all_texts()[name]).strip().format(**values)


def chart_text(name: str, **values: object) -> str:
    """A text inside a chart."""
    return str(_all_texts()["chart"][name]).format(**values)


def reasons() -> list[str]:
    """The reasons to choose from after 👎."""
    return list(_all_texts()["reasons"])


def foreign_labels() -> dict[str, str]:
    """English words that Gradio has fixed in its buttons, and ours."""
    return dict(_all_texts()["foreign_labels"])
