"""Holds measures against limits: what a hop fails, in words that say what to do."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Literal

from toujiao.models.verify import limits, texts
from toujiao.models.verify.comparison import Measures
from toujiao.models.verify.exam import Exam
from toujiao.models.verify.limits import Limits

Kind = Literal["base", "reference", "merged", "gguf", "server", "shipped"]


@dataclass(frozen=True)
class Failure:
    """One measure that one hop does not reach."""

    hop: str
    measure: str
    text: str
    """The whole line for the user: hop, what is wrong, what to do."""


def failure(hop: str, kind: Kind, measure: str, **values: Any) -> Failure:
    """The failure of one measure; `values` go into its text."""
    remedies = texts.REMEDIES[kind]
    # An error of the program itself already says what to do.
    remedy = "" if measure == "run" else remedies.get(measure) or remedies["*"]
    wrong = texts.WRONG[measure].format(**values).rstrip("。")
    parts = [f"{hop}：{wrong}", remedy] if remedy else [f"{hop}：{wrong}"]
    return Failure(hop, measure, "。".join(parts) + "。")


def judge(hop: str, kind: Kind, measures: Measures, limit: Limits) -> Iterator[Failure]:
    """Every failure of a hop that is compared with the reference (or a base with the base)."""
    yield from _judge_ids(hop, kind, measures)
    if limit.agreement is not None and measures.agreement < limit.agreement:
        share = measures.agreement
        yield failure(hop, kind, "agreement", share=share, limit=limit.agreement)
    near = measures.nearness
    if limit.nearness is not None and near is not None and near < limit.nearness:
        yield failure(hop, kind, "nearness", share=near, limit=limit.nearness)
    if measures.stop_declared is False:
        yield failure(hop, kind, "stop_declared")
    if limit.stops is not None and measures.stops < limit.stops * measures.stops_known:
        yield failure(hop, kind, "stops", count=measures.stops, total=measures.stops_known)


def _judge_ids(hop: str, kind: Kind, measures: Measures) -> Iterator[Failure]:
    different = measures.ids_known - measures.ids_same
    if not different:
        return
    if measures.template_same is None:
        cause = texts.LENGTH_DIFFERS
    elif measures.template_same < measures.prompts:
        cause = texts.TEMPLATE_DIFFERS
    else:
        cause = texts.TOKENIZER_DIFFERS
    yield failure(hop, kind, "ids", count=different, total=measures.prompts, cause=cause)


def judge_reference(
    hop: str, measures: Measures, exam: Exam, record: Mapping[str, Any]
) -> Iterator[Failure]:
    """Every failure of base + adapter itself: template, end token, effect, held-out loss."""
    yield from _judge_ids(hop, "reference", measures)
    if measures.stops < limits.REFERENCE_STOPS * measures.prompts:
        counts = {"count": measures.stops, "total": measures.prompts}
        yield failure(hop, "reference", "never_stops", **counts)
    effect = measures.from_base or 0.0
    if effect < limits.LEAST_EFFECT:
        yield failure(hop, "reference", "no_effect", effect=effect, limit=limits.LEAST_EFFECT)
    noted = _noted_loss(record)
    if exam.loss_after > _most_loss(exam.loss_before, noted):
        losses = {"before": exam.loss_before, "after": exam.loss_after}
        note = texts.NOTED_LOSS.format(before=noted[0], after=noted[1]) if noted else ""
        yield failure(hop, "reference", "loss", noted=note, **losses)


def _noted_loss(record: Mapping[str, Any]) -> tuple[float, float] | None:
    """(before, after) of run.json; None where no drop was noted."""
    noted = record.get("held_out_loss")
    if not isinstance(noted, Mapping):
        return None
    match noted.get("before"), noted.get("after"):
        case (float() | int()) as before, (float() | int()) as after if 0 < after < before:
            return float(before), float(after)
    return None


def _most_loss(before: float, noted: tuple[float, float] | None) -> float:
    if noted is None:
        return before * limits.MOST_LOSS_RISE
    return before * (1 - limits.GAIN_KEPT * (1 - noted[1] / noted[0]))
