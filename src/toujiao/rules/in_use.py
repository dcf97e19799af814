"""The rule book that calculators ask: the shipped one, or what `using` holds.

A card, a sum or a template of another knowledge folder is worked out with that folder's rules:

    with using(knowledge.rules):
        ...

Never hold a book across a `yield`: a generator shares the context of whoever drives it.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from toujiao.rules.rulebook import RuleBook

# The data stand beside the cards: one folder holds all that the assistant knows.
RULES_DIR = Path(__file__).parents[1] / "knowledge" / "rules"

_in_use: ContextVar[RuleBook | None] = ContextVar("toujiao_rules_in_use", default=None)


@cache
def shipped() -> RuleBook:
    """The rules that ship with the package (read once)."""
    # Imported here: who only computes with own numbers needs neither YAML nor pydantic.
    from toujiao.rules.rulebook import read_rules

    return read_rules(RULES_DIR)


def in_use() -> RuleBook:
    """The rule book held by `using`, else the shipped one."""
    held = _in_use.get()
    return shipped() if held is None else held  # an empty book is a book


@contextmanager
def using(book: RuleBook) -> Iterator[RuleBook]:
    """Let calculators ask `book` inside the block; blocks may be nested."""
    token = _in_use.set(book)
    try:
        yield book
    finally:
        _in_use.reset(token)
