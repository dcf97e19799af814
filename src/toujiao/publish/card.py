"""Writes the model card (README.md), LICENSE, NOTICE and checksums from the records of a run."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from toujiao.errors import ToujiaoError, missing_extra
from toujiao.models.fingerprint import fingerprint
from toujiao.models.tiny import BASE_GGUF
from toujiao.publish import examples, fields
from toujiao.publish.adapter import CONFIG, WEIGHTS, AdapterFacts, inspect_weights, read_config
from toujiao.publish.files import folder_files, replace_files
from toujiao.publish.licences import Inheritance, inherit, is_hub_id
from toujiao.publish.rendering import render
from toujiao.publish.run import Run, load_run
from toujiao.publish.sums import SUMS, sums_text
from toujiao.publish.target import Target

if TYPE_CHECKING:
    from huggingface_hub import ModelCardData

TASK = "text-generation"
# What toujiao's own rows are about; nobody knows what the user's are about.
_OWN_TOPICS = ("finance", "education", "chinese")
_SHIPPED_BASE = "$(python -c 'from toujiao.models.tiny import BASE_DIR; print(BASE_DIR)')"


@dataclass(frozen=True)
class CardOptions:
    """What the user may say about a card; everything else comes from the run."""

    base: str | None = None
    """The base's name on the Hub, where the run used a local folder."""
    licence: str | None = None
    licence_file: Path | None = None
    target: Target | None = None


@dataclass(frozen=True)
class Card:
    """A card that is ready to be written."""

    run: Run
    base_model: str
    inheritance: Inheritance
    files: dict[str, str]
    """File name in the adapter folder -> content."""


def hub_base(run: Run, base: str | None) -> str:
    """The base's name as the card shows it: never a path."""
    name = base or run.record.base_model
    if not is_hub_id(name):
        raise ToujiaoError(
            f"底座 {name} 是本地路径，不是 Hub 上的名字。请用 --base 写出它的名字，"
            "例如 --base Qwen/Qwen3-0.6B。"
        )
    return name


def stamp(run: Run, weights_sha256: str) -> str:
    """One line that ties a card to the weights and the evaluation that it describes."""
    return (
        f"toujiao card: weights sha256 {weights_sha256}, "
        f"records sha256 {fields.digest(run.record, run.evaluation, run.verification)}"
    )


def make_card(folder: Path, options: CardOptions) -> Card:
    """Everything `publish card` writes, checked, nothing written yet."""
    run = load_run(folder)
    for name in (CONFIG, WEIGHTS):
        if not (run.adapter / name).is_file():
            raise ToujiaoError(f"{run.adapter} 里没有 {name}。请先运行 toujiao train sft。")
    base_model = hub_base(run, options.base)
    inheritance = inherit(
        (run.record.base_model, base_model),
        run.record.base_licence,
        options.licence,
        options.licence_file,
    )
    config = read_config(run.adapter)
    facts = inspect_weights(run.adapter / WEIGHTS)
    _check_verification(run)
    values = _context(run, base_model, inheritance, config, facts, options)
    data = card_data(run, base_model, inheritance)
    files = {
        "README.md": f"---\n{data.to_yaml()}\n---\n\n{render('card.md.jinja', values)}",
        "LICENSE": inheritance.licence.text,
        "NOTICE": render("notice.txt.jinja", values),
    }
    if options.base and config.get("base_model_name_or_path") != base_model:
        # PEFT writes the folder that the base was loaded from; nobody else has that folder.
        config = {**config, "base_model_name_or_path": base_model}
        files[CONFIG] = json.dumps(config, ensure_ascii=False, indent=2) + "\n"
    files[SUMS] = sums_text(run.adapter, folder_files(run.adapter)[0], files)
    return Card(run, base_model, inheritance, files)


def _check_verification(run: Run) -> None:
    """A comparison of other weights says nothing about these."""
    compared = run.verification.adapter_fingerprint if run.verification else None
    if compared not in (None, fingerprint(run.adapter)):
        raise ToujiaoError(
            f"{run.folder / 'verification.json'} 核对的不是现在这份权重。"
            f"请重新运行 toujiao models verify {run.folder}，或删掉这个文件。"
        )


def write_card(folder: Path, options: CardOptions) -> Card:
    """Write README.md, LICENSE, NOTICE and SHA256SUMS into the adapter folder."""
    card = make_card(folder, options)
    replace_files(card.run.adapter, card.files)
    return card


def card_data(run: Run, base_model: str, inheritance: Inheritance) -> ModelCardData:
    """The front matter, with the evaluation as the Hub's model index."""
    try:
        from huggingface_hub import EvalResult, ModelCardData
    except ImportError as error:
        raise missing_extra("huggingface_hub", "hub") from error

    licence = inheritance.licence
    other = licence.hub_id == "other"
    own = run.record.data.is_own
    results = [
        EvalResult(
            task_type=TASK,
            dataset_type="held-out-questions" if own else "toujiao-questions",
            dataset_name="没有参加训练的问题" if own else "投教评测（没有参加训练的问题）",
            dataset_split="test",
            dataset_args={"questions_sha256": run.evaluation.questions_sha256},
            metric_type=row.metric,
            metric_name=row.name,
            metric_value=row.adapter,
            metric_args={"count": row.count, "base_model_value": row.base},
        )
        for row in run.evaluation.table
    ]
    tags = ["lora", run.record.method, *(() if own else _OWN_TOPICS), "trl", "toujiao"]
    return ModelCardData(
        language=["zh"],
        license=licence.hub_id,
        license_name=licence.key if other else None,
        license_link="LICENSE" if other else None,
        library_name="peft",
        pipeline_tag=TASK,
        base_model=base_model,
        base_model_relation="adapter",
        tags=[*tags, f"base_model:adapter:{base_model}"],
        metrics=list(dict.fromkeys(row.metric for row in run.evaluation.table)),
        model_name=fields.title(run, base_model),
        eval_results=results,
        # ModelScope's names for pipeline_tag and library; Hugging Face ignores them.
        tasks=[TASK],
        frameworks=["pytorch"],
    )


def _context(
    run: Run,
    base_model: str,
    inheritance: Inheritance,
    config: dict[str, Any],
    facts: AdapterFacts,
    options: CardOptions,
) -> dict[str, Any]:
    """The values of the templates."""
    family = inheritance.family
    return {
        "run": run.record,
        "recipe": fields.recipe_name(run.record.recipe),
        "evaluation": run.evaluation,
        "verification": run.verification,
        "samples": run.evaluation.examples(),
        "training": fields.training_rows(run, config, facts),
        "settings": fields.setting_rows(run.record.settings),
        "forgetting": fields.forgetting_rows(run.record.forgetting),
        "base_model": base_model,
        "licence": inheritance.licence,
        "credit": inheritance.licence.credit,
        "origin": family.origin
        if family
        else f"底座 {base_model} 的许可证由发布者查明并写在这里。",
        "origin_en": family.origin_en
        if family
        else f"The publisher looked up the licence of the base {base_model}.",
        "card": {
            **_about(run, base_model, inheritance, facts),
            **_running(run, base_model, inheritance, config, options.target),
        },
    }


def _about(
    run: Run, base_model: str, inheritance: Inheritance, facts: AdapterFacts
) -> dict[str, Any]:
    """What the card says about the run, beside the records themselves."""
    rows = run.evaluation.table
    return {
        "title": fields.title(run, base_model),
        "base_model": base_model,
        "own": run.record.data.is_own,
        "kto": run.record.method == "kto",
        "command": run.evaluation.command.replace(str(run.folder.resolve()), "RUN"),
        "not_better": [row for row in rows if row.gain <= 0],
        "few_questions": any(row.count < 100 for row in rows),
        "paper": inheritance.family.paper if inheritance.family else None,
        "year": run.record.created[:4],
        "stamp": stamp(run, facts.sha256),
    }


def _running(
    run: Run,
    base_model: str,
    inheritance: Inheritance,
    config: dict[str, Any],
    target: Target | None,
) -> dict[str, Any]:
    """What the commands of the card need."""
    shipped = inheritance.is_embedded(base_model)
    included = examples.gguf_in(run.adapter)
    gguf_base = BASE_GGUF.name if shipped else examples.GGUF_BASE
    gguf_adapter = included or examples.GGUF_ADAPTER
    return {
        "run": run.record,
        "base_model": base_model,
        "shipped": shipped,
        "base_expression": "BASE_DIR" if shipped else f'"{base_model}"',
        "adapter_id": target.repo_id if target else "./adapter",
        "served_name": target.repo_id.split("/")[1] if target else "toujiao",
        "gguf_base": gguf_base,
        "gguf_adapter": gguf_adapter,
        "gguf_included": included is not None,
        "vllm_base": f'"{_SHIPPED_BASE}"' if shipped else base_model,
        "vllm_rank": examples.vllm_rank(config),
    }
