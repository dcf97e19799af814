"""What a Space has to install: toujiao's own requirements, at the versions installed here."""

from __future__ import annotations

from collections.abc import Iterator
from importlib import metadata

from toujiao.errors import ToujiaoError

PACKAGE = "toujiao"
# Only with a base that runs in transformers; what a page needs of the extra `train`.
_TRANSFORMERS = ("torch", "transformers", "peft")
# PyPI's torch brings CUDA along; a Space without a GPU has no use for gigabytes of it.
_TORCH_CPU = "--extra-index-url https://download.pytorch.org/whl/cpu"


def requirement_lines(with_transformers: bool) -> list[str]:
    """The lines of requirements.txt for the base and the page, one package per line."""
    lines = [*_pinned("", None), *_pinned("web", None)]
    if with_transformers:
        lines = [_TORCH_CPU, *lines, *_pinned("train", _TRANSFORMERS)]
    return list(dict.fromkeys(lines))


def installed_version(name: str) -> str | None:
    """The version of a package without its local part (2.13.0+cpu -> 2.13.0); None without it."""
    try:
        return metadata.version(name).split("+")[0]
    except metadata.PackageNotFoundError:
        return None


def _pinned(extra: str, only: tuple[str, ...] | None) -> Iterator[str]:
    """The requirements of one extra ("" = the base), each at the installed version."""
    from packaging.requirements import Requirement

    for text in _requirements():
        requirement = Requirement(text)
        if not _belongs(requirement, extra) or (only and requirement.name not in only):
            continue
        version = installed_version(requirement.name)
        extras = f"[{','.join(sorted(requirement.extras))}]" if requirement.extras else ""
        wanted = f"=={version}" if version else str(requirement.specifier)
        yield f"{requirement.name}{extras}{wanted}"


def _belongs(requirement: object, extra: str) -> bool:
    marker = getattr(requirement, "marker", None)
    if marker is None:
        return extra == ""
    return bool(extra) and marker.evaluate({"extra": extra}) and not marker.evaluate({"extra": ""})


def _requirements() -> list[str]:
    try:
        return metadata.requires(PACKAGE) or []
    except metadata.PackageNotFoundError as error:
        raise ToujiaoError(
            "读不到 toujiao 的安装信息，不知道 Space 要装什么。请用 pip 安装 toujiao 再运行。"
        ) from error
