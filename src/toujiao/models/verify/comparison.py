"""Adds up how far what a hop says is from what reference and base say at the same places."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal

import numpy as np

from toujiao.models.verify.exam import Item, Saying


@dataclass(frozen=True)
class Observed:
    """What a hop made of one item."""

    same_ids: bool | None
    """Whether it turns the messages into the reference's token ids; None where nobody can see."""
    same_template: bool | None
    """Whether its chat template writes the reference's text."""
    next_tokens: Sequence[int]
    """Its likeliest token at each place, from the first on; it may know only the first places."""
    scores: Sequence[Mapping[int, float]]
    """Log-probabilities of its likeliest tokens at each place; empty where it gives none."""
    ended: bool | None
    """Whether it stops with <|im_end|> where the reference does; None where that is not seen."""
    logits: np.ndarray | None = None
    """Float32 [places, vocabulary], from transformers only."""


@dataclass(frozen=True)
class Measures:
    """One line of the report: counts, and distances in logits or nats."""

    prompts: int
    ids_known: int
    ids_same: int
    template_same: int | None
    """Prompts that the hop's chat template writes as the reference's; None where unseen."""
    places: int
    agreed: int
    difference: float | None
    difference_of: Literal["logit", "log-probability"] | None
    stops_known: int
    stops: int
    stop_declared: bool | None
    """Whether the files name <|im_end|> as the end token; None where unseen."""
    from_reference: float | None
    """Mean difference of the top tokens' log-probabilities to base + adapter, nats."""
    from_base: float | None
    """The same to the base."""

    @property
    def agreement(self) -> float:
        """Share of places with the expected next token."""
        return self.agreed / max(1, self.places)

    @property
    def nearness(self) -> float | None:
        """1 = as base + adapter, 0.5 = halfway, 0 = as the base; None when the two are the same."""
        if self.from_base is None or self.from_reference is None:
            return None
        total = self.from_base + self.from_reference
        return self.from_base / total if total > 0 else None


@dataclass
class _Tally:
    places: int = 0
    agreed: int = 0
    difference: float | None = None
    reference: list[float] = field(default_factory=list)
    base: list[float] = field(default_factory=list)

    def add(self, item: Item, seen: Observed, expected: Saying) -> None:
        count = len(seen.next_tokens)
        self.places += count
        self.agreed += sum(
            a == b for a, b in zip(seen.next_tokens, expected.best[:count], strict=True)
        )
        if seen.logits is not None:
            self._widen(float(np.abs(seen.logits - expected.logits()).max()))
        for place, scores in enumerate(seen.scores):
            if not scores:
                continue
            tokens, said = list(scores), np.fromiter(scores.values(), dtype=np.float32)
            self.reference.append(_distance(said, item.reference.log_probs(place, tokens)))
            self.base.append(_distance(said, item.base.log_probs(place, tokens)))
            if seen.logits is None:
                self._widen(float(np.abs(said - expected.log_probs(place, tokens)).max()))

    def _widen(self, difference: float) -> None:
        self.difference = max(self.difference or 0.0, difference)


def _distance(said: np.ndarray, expected: np.ndarray) -> float:
    return float(np.abs(said - expected).mean())


def _mean(values: Sequence[float]) -> float | None:
    return float(np.mean(values)) if values else None


def compare(
    items: Sequence[Item],
    observed: Iterable[Observed],
    expect: Literal["reference", "base"] = "reference",
    stop_declared: bool | None = None,
) -> Measures:
    """Measure one hop over all items; `observed` may be a generator, one answer at a time.

    `expect` says whose next tokens and logits are expected; nearness is always measured to both.
    """
    tally, facts, by_logits = _Tally(), [], False
    for item, seen in zip(items, observed, strict=True):
        tally.add(item, seen, item.reference if expect == "reference" else item.base)
        by_logits = by_logits or seen.logits is not None
        facts.append((seen.same_ids, seen.same_template, seen.ended))
    ids, templates, ends = (
        [x for x in column if x is not None] for column in zip(*facts, strict=True)
    )
    unit: Literal["logit", "log-probability"] = "logit" if by_logits else "log-probability"
    return Measures(
        prompts=len(items),
        ids_known=len(ids),
        ids_same=sum(ids),
        template_same=sum(templates) if templates else None,
        places=tally.places,
        agreed=tally.agreed,
        difference=tally.difference,
        difference_of=None if tally.difference is None else unit,
        stops_known=len(ends),
        stops=sum(ends),
        stop_declared=stop_declared,
        from_reference=_mean(tally.reference),
        from_base=_mean(tally.base),
    )
