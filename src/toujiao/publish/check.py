"""Checks an adapter folder before anything goes up: offline, every problem at once."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from toujiao.errors import ToujiaoError, missing_extra
from toujiao.publish.adapter import (
    CONFIG,
    WEIGHTS,
    config_problems,
    inspect_weights,
    read_config,
    read_tensors,
)
from toujiao.publish.card import stamp
from toujiao.publish.leaks import json_strings, leaks
from toujiao.publish.licences import Inheritance, inherit, is_hub_id
from toujiao.publish.run import Run

if TYPE_CHECKING:
    from huggingface_hub import ModelCardData

CARD_FILES = ("README.md", "LICENSE", "NOTICE")
REQUIRED = (*CARD_FILES, CONFIG, WEIGHTS, "tokenizer.json", "tokenizer_config.json")
# Vocabularies hold words such as "/home/"; they are made of tokens, not of settings.
_VOCABULARIES = {"tokenizer.json", "vocab.json", "added_tokens.json"}


def folder_files(folder: Path) -> tuple[list[Path], list[Path]]:
    """The files that would go up and the hidden ones that stay, relative, in a fixed order."""
    public: list[Path] = []
    hidden: list[Path] = []
    for path in sorted(folder.rglob("*")):
        relative = path.relative_to(folder)
        if path.is_dir() and not path.is_symlink():
            continue
        is_hidden = any(part.startswith(".") for part in relative.parts)
        (hidden if is_hidden else public).append(relative)
    return public, hidden


def check_folder(run: Run) -> tuple[str, Inheritance]:
    """The base and licence of a folder that may go up, else one ToujiaoError with all faults."""
    folder = run.adapter
    public, _ = folder_files(folder)
    missing = [name for name in REQUIRED if Path(name) not in public]
    if missing:
        raise ToujiaoError(
            f"{folder} 里缺少 {'、'.join(missing)}。模型卡和许可证用 toujiao publish card "
            f"{run.folder} 生成，其余由 toujiao train sft 写出。"
        )
    problems = [problem for path in public for problem in _file_problems(folder, path)]
    # With a broken file there is no sense in reading on: the rest rests on these files.
    _raise(folder, problems)
    problems += _weight_problems(run)
    data = read_front_matter(folder)
    base_model = str(data.base_model)
    if not is_hub_id(base_model):
        _raise(folder, [*problems, f"README.md 的 base_model 是 {base_model}，不是 Hub 上的名字"])
    problems += _config_problems(run, base_model)
    inheritance = _licence(run, data)
    problems += _licence_problems(folder, data, inheritance)
    _raise(folder, problems)
    return base_model, inheritance


def read_front_matter(folder: Path) -> ModelCardData:
    """The metadata of README.md, as huggingface_hub reads it."""
    try:
        from huggingface_hub import ModelCard
    except ImportError as error:
        raise missing_extra("huggingface_hub", "hub") from error
    import yaml

    path = folder / "README.md"
    # ModelCard.load only warns about a card without front matter, and the Hub shows it bare.
    if not path.read_text(encoding="utf-8-sig").startswith("---"):
        raise ToujiaoError(f"{path} 开头没有 YAML 信息，请重新运行 toujiao publish card。")
    try:
        data = ModelCard.load(path).data
    except (ValueError, TypeError, KeyError, yaml.YAMLError) as error:
        raise ToujiaoError(
            f"{path} 开头的 YAML 信息有误（{' '.join(str(error).split())}），"
            "请改正，或重新运行 toujiao publish card。"
        ) from error
    for name, expected in (
        ("library_name", "peft"),
        ("pipeline_tag", "text-generation"),
        ("base_model_relation", "adapter"),
    ):
        if data.get(name) != expected:
            raise ToujiaoError(f"{path}：{name} 应当是 {expected}，现在是 {data.get(name)}。")
    return data


def _raise(folder: Path, problems: list[str]) -> None:
    if problems:
        listed = "；".join(problems)
        raise ToujiaoError(f"{folder} 还不能发布，{len(problems)} 处要改：{listed}。")


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


def _file_problems(folder: Path, relative: Path) -> list[str]:
    """What is wrong with one file; the kinds that are not named here never go up."""
    name, path = relative.as_posix(), folder / relative
    if path.is_symlink():
        return [f"{name} 是链接，请换成真正的文件"]
    kind = "text" if name in CARD_FILES else relative.suffix.lower()
    check = _KINDS.get(kind)
    if check is None:
        return [f"{name} 不是能发布的文件类型（pickle 之类的文件能带代码），请移走"]
    try:
        return [f"{name} 里有{problem}" for problem in check(path)]
    except UnicodeDecodeError:
        return [f"{name} 不是 UTF-8 文本"]
    except json.JSONDecodeError as error:
        return [f"{name} 第 {error.lineno} 行不是合法的 JSON"]


def _check_text(path: Path) -> list[str]:
    return leaks(path.read_text(encoding="utf-8-sig"))


def _check_json(path: Path) -> list[str]:
    value = json.loads(path.read_text(encoding="utf-8-sig"))
    if path.name in _VOCABULARIES:
        return []
    return list(dict.fromkeys(leak for text in json_strings(value) for leak in leaks(text)))


def _check_safetensors(path: Path) -> list[str]:
    read_tensors(path)
    return []


def _check_gguf(path: Path) -> list[str]:
    with path.open("rb") as stream:
        return [] if stream.read(4) == b"GGUF" else ["别的内容，不是 GGUF 文件"]


_KINDS: dict[str, Callable[[Path], list[str]]] = {
    "text": _check_text,
    ".md": _check_text,
    ".txt": _check_text,
    ".jinja": _check_text,
    ".json": _check_json,
    ".safetensors": _check_safetensors,
    ".gguf": _check_gguf,
}
