"""Writes stored votes as training rows: `{"prompt": [...], "completion": [...], "label": bool}`.

That is the unpaired-preference form that TRL's KTO trainer reads. `meta` beside it says what the
prompt does not hold: which cards the model was shown, on which day, and who spoke.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from toujiao.clock import SHANGHAI
from toujiao.feedback.store import UP, Vote


def kto_rows(
    votes: Iterable[Vote], system: str | None = None, closing_mark: str | None = None
) -> Iterator[dict[str, Any]]:
    """One row per vote, oldest first, the newest word on the same answer winning.

    `system` is the prompt that the assistant ran with. A last paragraph with `closing_mark` in it
    is the block of sources and labels that the program adds; a model must not learn to write it.
    `as_of` in `meta` is the day whose rules the answer used, `day` that of the vote (Shanghai).
    """
    latest = {(vote.question, vote.answer): vote for vote in sorted(votes, key=lambda v: v.id)}
    head = [{"role": "system", "content": system}] if system else []
    for vote in latest.values():
        spoken = _without_closing(vote.answer, closing_mark) if closing_mark else vote.answer
        yield {
            "prompt": [*head, {"role": "user", "content": vote.question}],
            "completion": [{"role": "assistant", "content": spoken}],
            "label": vote.vote == UP,
            "meta": {
                "cards": list(vote.card_ids),
                "day": vote.created_at.astimezone(SHANGHAI).date().isoformat(),
                "as_of": vote.as_of.isoformat() if vote.as_of else None,
                "kind": vote.kind,
                "backend": vote.backend,
                "reason": vote.reason,
            },
        }


def _without_closing(answer: str, mark: str) -> str:
    body, _, last = answer.rpartition("\n\n")
    return body.strip() if mark in last else answer
