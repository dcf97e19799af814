"""A run's adapter as it goes up: a copy with its model card, licence and checksums.

`publish card` shows it, `publish push` sends it, `publish space` runs it; all three make it anew
from the records of the run, so there is no card that could be out of date.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from toujiao.errors import ToujiaoError
from toujiao.files import write_json
from toujiao.folders import VERIFICATION
from toujiao.models.fingerprint import fingerprint
from toujiao.models.resolve import ADAPTER_CONFIG, is_hub_id
from toujiao.models.tiny import BASE_GGUF
from toujiao.publish.adapter import Adapter, read_adapter
from toujiao.publish.contents import Contents
from toujiao.publish.gate import README, SUMS, seal
from toujiao.publish.licences import Inheritance, inherit
from toujiao.publish.outgoing import folder_files, temporary_copy, write_texts
from toujiao.publish.rendering import hub_library, readme, render
from toujiao.publish.run import SAID, CardOptions, Run, load_run
from toujiao.publish.target import Kind, Target

NOTHING = CardOptions()
TASK = "text-generation"
# What toujiao's own rows are about; nobody knows what the user's are about.
_OWN_TOPICS = ("finance", "education", "chinese")


@dataclass(frozen=True)
class Card:
    """An adapter with its card, ready to go up."""

    run: Run
    said: CardOptions
    inheritance: Inheritance
    contents: Contents
    texts: dict[str, str]
    """The files that were written, by name; all others are the run's."""


@contextmanager
def published_adapter(
    folder: Path, options: CardOptions = NOTHING, target: Target | None = None
) -> Iterator[Card]:
    """The adapter of a run in a temporary folder, with its card, through the gate."""
    run = load_run(folder)
    said = run.said.model_copy(update=options.model_dump(exclude_none=True))
    adapter = read_adapter(run.adapter)
    _check_verification(run)
    inheritance = _inherit(run, adapter, said)
    licence = inheritance.licence
    texts = _texts(run, adapter, inheritance, target)
    if adapter.base != inheritance.base_model:
        # PEFT writes the folder that the base was loaded from; nobody else has that folder.
        config = {**adapter.config, "base_model_name_or_path": inheritance.base_model}
        texts[ADAPTER_CONFIG] = json.dumps(config, ensure_ascii=False, indent=2) + "\n"
    with temporary_copy(run.adapter) as copy:
        write_texts(copy, texts)
        files = seal(copy, Kind.MODEL)
        texts[SUMS] = (copy / SUMS).read_text(encoding="utf-8")
        contents = Contents(
            kind=Kind.MODEL,
            folder=copy,
            files=files,
            licence=licence.hub_id,
            about=(
                ("底座", inheritance.base_model),
                ("许可证", f"{licence.title}（{licence.key}）：{licence.summary}"),
            ),
            reminders=tuple(_reminders(run, inheritance)),
            left_out=tuple(folder_files(run.adapter)[1]),
        )
        yield Card(run, said, inheritance, contents, texts)


def write_card(
    folder: Path, options: CardOptions = NOTHING, target: Target | None = None, keep: bool = True
) -> Card:
    """Put the card, the licence and the checksums into the run; what the user said is kept there.

    `keep` false: make and check everything and leave nothing behind.
    """
    with published_adapter(folder, options, target) as card:
        if keep:
            write_texts(card.run.adapter, card.texts)
        if keep and card.said != card.run.said:
            write_json(folder / SAID, card.said.model_dump(exclude_none=True))
        return card


def _check_verification(run: Run) -> None:
    """A comparison of other weights says nothing about these."""
    if run.verification and run.verification.adapter_fingerprint != fingerprint(run.adapter):
        raise ToujiaoError(
            f"{run.folder / VERIFICATION} 核对的不是现在这份权重。"
            f"请重新运行 toujiao models verify {run.folder}，或删掉这个文件。"
        )


def _inherit(run: Run, adapter: Adapter, said: CardOptions) -> Inheritance:
    """The base by the name that everybody knows, and its licence; never a path."""
    recorded = run.record.base_model
    name = said.base or recorded
    if not is_hub_id(name):
        raise ToujiaoError(
            f"底座 {name} 是本地路径，不是 Hub 上的名字。请用 toujiao publish card 的 --base "
            "写出它的名字，例如 --base Qwen/Qwen3-0.6B。"
        )
    if not said.base and adapter.base != name:
        raise ToujiaoError(
            f"{ADAPTER_CONFIG} 写的底座是 {adapter.base}，run.json 写的是 {name}。"
            "请用 toujiao publish card 的 --base 写出真正的底座。"
        )
    return inherit(name, (recorded, adapter.base), said.licence, said.licence_file)


def _texts(
    run: Run, adapter: Adapter, inheritance: Inheritance, target: Target | None
) -> dict[str, str]:
    """The files of the adapter folder that are written and not trained."""
    front_matter = _front_matter(run, inheritance)
    values = {
        "run": run.record,
        "evaluation": run.evaluation,
        "verification": run.verification,
        "adapter": adapter,
        "config": {"lora_dropout": 0, "target_modules": [], **adapter.config},
        "base_model": inheritance.base_model,
        "family": inheritance.family,
        "licence": inheritance.licence,
        "title": front_matter["model_name"],
        "own": run.record.data.is_own,
        "kto": run.record.method == "kto",
        "command": run.evaluation.command.replace(str(run.folder.resolve()), "RUN"),
        "not_better": [row for row in run.evaluation.table if row.gain <= 0],
        "few_questions": any(row.count < 100 for row in run.evaluation.table),
        "shipped": inheritance.is_embedded,
        "adapter_id": target.repo_id if target else "./adapter",
        "served_name": target.repo_id.split("/")[1] if target else "toujiao",
        "gguf_base": BASE_GGUF.name if inheritance.is_embedded else "base.gguf",
    }
    return {
        README: readme(Kind.MODEL, front_matter, values),
        "LICENSE": inheritance.licence.text,
        "NOTICE": render("notice.txt.jinja", values),
    }


def _front_matter(run: Run, inheritance: Inheritance) -> dict[str, Any]:
    """What both hubs read, with the evaluation as the Hub's model index."""
    own, base_model = run.record.data.is_own, inheritance.base_model
    evaluation = run.evaluation
    results = [
        hub_library().EvalResult(
            task_type=TASK,
            dataset_type="held-out-questions" if own else "toujiao-questions",
            dataset_name="没有参加训练的问题" if own else "投教评测（没有参加训练的问题）",
            dataset_split="test",
            dataset_args={"questions_sha256": evaluation.questions_sha256},
            metric_type=row.metric,
            metric_name=row.name,
            metric_value=row.adapter,
            metric_args={"count": row.count, "base_model_value": row.base},
        )
        for row in evaluation.table
    ]
    topics = () if own else _OWN_TOPICS
    return {
        "language": ["zh"],
        **inheritance.licence.label,
        "library_name": "peft",
        "pipeline_tag": TASK,
        "base_model": base_model,
        "base_model_relation": "adapter",
        "tags": [
            *("lora", run.record.method, *topics, "trl", "toujiao"),
            f"base_model:adapter:{base_model}",
        ],
        "metrics": list(dict.fromkeys(row.metric for row in evaluation.table)),
        "model_name": f"toujiao-lora-{run.record.recipe_name}（{base_model}）",
        "eval_results": results,
        # ModelScope's names for pipeline_tag and library; Hugging Face ignores them.
        "tasks": [TASK],
        "frameworks": ["pytorch"],
    }


def _reminders(run: Run, inheritance: Inheritance) -> Iterator[str]:
    if inheritance.is_embedded:
        yield (
            f"底座 {inheritance.base_model} 随 toujiao 安装，Hub 上没有同名的模型。"
            "如果你已经发布了它，请用 toujiao publish card --base 写出名字。"
        )
    if run.verification and not run.verification.passed:
        yield "verification.json 记录的核对没有通过，模型卡里写明了。"
    if run.record.data.is_own:
        yield "训练数据是你自己的：模型可能记住其中的原话，请先确认可以公开。"
