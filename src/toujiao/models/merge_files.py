"""What goes beside the weights of a merged model: settings, tokenizer, template, licences."""

from __future__ import annotations

import shutil
from pathlib import Path

from toujiao.models.json_file import read_json, write_json
from toujiao.models.output import copy_legal
from toujiao.models.template import END_OF_TEXT, TURN_END, inference_template
from toujiao.models.weights import Weights

_TOKENIZER_FILES = (
    "tokenizer.json", "tokenizer_config.json", "special_tokens_map.json", "added_tokens.json",
    "vocab.json", "merges.txt",
)  # fmt: skip
_GENERATION = "generation_config.json"


def write_settings(weights: Weights, folder: Path) -> None:
    """Write config, generation settings, tokenizer, our chat template and the licence files."""
    base = weights.folder
    write_json(folder / "config.json", weights.config)
    source = tokenizer_folder(weights)
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
    if weights.lora:
        copy_legal(weights.lora.folder, folder)


def tokenizer_folder(weights: Weights) -> Path:
    """Where the tokenizer is: with the adapter where it has one, as that was used in training."""
    if weights.lora and (weights.lora.folder / "tokenizer.json").is_file():
        return weights.lora.folder
    return weights.folder


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
