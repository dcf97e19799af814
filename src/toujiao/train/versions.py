"""Are the installed libraries the ones that training was made for? Said before anything is loaded."""

from __future__ import annotations

from collections.abc import Iterator
from importlib.metadata import PackageNotFoundError, requires, version

from toujiao.errors import ToujiaoError

EXTRA = "train"


def check_versions() -> None:
    """ToujiaoError that names every library that is too old, and the command that mends it."""
    wrong = list(_unsuitable())
    if wrong:
        raise ToujiaoError(
            f"这些库的版本不合适：{'；'.join(wrong)}。"
            f'请在新的虚拟环境里运行 pip install "toujiao[{EXTRA}]"，'
            "不要和 LLaMA-Factory、vLLM 等固定了旧版本的工具装在一起。"
        )


def _unsuitable() -> Iterator[str]:
    from packaging.requirements import Requirement

    for line in requires("toujiao") or ():
        need = Requirement(line)
        if need.marker is None or not need.marker.evaluate({"extra": EXTRA}):
            continue
        try:
            found = version(need.name)
        except PackageNotFoundError:
            continue  # the import says how to install it
        if not need.specifier.contains(found, prereleases=True):
            yield f"{need.name} 是 {found}，需要 {need.specifier}"
