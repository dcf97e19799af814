"""Fills in the templates of the cards; nothing that was recorded can become markup by accident."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

import yaml
from jinja2 import Environment, FileSystemLoader, StrictUndefined

from toujiao.errors import missing_extra
from toujiao.publish.leaks import local_paths
from toujiao.publish.target import Kind

_HERE = Path(__file__).parent
SAMPLE_LENGTH = 240
_MARKUP = re.compile(r"([\\`*_\[\]<>|#~$])")


def hub_library() -> Any:
    """huggingface_hub, which knows how the cards of both hubs are written and read."""
    try:
        import huggingface_hub
    except ImportError as error:
        raise missing_extra("huggingface_hub", "hub") from error
    return huggingface_hub


def readme(kind: Kind, front_matter: Mapping[str, Any], values: Mapping[str, Any]) -> str:
    """README.md of a repository: the front matter as the Hub wants it, then the rendered card."""
    data = getattr(hub_library(), f"{kind.capitalize()}CardData")(**front_matter)
    return f"---\n{data.to_yaml()}\n---\n\n{render(f'{kind}.md.jinja', values)}"


def render(name: str, values: Mapping[str, Any]) -> str:
    """The text of templates/`name`; a value that is missing is an error."""
    return _environment().get_template(name).render(values)


@cache
def _environment() -> Environment:
    environment = Environment(
        loader=FileSystemLoader(_HERE / "templates", encoding="utf-8"),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
        autoescape=False,
    )
    environment.globals["names"] = names()
    named = {"num": number, "hop": hop_en, "local_paths": local_paths}
    environment.filters.update(named, cell=cell, plain=plain, code=code)
    return environment


@cache
def names() -> dict[str, dict[str, Any]]:
    """names.yaml."""
    read: dict[str, dict[str, Any]] = yaml.safe_load(
        (_HERE / "names.yaml").read_text(encoding="utf-8")
    )
    return read


def hop_en(hop: str) -> str:
    """The English name of a hop of `toujiao models verify`; unknown words stay."""
    for chinese, english in names()["hops"].items():
        hop = hop.replace(chinese, english)
    return hop


def number(value: float) -> str:
    """At most four decimals, no trailing zeros; thousands separated."""
    if isinstance(value, int):
        return f"{value:,}"
    if value and abs(value) < 0.0001:
        return f"{value:.2e}"
    return f"{value:,.4f}".rstrip("0").rstrip(".")


def as_text(value: Any) -> str:
    """A recorded value on one line."""
    if isinstance(value, Mapping):
        known = {key: item for key, item in value.items() if item is not None}
        return ", ".join(f"{key} {as_text(item)}" for key, item in known.items())
    if isinstance(value, (list, tuple)):
        return ", ".join(as_text(item) for item in value)
    if isinstance(value, float):
        return f"{value:g}"
    return " ".join(str(value).split())


def cell(value: Any) -> str:
    """A recorded value in a table: nothing in it can end the cell or become HTML."""
    return as_text(value).replace("|", "\\|").replace("<", "&lt;")


def code(value: str) -> str:
    """Text between backticks: one line without backticks."""
    return as_text(value).replace("`", "'").replace("|", "\\|")


def plain(value: str) -> str:
    """Model output or a question, quoted: one line, shortened, no markup."""
    text = " ".join(value.split())
    if len(text) > SAMPLE_LENGTH:
        text = text[:SAMPLE_LENGTH] + "……（后面略）"
    return _MARKUP.sub(r"\\\1", text) or "（空）"
