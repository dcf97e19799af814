"""Checks an adapter folder before anything goes up: offline, every problem at once."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, cast

from toujiao.errors import ToujiaoError
from toujiao.publish.adapter import (
    CONFIG,
    WEIGHTS,
    config_problems,
    inspect_weights,
    read_config,
)
from toujiao.publish.card import stamp
from toujiao.publish.contents import Contents, check_files, check_sums, public_files, refuse
from toujiao.publish.files import folder_files
from toujiao.publish.front_matter import read_front_matter
from toujiao.publish.licences import Inheritance, inherit, is_hub_id
from toujiao.publish.run import Run
from toujiao.publish.sums import SUMS
from toujiao.publish.target import Kind

if TYPE_CHECKING:
    from huggingface_hub import ModelCardData

REQUIRED = (
    "README.md",
    "LICENSE",
    "NOTICE",
    SUMS,
    CONFIG,
    WEIGHTS,
    "tokenizer.json",
    "tokenizer_config.json",
)


def check_adapter(run: Run) -> tuple[str, Inheritance]:
    """The base and licence of a folder that may go up, else one ToujiaoError with all faults."""
    folder = run.adapter
    public, _ = folder_files(folder)
    missing = [name for name in REQUIRED if Path(name) not in public]
    if missing:
        raise ToujiaoError(
            f"{folder} 里缺少 {'、'.join(missing)}。模型卡、许可证和校验值用 toujiao publish card "
            f"{run.folder} 生成，其余由 toujiao train sft 写出。"
        )
    # With a broken file there is no sense in reading on: the rest rests on these files.
    check_files(folder, Kind.MODEL)
    problems = _weight_problems(run)
    data = cast("ModelCardData", read_front_matter(folder, Kind.MODEL))
    base_model = str(data.base_model)
    if not is_hub_id(base_model):
        refuse(folder, [*problems, f"README.md 的 base_model 是 {base_model}，不是 Hub 上的名字"])
    problems += _config_problems(run, base_model)
    inheritance = _licence(run, data)
    problems += _licence_problems(folder, data, inheritance)
    refuse(folder, problems)
    check_sums(folder, f"请重新运行 toujiao publish card {run.folder}。")
    return base_model, inheritance


def adapter_contents(run: Run) -> Contents:
    """What a push of this run sends and shows."""
    base_model, inheritance = check_adapter(run)
    licence = inheritance.licence
    reminders = []
    if inheritance.is_embedded(base_model):
        reminders.append(
            f"底座 {base_model} 随 toujiao 安装，Hub 上没有同名的模型。"
            "如果你已经发布了它，请用 toujiao publish card --base 写出名字。"
        )
    if run.verification and run.verification.passed is False:
        reminders.append("verification.json 记录的核对没有通过，模型卡里写明了。")
    if run.record.data.is_own:
        reminders.append("训练数据是你自己的：模型可能记住其中的原话，请先确认可以公开。")
    files, left_out = public_files(run.adapter)
    return Contents(
        kind=Kind.MODEL,
        folder=run.adapter,
        files=files,
        left_out=left_out,
        licence=licence.hub_id,
        message=f"Publish a toujiao LoRA adapter for {base_model}",
        about=(
            ("底座", base_model),
            ("许可证", f"{licence.title}（{licence.key}）：{licence.summary}"),
        ),
        reminders=tuple(reminders),
    )


def _weight_problems(run: Run) -> list[str]:
    facts = inspect_weights(run.adapter / WEIGHTS)
    problems = []
    if not facts.effective:
        problems.append(f"{WEIGHTS} 的权重全是 0，装上等于没装，请重新训练")
    if stamp(run, facts.sha256) not in (run.adapter / "README.md").read_text(encoding="utf-8-sig"):
        problems.append("README.md 写的不是现在这份权重和评测，请重新运行 toujiao publish card")
    return problems


def _config_problems(run: Run, base_model: str) -> list[str]:
    config = read_config(run.adapter)
    problems = config_problems(config)
    named = config.get("base_model_name_or_path")
    if named != base_model:
        problems.append(
            f"{CONFIG} 的 base_model_name_or_path 是 {named}，README.md 写的底座是 {base_model}；"
            f"用 toujiao publish card {run.folder} --base {base_model} 可以改成一致"
        )
    return problems


def _licence(run: Run, data: ModelCardData) -> Inheritance:
    """What the base asks for; for a base that is not in the table the card is the statement."""
    label = data.license_name if data.license == "other" else data.license
    names = (run.record.base_model, str(data.base_model))
    return inherit(
        names, run.record.base_licence, str(label or ""), licence_file=run.adapter / "LICENSE"
    )


def _licence_problems(folder: Path, data: ModelCardData, inheritance: Inheritance) -> list[str]:
    licence = inheritance.licence
    problems = []
    if data.license != licence.hub_id:
        problems.append(f"README.md 的 license 是 {data.license}，应当是 {licence.hub_id}")
    if licence.hub_id == "other":
        expected = {"license_name": licence.key, "license_link": "LICENSE"}
        problems += [
            f"README.md 的 {name} 应当是 {value}"
            for name, value in expected.items()
            if data.get(name) != value
        ]
    if _words(folder / "LICENSE") != licence.text.split():
        problems.append(f"LICENSE 不是 {licence.title} 的原文")
    if licence.notice and licence.notice not in " ".join(_words(folder / "NOTICE")):
        problems.append(f"NOTICE 里缺少这一句：{licence.notice}")
    readme = (folder / "README.md").read_text(encoding="utf-8-sig")
    if licence.credit and licence.credit not in readme:
        problems.append(f"README.md 里缺少许可证要求写明的“{licence.credit}”")
    return problems


def _words(path: Path) -> list[str]:
    return path.read_text(encoding="utf-8-sig").split()
