"""Rows that say the same: exact up to spelling, and nearly so. 20,000 rows take seconds.

Near ones are found by MinHash of the question's character pairs (rows that share a bucket are
compared), then confirmed by the edit similarity of question, answer and material.
"""

from __future__ import annotations

import re
import unicodedata
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from typing import Any

import numpy as np
from rapidfuzz import fuzz

from toujiao.assistant.prompt import question_of
from toujiao.assistant.verify import numbers_in_order
from toujiao.dataset.audit import texts
from toujiao.dataset.audit.findings import Finding, Severity, examples, finding
from toujiao.recipes.recipe import SEED

SIMILAR = 90.0
# 12 bands of 3: a pair whose character pairs agree by 64 % is missed once in 40 times, by 80 %
# once in 5,000.
_BANDS, _PER_BAND = 12, 3
# In a large bucket each row is compared with this many that follow it in alphabetical order.
_WINDOW = 20
_NOISE = re.compile(r"[^\w%‰+\-.]+|\.(?!\d)|_")
_COEFFICIENTS = np.random.default_rng(SEED).integers(
    1, 2**63, size=(2, _BANDS * _PER_BAND), dtype=np.uint64
)
Pair = tuple[int, int]
Exchange = tuple[str, str]
Bucket = tuple[int, bytes, tuple[str, ...]]


def normalized(text: str) -> str:
    """The text without spaces, punctuation, case and full-width forms; numbers stay whole."""
    return _NOISE.sub("", unicodedata.normalize("NFKC", text).casefold())


def buckets(text: str) -> Iterator[Bucket]:
    """Keys of which two similar (normalized) texts with the same numbers very likely share one."""
    codes = np.frombuffer(text.encode("utf-32-le"), dtype=np.uint32).astype(np.uint64)
    if not len(codes):
        return
    pairs = codes[:-1] * np.uint64(1 << 21) + codes[1:] if len(codes) > 1 else codes
    factors, offsets = _COEFFICIENTS * np.uint64(2) + np.uint64(1)
    signature = ((np.unique(pairs)[:, None] * factors + offsets) >> np.uint64(32)).min(axis=0)
    digits = tuple(numbers_in_order(text))
    for band, part in enumerate(signature.reshape(_BANDS, _PER_BAND)):
        yield band, part.tobytes(), digits


def similar(one: str, other: str) -> bool:
    """Whether two normalized texts differ in few characters only."""
    return fuzz.ratio(one, other, score_cutoff=SIMILAR) > 0


def check_duplicates(rows: Sequence[Mapping[str, Any]]) -> Iterator[Finding]:
    """Exact and near-duplicates, each later row with the earlier one that it repeats."""
    exact = exact_pairs(rows)
    if exact:
        yield _report("duplicate", exact)
    if near := near_pairs(rows, skip=set(exact)):
        yield _report("near-duplicate", near)


def exact_pairs(rows: Sequence[Mapping[str, Any]]) -> dict[int, int]:
    """{row number: the first row with the same conversation}; the system prompt does not count."""
    first: dict[tuple[str, ...], int] = {}
    repeated = {}
    for number, row in enumerate(rows, 1):
        talk = (m for m in row["messages"] if m["role"] != "system")
        key = tuple(f"{m['role']}:{normalized(m['content'])}" for m in talk)
        earlier = first.setdefault(key, number)
        if earlier != number:
            repeated[number] = earlier
    return repeated


def near_pairs(rows: Sequence[Mapping[str, Any]], skip: set[int]) -> dict[int, int]:
    """{row number: an earlier row whose last turn and answer are nearly the same}."""
    texts_of = {
        number: _last_exchange(row) for number, row in enumerate(rows, 1) if number not in skip
    }
    shared: defaultdict[Bucket, list[int]] = defaultdict(list)
    for number, (question, _) in texts_of.items():
        for bucket in buckets(question):
            shared[bucket].append(number)

    @cache
    def turn(number: int) -> str:
        return normalized(_last(rows[number - 1], "user"))

    repeated: dict[int, int] = {}
    for first, second in _candidates(shared, texts_of):
        # The material last: it is the longest, and few pairs come so far.
        same = all(map(similar, texts_of[first], texts_of[second]))
        if same and similar(turn(first), turn(second)):
            repeated[second] = min(first, repeated.get(second, first))
    return dict(sorted(repeated.items()))


def _candidates(shared: Mapping[Bucket, list[int]], texts_of: Mapping[int, Exchange]) -> set[Pair]:
    found: set[Pair] = set()
    for members in shared.values():
        ordered = sorted(members, key=texts_of.__getitem__)
        for position, one in enumerate(ordered):
            for other in ordered[position + 1 : position + 1 + _WINDOW]:
                found.add((min(one, other), max(one, other)))
    return found


def _last_exchange(row: Mapping[str, Any]) -> Exchange:
    """The last question and its answer, normalized."""
    return normalized(question_of(_last(row, "user"))), normalized(_last(row, "assistant"))


def _last(row: Mapping[str, Any], role: str) -> str:
    return next((str(m["content"]) for m in reversed(row["messages"]) if m["role"] == role), "")


def _report(code: str, repeated: Mapping[int, int]) -> Finding:
    pairs = (texts.PAIR.format(first=first, second=second) for second, first in repeated.items())
    return finding(code, Severity.WARN, repeated, examples=examples(pairs))
