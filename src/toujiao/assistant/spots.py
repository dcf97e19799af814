"""A figure in its sentence: what it is said of, in which role, and the words around it."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from toujiao.assistant import roles
from toujiao.assistant.figures import DATE, TIME, Figure, read_figures
from toujiao.assistant.roles import MANNERS, SUBJECTS, Role

_CLAUSE_END = re.compile(r"[，,。；;！？!?：:\n（）()]+")
_QUOTED = re.compile(r"“[^”]{8,}”?|「[^」]{8,}」?")
_WORD = re.compile(r"[\u4e00-\u9fff]+|[A-Za-z]+")
_FILLERS = frozenset("的了是在也就都会要和与及对被把这那个其以为从到按每则即而且但所之有")
_FROM = re.compile(r"\s*(?:日|号)?\s*(?:起|开始|以后|之后|后|以来)")
_UNTIL = re.compile(r"\s*(?:止|为止)")
_BEFORE = re.compile(r"\s*(?:日|号)?\s*(?:以前|之前|前)")
_UP_TO = re.compile(r"(?:截至|截止到?|截止至|不晚于|最晚(?:到|是|在)?)\s*(?:第二年)?$")
_SINCE = re.compile(r"[自从于]\s*$")
SUBJECT_GROUPS = (*SUBJECTS, "所")
_FAR = 2


@dataclass(frozen=True)
class Spot:
    """One figure and everything that decides whether another one may stand in its place."""

    figure: Figure
    sentence: str
    clause: str
    left: str
    right: str
    subjects: dict[str, tuple[frozenset[str], int]]  # by group: the words, and from how far
    manners: dict[str, frozenset[str]]  # of the clause only
    near: str  # the sentence with those before it: where a word may also come from
    bound: str
    when: str  # 起, 止 or 前 at a date or a time
    old: bool
    quoted: bool
    example: bool
    others: tuple[Figure, ...]
    around: tuple[Figure, ...]  # those of the sentences before
    words: tuple[frozenset[str], ...]  # of left, right, clause, sentence


def word_parts(text: str) -> frozenset[str]:
    """Pairs of neighbouring characters and names in letters: what two texts can share."""
    found: set[str] = set()
    for match in _WORD.finditer(text):
        word = match.group()
        if word.isascii():
            found.add(word.upper())
            continue
        kept = "".join(c for c in word if c not in _FILLERS)
        found.update(kept[i : i + 2] for i in range(len(kept) - 1))
        if len(kept) == 1:
            found.add(kept)
    return frozenset(found)


def spots_of(sentence: str, before: Sequence[str] = ()) -> list[Spot]:
    """Every figure of the sentence; `before` are the sentences that it follows, nearest last."""
    figures = [figure for figure in read_figures(sentence) if not figure.idle]
    if not figures:
        return []
    clauses = _clauses(sentence, figures)
    quotes = [match.span() for match in _QUOTED.finditer(sentence)]
    around = tuple(f for text in before[-_FAR:] for f in read_figures(text) if not f.idle)
    example = any(roles.EXAMPLE.search(text) for text in (sentence, *before))
    near = "".join((*before[-_FAR:], sentence))
    return [
        _spot(sentence, i, figures, clauses, quotes, before, (near, around, example))
        for i in range(len(figures))
    ]


def _clauses(sentence: str, figures: Sequence[Figure]) -> list[tuple[int, int]]:
    """Where the clauses are; a comma inside a number parts nothing."""
    inside = {i for figure in figures for i in range(figure.start, figure.end)}
    edges = [0]
    for match in _CLAUSE_END.finditer(sentence):
        if match.start() not in inside:
            edges += [match.start(), match.end()]
    edges.append(len(sentence))
    return [(a, b) for a, b in zip(edges[::2], edges[1::2], strict=True) if a < b]


def _spot(
    sentence: str,
    index: int,
    figures: Sequence[Figure],
    clauses: Sequence[tuple[int, int]],
    quotes: Sequence[tuple[int, int]],
    before: Sequence[str],
    far: tuple[str, tuple[Figure, ...], bool],
) -> Spot:
    figure = figures[index]
    place = next(
        (i for i, (a, b) in enumerate(clauses) if a <= figure.start < b), len(clauses) - 1
    )
    start, end = clauses[place]
    left_edge = _left_edge(sentence, index, figures, start)
    following = figures[index + 1].start if index + 1 < len(figures) else end
    left = sentence[left_edge : figure.start]
    right = sentence[figure.end : max(figure.end, min(following, end))]
    clause = sentence[start:end]
    near, around, example = far
    return Spot(
        figure,
        sentence,
        clause,
        left,
        right,
        _subjects(sentence, (left_edge, figure.start, figure.end, end), clauses[: place + 1], before),
        _manners(left, right, clause),
        near,
        _bound(sentence, figure, left, right),
        _when(sentence, figure, left),
        _is_old(sentence, clauses[: place + 1], figure),
        any(a <= figure.start < b for a, b in quotes),
        example,
        tuple(f for f in figures if f is not figure),
        around,
        (word_parts(left), word_parts(right), word_parts(clause), word_parts(sentence)),
    )


def _left_edge(sentence: str, index: int, figures: Sequence[Figure], start: int) -> int:
    """Where the words before the figure begin: after the figure before it, but not inside a list."""
    edge = start
    for i in range(index - 1, -1, -1):
        if figures[i].end <= start:
            break
        later = figures[i + 1].start
        if sentence[figures[i].end : later].strip() not in ("、", "和", "到", "至", "-", "–", "或"):
            edge = figures[i].end
            break
    return edge


def _subjects(
    sentence: str,
    edges: tuple[int, int, int, int],
    clauses: Sequence[tuple[int, int]],
    before: Sequence[str],
) -> dict[str, tuple[frozenset[str], int]]:
    """By group, the nearest words that name the subject: left, right, earlier, then further off."""
    left_edge, start, end, clause_end = edges
    inside = roles.roles_in(sentence)
    regions: list[tuple[Sequence[Role], int]] = [
        ([r for r in inside if left_edge <= r.start < start], 0),
        ([r for r in inside if end <= r.start < clause_end], 0),
        ([r for r in inside if clauses[-1][0] <= r.start < start], 0),
    ]
    regions += [
        ([r for r in inside if a <= r.start < b], 1) for a, b in reversed(clauses[:-1])
    ]
    regions += [(roles.roles_in(text), _FAR) for text in reversed(before)]
    found: dict[str, tuple[frozenset[str], int]] = {}
    for words, level in regions:
        for group in SUBJECT_GROUPS:
            if group not in found and (named := roles.values(words, group)):
                found[group] = (frozenset(named), level)
    return found


def _manners(left: str, right: str, clause: str) -> dict[str, frozenset[str]]:
    """By group, the words of the clause: before the figure, else after it, else anywhere in it."""
    found: dict[str, frozenset[str]] = {}
    for text in (left, right, clause):
        words = roles.roles_in(text)
        for group in MANNERS:
            if group not in found and (named := roles.values(words, group)):
                found[group] = frozenset(named)
    return found


def _bound(sentence: str, figure: Figure, left: str, right: str) -> str:
    inside = figure.text if figure.text.endswith(("以上", "出头", "多")) else ""
    if inside.endswith("以上"):
        return ">="
    return roles.bound_of(left, right)


def _when(sentence: str, figure: Figure, left: str) -> str:
    if figure.kind not in (DATE, TIME):
        return ""
    after = sentence[figure.end : figure.end + 5]
    if _UNTIL.match(after) or _UP_TO.search(left):
        return "止"
    if _BEFORE.match(after):
        return "前"
    if _FROM.match(after) or _SINCE.search(left):
        return "起"
    return ""


def _is_old(sentence: str, clauses: Sequence[tuple[int, int]], figure: Figure) -> bool:
    """Whether the nearest word of time says that it was so before."""
    for i, (start, end) in enumerate(reversed(clauses)):
        text = sentence[start : figure.start if i == 0 else end]
        old = [match.end() for match in roles.OLD.finditer(sentence[start:end])]
        now = [match.end() for match in roles.NOW.finditer(text)]
        if old and not (now and now[-1] > old[-1]):
            return True
        if now:
            return False
    return False
