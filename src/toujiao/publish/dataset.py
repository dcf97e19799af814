"""Writes a data set repository: the rows in data/, a card in two languages, checksums."""

from __future__ import annotations

import json
from bisect import bisect
from collections import Counter
from pathlib import Path
from typing import Any

from toujiao import __version__
from toujiao.errors import ToujiaoError
from toujiao.files import read_json, sha256
from toujiao.folders import HELD_OUT, MANIFEST, TRAIN
from toujiao.publish.contents import Contents, describe
from toujiao.publish.data_rows import Row, read_chats, uniform
from toujiao.publish.gate import README, seal
from toujiao.publish.licences import Licence, stated_licence, table
from toujiao.publish.outgoing import new_folder, write_texts
from toujiao.publish.rendering import names, readme
from toujiao.publish.target import Kind, Target

# What `toujiao dataset build` writes -> the split and its file.
_SPLITS = {TRAIN: "train", HELD_OUT: "test"}
_SIZES = ("n<1K", "1K<n<10K", "10K<n<100K", "100K<n<1M", "n>1M")
_SHOWN_CHARACTERS = 60

Splits = dict[str, list[Row]]


def write_dataset(
    data: Path,
    out: Path,
    *,
    licence: str | None = None,
    licence_file: Path | None = None,
    name: str | None = None,
    target: Target | None = None,
    keep: bool = True,
) -> Contents:
    """Write the repository folder for the data in `data`, through the gate.

    `keep` false: make and check it somewhere else and leave nothing behind.
    """
    splits, manifest = read_source(data)
    # What is made from our own cards is under our own licence.
    inherited = table().licences["apache-2.0"] if manifest else None
    terms = stated_licence(licence, licence_file, need_text=False) if licence else inherited
    if not terms:
        raise ToujiaoError(
            f"{data} 是你自己的数据，要用 --licence 写明许可证，例如 --licence cc-by-4.0；"
            "不常见的许可证还要用 --licence-file 给出全文。"
        )
    name = name or ("投教问答（toujiao）" if manifest else "toujiao 微调数据（自备）")
    front_matter = _front_matter(name, terms, splits, is_own=not manifest)
    values = {
        "name": name,
        "own": not manifest,
        "manifest": manifest,
        "example": _example(splits["train"][0]),
        "repository": target.repo_id if target else "./",
        "licence": terms,
        "version": __version__,
        **_counts(splits),
    }
    texts = {README: readme(Kind.DATASET, front_matter, values), "LICENSE": terms.text}
    for split, rows in zip(splits, uniform(list(splits.values())), strict=True):
        lines = [json.dumps(row, ensure_ascii=False) + "\n" for row in rows]
        texts[f"data/{split}.jsonl"] = "".join(lines)
    with new_folder(out, keep) as folder:
        # A licence that the Hub knows by its label may come without its text.
        write_texts(folder, {file: text for file, text in texts.items() if text})
        return describe(Kind.DATASET, out, seal(folder, Kind.DATASET), front_matter)


def read_source(data: Path) -> tuple[Splits, dict[str, Any] | None]:
    """The rows of a data folder, and how we made them; None where they are the user's own."""
    if not (data / TRAIN).is_file():
        raise ToujiaoError(
            f"{data} 里没有 {TRAIN}。请给出 toujiao dataset build 写出的文件夹，"
            f"或放着自己的 {TRAIN}（和 {HELD_OUT}）的文件夹。"
        )
    manifest = read_json(data / MANIFEST) if (data / MANIFEST).is_file() else None
    if manifest is not None:
        _check_manifest(data, manifest)
        if manifest.get("source") == "own":
            manifest = None  # made from somebody's own cards: their licence, not ours
    present = {name: split for name, split in _SPLITS.items() if (data / name).is_file()}
    return {split: read_chats(data / name) for name, split in present.items()}, manifest


def _check_manifest(data: Path, manifest: dict[str, Any]) -> None:
    """A changed file is no longer what `toujiao dataset build` made."""
    if not isinstance(manifest.get("sha256"), dict):
        raise ToujiaoError(f"{data / MANIFEST} 不像 toujiao dataset build 写的，请重新生成。")
    for name, expected in manifest["sha256"].items():
        if not (data / name).is_file() or sha256(data / name) != expected:
            raise ToujiaoError(
                f"{data / name} 和 {MANIFEST} 记录的不一样，不再是 toujiao dataset build 写出的原样。"
                f"请重新生成；如果改动是有意的，删掉 {MANIFEST}，当作自己的数据发布。"
            )


def _front_matter(name: str, terms: Licence, splits: Splits, is_own: bool) -> dict[str, Any]:
    rows = sum(map(len, splits.values()))
    files = [{"split": split, "path": f"data/{split}.jsonl"} for split in splits]
    return {
        "language": ["zh"],
        **terms.label,
        "pretty_name": name,
        "task_categories": ["question-answering", "text-generation"],
        "size_categories": [_SIZES[bisect((1_000, 10_000, 100_000, 1_000_000), rows)]],
        "annotations_creators": None if is_own else ["machine-generated"],
        "language_creators": None if is_own else ["machine-generated"],
        "source_datasets": None if is_own else ["original"],
        "tags": ["toujiao", "sft", *(() if is_own else ("finance", "education", "chinese"))],
        "configs": [{"config_name": "default", "data_files": files}],
    }


def _counts(splits: Splits) -> dict[str, Any]:
    """How many rows of each kind each split holds, and how far the test rows are from training."""
    counts = {
        split: Counter(str(row.said("kind") or "") for row in rows)
        for split, rows in splits.items()
    }
    kinds = dict.fromkeys(kind for split in splits for kind in counts[split] if kind)
    tested = Counter(str(row.said("split")) for row in splits.get("test", ()))
    return {
        "counts": {split: len(rows) for split, rows in splits.items()},
        "kinds": {kind: {split: counts[split][kind] for split in splits} for kind in kinds},
        "test_splits": {split: tested[split] for split in names()["splits"] if tested[split]},
    }


def _example(row: Row) -> str:
    """A row with its texts shortened."""
    shown = row.model_dump(exclude_none=True)
    for message in shown["messages"]:
        if len(message["content"]) > _SHOWN_CHARACTERS:
            message["content"] = message["content"][:_SHOWN_CHARACTERS] + "……"
    return json.dumps(shown, ensure_ascii=False, indent=2)
