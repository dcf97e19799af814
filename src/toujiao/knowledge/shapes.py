"""The four shapes of a card: which sections it has, in which order, and which of them answer what.

Reasons and samples: docs/knowledge.md. A section may go by several names (the older cards say 怎么算
for 算一遍 and 风险提示 for 什么时候不管用); names are listed once, here.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

CONCEPT, RULE, TASK, COMPARISON = "概念", "规则", "办事", "比较"
ANALOGY, PITFALL = "打个比方", "常见误区"
WORKED = ("算一遍", "怎么算", "怎么用", "怎么做", "有什么用")
LIMITS = ("什么时候不管用", "风险提示")


@dataclass(frozen=True)
class Section:
    """One section of a shape: its names, and whether a card cannot do without it."""

    names: tuple[str, ...]
    required: bool = False


@dataclass(frozen=True)
class Shape:
    """A shape: its sections in order, the length of its text, which sections answer which kind."""

    sections: tuple[Section, ...]
    characters: tuple[int, int]
    answers: tuple[int, int]  # how many short answers a card of this shape should have
    by_kind: dict[str, tuple[str, ...]]

    @property
    def names(self) -> tuple[str, ...]:
        """Every section name, in order."""
        return tuple(name for section in self.sections for name in section.names)


_CONCEPT_HOW = (*WORKED, "怎么看")
SHAPES: dict[str, Shape] = {
    CONCEPT: Shape(
        (
            Section((ANALOGY,), required=True),
            Section((*WORKED, "怎么看"), required=True),
            Section((PITFALL,), required=True),
            Section(LIMITS, required=True),
            Section(("自己试试",)),
        ),
        (200, 800),
        (3, 6),
        {
            "yesno": (PITFALL,),
            "howmuch": _CONCEPT_HOW,
            "when": _CONCEPT_HOW,
            "howto": _CONCEPT_HOW,
            "diff": _CONCEPT_HOW,
            "why": (ANALOGY, PITFALL),
        },
    ),
    RULE: Shape(
        (
            Section(("分情况",)),
            Section(("以前和变化",)),
            Section(("算一遍",)),
            Section(("容易弄错",), required=True),
            Section(("查原文",), required=True),
        ),
        (180, 1200),
        (8, 14),
        {
            "yesno": ("分情况", "容易弄错"),
            "howmuch": ("分情况", "算一遍"),
            "when": ("以前和变化",),
            "howto": ("分情况", "算一遍"),
            "diff": ("分情况",),
            "why": ("容易弄错",),
        },
    ),
    TASK: Shape(
        (
            Section(("怎么认出来",)),
            Section(("已经转钱",)),
            Section(("还没转",)),
            Section(("一步一步",)),
            Section(("要准备什么",)),
            Section(("卡住了怎么办",)),
            Section(("别做的事",), required=True),
            Section(("找谁",), required=True),
        ),
        (180, 1200),
        (6, 10),
        {
            "yesno": ("怎么认出来", "一步一步", "别做的事"),
            "howmuch": ("要准备什么",),
            "when": ("一步一步",),
            "howto": ("已经转钱", "还没转", "一步一步", "卡住了怎么办", "找谁"),
            "diff": ("一步一步",),
            "why": ("别做的事",),
        },
    ),
    COMPARISON: Shape(
        (
            Section(("对照",), required=True),
            Section(("同一笔钱算两遍",)),
            Section(("看自己的哪几点",), required=True),
            Section((PITFALL,), required=True),
        ),
        (180, 1200),
        (4, 8),
        {
            "yesno": ("对照", PITFALL),
            "howmuch": ("对照", "同一笔钱算两遍"),
            "when": ("对照",),
            "howto": ("看自己的哪几点",),
            "diff": ("对照",),
            "why": ("看自己的哪几点", PITFALL),
        },
    ),
}


def every_section() -> tuple[str, ...]:
    """Every name that a section of any shape may have."""
    return tuple(dict.fromkeys(name for shape in SHAPES.values() for name in shape.names))


def misplaced(shape: str, sections: Iterable[str]) -> Iterator[str]:
    """What is wrong with the sections of a card of this shape, in words."""
    known, wanted = list(sections), SHAPES[shape]
    for name in known:
        if name not in wanted.names:
            yield f"“{shape}”卡片没有“## {name}”这一节，可用：{'、'.join(wanted.names)}。"
    for section in wanted.sections:
        if section.required and not any(name in known for name in section.names):
            yield f"缺少“## {' / '.join(section.names)}”{'其中' if len(section.names) > 1 else ''}一节。"
    places = [wanted.names.index(name) for name in known if name in wanted.names]
    ranks = [
        next(i for i, s in enumerate(wanted.sections) if wanted.names[p] in s.names) for p in places
    ]
    if ranks != sorted(ranks):
        yield f"小节的顺序不对，“{shape}”卡片的顺序是：{'、'.join(s.names[0] for s in wanted.sections)}。"
