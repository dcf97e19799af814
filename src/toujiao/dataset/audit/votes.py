"""The audit of votes before KTO: enough of both kinds, none of them contradicting, nothing liked
that may not be learned."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from typing import TYPE_CHECKING

from toujiao.assistant.prompt import question_of
from toujiao.dataset.audit import texts
from toujiao.dataset.audit.content import unsourced_numbers
from toujiao.dataset.audit.duplicates import normalized
from toujiao.dataset.audit.findings import Finding, Severity, examples, finding
from toujiao.dataset.audit.leakage import check_leakage
from toujiao.dataset.audit.report import Report, VoteCounts
from toujiao.dataset.audit.tokens import check_tokenizer, check_tokens, count_tokens, histogram
from toujiao.dataset.votes import VoteRow, has_both
from toujiao.knowledge.wording import load_wording
from toujiao.recipes.plan import Suggestion, planned_steps, settle_votes, used_rows, vote_weights
from toujiao.recipes.recipe import Recipe

if TYPE_CHECKING:
    from transformers import PreTrainedTokenizerBase

ENOUGH_VOTES = 20
# Above this a vote of the rarer side counts so much that a few people decide.
UNEVEN = 5.0


def audit_votes(
    votes: Sequence[VoteRow],
    tokenizer: PreTrainedTokenizerBase,
    recipe: Recipe,
    questions: Iterable[str] = (),
    name: str = "tiny",
    used: int | None = None,
) -> Report:
    """Check the votes of a whole file against the recipe `name` and the evaluation `questions`.

    `used`: how many of the votes that can be trained on are not kept aside.
    """
    spoken = [vote for vote in votes if vote.spoken]
    count = len(spoken) if used is None else used
    settings = settle_votes(recipe, count)
    rows = [vote.chat for vote in votes]
    every = count_tokens(rows, tokenizer, settings.max_length)
    counts = [one for one, vote in zip(every, votes, strict=True) if vote.spoken]
    found = [
        *check_balance(votes),
        *check_liked(votes),
        *check_tokens(every, settings.max_length, tokenizer.model_max_length),
        *check_tokenizer(tokenizer, settings.max_length),
        *check_leakage(rows, questions),
    ]
    steps = planned_steps(settings, count)
    return Report(
        recipe=name,
        settings=settings,
        rows=len(spoken),
        used=used_rows(settings, count),
        tokens=sum(c.total for c in counts),
        trained_tokens=sum(c.kept_trained for c in counts),
        lengths=histogram(counts),
        steps=steps,
        suggestion=Suggestion(
            settings.epochs or 0, settings.rows_per_step or 1, settings.learning_rate or 0, steps
        ),
        findings=tuple(sorted(found, key=lambda f: f.severity is not Severity.STOP)),
        votes=_counts(spoken),
    )


def check_balance(votes: Sequence[VoteRow]) -> Iterator[Finding]:
    """Too few, one-sided, lopsided or contradicting votes; votes that no model earned."""
    spoken = [vote for vote in votes if vote.spoken]
    if fixed := [vote.number for vote in votes if not vote.spoken]:
        yield finding("not-spoken", Severity.WARN, fixed)
    counts = _counts(spoken)
    if not has_both(spoken):
        mark = "👍" if counts.liked else "👎"
        yield finding("one-sided", Severity.STOP, total=len(spoken), mark=mark)
        return
    if len(spoken) < ENOUGH_VOTES:
        yield finding("few-votes", Severity.WARN, total=len(spoken), enough=ENOUGH_VOTES)
    times = max(counts.liked_weight, counts.disliked_weight)
    if times > UNEVEN:
        yield finding(
            "uneven", Severity.WARN, times=times, liked=counts.liked, disliked=counts.disliked
        )
    if pairs := _both_ways(spoken):
        shown = (texts.PAIR.format(first=a, second=b) for a, b in pairs)
        yield finding("both-ways", Severity.STOP, (b for _, b in pairs), examples=examples(shown))


def check_liked(votes: Sequence[VoteRow]) -> Iterator[Finding]:
    """What stands in the liked answers and may not be learned: advice, promises, loose numbers."""
    wording = load_wording()
    advice: dict[int, str] = {}
    promise: dict[int, str] = {}
    loose: dict[int, str] = {}
    for vote in (vote for vote in votes if vote.liked and vote.spoken):
        if word := wording.find_advice(vote.answer):
            advice[vote.number] = word
        if word := wording.find_promise(vote.answer):
            promise[vote.number] = word
        if found := unsourced_numbers(vote.chat["messages"]):
            loose[vote.number] = "、".join(found[:5])
    for code, severity, where in (
        ("liked-advice", Severity.STOP, advice),
        ("liked-promise", Severity.STOP, promise),
        ("liked-unsourced-number", Severity.WARN, loose),
    ):
        if where:
            shown = (texts.IN_ROW.format(row=row, what=what) for row, what in where.items())
            yield finding(code, severity, where, examples=examples(shown))


def _counts(votes: Sequence[VoteRow]) -> VoteCounts:
    liked = sum(vote.liked for vote in votes)
    disliked = len(votes) - liked
    return VoteCounts(liked, disliked, *vote_weights(liked, disliked))


def _both_ways(votes: Sequence[VoteRow]) -> list[tuple[int, int]]:
    """(row, later row) with the same answer to the same question, liked here and disliked there."""
    seen: defaultdict[tuple[str, str], dict[bool, int]] = defaultdict(dict)
    for vote in votes:
        question = normalized(question_of(vote.prompt[-1]["content"]))
        seen[question, normalized(vote.answer)].setdefault(vote.liked, vote.number)
    both = (sorted(rows.values()) for rows in seen.values() if len(rows) > 1)
    return [(first, second) for first, second in both]
