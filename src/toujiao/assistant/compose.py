"""Puts an answer together from a card: which sections, in which order, for which kind of question.

The `cards` backend shows this text as it is; training rows use it as the target to learn.
"""

from __future__ import annotations

import re
from enum import StrEnum

from toujiao.assistant.prompt import is_block, one_line
from toujiao.knowledge.render import RenderedCard
from toujiao.knowledge.shapes import ANALOGY, CONCEPT, LIMITS, PITFALL, SHAPES, WORKED


class Intent(StrEnum):
    """What the question is after."""

    EXPLAIN = "explain"
    HOW = "how"
    DOUBT = "doubt"


_WHAT = re.compile(
    r"什么是|是什么|是啥|啥是|啥意思|什么意思|解释|介绍|讲讲|说说|聊聊|指什么|怎么回事|咋回事"
)
_DOUBT = re.compile(
    r"一定|肯定|是不是|靠谱|准不准|准吗|真的|骗|误区|越.{1,6}越|就行|就能|只要|难道|听说|有人说|都说|"
    r"会不会|保证|百分百|必|迷信|万能"
)
_HOW = re.compile(
    r"怎么算|咋算|怎样算|如何算|计算|公式|算法|算出|怎么用|咋用|如何用|怎么看|咋看|怎么做|怎么办|"
    r"多少|几点|几天|几个|几成|多久|多长|什么时候|啥时候|用途|有什么用|有啥用|要交|扣"
)
_WORKED = (*WORKED, "怎么看")
# A concept is told in the order that suits the question; the other shapes in their own order.
_ORDER: dict[Intent, tuple[tuple[str, ...], ...]] = {
    Intent.EXPLAIN: ((ANALOGY,), _WORKED, (PITFALL,), LIMITS),
    Intent.HOW: (_WORKED, (ANALOGY,), LIMITS),
    Intent.DOUBT: ((PITFALL,), _WORKED, LIMITS),
}


def intent_of(question: str) -> Intent:
    """What versus how versus whether: decided by the words of the question."""
    if _WHAT.search(question):
        return Intent.EXPLAIN
    if _HOW.search(question):
        return Intent.HOW
    if _DOUBT.search(question):
        return Intent.DOUBT
    return Intent.EXPLAIN


def compose(card: RenderedCard, intent: Intent) -> str:
    """The answer as paragraphs: the plain sentence first, then `label：text` for each section."""
    paragraphs = [one_line(card.summary)]
    order = _ORDER[intent] if card.shape == CONCEPT else ((n,) for n in SHAPES[card.shape].names)
    for names in order:
        paragraphs += [labelled(name, text) for name, text in card.sections if name in names]
    return "\n\n".join(paragraphs)


def short_form(card: RenderedCard, kind: str) -> str:
    """The sections of a card that belong to a kind of question (after its short answer)."""
    wanted = SHAPES[card.shape].by_kind[kind]
    return "\n\n".join(labelled(name, text) for name, text in card.sections if name in wanted)


def labelled(name: str, text: str) -> str:
    """`name：text`, a table or a list on lines of its own."""
    if is_block(text):
        return f"{name}：\n\n{text}"
    return f"{name}：{one_line(text)}"
