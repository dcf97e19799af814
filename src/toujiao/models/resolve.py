"""Where a base and an adapter lie: a run folder, an adapter folder, `toujiao-tiny`, a Hub id."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

from toujiao.errors import CANNOT_OPEN_BASE, ToujiaoError, missing_extra
from toujiao.files import read_json
from toujiao.models.tiny import BASE_DIR, NAME

ADAPTER_CONFIG, ADAPTER_WEIGHTS = "adapter_config.json", "adapter_model.safetensors"
_OWNER_AND_NAME = re.compile(r"[A-Za-z0-9][\w.-]*/[A-Za-z0-9][\w.-]*", re.ASCII)
# What a model folder is read from; pickles and code are never fetched.
_MODEL_FILES = ("*.json", "*.safetensors", "*.jinja", "LICENSE*", "NOTICE*", "qwen.tiktoken")


def source_of(base: str) -> str:
    """What transformers loads a base from: the embedded folder for `toujiao-tiny`, else the name."""
    return str(BASE_DIR) if base == NAME else base


def is_hub_id(name: str) -> bool:
    """Whether `name` can be a model on the Hub (owner/name) or the base that we ship; no path."""
    return name == NAME or (bool(_OWNER_AND_NAME.fullmatch(name)) and ".." not in name)


def base_folder(base: str) -> Path:
    """The folder of a base on this disk; a Hub id is fetched (or found in the Hub's cache)."""
    folder = Path(source_of(base))
    if folder.is_dir():
        return folder
    if not is_hub_id(base):
        raise ToujiaoError(f"找不到底座文件夹 {base}。请检查路径，或用 --base 指定。")
    try:
        from huggingface_hub import snapshot_download
        from huggingface_hub.errors import HfHubHTTPError
    except ImportError as error:
        raise missing_extra("huggingface_hub", "hub") from error
    try:
        return Path(snapshot_download(base, allow_patterns=list(_MODEL_FILES)))
    except (OSError, HfHubHTTPError) as error:  # LocalEntryNotFoundError is an OSError
        raise ToujiaoError(
            f"下载不到底座 {base}：{str(error).splitlines()[0]}。{CANNOT_OPEN_BASE}"
        ) from error


def local_base(base: str) -> Path | None:
    """The folder of a base if it is on this disk (also in the Hub's cache); nothing is fetched."""
    folder = Path(source_of(base))
    if folder.is_dir() or not is_hub_id(base):
        return folder if folder.is_dir() else None
    try:
        from huggingface_hub import snapshot_download
    except ImportError:
        return None
    try:
        return Path(
            snapshot_download(base, allow_patterns=list(_MODEL_FILES), local_files_only=True)
        )
    except OSError:
        return None


def adapter_folder(path: Path) -> Path:
    """The PEFT folder meant by `path`: itself, or the `adapter` in a run folder."""
    for folder in (path, path / "adapter"):
        if (folder / ADAPTER_CONFIG).is_file():
            return folder
    raise ToujiaoError(
        f"{path} 里没有 {ADAPTER_CONFIG}，不是适配器文件夹，也不是 toujiao train 写出的运行目录。"
    )


def adapter_config(adapter: Path) -> dict[str, Any]:
    """adapter_config.json of a PEFT folder."""
    return read_json(adapter / ADAPTER_CONFIG)


def base_of(adapter: Path) -> str:
    """The base that an adapter names."""
    name = adapter_config(adapter).get("base_model_name_or_path")
    if not name:
        raise ToujiaoError(f"{adapter / ADAPTER_CONFIG} 没有写底座，请用 --base 指定。")
    return str(name)
