"""A run on rows made ready: read and audit them, divide them, fill the folder."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from toujiao.dataset.audit.leakage import own_questions, read_questions
from toujiao.dataset.audit.report import audit
from toujiao.dataset.audit.show import previews, shown
from toujiao.dataset.formats import read_rows
from toujiao.dataset.show import load_tokenizer
from toujiao.dataset.split import of_kinds, split_rows
from toujiao.errors import ToujiaoError
from toujiao.files import Row, read_json
from toujiao.folders import HELD_OUT, MANIFEST, ORIGIN, TRAIN
from toujiao.models.tiny import NAME as TINY
from toujiao.recipes.plan import settle
from toujiao.recipes.recipe import Recipe
from toujiao.runs.request import Request, Say
from toujiao.train.run_folder import fill_run_folder, take

OWN_ROWS_ON_TINY = (
    "提醒：内置的 toujiao-tiny 很小，只读过自带的卡片。用它练别的内容，流程能走通，回答多半不通顺；"
    "要真用，请换大一些的底座，例如 toujiao train sft qwen3-0.6b。"
)


@dataclass(frozen=True)
class Rows:
    """The rows of a run, and where they come from."""

    all: list[Row]
    """As they stand in the file: the audit speaks of them by number."""

    train: list[Row]
    held_out: list[Row]
    origin: dict[str, Any]


def prepare(request: Request, say: Say) -> Path:
    """Audit the rows and make a run folder that holds all the run needs; returns the folder.

    A finding that would ruin the run is a ToujiaoError, unless the user insists (`force`).
    """
    name, recipe = request.load_recipe()
    rows = gather(request, recipe)
    recipe = settle(recipe, len(rows.train))
    tokenizer = load_tokenizer(recipe.base)
    questions = own_questions()
    if request.held_out:
        questions += read_questions(request.held_out)
    report = audit(rows.all, tokenizer, recipe, questions, name, used=len(rows.train))
    for text in (*previews(rows.all, tokenizer, 1), shown(report)):
        say(text)
    request.refuse(report.stops, "训练数据有会毁掉这次训练的问题")
    if recipe.base == TINY and rows.origin["source"] == "own":
        say(OWN_ROWS_ON_TINY)
    folder = request.new_folder(name)
    fill_run_folder(folder, name, recipe, rows.train, rows.held_out, rows.origin)
    return folder


def gather(request: Request, recipe: Recipe) -> Rows:
    """Read and divide the rows: a built folder is divided already, a file is not."""
    data = request.data
    if data.is_dir():
        train_file, held_out_file = data / TRAIN, request.held_out or data / HELD_OUT
        for path in (train_file, held_out_file):
            if not path.is_file():
                raise ToujiaoError(f"找不到 {path}，请先运行 toujiao dataset build。")
        everything, held_out = read_rows(train_file), read_rows(held_out_file)
        train, files = everything, [train_file, held_out_file]
    else:
        if not data.is_file():
            raise ToujiaoError(
                f"找不到训练数据 {data}。用自己的数据请检查路径；"
                "用卡片生成请先运行 toujiao dataset build。"
            )
        everything = read_rows(data)
        if request.held_out:
            train, held_out = everything, read_rows(request.held_out)
        else:
            train, held_out = split_rows(everything, recipe.seed)
        files = [path for path in (data, request.held_out) if path]
    chosen = take(of_kinds(train, recipe.kinds), recipe.max_train_rows, recipe.seed)
    kept_aside = of_kinds(held_out, recipe.kinds)
    for what, some in (("训练", chosen), ("留出", kept_aside)):
        if not some:
            of = f"{'、'.join(recipe.kinds)} 类的" if recipe.kinds else ""
            raise ToujiaoError(f"{data} 里没有{of}{what}数据：至少要有两个不同的问题。")
    return Rows(everything, chosen, kept_aside, _origin(data, files))


def _origin(data: Path, files: list[Path]) -> dict[str, Any]:
    """Rows of a built folder come from cards; those of another run from where that run had them."""
    if (data / ORIGIN).is_file():
        return read_json(data / ORIGIN)
    manifest = data / MANIFEST
    source = read_json(manifest).get("source", "cards") if manifest.is_file() else "own"
    return {"source": source, "files": [path.name for path in files]}
