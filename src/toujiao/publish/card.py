"""Writes the model card (README.md), LICENSE and NOTICE from the records of a run."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from toujiao.errors import ToujiaoError, missing_extra
from toujiao.publish import fields
from toujiao.publish.adapter import CONFIG, WEIGHTS, AdapterFacts, inspect_weights, read_config
from toujiao.publish.files import replace_files
from toujiao.publish.licences import Inheritance, inherit, is_hub_id
from toujiao.publish.run import Run, load_run
from toujiao.publish.target import Target

if TYPE_CHECKING:
    from huggingface_hub import ModelCardData

TEMPLATES = Path(__file__).parent / "templates"
TAGS = ("lora", "sft", "finance", "education", "chinese", "trl")


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
        f"records sha256 {fields.digest(run.record, run.evaluation)}"
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
    values = _context(run, base_model, inheritance, config, facts, options)
    data = card_data(run, base_model, inheritance)
    files = {
        "README.md": f"---\n{data.to_yaml()}\n---\n\n{_render('card.md.jinja', values)}",
        "LICENSE": inheritance.licence.text,
        "NOTICE": _render("notice.txt.jinja", values),
    }
    if options.base and config.get("base_model_name_or_path") != base_model:
        # PEFT writes the folder that the base was loaded from; nobody else has that folder.
        config = {**config, "base_model_name_or_path": base_model}
        files[CONFIG] = json.dumps(config, ensure_ascii=False, indent=2) + "\n"
    return Card(run, base_model, inheritance, files)


def write_card(folder: Path, options: CardOptions) -> Card:
    """Write README.md, LICENSE and NOTICE into the adapter folder."""
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
    results = [
        EvalResult(
            task_type="text-generation",
            dataset_type="toujiao-questions",
            dataset_name="投教评测（没有参加训练的问题）",
            dataset_split="test",
            dataset_args={"questions_sha256": run.evaluation.questions_sha256},
            metric_type=row.metric,
            metric_name=row.name,
            metric_value=row.adapter,
            metric_args={"count": row.count, "base_model_value": row.base},
        )
        for row in run.evaluation.table
    ]
    return ModelCardData(
        language=["zh"],
        license=licence.hub_id,
        license_name=licence.key if other else None,
        license_link="LICENSE" if other else None,
        library_name="peft",
        pipeline_tag="text-generation",
        base_model=base_model,
        base_model_relation="adapter",
        tags=[*TAGS, f"base_model:adapter:{base_model}"],
        metrics=list(dict.fromkeys(row.metric for row in run.evaluation.table)),
        model_name=fields.title(run, base_model),
        eval_results=results,
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
    shipped = bool(family and family.shipped and "/" not in base_model)
    gguf = sorted(path.relative_to(run.adapter) for path in run.adapter.rglob("*.gguf"))
    rows = run.evaluation.table
    return {
        "title": fields.title(run, base_model),
        "run": run.record,
        "recipe": fields.recipe_name(run.record.recipe),
        "evaluation": run.evaluation,
        "command": run.evaluation.command.replace(str(run.folder.resolve()), "RUN"),
        "program": run.record.program,
        "not_better": [row for row in rows if row.gain <= 0],
        "few_questions": any(row.count < 100 for row in rows),
        "samples": run.evaluation.examples(),
        "training": fields.training_rows(run, config, facts),
        "settings": fields.setting_rows(run.record.settings),
        "hardware": fields.as_text(run.record.hardware or ""),
        "base_model": base_model,
        "shipped": shipped,
        "base_expression": "BASE_DIR" if shipped else f'"{base_model}"',
        "adapter_id": options.target.repo_id if options.target else "./adapter",
        "gguf": gguf[0].as_posix() if gguf else None,
        "gguf_base": "toujiao-tiny-q8_0.gguf" if shipped else "base.gguf",
        "licence": inheritance.licence,
        "credit": inheritance.licence.credit,
        "origin": family.origin
        if family
        else f"底座 {base_model} 的许可证由发布者查明并写在这里。",
        "origin_en": family.origin_en
        if family
        else f"The publisher looked up the licence of the base {base_model}.",
        "paper": family.paper if family else None,
        "year": run.record.created[:4],
        "stamp": stamp(run, facts.sha256),
    }


def _render(name: str, values: dict[str, Any]) -> str:
    from jinja2 import Environment, FileSystemLoader, StrictUndefined

    environment = Environment(
        loader=FileSystemLoader(TEMPLATES, encoding="utf-8"),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
        autoescape=False,
    )
    environment.filters.update(
        num=fields.number, cell=fields.cell, plain=fields.plain, code=fields.code
    )
    return environment.get_template(name).render(values)
