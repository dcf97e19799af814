"""What a Space has to install: toujiao's own requirements, at the versions installed here."""

from __future__ import annotations

from importlib import metadata
from typing import TYPE_CHECKING

from toujiao.errors import ToujiaoError

if TYPE_CHECKING:
    from packaging.requirements import Requirement

# Only with a base that runs in transformers; what a page needs of the extra `train`.
_TRANSFORMERS = ("torch", "transformers", "peft")
# PyPI's torch brings CUDA along; a Space without a GPU has no use for gigabytes of it.
_TORCH_CPU = "--extra-index-url https://download.pytorch.org/whl/cpu"


def requirement_lines(with_transformers: bool) -> list[str]:
    """The lines of requirements.txt for the base and the page, one package per line."""
    wanted = [*_requirements(""), *_requirements("web")]
    if with_transformers:
        wanted += [r for r in _requirements("train") if r.name in _TRANSFORMERS]
    lines = dict.fromkeys(_pinned(requirement) for requirement in wanted)
    return [*([_TORCH_CPU] if with_transformers else []), *lines]


def installed_version(name: str) -> str | None:
    """The version of a package without its local part (2.13.0+cpu -> 2.13.0); None without it."""
    try:
        return metadata.version(name).split("+")[0]
    except metadata.PackageNotFoundError:
        return None


def _pinned(requirement: Requirement) -> str:
    version = installed_version(requirement.name)
    extras = f"[{','.join(sorted(requirement.extras))}]" if requirement.extras else ""
    return f"{requirement.name}{extras}{f'=={version}' if version else requirement.specifier}"


def _requirements(extra: str) -> list[Requirement]:
    """What toujiao requires for one extra alone; "" is what it always requires."""
    from packaging.requirements import Requirement

    try:
        found = [Requirement(text) for text in metadata.requires("toujiao") or []]
    except metadata.PackageNotFoundError as error:
        raise ToujiaoError(
            "读不到 toujiao 的安装信息，不知道 Space 要装什么。请用 pip 安装 toujiao 再运行。"
        ) from error
    always = [r for r in found if not r.marker or r.marker.evaluate({"extra": ""})]
    if not extra:
        return always
    return [
        r for r in found if r not in always and r.marker and r.marker.evaluate({"extra": extra})
    ]
