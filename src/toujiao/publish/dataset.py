"""Writes a data set repository: the rows in data/, a card in two languages, checksums."""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from toujiao import __version__
from toujiao.errors import ToujiaoError, missing_extra
from toujiao.publish.check_folder import folder_contents
from toujiao.publish.contents import Contents
from toujiao.publish.data_rows import Row, read_rows, to_lines, uniform
from toujiao.publish.files import folder_files, new_folder, replace_files
from toujiao.publish.licences import Licence, stated_licence, table
from toujiao.publish.rendering import names, render
from toujiao.publish.run import read_json
from toujiao.publish.sums import SUMS, sha256_of, sums_text
from toujiao.publish.target import Target

if TYPE_CHECKING:
    from huggingface_hub import DatasetCardData

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


def write_dataset(data: Path, out: Path, options: DatasetOptions, keep: bool = True) -> Contents:
    """Write the repository folder for the data in `data` and check it as a push would.

    `keep` false: build and check it somewhere else and leave nothing behind.
    """
    source = read_source(data)
    licence = _licence(source, options)
    with new_folder(out, keep) as folder:
        (folder / "data").mkdir()
        rows = uniform(list(source.splits.values()))
        texts = {
            f"data/{split}.jsonl": to_lines(part)
            for split, part in zip(source.splits, rows, strict=True)
        }
        texts["README.md"] = _readme(source, licence, options)
        if licence.text:
            texts["LICENSE"] = licence.text
        replace_files(folder, texts)
        replace_files(folder, {SUMS: sums_text(folder, folder_files(folder)[0])})
        contents = folder_contents(folder)
    return replace(contents, folder=out)


def read_source(data: Path) -> Source:
    """The rows of a data folder; with a manifest they must be the ones it was written for."""
    if not (data / "train.jsonl").is_file():
        raise ToujiaoError(
            f"{data} 里没有 train.jsonl。请给出 toujiao dataset build 写出的文件夹，"
            "或放着自己的 train.jsonl（和 held_out.jsonl）的文件夹。"
        )
    present = [name for name in _SPLITS if (data / name).is_file()]
    manifest = read_json(data / MANIFEST) if (data / MANIFEST).is_file() else None
    if manifest is not None:
        _check_manifest(data, manifest)
        if manifest.get("source") == "own":
            manifest = None  # made from somebody's own cards: their licence, not ours
    splits = {_SPLITS[name]: read_rows(data / name) for name in present}
    return Source(data, splits, manifest)


def _check_manifest(data: Path, manifest: Any) -> None:
    """A changed file is no longer what `toujiao dataset build` made."""
    if not isinstance(manifest, dict) or not isinstance(manifest.get("sha256"), dict):
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


def _readme(source: Source, licence: Licence, options: DatasetOptions) -> str:
    own = source.manifest is None
    name = options.name or ("toujiao 微调数据（自备）" if own else "投教问答（toujiao）")
    counts = {split: len(rows) for split, rows in source.splits.items()}
    values = {
        "name": name,
        "own": own,
        "manifest": source.manifest or {},
        "counts": counts,
        "kinds": _kinds(source),
        "example": _example(source.splits["train"][0]),
        "repository": options.target.repo_id if options.target else "./",
        "licence": licence,
        "version": __version__,
        "test_splits": _test_splits(source),
    }
    data = _card_data(source, licence, name, sum(counts.values()))
    return f"---\n{data.to_yaml()}\n---\n\n{render('dataset.md.jinja', values)}"


def _card_data(source: Source, licence: Licence, name: str, rows: int) -> DatasetCardData:
    try:
        from huggingface_hub import DatasetCardData
    except ImportError as error:
        raise missing_extra("huggingface_hub", "hub") from error

    own = source.manifest is None
    other = licence.hub_id == "other"
    files = [{"split": split, "path": f"data/{split}.jsonl"} for split in source.splits]
    return DatasetCardData(
        language=["zh"],
        license=licence.hub_id,
        license_name=licence.key if other else None,
        license_link="LICENSE" if other else None,
        pretty_name=name,
        task_categories=["question-answering", "text-generation"],
        size_categories=[next((size for most, size in _SIZES if rows < most), _LARGEST)],
        annotations_creators=None if own else ["machine-generated"],
        language_creators=None if own else ["machine-generated"],
        source_datasets=None if own else ["original"],
        tags=["toujiao", "sft", *(() if own else ("finance", "education", "chinese"))],
        configs=[{"config_name": "default", "data_files": files}],
    )


def _kinds(source: Source) -> list[tuple[str, str, str, dict[str, int]]]:
    """(kind, Chinese, English, rows per split) for rows that say their kind."""
    counted = {
        split: Counter(str((row.get("meta") or {}).get("kind", "")) for row in rows)
        for split, rows in source.splits.items()
    }
    kinds = dict.fromkeys(kind for counts in counted.values() for kind in counts if kind)
    known = names()["kinds"]
    return [
        (kind, *known.get(kind, (kind, kind)), {s: counts[kind] for s, counts in counted.items()})
        for kind in kinds
    ]


def _test_splits(source: Source) -> list[tuple[str, str, str, int]]:
    """(value of meta.split, Chinese, English, rows) of the test split."""
    rows = source.splits.get("test", [])
    counts = Counter(str((row.get("meta") or {}).get("split", "")) for row in rows)
    known = names()["splits"]
    return [(split, *known[split], counts[split]) for split in known if counts[split]]


def _example(row: Row) -> str:
    """The first row, its texts shortened."""

    def short(text: str) -> str:
        return text if len(text) <= _SHOWN_CHARACTERS else text[:_SHOWN_CHARACTERS] + "……"

    messages = [{"role": m["role"], "content": short(m["content"])} for m in row["messages"]]
    shown = {"messages": messages, **({"meta": row["meta"]} if row.get("meta") else {})}
    return json.dumps(shown, ensure_ascii=False, indent=2)
