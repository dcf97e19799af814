"""Writes a Space: app.py, our package beside it, the run's adapter, what to install, a card."""

from __future__ import annotations

import shutil
import sys
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import toujiao
from toujiao.errors import ToujiaoError, missing_extra
from toujiao.models.tiny import BASE_DIR, BASE_GGUF, SHIPPED
from toujiao.publish.check import check_adapter
from toujiao.publish.check_folder import folder_contents
from toujiao.publish.contents import Contents
from toujiao.publish.examples import GGUF_ADAPTER
from toujiao.publish.file_checks import VENDORED
from toujiao.publish.files import folder_files, new_folder, replace_files
from toujiao.publish.licences import Inheritance
from toujiao.publish.rendering import render
from toujiao.publish.requirements import installed_version, requirement_lines
from toujiao.publish.run import Run, load_run
from toujiao.publish.sums import SUMS, sums_text
from toujiao.publish.target import Target

if TYPE_CHECKING:
    from huggingface_hub import SpaceCardData

TITLE = "股票量化投教助手"
SHORT_DESCRIPTION = "大白话讲股票规则、指标和策略，只讲知识，不荐股（AI 生成）"
ADAPTER = "adapter"


@dataclass(frozen=True)
class SpaceOptions:
    """What the user may say about a Space."""

    title: str = TITLE
    model: Target | None = None
    """Where the adapter is published; without it the Space carries the adapter itself."""


@dataclass(frozen=True)
class _Voice:
    """Who speaks in the Space: the arguments of Assistant.load, as Python expressions."""

    backend: str
    base: str | None
    adapter: str


def write_space(run: Path, out: Path, options: SpaceOptions, keep: bool = True) -> Contents:
    """Write the folder of a Space for a run whose card is written, and check it as a push would.

    `keep` false: build and check it somewhere else and leave nothing behind.
    """
    read = load_run(run)
    base_model, inheritance = check_adapter(read)
    embedded = inheritance.is_embedded(base_model)
    with new_folder(out, keep) as folder:
        voice = _embedded_voice(read, folder) if embedded else None
        voice = voice or _transformers_voice(read, base_model, folder, options.model)
        _vendor(folder / VENDORED, keep_base=embedded)
        values = {"voice": voice, "embedded": embedded, "base_model": base_model}
        replace_files(folder, _texts(read, inheritance, options, values))
        replace_files(folder, {SUMS: sums_text(folder, folder_files(folder)[0])})
        contents = folder_contents(folder)
    return replace(contents, folder=out)


def _embedded_voice(run: Run, folder: Path) -> _Voice:
    """The embedded base by llama.cpp, with the adapter as GGUF: no torch in the Space."""
    from toujiao.models.gguf_writer import write_adapter

    write_adapter(run.adapter, folder / GGUF_ADAPTER, BASE_DIR)
    return _Voice('"llamacpp"', None, f'str(HERE / "{GGUF_ADAPTER}")')


def _transformers_voice(run: Run, base: str, folder: Path, model: Target | None) -> _Voice:
    """Any other base from the Hub; the adapter from the Hub too, or from the Space itself."""
    if model:
        return _Voice('"transformers"', f'"{base}"', f'"{model.repo_id}"')
    public, _ = folder_files(run.adapter)
    for path in public:
        target = folder / ADAPTER / path
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(run.adapter / path, target)
    return _Voice('"transformers"', f'"{base}"', f'str(HERE / "{ADAPTER}")')


def _vendor(folder: Path, keep_base: bool) -> None:
    """Copy our package: toujiao is on no index that a Space installs from."""
    ignore = _left_behind(keep={BASE_GGUF.name} if keep_base else set())
    shutil.copytree(Path(toujiao.__file__).parent, folder, ignore=ignore)


def _left_behind(keep: set[str]) -> Callable[[str, list[str]], set[str]]:
    """Caches and hidden files; of the shipped weights only `keep` is used in a Space."""

    def ignore(folder: str, names: list[str]) -> set[str]:
        left = {n for n in names if n.startswith(".") or n == "__pycache__" or n.endswith(".pyc")}
        if Path(folder) == SHIPPED:
            left |= set(names) - keep
        return left

    return ignore


def _texts(
    run: Run, inheritance: Inheritance, options: SpaceOptions, values: dict[str, Any]
) -> dict[str, str]:
    """The files of the Space that are written and not copied."""
    licence = inheritance.licence
    data = _card_data(options, inheritance, values["base_model"])
    known = {
        **values,
        "title": options.title,
        "model": options.model,
        "licence": licence,
        "run": run.record,
        "own": run.record.data.is_own,
        "version": toujiao.__version__,
    }
    return {
        "app.py": render("app.py.jinja", known),
        "requirements.txt": "\n".join(requirement_lines(not values["embedded"])) + "\n",
        "README.md": f"---\n{data.to_yaml()}\n---\n\n{render('space.md.jinja', known)}",
        "LICENSE": licence.text,
        "NOTICE": (run.adapter / "NOTICE").read_text(encoding="utf-8"),
    }


def _card_data(options: SpaceOptions, inheritance: Inheritance, base_model: str) -> SpaceCardData:
    try:
        from huggingface_hub import SpaceCardData
    except ImportError as error:
        raise missing_extra("huggingface_hub", "hub") from error

    gradio = installed_version("gradio")
    if gradio is None:
        raise missing_extra("gradio", "web")
    if not options.title.strip():
        raise ToujiaoError("Space 的标题不能是空的，请用 --title 写一个。")
    licence = inheritance.licence
    other = licence.hub_id == "other"
    embedded = inheritance.is_embedded(base_model)
    models = [] if embedded else [base_model]
    models += [options.model.repo_id] if options.model else []
    return SpaceCardData(
        title=options.title,
        emoji="📖",
        colorFrom="red",
        colorTo="indigo",
        sdk="gradio",
        sdk_version=gradio,
        python_version=f"{sys.version_info.major}.{sys.version_info.minor}",
        app_file="app.py",
        short_description=SHORT_DESCRIPTION,
        license=licence.hub_id,
        license_name=licence.key if other else None,
        license_link="LICENSE" if other else None,
        models=models or None,
        # Fetched while the Space is built, so that it starts without waiting for gigabytes.
        preload_from_hub=None if embedded else list(models),
        tags=["toujiao", "finance", "education", "chinese"],
        suggested_hardware="cpu-basic",
        pinned=False,
    )
