"""A run on votes made ready: read and audit them, find the adapter to start from, fill the folder."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from toujiao.dataset.audit.leakage import own_questions
from toujiao.dataset.audit.show import shown
from toujiao.dataset.audit.votes import audit_votes
from toujiao.dataset.build import held_out_of_cards
from toujiao.dataset.show import load_tokenizer
from toujiao.dataset.split import without_questions
from toujiao.dataset.votes import VoteRow, has_both, read_votes, split_votes
from toujiao.errors import ToujiaoError
from toujiao.files import Row, read_rows
from toujiao.folders import DATA, HELD_OUT
from toujiao.models.resolve import ADAPTER_WEIGHTS, adapter_config, adapter_folder, base_of
from toujiao.models.tiny import ADAPTER_DIR
from toujiao.models.tiny import NAME as TINY
from toujiao.recipes.plan import settle_votes
from toujiao.recipes.recipe import Recipe, make_recipe
from toujiao.runs.request import Request, Say
from toujiao.train.kto import METHOD, check_batch
from toujiao.train.run_folder import fill_run_folder, take


@dataclass(frozen=True)
class Votes:
    """The votes of a run; all as they stand in the file, and those that a model earned, divided."""

    all: list[VoteRow]
    train: list[VoteRow]
    held_out: list[VoteRow]


def prepare_kto(request: Request, adapter: Path | None, say: Say) -> Path:
    """Audit the votes and make a run folder that holds all the run needs; returns the folder.

    `request.data` and `request.held_out` are files of votes; `adapter` is what the run starts from
    (None: the embedded one for the embedded base, a new LoRA for any other). A finding that would
    ruin the run is a ToujiaoError, unless the user insists (`force`).
    """
    name, recipe = request.load_recipe()
    start = start_adapter(recipe, adapter)
    recipe = shaped_like(recipe, start) if start else recipe
    votes = gather_votes(request, recipe)
    _check(votes, recipe, name, request, say)
    train = take([vote.row for vote in votes.train], recipe.max_train_rows, recipe.seed)
    recipe = settle_votes(recipe, len(train))
    check_batch(recipe)
    origin = {
        "method": METHOD,
        "source": "votes",
        "files": [path.name for path in (request.data, request.held_out) if path],
        "start_adapter": (str(adapter) if adapter else TINY) if start else None,
    }
    folder = request.new_folder(f"kto-{name}")
    fill_run_folder(
        folder,
        name,
        recipe,
        train,
        comparison_rows(start, votes.all),
        origin,
        held_out_votes=[vote.row for vote in votes.held_out],
        start=start,
    )
    return folder


def start_adapter(recipe: Recipe, adapter: Path | None) -> Path | None:
    """The PEFT folder that the run starts from, checked to fit the recipe's base."""
    if adapter is None:
        return ADAPTER_DIR if recipe.base == TINY else None
    folder = adapter_folder(adapter)
    if not (folder / ADAPTER_WEIGHTS).is_file():
        raise ToujiaoError(f"{folder} 里没有 {ADAPTER_WEIGHTS}。只读 safetensors 格式的权重。")
    if (kind := adapter_config(folder).get("peft_type")) != "LORA":
        raise ToujiaoError(f"适配器 {adapter} 是 {kind}，不是 LoRA，不能接着练。")
    if (base := base_of(folder)) != recipe.base:
        raise ToujiaoError(
            f"适配器 {adapter} 的底座是 {base}，配方的是 {recipe.base}。"
            f"请换一个配方，或写一个 base = {base!r} 的配方文件。"
        )
    return folder


def shaped_like(recipe: Recipe, start: Path) -> Recipe:
    """The recipe with the shape of the adapter that is trained further."""
    config = adapter_config(start)
    shape = {"rank": config["r"], "alpha": config["lora_alpha"], "dropout": config["lora_dropout"]}
    return make_recipe({**recipe.model_dump(exclude_none=True), **shape}, str(start))


def gather_votes(request: Request, recipe: Recipe) -> Votes:
    """Read the votes and divide them; only what a model said is trained on."""
    if not request.data.is_file():
        raise ToujiaoError(
            f"找不到投票 {request.data}。请检查路径，或先运行 toujiao feedback export。"
        )
    everything = read_votes(request.data)
    usable = [vote for vote in everything if vote.trainable]
    if request.held_out:
        kept_aside = [vote for vote in read_votes(request.held_out) if vote.trainable]
        asked = [vote.chat for vote in usable]
        if len(without_questions([vote.chat for vote in kept_aside], asked)) < len(kept_aside):
            raise ToujiaoError(
                f"{request.held_out} 里有 {request.data} 里也有的问题，请删掉一边的。"
            )
        return Votes(everything, usable, kept_aside)
    # One kind of vote only: the audit is going to say so.
    train, kept_aside = split_votes(usable, recipe.seed) if has_both(usable) else (usable, [])
    return Votes(everything, train, kept_aside)


def comparison_rows(start: Path | None, votes: list[VoteRow]) -> list[Row]:
    """Ordinary held-out rows, to see what the votes cost: those of the run that the start adapter
    comes from, else those of the cards. Questions that were voted on are left out."""
    asked = [vote.chat for vote in votes]
    rows = read_rows(start.parent / DATA / HELD_OUT, optional=True) if start else []
    return without_questions(rows, asked) or without_questions(held_out_of_cards(), asked)


def _check(votes: Votes, recipe: Recipe, name: str, request: Request, say: Say) -> None:
    tokenizer = load_tokenizer(recipe.base)
    report = audit_votes(votes.all, tokenizer, recipe, own_questions(), name, len(votes.train))
    say(shown(report))
    # Without both kinds there is nothing to compare: no --force helps.
    for what, some in (("训练", votes.train), ("留出", votes.held_out)):
        if not has_both(some):
            raise ToujiaoError(f"{what}用的票里要既有 👍 又有 👎，没有开始。请再收一些票。")
    request.refuse(report.stops, "这些票里有会毁掉训练的问题")
