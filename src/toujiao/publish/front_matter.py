"""Reads the YAML at the top of a README as huggingface_hub does, and checks it without a network."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from toujiao.errors import ToujiaoError, missing_extra
from toujiao.publish.licences import is_hub_id
from toujiao.publish.target import Kind

if TYPE_CHECKING:
    from huggingface_hub import CardData

README = "README.md"
# https://huggingface.co/docs/hub/spaces-config-reference
SPACE_COLOURS = ("red", "yellow", "green", "blue", "indigo", "purple", "pink", "gray")
SHORT_DESCRIPTION = 60
"""A Space's short description has at most this many characters."""
_EXPECTED = {
    Kind.MODEL: {
        "library_name": "peft",
        "pipeline_tag": "text-generation",
        "base_model_relation": "adapter",
    },
    Kind.DATASET: {},
    Kind.SPACE: {"sdk": "gradio"},
}


def read_front_matter(folder: Path, kind: Kind) -> CardData:
    """The metadata of README.md; a missing, broken or wrong one is a ToujiaoError."""
    try:
        from huggingface_hub import DatasetCard, ModelCard, SpaceCard, metadata_load
    except ImportError as error:
        raise missing_extra("huggingface_hub", "hub") from error
    import yaml

    path = folder / README
    redo = f"请改正，或重新运行 toujiao publish {_VERBS[kind]}"
    # ModelCard.load only warns about a card without front matter, and the Hub shows it bare.
    if not path.is_file() or not path.read_text(encoding="utf-8-sig").startswith("---"):
        raise ToujiaoError(f"{path} 开头没有 YAML 信息，{redo}。")
    card = {Kind.MODEL: ModelCard, Kind.DATASET: DatasetCard, Kind.SPACE: SpaceCard}[kind]
    try:
        data: CardData = card.load(path).data
        raw = metadata_load(path) or {}
    except (ValueError, TypeError, KeyError, yaml.YAMLError) as error:
        reason = " ".join(str(error).split())
        raise ToujiaoError(f"{path} 开头的 YAML 信息有误（{reason}），{redo}。") from error
    for name, expected in _EXPECTED[kind].items():
        if data.get(name) != expected:
            raise ToujiaoError(f"{path}：{name} 应当是 {expected}，现在是 {data.get(name)}。")
    problems = _CHECKS[kind](folder, raw)
    if problems:
        raise ToujiaoError(f"{path} 开头的 YAML 信息：{'；'.join(problems)}。{redo}。")
    return data


def kind_of(folder: Path) -> Kind:
    """What a published folder holds, told by its README; ToujiaoError when it does not say."""
    try:
        from huggingface_hub import metadata_load
    except ImportError as error:
        raise missing_extra("huggingface_hub", "hub") from error
    import yaml

    path = folder / README
    try:
        raw = (metadata_load(path) if path.is_file() else None) or {}
    except (ValueError, yaml.YAMLError) as error:
        reason = " ".join(str(error).split())
        raise ToujiaoError(f"{path} 开头的 YAML 信息有误（{reason}），请改正。") from error
    if "sdk" in raw:
        return Kind.SPACE
    if "configs" in raw:
        return Kind.DATASET
    raise ToujiaoError(
        f"{folder} 既不是训练目录（没有 run.json），也不是 toujiao publish dataset、"
        "toujiao publish space 写出的文件夹。请检查路径。"
    )


def _model_problems(folder: Path, raw: dict[str, Any]) -> list[str]:
    """The evaluation must come back unchanged from the Hub's own reader of the model index."""
    from huggingface_hub.repocard_data import (
        eval_results_to_model_index,
        model_index_to_eval_results,
    )

    index = raw.get("model-index")
    if not index:
        return ["没有 model-index（评测结果）"]
    try:
        again = eval_results_to_model_index(*model_index_to_eval_results(index))
    except (KeyError, TypeError, IndexError) as error:
        return [f"model-index 读不出来（{error}）"]
    return [] if again == index else ["model-index 会被 Hub 读成别的样子"]


def _dataset_problems(folder: Path, raw: dict[str, Any]) -> list[str]:
    """Every split must have its file."""
    problems = [f"没有 {name}" for name in ("license", "language") if not raw.get(name)]
    paths = [
        file.get("path")
        for config in raw.get("configs") or []
        for file in config.get("data_files") or []
    ]
    if not paths:
        problems.append("configs 里没有 data_files")
    return problems + [
        f"configs 里的 {path} 不存在" for path in paths if not _is_file(folder, path)
    ]


def _space_problems(folder: Path, raw: dict[str, Any]) -> list[str]:
    problems = [f"没有 {name}" for name in ("title", "sdk_version", "license") if not raw.get(name)]
    if not _is_file(folder, raw.get("app_file")):
        problems.append(f"app_file {raw.get('app_file')} 不存在")
    if len(str(raw.get("short_description", ""))) > SHORT_DESCRIPTION:
        problems.append(f"short_description 超过 {SHORT_DESCRIPTION} 个字")
    for name in ("colorFrom", "colorTo"):
        if raw.get(name) not in SPACE_COLOURS:
            problems.append(f"{name} 只能是 {'、'.join(SPACE_COLOURS)}")
    bad = [model for model in raw.get("models") or [] if not is_hub_id(str(model))]
    return problems + [f"models 里的 {model} 不是 Hub 上的名字" for model in bad]


def _is_file(folder: Path, name: Any) -> bool:
    return isinstance(name, str) and (folder / name).is_file()


_VERBS = {Kind.MODEL: "card", Kind.DATASET: "dataset", Kind.SPACE: "space"}
_CHECKS = {
    Kind.MODEL: _model_problems,
    Kind.DATASET: _dataset_problems,
    Kind.SPACE: _space_problems,
}
