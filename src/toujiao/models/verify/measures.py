"""Adds up how far what a hop says is from what reference and base say at the same places."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from statistics import fmean
from typing import Any, Literal

from toujiao.models.verify.exam import Item, Said
from toujiao.models.verify.limits import TOP_TOKENS


@dataclass(frozen=True)
class Observed:
    """What a hop made of one item; None where nobody can see."""

    next_tokens: Sequence[int]
    """Its likeliest token at each place, from the first on; it may know only the first places."""
    scores: Said = ()
    """Log-probabilities of its likeliest tokens at each place; empty where it gives none."""
    same_ids: bool | None = None
    """Whether it turns the messages into the reference's token ids."""
    same_template: bool | None = None
    """Whether its chat template writes the reference's text."""
    ended: bool | None = None
    """Whether it stops with <|im_end|> where the reference does."""
    stop_declared: bool | None = None
    """Whether its files name <|im_end|> as the end token."""


@dataclass(frozen=True)
class Measures:
    """One line of the report: counts, and distances of log-probabilities in nats."""

    prompts: int
    ids_known: int
    ids_same: int
    template_same: int | None
    """Prompts that the hop's chat template writes as the reference's; None where unseen."""
    places: int
    agreed: int
    difference: float | None
    """Largest difference to what is expected; None where no scores are given."""
    stops_known: int
    stops: int
    stop_declared: bool | None
    """Whether the files name <|im_end|> as the end token; None where unseen."""
    from_reference: float | None
    """Mean difference of the top tokens' log-probabilities to base + adapter."""
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


def top(said: Said) -> list[dict[int, float]]:
    """As many of the likeliest tokens as every engine gives."""
    return [dict(islice(scores.items(), TOP_TOKENS)) for scores in said]


def compare(
    items: Sequence[Item],
    observed: Iterable[Observed],
    expect: Literal["reference", "base"] = "reference",
) -> Measures:
    """Measure one hop over all items; `observed` may be a generator, one answer at a time.

    `expect` says whose next tokens are expected; nearness is always measured to both.
    """
    places = agreed = 0
    distances: list[tuple[float, float, float]] = []
    facts: list[tuple[Any, ...]] = []
    for item, seen in zip(items, observed, strict=True):
        expected = item.answer if expect == "reference" else best(item.base)
        places += len(seen.next_tokens)
        agreed += sum(a == b for a, b in zip(seen.next_tokens, expected, strict=False))
        distances += _distances(item, seen, expect)
        facts.append((seen.same_ids, seen.same_template, seen.ended, seen.stop_declared))
    ids, templates, ends, declared = (
        [fact for fact in column if fact is not None] for column in zip(*facts, strict=True)
    )
    reference, base, largest = zip(*distances, strict=True) if distances else ((), (), ())
    return Measures(
        prompts=len(items),
        ids_known=len(ids),
        ids_same=sum(ids),
        template_same=sum(templates) if templates else None,
        places=places,
        agreed=agreed,
        difference=max(largest, default=None),
        stops_known=len(ends),
        stops=sum(ends),
        stop_declared=all(declared) if declared else None,
        from_reference=fmean(reference) if reference else None,
        from_base=fmean(base) if base else None,
    )


def best(said: Said) -> list[int]:
    """The likeliest token at each place."""
    return [next(iter(scores)) for scores in said]


def _distances(item: Item, seen: Observed, expect: str) -> Iterator[tuple[float, float, float]]:
    """(mean to the reference, mean to the base, largest to the expected) at places with scores."""
    for place, scores in enumerate(seen.scores):
        if scores:
            reference = _differences(scores, item.reference[place])
            base = _differences(scores, item.base[place])
            yield fmean(reference), fmean(base), max(base if expect == "base" else reference)


def _differences(scores: Mapping[int, float], said: Mapping[int, float]) -> list[float]:
    least = min(said.values())
    return [abs(score - said.get(token, least)) for token, score in scores.items()]
