"""Which licence an adapter inherits from its base model (`licences.yaml` is the table)."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path

import yaml
from pydantic import BaseModel, ConfigDict

from toujiao.errors import ToujiaoError
from toujiao.models.resolve import is_hub_id as is_hub_id

_HERE = Path(__file__).parent
# What a run writes when it does not know the licence of its base.
_UNSTATED = {"", "unknown", "none", "null"}


class Licence(BaseModel):
    """One licence: its label on the Hub, its conditions in one sentence, its full text."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    key: str
    hub_id: str
    title: str
    text: str
    summary: str
    summary_en: str
    notice: str | None = None
    """The attribution that the NOTICE file has to carry, word for word."""
    credit: str | None = None
    """What the documentation has to show, word for word."""

    def names(self, claim: str) -> bool:
        """Whether `claim` (a label somebody wrote down) means this licence."""
        return claim.strip().lower() in {self.key, self.title.lower()}


class BaseFamily(BaseModel):
    """Base models that share a licence."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    pattern: str
    licence: str
    origin: str
    origin_en: str
    paper: str | None = None
    shipped: bool = False
    """The base comes with the toujiao package, not from the Hub."""


class Inheritance(BaseModel):
    """The licence of an adapter and where it comes from."""

    model_config = ConfigDict(frozen=True)

    licence: Licence
    family: BaseFamily | None
    """None: the base is not in the table, the licence is what the user said."""

    def is_embedded(self, base_model: str) -> bool:
        """Whether the base is the one in the toujiao package, under its own name."""
        return bool(self.family and self.family.shipped and "/" not in base_model)


class Table(BaseModel):
    """The whole of licences.yaml."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    licences: dict[str, Licence]
    bases: tuple[BaseFamily, ...]
    hub_ids: tuple[str, ...]

    def family(self, base_model: str) -> BaseFamily | None:
        """The first family that `base_model` belongs to."""
        name = base_model.replace("\\", "/").rstrip("/").lower()
        return next((base for base in self.bases if re.fullmatch(base.pattern, name)), None)


@cache
def table() -> Table:
    """Read licences.yaml once."""
    raw = yaml.safe_load((_HERE / "licences.yaml").read_text(encoding="utf-8"))
    for key, licence in raw["licences"].items():
        text = (_HERE / "licences" / f"{key}.txt").read_text(encoding="utf-8")
        licence.update(key=key, text=text)
    return Table.model_validate(raw)


def inherit(
    base_models: tuple[str, ...],
    recorded: str | None = None,
    stated: str | None = None,
    licence_file: Path | None = None,
) -> Inheritance:
    """The licence that an adapter of these bases must carry.

    `base_models` are all the names one base goes by (the run's, the Hub's). `recorded` is what the
    run wrote down, `stated` what the user says. For a base in the table neither can change the
    licence; for any other base the user has to state it.
    """
    families = [family for name in base_models if (family := table().family(name))]
    base = "、".join(dict.fromkeys(base_models))
    if not families:
        _refuse_difference(base, recorded, stated)
        return Inheritance(licence=_stated(base, stated, licence_file), family=None)
    licence = table().licences[families[0].licence]
    for other in families[1:]:
        if other.licence != licence.key:
            raise ToujiaoError(
                f"{base} 不是同一个底座：许可证分别是 {licence.key} 和 {other.licence}。"
                "请用 --base 写出真正的底座。"
            )
    for claim in (recorded, stated):
        if claim and claim.strip().lower() not in _UNSTATED and not licence.names(claim):
            raise ToujiaoError(
                f"底座 {base} 的许可证是 {licence.title}（{licence.key}），适配器必须沿用，"
                f"不能标成 {claim}。请改正写着它的地方：--licence、run.json 或 README.md。"
            )
    return Inheritance(licence=licence, family=families[0])


def _refuse_difference(base: str, recorded: str | None, stated: str | None) -> None:
    """For a base that is not in the table: the run and the user must not contradict each other."""
    if not recorded or recorded.strip().lower() in _UNSTATED or not stated:
        return
    if recorded.strip().lower() != stated.strip().lower():
        raise ToujiaoError(
            f"底座 {base}：run.json 记录的许可证是 {recorded}，--licence 写的是 {stated}。"
            "请查清楚，改成一致。"
        )


def _stated(base: str, stated: str | None, licence_file: Path | None) -> Licence:
    if not stated or not stated.strip():
        raise ToujiaoError(
            f"不知道底座 {base} 的许可证。请到它的主页查清楚，用 --licence 写出来，"
            "例如 --licence apache-2.0；不在表里的许可证还要用 --licence-file 给出全文。"
        )
    return stated_licence(stated, licence_file)


def stated_licence(stated: str, licence_file: Path | None, need_text: bool = True) -> Licence:
    """The licence that somebody names; one without a text here needs `licence_file`.

    With `need_text` false a label that the Hub knows is enough.
    """
    key = stated.strip().lower()
    known = next((item for item in table().licences.values() if item.names(key)), None)
    if known is not None:
        return known
    hub_id = key if key in table().hub_ids else "other"
    if licence_file is None and (need_text or hub_id == "other"):
        raise ToujiaoError(
            f"没有许可证 {stated} 的全文。请用 --licence-file 给出文件；"
            f"自带全文的有：{'、'.join(table().licences)}。"
        )
    return Licence(
        key=key,
        hub_id=hub_id,
        title=stated.strip(),
        text=_read_text(licence_file) if licence_file else "",
        summary="条件见 LICENSE 文件。" if licence_file else "条件见许可证原文。",
        summary_en="See the LICENSE file." if licence_file else "See the text of the licence.",
    )


def _read_text(licence_file: Path) -> str:
    try:
        text = licence_file.read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise ToujiaoError(f"读不了许可证文件 {licence_file}，它应当是 UTF-8 文本。") from error
    if not text.strip():
        raise ToujiaoError(f"许可证文件 {licence_file} 是空的。")
    return text
