"""A figure in its sentence: what it is said of, in which role, and the words around it."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from toujiao.assistant import roles
from toujiao.assistant.figure import DATE, NAME, TIME, Figure
from toujiao.assistant.figures import read_figures
from toujiao.assistant.roles import MANNERS, SUBJECTS, Role

_CLAUSE_END = re.compile(r"[，,。；;！？!?：:\n（）()]+")
PARENTHESIS = re.compile(r"[（(][^（）()]*[）)]")
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
    beside: tuple[Figure, ...]  # the other figures of the clause
    others: tuple[Figure, ...]  # those of the sentence
    around: tuple[Figure, ...]  # those of the sentences before
    words: tuple[frozenset[str], ...]  # left, right, clause, sentence, up to the next figure


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


def spots_of(
    sentence: str, before: Sequence[str] = (), head: str = "", idle: bool = False
) -> list[Spot]:
    """Every figure of the sentence.

    `before` are the sentences that it follows, nearest last; `head` opens the card. What stands in
    parentheses comes between a figure and its words only where the figure is in there itself.
    """
    figures = [figure for figure in read_figures(sentence) if idle or not figure.idle]
    if not figures:
        return []
    asides = [match.span() for match in PARENTHESIS.finditer(sentence)]
    inside = [any(a <= f.start < b for a, b in asides) for f in figures]
    plain = _blank(sentence, asides)
    around = tuple(f for text in before[-_FAR:] for f in read_figures(text) if not f.idle)
    far = _Far(
        [head, *before] if head else before,
        "".join((*before[-_FAR:], sentence)),
        around,
        any(roles.EXAMPLE.search(text) for text in (sentence, *before)),
    )
    spots = []
    for i, figure in enumerate(figures):
        text = sentence if inside[i] else plain
        near = [f for f, aside in zip(figures, inside, strict=True) if aside <= inside[i]]
        spots.append(_spot(text, near.index(figure), near, tuple(figures), far))
    return spots


@dataclass(frozen=True)
class _Far:
    """What stands around the sentence."""

    before: Sequence[str]
    near: str
    around: tuple[Figure, ...]
    example: bool


def _blank(text: str, spans: Iterable[tuple[int, int]]) -> str:
    for start, end in spans:
        text = text[:start] + "\0" * (end - start) + text[end:]
    return text


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
    everything: tuple[Figure, ...],
    far: _Far,
) -> Spot:
    figure = figures[index]
    clauses = _clauses(sentence, figures)
    place = next((i for i, (a, b) in enumerate(clauses) if a <= figure.start < b), -1)
    start, end = clauses[place]
    clauses = clauses[: place + 1] if place >= 0 else clauses
    left_edge = _left_edge(sentence, index, figures, start)
    following = figures[index + 1].start if index + 1 < len(figures) else end
    wordy = _blank(sentence, [(f.start, f.end) for f in everything if f.kind != NAME])
    left = wordy[left_edge : figure.start]
    right = sentence[figure.end : max(figure.end, min(following, end))]
    clause = sentence[start:end]
    tail_end = figures[index + 1].start if index + 1 < len(figures) else len(sentence)
    tail = sentence[figure.end : max(figure.end, tail_end)]
    return Spot(
        figure,
        sentence,
        clause,
        left,
        right,
        _subjects(sentence, (left_edge, figure.start, figure.end, end), clauses, far.before),
        _manners(left, right, wordy[start:end], tail),
        far.near,
        _bound(figure, left, right),
        _when(sentence, figure, left),
        _is_old(sentence, clauses, figure),
        any(a <= figure.start < b for a, b in (m.span() for m in _QUOTED.finditer(sentence))),
        far.example,
        tuple(f for f in figures if f is not figure and start <= f.start < end),
        tuple(f for f in everything if f is not figure),
        far.around,
        (
            word_parts(wordy[left_edge : figure.start]),
            word_parts(wordy[figure.end : figure.end + len(right)]),
            word_parts(wordy[start:end]),
            word_parts(wordy),
            word_parts(tail),
        ),
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
    regions += [([r for r in inside if a <= r.start < b], 1) for a, b in reversed(clauses[:-1])]
    regions.append(([r for r in inside if r.start >= clause_end], _FAR))
    regions += [(roles.roles_in(text), _FAR) for text in reversed(before)]
    found: dict[str, tuple[frozenset[str], int]] = {}
    for words, level in regions:
        for group in SUBJECT_GROUPS:
            if group not in found and (named := roles.values(words, group)):
                found[group] = (frozenset(named), level)
    return found


def _manners(left: str, right: str, clause: str, tail: str) -> dict[str, frozenset[str]]:
    """By group, the words before the figure, else after it, in its clause, or up to the next one."""
    found: dict[str, frozenset[str]] = {}
    for text in (left, right, clause, tail):
        words = roles.roles_in(text)
        for group in MANNERS:
            if group in found or (text is tail and group == "否"):
                continue
            if named := roles.values(words, group):
                found[group] = frozenset(named)
    return found


def _bound(figure: Figure, left: str, right: str) -> str:
    return ">=" if figure.text.endswith("以上") else roles.bound_of(left, right)


def _when(sentence: str, figure: Figure, left: str) -> str:
    if figure.kind not in (DATE, TIME) and not str(figure.value).startswith("第"):
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
