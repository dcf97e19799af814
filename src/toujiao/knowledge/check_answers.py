"""Checks the short answers: each answers by itself, types no number, and is nobody else's."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterator

from toujiao.errors import ToujiaoError
from toujiao.knowledge.answers import SAY_CHARACTERS, Owned, all_answers, letters_of, render_answer
from toujiao.knowledge.cards import CardDeck
from toujiao.knowledge.shapes import SHAPES
from toujiao.knowledge.wording import Wording
from toujiao.records import Card
from toujiao.rules.rulebook import RuleBook

_TEMPLATE = re.compile(r"\{\{.*?\}\}|\{%.*?%\}", re.DOTALL)
_TYPED = re.compile(
    r"\d+(?:\.\d+)?\s*[%％‰]|(?<![A-Za-z+\d])\d+(?:\.\d+)?\s*(?:元|万元|亿元|股|份|倍)(?!以)"
)
# What a first sentence may begin with, by kind: an answer, not a definition.
_OPENING = {
    "yesno": re.compile(
        r"^(?:是|不是|能|不能|可以|不可以|会|不会|要|不要|不用|有|没有|对|不对|不一定|不|没|算|不算|得|行|不行|一般|多半|大多|通常|也|都|只|还|已经|暂时|看|不必|多数|目前)"
    ),
}
_DEFINITION = re.compile(r"^[^，。]{1,12}(?:就是|是指|指的是)")


def check_answers(deck: CardDeck, rules: RuleBook, day: dt.date, wording: Wording) -> Iterator[str]:
    """All findings about the answers of cards and rules."""
    owners: dict[str, list[Owned]] = {}
    for owned in all_answers(deck, rules):
        where = _where(owned)
        for ask in owned.answer.ask:
            owners.setdefault(letters_of(ask), []).append(owned)
        try:
            spoken = render_answer(owned, rules, day)
        except ToujiaoError as error:
            yield str(error)
            continue
        yield from (f"{where}：{text}" for text in _check_say(owned, spoken.say))
        for said in (spoken.say, spoken.then):
            yield from (f"{where}：{text}" for text in _check_words(said, wording))
        yield from (f"{where}：{text}" for text in _check_source(owned))
    for ask, several in owners.items():
        if len({o.answer.say for o in several}) > 1:
            names = "、".join(_where(o) for o in several)
            yield f"“{ask}” 有两种不同的回答：{names}，只能留一种。"
    for card in deck:
        yield from _check_count(card)


def _where(owned: Owned) -> str:
    place = owned.owner.path if isinstance(owned.owner, Card) else f"规则 {owned.owner.id}"
    return f"{place} 的回答“{owned.answer.ask[0]}”"


def _check_say(owned: Owned, say: str) -> Iterator[str]:
    if len(say) > SAY_CHARACTERS:
        yield f"say 有 {len(say)} 个字，最多 {SAY_CHARACTERS} 个。"
    opening = _OPENING.get(owned.answer.kind)
    if opening and not opening.match(say):
        yield f"问的是“是不是、能不能”，say 却以“{say[:6]}”开头，要先说是或不是。"
    if owned.answer.kind in ("howmuch", "when", "howto") and _DEFINITION.match(say):
        yield f"say 是一句定义（“{say[:12]}”），没有回答问题。"


def _check_words(text: str, wording: Wording) -> Iterator[str]:
    if advice := wording.find_advice(text):
        yield f"像是投资建议：“{advice}”。"
    if promise := wording.find_promise(text):
        yield f"出现承诺用语“{promise}”。"


def _check_source(owned: Owned) -> Iterator[str]:
    """A number of money, shares or per cent comes from a template; others may be typed."""
    for text in (owned.answer.say, owned.answer.then or ""):
        if match := _TYPED.search(_TEMPLATE.sub("", text)):
            yield f"手打了“{match.group()}”，请改成模板引用。"


def _check_count(card: Card) -> Iterator[str]:
    low, high = SHAPES[card.header.shape].answers
    count = len(card.header.answers)
    if count and not low <= count <= high:
        yield f"{card.path}：有 {count} 个回答，“{card.header.shape}”卡片应有 {low} 到 {high} 个。"
