"""Fills the slots of a form from the quantities of a question: which number is which.

Every number goes to at most one slot, by unit and by the words beside it; the assignment that uses
most numbers and fits best wins. A second one that fits as well makes the question unclear: then
nothing is guessed.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache

from toujiao.calculators.forms.form import Choice, Form, Slot
from toujiao.understand.items import Item

# Points for a number in a slot: the words right before it, right after it, none at all.
_BEFORE, _AFTER, _ALONE = 4.0, 3.6, 1.0
_PER_CHARACTER = 0.12  # the farther the words, the less they say
_ACROSS_NUMBER, _ACROSS_CLAUSE = 1.4, 1.2  # another number, a comma lies between
_REACH_BEFORE, _REACH_AFTER = 16, 9
_USED, _REQUIRED = 20.0, 2.0  # each number used, each required slot filled
CLEAR_MARGIN = 0.25
_MOST_ITEMS = 14
_CLAUSE = re.compile(r"[，。；！？,;!?]")


@dataclass(frozen=True)
class Filled:
    """A form with its slots filled as far as the question goes."""

    form: Form
    items: Mapping[str, Item]
    choices: Mapping[str, object]
    unused: tuple[Item, ...]
    unclear: tuple[Item, ...]
    score: float
    defaults: tuple[Choice, ...] = field(default=())

    @property
    def missing(self) -> tuple[Slot | Choice, ...]:
        """Required slots and choices that nothing fills."""
        slots = [s for s in self.form.slots if s.required and s.name not in self.items]
        choices = [c for c in self.form.choices if c.required and c.name not in self.choices]
        return (*slots, *choices)

    @property
    def complete(self) -> bool:
        return not (self.missing or self.unused or self.unclear)

    @property
    def anchored(self) -> bool:
        """Whether a number stands in a slot that makes this a sum and not a question of terms."""
        return any(self.form.slot(name).anchor for name in self.items)

    @property
    def weight(self) -> int:
        """How many numbers make this a sum; an idiom (一手, 一天) is none."""
        return sum(
            self.form.slot(name).anchor and not item.idle for name, item in self.items.items()
        )


def fill(
    form: Form, text: str, items: Sequence[Item], known: Mapping[str, Item] | None = None
) -> Filled:
    """The best assignment of `items` (quantities of `text`) to the slots of `form`.

    `known` are slots filled by earlier turns; a number of this text may replace them.
    """
    known = known or {}
    candidates = [_candidates(form, text, items, i, known) for i in range(len(items))]
    ranked = sorted(_assignments(candidates, form), key=lambda pair: -pair[0])[:8]
    best_score, best = ranked[0] if ranked else (0.0, {})
    unclear = _unclear(ranked, items)
    used = set(best.values())
    unused = tuple(item for i, item in enumerate(items) if i not in used and not item.idle)
    chosen = {name: items[i] for name, i in best.items()}
    choices, defaults = choose(form, text)
    return Filled(form, {**known, **chosen}, choices, unused, unclear, best_score, defaults)


def choose(form: Form, text: str) -> tuple[dict[str, object], tuple[Choice, ...]]:
    """What the words choose, and the choices that were left to their default."""
    chosen: dict[str, object] = {}
    defaults = []
    for choice in form.choices:
        for value, words in choice.options.items():
            if words and _compiled(words).search(text):
                chosen[choice.name] = value
                break
        else:
            if choice.default is not None:
                chosen[choice.name] = choice.default
                defaults.append(choice)
    return chosen, tuple(defaults)


def _unclear(ranked: list[tuple[float, dict[str, int]]], items: Sequence[Item]) -> tuple[Item, ...]:
    """Numbers that a second assignment, as good as the first, puts elsewhere."""
    if len(ranked) < 2 or ranked[0][0] - ranked[1][0] >= CLEAR_MARGIN:
        return ()
    first, second = ranked[0][1], ranked[1][1]
    moved = {i for name, i in first.items() if second.get(name) != i}
    # Two equal numbers may change places without harm.
    return (
        tuple(items[i] for i in sorted(moved)) if len({items[i].value for i in moved}) > 1 else ()
    )


def _assignments(
    candidates: list[list[tuple[str, float]]], form: Form
) -> Iterator[tuple[float, dict[str, int]]]:
    if len(candidates) > _MOST_ITEMS:
        return
    required = {slot.name for slot in form.slots if slot.required}

    def walk(i: int, taken: dict[str, int], score: float) -> Iterator[tuple[float, dict[str, int]]]:
        if i == len(candidates):
            yield score + _REQUIRED * len(required & taken.keys()), dict(taken)
            return
        for name, points in candidates[i]:
            if name not in taken:
                taken[name] = i
                yield from walk(i + 1, taken, score + points + _USED)
                del taken[name]
        yield from walk(i + 1, taken, score)

    yield from walk(0, {}, 0.0)


def _candidates(
    form: Form, text: str, items: Sequence[Item], i: int, known: Mapping[str, Item]
) -> list[tuple[str, float]]:
    item = items[i]
    found = []
    for slot in form.slots:
        if not _fits(slot, item):
            continue
        points = _points(slot, text, items, i)
        if points is not None:
            # A slot that an earlier turn filled is replaced only by words that name it.
            points -= 0.5 if slot.name in known else 0.0
            found.append((slot.name, points))
    return found


def _fits(slot: Slot, item: Item) -> bool:
    if item.unit not in slot.units or slot.many != item.is_list:
        return False
    if slot.exact and item.first != item.last:
        return False
    if slot.many:
        return len(item.values) >= slot.fewest
    if item.vague:  # asked about later, whatever its size
        return True
    value = float(item.value)
    return (slot.least is None or value >= slot.least) and (slot.most is None or value <= slot.most)


def _points(slot: Slot, text: str, items: Sequence[Item], i: int) -> float | None:
    """How well the words beside the number name the slot; None when they forbid or miss it."""
    item = items[i]
    left = text[max(0, item.start - _REACH_BEFORE) : item.start]
    right = text[item.end : item.end + _REACH_AFTER]
    if slot.never_before and re.search(rf"(?:{slot.never_before})[^，。；,;]{{0,3}}$", left):
        return None
    if slot.never_after and re.match(rf"[^，。；,;]{{0,2}}(?:{slot.never_after})", right):
        return None
    found = [
        points for points in (_left(slot, left, items, i), _right(slot, right, items, i)) if points
    ]
    if found:
        return max(found)
    return _ALONE if slot.alone else None


def _left(slot: Slot, left: str, items: Sequence[Item], i: int) -> float | None:
    if not slot.before:
        return None
    last = None
    for match in _compiled(slot.before).finditer(left):
        last = match
    if last is None:
        return None
    between = left[last.end() :]
    start = items[i].start - len(between)
    crossed = sum(other.start >= start and other.end <= items[i].start for other in items[:i])
    return _score(_BEFORE, between, crossed)


def _right(slot: Slot, right: str, items: Sequence[Item], i: int) -> float | None:
    if not slot.after:
        return None
    match = _compiled(slot.after).search(right)
    if match is None:
        return None
    between = right[: match.start()]
    end = items[i].end + len(between)
    crossed = sum(other.start >= items[i].end and other.start < end for other in items[i + 1 :])
    return _score(_AFTER, between, crossed)


def _score(points: float, between: str, crossed: int) -> float | None:
    score = points - _PER_CHARACTER * len(between) - _ACROSS_NUMBER * crossed
    score -= _ACROSS_CLAUSE * len(_CLAUSE.findall(between))
    return score if score > _ALONE else None


@cache
def _compiled(words: str) -> re.Pattern[str]:
    return re.compile(words, re.IGNORECASE)
