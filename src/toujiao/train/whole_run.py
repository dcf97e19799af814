"""One fine-tuning run from the user's file to a model card: audit, train, compare, write the card.

The only module of `train` that calls other stages; they hand over through the run folder.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from toujiao.errors import ToujiaoError
from toujiao.models.loading import refuse_qwen1
from toujiao.models.tiny import NAME as TINY
from toujiao.recipes.plan import settle
from toujiao.recipes.recipe import Recipe, load_recipe
from toujiao.train.run_folder import (
    HELD_OUT,
    ORIGIN,
    TRAIN,
    create_run_folder,
    fill_run_folder,
    read_json,
    take,
)

Row = dict[str, Any]
Say = Callable[[Any], None]
MANIFEST = "manifest.json"
OWN_ROWS_ON_TINY = (
    "提醒：内置的 toujiao-tiny 很小，只读过自带的卡片。用它练别的内容，流程能走通，回答多半不通顺；"
    "要真用，请换大一些的底座，例如 toujiao train sft qwen3-0.6b。"
)


@dataclass(frozen=True)
class Request:
    """What the user asked for."""

    recipe: str
    data: Path
    """A folder of `toujiao dataset build`, or a file of rows in any known format."""

    held_out: Path | None = None
    out: Path = Path("runs")
    run: str | None = None
    force: bool = False
    log_to: tuple[str, ...] = ()


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
    from toujiao.dataset.audit.leakage import own_questions, read_questions
    from toujiao.dataset.audit.report import audit
    from toujiao.dataset.audit.show import previews, shown
    from toujiao.dataset.show import load_tokenizer

    name, recipe = load_recipe(request.recipe)
    recipe = recipe.model_copy(update={"log_to": request.log_to or recipe.log_to})
    refuse_qwen1(recipe.base)
    rows = gather(request, recipe)
    recipe = settle(recipe, len(rows.train))
    tokenizer = load_tokenizer(None if recipe.base == TINY else recipe.base)
    questions = own_questions()
    if request.held_out:
        questions += read_questions(request.held_out)
    report = audit(rows.all, tokenizer, recipe, questions, name, used=len(rows.train))
    for text in (*previews(rows.all, tokenizer, 1), shown(report)):
        say(text)
    if report.stops and not request.force:
        raise ToujiaoError(
            "训练数据有会毁掉这次训练的问题（见上），没有开始。改好再来，或加 --force。"
        )
    if recipe.base == TINY and rows.origin["source"] == "own":
        say(OWN_ROWS_ON_TINY)
    folder = create_run_folder(request.run or name, request.out, stamped=request.run is None)
    fill_run_folder(folder, name, recipe, rows.train, rows.held_out, rows.origin)
    return folder


def gather(request: Request, recipe: Recipe) -> Rows:
    """Read and divide the rows: a built folder is divided already, a file is not."""
    from toujiao.dataset.formats import read_rows
    from toujiao.dataset.split import of_kinds, split_rows

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


def finish(folder: Path, say: Say) -> None:
    """Compare base and adapter on the held-out rows and write the model card."""
    from toujiao.evaluate.report import evaluate_run
    from toujiao.evaluate.table import samples_text, table
    from toujiao.publish.card import CardOptions, write_card

    evaluation = evaluate_run(folder)
    say(table(evaluation["table"]))
    for line in samples_text(evaluation["samples"]):
        say(line)
    try:
        card = write_card(folder, CardOptions())
    except ToujiaoError as error:
        # A base without a public name or a known licence: the adapter is fine, the card has to wait.
        say(f"模型卡还没有写：{error}")
        return
    say(f"模型卡：{card.run.adapter / 'README.md'}（许可证 {card.inheritance.licence.title}）")


def told(record: dict[str, Any], folder: Path) -> Iterator[str]:
    """What a finished run says about itself, for the terminal."""
    loss = record["held_out_loss"]
    yield (
        f"用时 {record['seconds']} 秒，{record['steps']} 步，"
        f"留出损失 {loss['before']} → {loss['after']}"
    )
    if preference := record.get("preference"):
        before, after = preference["before"], preference["after"]
        yield (
            f"留出的票：{preference['liked_up']:.0%} 的 👍 回答更可能说了，"
            f"{preference['disliked_down']:.0%} 的 👎 回答更不可能说了；"
            f"每词元对数概率的差距 {before['margin']} → {after['margin']}"
        )
    if record["steps"] < record["planned_steps"]:
        yield f"留出损失不再下降，提前停下（原定 {record['planned_steps']} 步）"
    if not record["best_step"]:
        yield "注意：留出损失一次也没有比训练前小，这个适配器多半没有用；请看数据、学习率和轮数"
    elif record["best_step"] < record["steps"]:
        yield f"留下的是第 {record['best_step']} 步的适配器，它的留出损失最小"
    if forgetting := record.get("forgetting"):
        before, after = forgetting["before"], forgetting["after"]
        yield (
            f"遗忘探针（{forgetting['prompts']} 个日常问题）：和底座原来的回答一致的词元 "
            f"{before['same']:.1%} → {after['same']:.1%}，损失 {before['loss']} → {after['loss']}"
        )
    yield f"适配器：{folder / 'adapter'}"
