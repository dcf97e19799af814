"""The names that publish/adapter.py imports, until it asks `portability.lint` (issue G, item 4)."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from toujiao.models.lora import Contents, sort_tensors
from toujiao.models.portability_checks import _names, _values
from toujiao.models.portability_rules import Finding
from toujiao.models.shards import Piece


def pairs_of(pieces: Mapping[str, Piece]) -> Contents:
    return sort_tensors(pieces)


def check_halves(pairs: Contents) -> Iterator[Finding]:
    yield from ()


def check_names(pieces: Mapping[str, Piece], base: str) -> Iterator[Finding]:
    yield from _names(sort_tensors(pieces), None)


def check_values(pairs: Contents) -> Iterator[Finding]:
    yield from _values(pairs)
