"""The end of a run: compare, write the model card, tell what came of it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from toujiao.errors import ToujiaoError
from toujiao.evaluate.report import evaluate_run
from toujiao.evaluate.table import samples_text, table
from toujiao.folders import ADAPTER
from toujiao.publish.card import CardOptions, write_card
from toujiao.runs.request import Say
from toujiao.train.kto import METHOD as KTO
from toujiao.train.kto import run_kto
from toujiao.train.processes import is_main
from toujiao.train.run_folder import read_run_folder
from toujiao.train.sft import run_sft


def complete(folder: Path, evaluate: bool, say: Say) -> None:
    """Train what the folder holds, from its last checkpoint if there is one; then the rest."""
    _, origin = read_run_folder(folder)
    record = run_kto(folder) if origin.get("method") == KTO else run_sft(folder)
    if not is_main():
        return
    for line in told(record, folder):
        say(line)
    if evaluate:
        finish(folder, say)
    else:
        say(f"下一步：toujiao evaluate run {folder}")


def finish(folder: Path, say: Say) -> None:
    """Compare base and adapter on the held-out rows and write the model card."""
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
    yield f"适配器：{folder / ADAPTER}"
