"""Fills in the templates of the cards; nothing that was recorded can become markup by accident."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from toujiao.publish import fields

_HERE = Path(__file__).parent


def render(name: str, values: Mapping[str, Any]) -> str:
    """The text of templates/`name`; a value that is missing is an error."""
    from jinja2 import Environment, FileSystemLoader, StrictUndefined

    environment = Environment(
        loader=FileSystemLoader(_HERE / "templates", encoding="utf-8"),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
        autoescape=False,
    )
    environment.filters.update(
        num=fields.number,
        cell=fields.cell,
        plain=fields.plain,
        code=fields.code,
        difference=fields.difference,
        metric=metric_en,
        hop=hop_en,
        probe=lambda name: names()["probe"].get(name, (name,))[0],
        probe_en=lambda name: names()["probe"].get(name, (name,))[-1],
    )
    return environment.get_template(name).render(values)


@cache
def names() -> dict[str, dict[str, Any]]:
    """names.yaml."""
    read: dict[str, dict[str, Any]] = yaml.safe_load(
        (_HERE / "names.yaml").read_text(encoding="utf-8")
    )
    return read


def metric_en(metric: str) -> str:
    """The English name of a metric, or the metric itself."""
    return str(names()["metrics"].get(metric, metric))


def hop_en(hop: str) -> str:
    """The English name of a hop of `toujiao models verify`; unknown words stay."""
    for chinese, english in names()["hops"].items():
        hop = hop.replace(chinese, english)
    return hop
