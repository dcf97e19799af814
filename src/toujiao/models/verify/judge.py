"""Holds measures against limits: what a hop fails, in words that say what to do."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Literal

from toujiao.models.verify import limits
from toujiao.models.verify.exam import Exam
from toujiao.models.verify.limits import Limits
from toujiao.models.verify.measures import Measures
from toujiao.models.verify.texts import texts

Kind = Literal["base", "reference", "merged", "gguf", "server"]


@dataclass(frozen=True)
class Failure:
    """One measure that one hop does not reach."""

    hop: str
    measure: str
    text: str
    """The whole line for the user: hop, what is wrong, what to do."""


def failure(hop: str, kind: Kind, measure: str, **values: Any) -> Failure:
    """The failure of one measure; `values` go into its text."""
    remedies = texts()["remedies"][kind]
    wrong = f"{hop}：{texts()['wrong'][measure].format(**values).rstrip('。')}"
    # An error of the program itself already says what to do.
    remedy = "" if measure == "run" else remedies.get(measure) or remedies["any"]
    return Failure(hop, measure, f"{wrong}。{remedy}。" if remedy else f"{wrong}。")


def judge(hop: str, kind: Kind, measures: Measures, limit: Limits) -> Iterator[Failure]:
    """Every failure of a hop that is compared with the reference (or a base with the base)."""
    yield from _judge_ids(hop, kind, measures)
    reached = {"agreement": measures.agreement, "nearness": measures.nearness}
    for measure, share in reached.items():
        wanted = getattr(limit, measure)
        if wanted is not None and share is not None and share < wanted:
            yield failure(hop, kind, measure, share=share, limit=wanted)
    if measures.stop_declared is False:
        yield failure(hop, kind, "stop_declared")
    if measures.stops < (limit.stops or 0) * measures.stops_known:
        yield failure(hop, kind, "stops", count=measures.stops, total=measures.stops_known)


def _judge_ids(hop: str, kind: Kind, measures: Measures) -> Iterator[Failure]:
    if different := measures.ids_known - measures.ids_same:
        cause = "tokenizer" if measures.template_same == measures.prompts else "template"
        cause = "length" if measures.template_same is None else cause
        counts = {"count": different, "total": measures.prompts}
        yield failure(hop, kind, "ids", cause=texts()["causes"][cause], **counts)


def judge_reference(
    hop: str, measures: Measures, exam: Exam, record: Mapping[str, Any]
) -> Iterator[Failure]:
    """Every failure of base + adapter itself: end token, effect, held-out loss."""
    if measures.stops < limits.REFERENCE_STOPS * measures.prompts:
        counts = {"count": measures.stops, "total": measures.prompts}
        yield failure(hop, "reference", "never_stops", **counts)
    effect = measures.from_base or 0.0
    if effect < limits.LEAST_EFFECT:
        yield failure(hop, "reference", "no_effect", effect=effect, limit=limits.LEAST_EFFECT)
    yield from _judge_loss(hop, exam, record)


def _judge_loss(hop: str, exam: Exam, record: Mapping[str, Any]) -> Iterator[Failure]:
    """The drop that run.json notes must be seen again; without one the loss must not rise."""
    most, noted = exam.loss_before * limits.MOST_LOSS_RISE, ""
    match record.get("held_out_loss"):
        case {"before": float() | int() as before, "after": float() | int() as after} if (
            0 < after < before
        ):
            most = exam.loss_before * (1 - limits.GAIN_KEPT * (1 - after / before))
            noted = texts()["noted_loss"].format(before=before, after=after)
    if exam.loss_after > most:
        losses = {"before": exam.loss_before, "after": exam.loss_after}
        yield failure(hop, "reference", "loss", noted=noted, **losses)
