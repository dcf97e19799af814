"""Writes a data set repository: the rows in data/, a card in two languages, checksums."""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from toujiao import __version__
from toujiao.errors import ToujiaoError
from toujiao.models.json_file import read_json
from toujiao.publish.contents import Contents, describe
from toujiao.publish.data_rows import Row, read_rows, uniform
from toujiao.publish.folders import new_folder, write_texts
from toujiao.publish.gate import README, seal, sha256_of
from toujiao.publish.licences import Licence, stated_licence, table
from toujiao.publish.rendering import names, readme
from toujiao.publish.target import Kind, Target

# What `toujiao dataset build` writes -> the split and its file.
_SPLITS = {"train.jsonl": "train", "held_out.jsonl": "test"}
MANIFEST = "manifest.json"
OWN_LICENCE = "apache-2.0"
"""The licence of what is made from this project's own cards."""
_SIZES = ((1_000, "n<1K"), (10_000, "1K<n<10K"), (100_000, "10K<n<100K"), (1_000_000, "100K<n<1M"))
_LARGEST = "n>1M"
_SHOWN_CHARACTERS = 60


@dataclass(frozen=True)
class DatasetOptions:
    """What the user may say about a data set."""

    licence: str | None = None
    licence_file: Path | None = None
    name: str | None = None
    target: Target | None = None


@dataclass(frozen=True)
class Source:
    """A data folder that was read: the rows of each split, and how they were made."""

    folder: Path
    splits: dict[str, list[Row]]
    manifest: dict[str, Any] | None
    """None: the user's own data."""

    def counts(self, field: str) -> dict[str, Counter[str]]:
        """How often each value of a field of `meta` stands in each split."""
        return {
            split: Counter(str(row.said(field) or "") for row in rows)
            for split, rows in self.splits.items()
        }


def write_dataset(data: Path, out: Path, options: DatasetOptions, keep: bool = True) -> Contents:
    """Write the repository folder for the data in `data`, through the gate.

    `keep` false: make and check it somewhere else and leave nothing behind.
    """
    source = read_source(data)
    licence = _licence(source, options)
    front_matter = _front_matter(source, licence, options)
    values = _values(source, licence, options, front_matter["pretty_name"])
    rows = zip(source.splits, uniform(list(source.splits.values())), strict=True)
    texts = {f"data/{split}.jsonl": _lines(part) for split, part in rows}
    texts[README] = readme(Kind.DATASET, front_matter, values)
    if licence.text:
        texts["LICENSE"] = licence.text
    with new_folder(out, keep) as folder:
        write_texts(folder, texts)
        return describe(Kind.DATASET, out, seal(folder, Kind.DATASET), front_matter)


def read_source(data: Path) -> Source:
    """The rows of a data folder; with a manifest they must be the ones it was written for."""
    if not (data / "train.jsonl").is_file():
        raise ToujiaoError(
            f"{data} 里没有 train.jsonl。请给出 toujiao dataset build 写出的文件夹，"
            "或放着自己的 train.jsonl（和 held_out.jsonl）的文件夹。"
        )
    manifest = read_json(data / MANIFEST) if (data / MANIFEST).is_file() else None
    if manifest is not None:
        _check_manifest(data, manifest)
        if manifest.get("source") == "own":
            manifest = None  # made from somebody's own cards: their licence, not ours
    present = {name: split for name, split in _SPLITS.items() if (data / name).is_file()}
    splits = {split: read_rows(data / name) for name, split in present.items()}
    return Source(data, splits, manifest)


def _check_manifest(data: Path, manifest: dict[str, Any]) -> None:
    """A changed file is no longer what `toujiao dataset build` made."""
    if not isinstance(manifest.get("sha256"), dict):
        raise ToujiaoError(f"{data / MANIFEST} 不像 toujiao dataset build 写的，请重新生成。")
    for name, expected in manifest["sha256"].items():
        if not (data / name).is_file() or sha256_of(data / name) != expected:
            raise ToujiaoError(
                f"{data / name} 和 {MANIFEST} 记录的不一样，不再是 toujiao dataset build 写出的原样。"
                f"请重新生成；如果改动是有意的，删掉 {MANIFEST}，当作自己的数据发布。"
            )


def _licence(source: Source, options: DatasetOptions) -> Licence:
    """Rows from our cards are Apache-2.0; whoever brings other rows has to say."""
    if options.licence:
        return stated_licence(options.licence, options.licence_file, need_text=False)
    if source.manifest is None:
        raise ToujiaoError(
            f"{source.folder} 是你自己的数据，要用 --licence 写明许可证，例如 --licence cc-by-4.0；"
            "不常见的许可证还要用 --licence-file 给出全文。"
        )
    return table().licences[OWN_LICENCE]


def _front_matter(source: Source, licence: Licence, options: DatasetOptions) -> dict[str, Any]:
    own = source.manifest is None
    rows = sum(map(len, source.splits.values()))
    files = [{"split": split, "path": f"data/{split}.jsonl"} for split in source.splits]
    return {
        "language": ["zh"],
        **licence.label,
        "pretty_name": options.name
        or ("toujiao 微调数据（自备）" if own else "投教问答（toujiao）"),
        "task_categories": ["question-answering", "text-generation"],
        "size_categories": [next((size for most, size in _SIZES if rows < most), _LARGEST)],
        "annotations_creators": None if own else ["machine-generated"],
        "language_creators": None if own else ["machine-generated"],
        "source_datasets": None if own else ["original"],
        "tags": ["toujiao", "sft", *(() if own else ("finance", "education", "chinese"))],
        "configs": [{"config_name": "default", "data_files": files}],
    }


def _values(source: Source, licence: Licence, options: DatasetOptions, name: str) -> dict[str, Any]:
    """The values of the template."""
    kinds = source.counts("kind")
    test = source.counts("split").get("test", Counter())
    return {
        "name": name,
        "own": source.manifest is None,
        "manifest": source.manifest or {},
        "counts": {split: len(rows) for split, rows in source.splits.items()},
        "kinds": {
            kind: {split: counts[kind] for split, counts in kinds.items()}
            for kind in dict.fromkeys(kind for counts in kinds.values() for kind in counts if kind)
        },
        "test_splits": {split: test[split] for split in names()["splits"] if test[split]},
        "example": _example(source.splits["train"][0]),
        "repository": options.target.repo_id if options.target else "./",
        "licence": licence,
        "version": __version__,
    }


def _example(row: Row) -> str:
    """The first row, its texts shortened."""
    shown = row.model_dump(exclude_none=True)
    for message in shown["messages"]:
        if len(message["content"]) > _SHOWN_CHARACTERS:
            message["content"] = message["content"][:_SHOWN_CHARACTERS] + "……"
    return json.dumps(shown, ensure_ascii=False, indent=2)


def _lines(rows: list[dict[str, Any]]) -> str:
    return "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows)
