"""What a knowledge folder says about itself (`knowledge.yaml`): name, words, categories, contacts.

Everything has a neutral default, so a folder with nothing but cards works.
"""

from __future__ import annotations

import difflib
import string
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from types import MappingProxyType
from typing import Annotated, Any

from pydantic import BeforeValidator, Field

from toujiao.errors import ToujiaoError
from toujiao.records import Record
from toujiao.yaml_file import read_record, read_yaml

PROFILE = "knowledge.yaml"
_WORDS = Path(__file__).parent / "words.yaml"


class Example(Record):
    """A question that the first screen offers; `label` is what stands on the button."""

    label: str
    question: str


class RuleContact(Record):
    """A rule that says whom to ask; its fields may be named in the words ({number})."""

    rule: str


def _labelled(value: Any) -> Any:
    return {"label": value, "question": value} if isinstance(value, str) else value


class Profile(Record):
    """The profile of a knowledge folder.

    `system` is the system prompt that a model is trained and run with. `words` are own wordings of
    the sentences in words.yaml. `sums` lets the spoken stock sums run. `characters` bounds the text
    of a card in `knowledge check`. `replaces` are ids of cards and rules that this folder puts in
    the place of an earlier one's.
    """

    name: str = Field(default="知识助手", min_length=1)
    subject: str = Field(default="卡片里写的知识", min_length=1)
    system: str | None = None
    categories: dict[str, str] = Field(default_factory=dict)
    words: dict[str, str] = Field(default_factory=dict)
    examples: tuple[Annotated[Example, BeforeValidator(_labelled)], ...] = ()
    contacts: tuple[str | RuleContact, ...] = ()
    charts: tuple[str, ...] = ()
    sums: bool = False
    characters: tuple[int, int] | None = None
    replaces: tuple[str, ...] = ()

    @property
    def system_prompt(self) -> str:
        """The system prompt, worded from name and subject where the folder has none."""
        return self.system or _NEUTRAL_SYSTEM.format(name=self.name, subject=self.subject)


_NEUTRAL_SYSTEM = (
    "你是{name}，用大白话给新手讲{subject}。"
    "只根据资料回答，数字照资料里的写；资料里没有就说不知道。"
)


@cache
def neutral_words() -> Mapping[str, str]:
    """Every sentence of words.yaml by name, with its {placeholders} unfilled."""
    return MappingProxyType(read_yaml(_WORDS))


def read_profile(folder: Path) -> Profile:
    """The profile of a folder; a folder without one has the neutral profile."""
    path = folder / PROFILE
    return read_record(path, Profile) if path.is_file() else Profile()


def check_words(profile: Profile, common: Mapping[str, object], path: Path) -> None:
    """Raise ToujiaoError for words that nobody says, or that name what nobody fills in."""
    for name, words in profile.words.items():
        if name not in neutral_words():
            near = difflib.get_close_matches(name, neutral_words(), n=1, cutoff=0.4)
            hint = f"是不是想写 {near[0]}？" if near else ""
            known = "、".join(neutral_words())
            raise ToujiaoError(f"{path}：words 里没有 {name} 这一句。{hint}可用：{known}。")
        allowed = {*placeholders(neutral_words()[name], path), *common}
        if unknown := placeholders(words, path) - allowed:
            raise ToujiaoError(
                f"{path}：words 的 {name} 里有填不上的 {{{min(unknown)}}}，"
                f"可用：{'、'.join(sorted(allowed))}。"
            )


def placeholders(text: str, path: Path) -> set[str]:
    """The names in braces; a lone brace is a ToujiaoError."""
    try:
        return {name for _, name, _, _ in string.Formatter().parse(text) if name is not None}
    except ValueError as error:
        raise ToujiaoError(
            f"{path}：“{text[:30]}”里的花括号不成对，要写花括号请写两个：{{{{ 和 }}}}。"
        ) from error
