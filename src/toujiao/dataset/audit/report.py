"""The whole audit of training rows before a run: `audit(rows, tokenizer, settings) -> Report`."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

from toujiao.dataset.audit.amount import check_amount
from toujiao.dataset.audit.content import check_content
from toujiao.dataset.audit.duplicates import check_duplicates
from toujiao.dataset.audit.findings import Finding, Severity, finding
from toujiao.dataset.audit.leakage import check_leakage
from toujiao.dataset.audit.tokens import (
    Bin,
    check_tokenizer,
    check_tokens,
    count_tokens,
    histogram,
)
from toujiao.recipes.plan import Suggestion, planned_steps, settle, suggest, used_rows
from toujiao.recipes.recipe import Recipe

if TYPE_CHECKING:
    from transformers import PreTrainedTokenizerBase


@dataclass(frozen=True)
class VoteCounts:
    """Votes to train on, and how much one of each side weighs."""

    liked: int
    disliked: int
    liked_weight: float
    disliked_weight: float


@dataclass(frozen=True)
class Report:
    """What a run with a recipe would do with the rows, and what is wrong with them."""

    recipe: str
    settings: Recipe
    """With everything filled in that the recipe leaves open."""

    rows: int
    used: int
    """How many of them are trained on."""

    tokens: int
    trained_tokens: int
    """Within max_length: what the run really learns from, once through."""

    lengths: tuple[Bin, ...]
    steps: int
    suggestion: Suggestion
    findings: tuple[Finding, ...]
    votes: VoteCounts | None = None
    """Only where the rows are votes."""

    @property
    def stops(self) -> tuple[Finding, ...]:
        """Findings that would ruin the run."""
        return tuple(f for f in self.findings if f.severity is Severity.STOP)

    @property
    def warnings(self) -> tuple[Finding, ...]:
        """Findings to look at and decide."""
        return tuple(f for f in self.findings if f.severity is Severity.WARN)

    def as_dict(self) -> dict[str, Any]:
        """Plain values, for JSON."""
        return {"ok": not self.stops, **asdict(self), "settings": self.settings.model_dump()}


def audit(
    rows: Sequence[Mapping[str, Any]],
    tokenizer: PreTrainedTokenizerBase,
    recipe: Recipe,
    questions: Iterable[str] = (),
    name: str = "tiny",
    used: int | None = None,
) -> Report:
    """Check the chat rows against the recipe `name` and against the evaluation `questions`.

    `used`: how many of the rows are trained on, where some are kept aside.
    """
    count = len(rows) if used is None else used
    settings = settle(recipe, count)
    counts = count_tokens(rows, tokenizer, settings.max_length)
    if rows:
        found = [
            *check_tokens(counts, settings.max_length, tokenizer.model_max_length),
            *check_tokenizer(tokenizer, settings.max_length),
            *check_amount(len(rows), count, settings),
            *check_duplicates(rows),
            *check_leakage(rows, questions),
            *check_content(rows),
        ]
    else:
        found = [finding("no-rows", Severity.STOP)]
    return Report(
        recipe=name,
        settings=settings,
        rows=len(rows),
        used=used_rows(settings, count),
        tokens=sum(count.total for count in counts),
        trained_tokens=sum(count.kept_trained for count in counts),
        lengths=histogram(counts),
        steps=planned_steps(settings, count),
        suggestion=suggest(count, settings.base),
        findings=tuple(sorted(found, key=lambda f: f.severity is not Severity.STOP)),
    )
