"""Which licence an adapter inherits from its base model (`licences.yaml` is the table)."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path

import yaml
from pydantic import BaseModel, ConfigDict

from toujiao.errors import ToujiaoError
from toujiao.files import read_text
from toujiao.models.tiny import NAME

_HERE = Path(__file__).parent


class _Entry(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Licence(_Entry):
    """One licence: its label on the Hub, its conditions in one sentence, its full text."""

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

    def is_called(self, claim: str) -> bool:
        """Whether `claim` (a label somebody wrote down) means this licence."""
        return claim.strip().lower() in {self.key, self.title.lower()}

    @property
    def label(self) -> dict[str, str | None]:
        """The fields of a card's front matter."""
        other = self.hub_id == "other"
        return {
            "license": self.hub_id,
            "license_name": self.key if other else None,
            "license_link": "LICENSE" if other else None,
        }


class BaseFamily(_Entry):
    """Base models that share a licence."""

    pattern: str
    licence: str
    origin: str
    origin_en: str
    paper: str | None = None


class Inheritance(_Entry):
    """The licence of an adapter and where it comes from."""

    base_model: str
    """The base as the card names it."""
    licence: Licence
    family: BaseFamily | None
    """None: the base is not in the table, the licence is what the user said."""

    @property
    def is_embedded(self) -> bool:
        """Whether the base is the one in the toujiao package, under its own name."""
        return self.base_model == NAME


class Table(_Entry):
    """The whole of licences.yaml."""

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
    base_model: str,
    other_names: tuple[str, ...] = (),
    stated: str | None = None,
    licence_file: Path | None = None,
) -> Inheritance:
    """The licence that an adapter of this base must carry.

    `other_names` are what else the base goes by (the run's name, PEFT's). What the user states
    cannot change the licence of a base in the table; for any other base it has to be stated.
    """
    names = dict.fromkeys((base_model, *other_names))
    families = [family for name in names if (family := table().family(name))]
    licences = list(dict.fromkeys(family.licence for family in families))
    if not licences:
        if not stated or not stated.strip():
            raise ToujiaoError(
                f"不知道底座 {base_model} 的许可证。请到它的主页查清楚，用 toujiao publish card 的 "
                "--licence 写出来，例如 --licence apache-2.0；不在表里的许可证还要用 "
                "--licence-file 给出全文。"
            )
        licence = stated_licence(stated, licence_file)
        return Inheritance(base_model=base_model, licence=licence, family=None)
    if len(licences) > 1:
        raise ToujiaoError(
            f"{'、'.join(names)} 不是同一个底座：许可证分别是 {'、'.join(licences)}。"
            "请用 --base 写出真正的底座。"
        )
    licence = table().licences[licences[0]]
    if stated and not licence.is_called(stated):
        raise ToujiaoError(
            f"底座 {base_model} 的许可证是 {licence.title}（{licence.key}），适配器必须沿用，"
            f"不能标成 {stated}。"
        )
    return Inheritance(base_model=base_model, licence=licence, family=families[0])


def stated_licence(stated: str, licence_file: Path | None, need_text: bool = True) -> Licence:
    """The licence that somebody names; one without a text here needs `licence_file`.

    With `need_text` false a label that the Hub knows is enough.
    """
    key = stated.strip().lower()
    known = next((item for item in table().licences.values() if item.is_called(key)), None)
    if known is not None:
        return known
    hub_id = key if key in table().hub_ids else "other"
    if licence_file is None and (need_text or hub_id == "other"):
        raise ToujiaoError(
            f"没有许可证 {stated} 的全文。请用 --licence-file 给出文件；"
            f"自带全文的有：{'、'.join(table().licences)}。"
        )
    text = read_text(licence_file) if licence_file else ""
    if licence_file and not text.strip():
        raise ToujiaoError(f"许可证文件 {licence_file} 是空的。")
    return Licence(
        key=key,
        hub_id=hub_id,
        title=stated.strip(),
        text=text,
        summary="条件见许可证原文。",
        summary_en="See the text of the licence.",
    )
