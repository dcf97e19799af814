"""Writes stored votes as training rows: `{"prompt": [...], "completion": [...], "label": bool}`.

That is the unpaired-preference form that TRL's KTO trainer reads: the messages as the model saw
them, and what was shown as its words. `meta` beside it says which cards were cited, on which day,
and who spoke.
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

    Where the store has no messages (no model spoke, or the vote is older) the row is the bare
    question and answer, and `as_seen` in `meta` is false: with `system` before it, and without a
    last paragraph that has `closing_mark` in it, the sources and labels that the program adds.
    `as_of` is the day whose rules the answer used, `day` that of the vote (Shanghai).
    """
    latest = {(vote.question, vote.answer): vote for vote in sorted(votes, key=lambda v: v.id)}
    head = [{"role": "system", "content": system}] if system else []
    for vote in latest.values():
        spoken = _without_closing(vote.answer, closing_mark) if closing_mark else vote.answer
        *prompt, said = vote.messages or (
            *head,
            {"role": "user", "content": vote.question},
            {"role": "assistant", "content": spoken},
        )
        yield {
            "prompt": prompt,
            "completion": [said],
            "label": vote.vote == UP,
            "meta": {
                "cards": list(vote.card_ids),
                "day": vote.created_at.astimezone(SHANGHAI).date().isoformat(),
                "as_of": vote.as_of.isoformat() if vote.as_of else None,
                "kind": vote.kind,
                "backend": vote.backend,
                "reason": vote.reason,
                "as_seen": bool(vote.messages),
            },
        }


def _without_closing(answer: str, mark: str) -> str:
    body, _, last = answer.rpartition("\n\n")
    return body.strip() if mark in last else answer
