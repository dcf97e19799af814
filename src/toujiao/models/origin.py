"""What a model folder or an adapter says about where it comes from: its base and its licence."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from toujiao.models.resolve import ADAPTER_CONFIG, adapter_config, is_hub_id


@dataclass(frozen=True)
class Origin:
    """Empty where nothing is known."""

    base: str = ""
    """The Hub id of the base model."""
    licence: str = ""
    """A Hub licence label, e.g. apache-2.0."""
    licence_name: str = ""
    """The name behind the label `other`."""


def origin(*folders: Path | None) -> Origin:
    """What the first folder that says something says; a path of this machine is no origin."""
    found: dict[str, str] = {}
    for folder in filter(None, folders):
        if (folder / ADAPTER_CONFIG).is_file():
            found.setdefault("base", str(adapter_config(folder).get("base_model_name_or_path")))
        header = _front_matter(folder / "README.md")
        for field, key in (
            ("base", "base_model"), ("licence", "license"), ("licence_name", "license_name")
        ):  # fmt: skip
            if isinstance(header.get(key), str):
                found.setdefault(field, header[key])
    if not is_hub_id(found.get("base", "")):
        found.pop("base", None)
    return Origin(**found)


def _front_matter(path: Path) -> dict[str, Any]:
    """The metadata of a model card; nothing when there is none that can be read."""
    if not path.is_file():
        return {}
    parts = path.read_text(encoding="utf-8-sig", errors="replace").split("---\n", 2)
    if len(parts) < 3 or parts[0]:
        return {}
    try:
        header = yaml.safe_load(parts[1])
    except yaml.YAMLError:
        return {}
    return header if isinstance(header, dict) else {}
