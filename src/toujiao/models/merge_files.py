"""What goes beside the weights of a merged model: settings, tokenizer, template, licences."""

from __future__ import annotations

import shutil
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from toujiao.errors import ToujiaoError
from toujiao.models.json_file import read_json, write_json
from toujiao.models.output import copy_legal
from toujiao.models.template import END_OF_TEXT, TURN_END, inference_template

_TOKENIZER_FILES = (
    "tokenizer.json", "tokenizer_config.json", "special_tokens_map.json", "added_tokens.json",
    "vocab.json", "merges.txt",
)  # fmt: skip
_GENERATION = "generation_config.json"


def check_base(config: Mapping[str, Any], base: Path) -> None:
    """ToujiaoError for a quantised base: what was rounded to 4 bits cannot take a small change."""
    if config.get("quantization_config"):
        method = config["quantization_config"].get("quant_method", "")
        raise ToujiaoError(
            f"{base} 是量化过的底座（{method}），合并会变差。请用 --base 指定同一模型的 16 位原版。"
        )


def copy_settings(
    base: Path, adapter: Path, folder: Path, config: Mapping[str, Any], untied: bool
) -> None:
    """Write config, generation settings, tokenizer, our chat template and the licence files.

    The tokenizer is the adapter's where it has one: that is the one it was trained with.
    """
    untie = {"tie_word_embeddings": False} if untied else {}
    write_json(folder / "config.json", {**config, **untie})
    source = adapter if (adapter / "tokenizer.json").is_file() else base
    for name in _TOKENIZER_FILES:
        if (source / name).is_file():
            shutil.copyfile(source / name, folder / name)
    settings = folder / "tokenizer_config.json"
    if settings.is_file():
        values = read_json(settings)
        values.pop("chat_template", None)  # chat_template.jinja is the one truth
        write_json(settings, values)
    (folder / "chat_template.jinja").write_text(inference_template(), encoding="utf-8")
    _write_generation(base, folder)
    copy_legal(base, folder)
    copy_legal(adapter, folder)


def _write_generation(base: Path, folder: Path) -> None:
    """The base's sampling, and the ends of our template: else an answer would not stop."""
    path = base / _GENERATION
    values = read_json(path) if path.is_file() else {}
    if (folder / "tokenizer.json").is_file():
        tokens = read_json(folder / "tokenizer.json").get("added_tokens", [])
        ids = {token["content"]: token["id"] for token in tokens}
        if stops := [ids[token] for token in (TURN_END, END_OF_TEXT) if token in ids]:
            values["eos_token_id"] = stops
    if values:
        write_json(folder / _GENERATION, values)
