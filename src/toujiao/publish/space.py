"""Writes a Space: app.py, our package beside it, the run's adapter, what to install, a card."""

from __future__ import annotations

import shutil
import sys
from pathlib import Path
from typing import Any

import toujiao
from toujiao.errors import ToujiaoError, missing_extra
from toujiao.models.gguf_writer import write_adapter
from toujiao.models.tiny import BASE_DIR, BASE_GGUF, SHIPPED
from toujiao.publish.card import Card, published_adapter
from toujiao.publish.contents import Contents, describe
from toujiao.publish.gate import README, VENDORED, seal
from toujiao.publish.outgoing import new_folder, write_texts
from toujiao.publish.rendering import readme, render
from toujiao.publish.requirements import installed_version, requirement_lines
from toujiao.publish.target import Kind, Target

SHORT_DESCRIPTION = "大白话讲股票规则、指标和策略，只讲知识，不荐股（AI 生成）"


def write_space(
    run: Path,
    out: Path,
    title: str = "股票量化投教助手",
    model: Target | None = None,
    keep: bool = True,
) -> Contents:
    """Write the folder of a Space for a run, through the gate.

    `model` is where the adapter is published; without it the Space carries the adapter itself.
    `keep` false: make and check everything somewhere else and leave nothing behind.
    """
    if not title.strip():
        raise ToujiaoError("Space 的标题不能是空的，请用 --title 写一个。")
    with published_adapter(run) as card, new_folder(out, keep) as folder:
        embedded = card.inheritance.is_embedded
        front_matter = _front_matter(card, title, model)
        _vendor(folder / VENDORED, keep_base=embedded)
        if embedded:
            # As GGUF, which llama.cpp runs without torch.
            write_adapter(card.contents.folder, folder / "adapter.gguf", BASE_DIR)
        elif not model:
            shutil.copytree(card.contents.folder, folder / "adapter")
        write_texts(folder, _texts(card, front_matter, model))
        return describe(Kind.SPACE, out, seal(folder, Kind.SPACE), front_matter)


def _vendor(folder: Path, keep_base: bool) -> None:
    """Copy our package: toujiao is on no index that a Space installs from."""
    # Of the shipped weights a Space needs the base at most.
    ignore = shutil.ignore_patterns(".*", "__pycache__", "*.pyc", SHIPPED.name)
    package = Path(toujiao.__file__).parent
    shutil.copytree(package, folder, ignore=ignore)
    if keep_base:
        base = folder / BASE_GGUF.relative_to(package)
        base.parent.mkdir()
        shutil.copyfile(BASE_GGUF, base)


def _texts(card: Card, front_matter: dict[str, Any], model: Target | None) -> dict[str, str]:
    """The files of the Space that are written and not copied."""
    embedded = card.inheritance.is_embedded
    values = {
        "title": front_matter["title"],
        "model": model,
        "embedded": embedded,
        "base_model": card.inheritance.base_model,
        "licence": card.inheritance.licence,
        "run": card.run.record,
        "own": card.run.record.data.is_own,
        "version": toujiao.__version__,
    }
    return {
        "app.py": render("app.py.jinja", values),
        "requirements.txt": "\n".join(requirement_lines(not embedded)) + "\n",
        README: readme(Kind.SPACE, front_matter, values),
        "LICENSE": card.texts["LICENSE"],
        "NOTICE": card.texts["NOTICE"],
    }


def _front_matter(card: Card, title: str, model: Target | None) -> dict[str, Any]:
    """https://huggingface.co/docs/hub/spaces-config-reference"""
    gradio = installed_version("gradio")
    if gradio is None:
        raise missing_extra("gradio", "web")
    embedded = card.inheritance.is_embedded
    models = [] if embedded else [card.inheritance.base_model]
    models += [model.repo_id] if model else []
    return {
        "title": title,
        "emoji": "📖",
        "colorFrom": "red",
        "colorTo": "indigo",
        "sdk": "gradio",
        "sdk_version": gradio,
        "python_version": f"{sys.version_info.major}.{sys.version_info.minor}",
        "app_file": "app.py",
        "short_description": SHORT_DESCRIPTION,
        **card.inheritance.licence.label,
        "models": models or None,
        # Fetched while the Space is built, so that it starts without waiting for gigabytes.
        "preload_from_hub": None if embedded else list(models),
        "tags": ["toujiao", "finance", "education", "chinese"],
        "suggested_hardware": "cpu-basic",
        "pinned": False,
    }
