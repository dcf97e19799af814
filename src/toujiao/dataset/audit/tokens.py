"""How the rows look as tokens: what is trained, what a recipe's max_length cuts off."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from toujiao.dataset.audit import texts
from toujiao.dataset.audit.findings import Finding, Severity, by_share, finding
from toujiao.models.template import TURN_END

if TYPE_CHECKING:
    from transformers import PreTrainedTokenizerBase

_BATCH = 256
_SHORTEST_BIN = 64
# Suggested lengths are multiples of this.
_ROUND = 64


@dataclass(frozen=True)
class RowTokens:
    """One row's tokens: whole, and what is left of it within max_length."""

    total: int
    trained: int
    ends: int
    """Trained end tokens, one for each answer when the template is right."""

    kept_trained: int
    kept_ends: int


@dataclass(frozen=True)
class Bin:
    """How many rows have `low`…`high` tokens."""

    low: int
    high: int
    rows: int


def count_tokens(
    rows: Sequence[Mapping[str, Any]], tokenizer: PreTrainedTokenizerBase, max_length: int
) -> list[RowTokens]:
    """Tokenize every row as training does."""
    return list(_counts(rows, tokenizer, max_length))


def _counts(
    rows: Sequence[Mapping[str, Any]], tokenizer: Any, max_length: int
) -> Iterator[RowTokens]:
    end = tokenizer.convert_tokens_to_ids(TURN_END)
    for start in range(0, len(rows), _BATCH):
        encoded: Any = tokenizer.apply_chat_template(
            [row["messages"] for row in rows[start : start + _BATCH]],
            tokenize=True,
            return_dict=True,
            return_assistant_tokens_mask=True,
            tokenizer_kwargs={"verbose": False},
        )
        for ids, mask in zip(encoded["input_ids"], encoded["assistant_masks"], strict=True):
            learned = np.asarray(mask, dtype=bool)
            ends = learned & (np.asarray(ids) == end)
            yield RowTokens(
                total=len(ids),
                trained=int(learned.sum()),
                ends=int(ends.sum()),
                kept_trained=int(learned[:max_length].sum()),
                kept_ends=int(ends[:max_length].sum()),
            )


def check_tokens(counts: Sequence[RowTokens], max_length: int, limit: int) -> Iterator[Finding]:
    """Rows that teach nothing, rows that never teach to stop, rows that are cut.

    `limit` is the most that the model reads, and so the most that is suggested.
    """
    total, longest = len(counts), max((c.total for c in counts), default=0)
    sizes = {"total": total, "max_length": max_length, "longest": longest}
    enough = min(-(-longest // _ROUND) * _ROUND, limit)
    if nothing := _rows(counts, lambda c: not c.kept_trained):
        marked = any(counts[row - 1].trained for row in nothing)
        reason = texts.PROMPT_FILLS_ALL if marked else texts.TEMPLATE_MARKS_NOTHING
        reason = reason.format(max_length=max_length, enough=enough)
        severity = by_share(len(nothing), total)
        yield finding("no-trained-token", severity, nothing, total=total, reason=reason)
    if endless := _rows(counts, lambda c: c.trained and not c.ends):
        severity = by_share(len(endless), total)
        yield finding("no-end-token", severity, endless, total=total, end=TURN_END)
    if cut := _rows(counts, lambda c: c.kept_ends < c.ends):
        answers = sum(c.ends - c.kept_ends for c in counts)
        severity = by_share(len(cut), total)
        yield finding("truncated", severity, cut, answers=answers, enough=enough, **sizes)


def check_tokenizer(tokenizer: PreTrainedTokenizerBase, max_length: int) -> Iterator[Finding]:
    """Settings of the tokenizer that go wrong later."""
    if tokenizer.pad_token_id == tokenizer.convert_tokens_to_ids(TURN_END):
        yield finding("pad-is-end", Severity.WARN, end=TURN_END)
    if tokenizer.eos_token_id != tokenizer.convert_tokens_to_ids(TURN_END):
        yield finding("not-a-chat-base", Severity.WARN, end=TURN_END, eos=tokenizer.eos_token)
    limit = tokenizer.model_max_length
    if max_length > limit:
        yield finding("beyond-model", Severity.WARN, max_length=max_length, limit=limit)


def histogram(counts: Sequence[RowTokens]) -> tuple[Bin, ...]:
    """Row lengths in bins that double: 1…64, 65…128, 129…256 and so on."""
    lengths = np.asarray([c.total for c in counts])
    bins, low, high = [], 0, _SHORTEST_BIN
    while len(lengths) and low < lengths.max():
        bins.append(Bin(low + 1, high, int(((lengths > low) & (lengths <= high)).sum())))
        low, high = high, high * 2
    first = next((i for i, one in enumerate(bins) if one.rows), 0)
    return tuple(bins[first:])


def _rows(counts: Sequence[RowTokens], wrong: Callable[[RowTokens], object]) -> list[int]:
    return [number for number, count in enumerate(counts, 1) if wrong(count)]
