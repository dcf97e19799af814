"""The report as a person reads it in the terminal."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from rich.text import Text

from toujiao.dataset.audit import texts
from toujiao.dataset.audit.findings import Finding
from toujiao.dataset.audit.report import Report
from toujiao.dataset.show import marked
from toujiao.errors import ToujiaoError

if TYPE_CHECKING:
    from transformers import PreTrainedTokenizerBase

_STYLES = {"stop": "bold red", "warn": "yellow"}
_BAR = 40


def previews(
    rows: Sequence[Mapping[str, Any]], tokenizer: PreTrainedTokenizerBase, count: int
) -> Iterator[Text]:
    """`count` rows spread over the file, with the trained tokens marked."""
    for position in range(min(count, len(rows))):
        row = position * len(rows) // count
        yield Text(texts.PREVIEW.format(row=row + 1), style="bold")
        try:
            yield marked(rows[row], tokenizer).append("\n")
        except ToujiaoError as error:  # nothing is trained: the report says so as well
            yield Text(f"{error}\n", style="bold red")


def shown(report: Report) -> Text:
    """Amounts, lengths, steps, findings and the verdict, one line each."""
    text = Text("\n").join([*_amounts(report), *_lengths(report), Text(), *_plan(report), Text()])
    for one in report.findings:
        text.append("\n").append_text(_finding(one))
    return text.append("\n").append_text(_verdict(report))


def _amounts(report: Report) -> Iterator[Text]:
    share = report.trained_tokens / max(report.tokens, 1)
    yield Text(
        texts.TITLE.format(
            rows=report.rows, tokens=report.tokens, trained=report.trained_tokens, share=share
        ),
        style="bold",
    )
    yield Text()


def _lengths(report: Report) -> Iterator[Text]:
    settings = report.settings
    yield Text(texts.LENGTHS.format(recipe=report.recipe, max_length=settings.max_length))
    most = max((one.rows for one in report.lengths), default=0)
    for one in report.lengths:
        bar = "█" * -(-one.rows * _BAR // most)
        style = "yellow" if one.low > settings.max_length else ""
        yield Text(f"{texts.BIN.format(low=one.low, high=one.high)} {bar} {one.rows}", style=style)


def _plan(report: Report) -> Iterator[Text]:
    if report.used < report.rows:
        yield Text(texts.ONLY_SOME.format(recipe=report.recipe, used=report.used))
    plan = {**report.settings.model_dump(), "recipe": report.recipe, "steps": report.steps}
    yield Text(texts.PLAN.format(**plan))
    if report.votes:
        kto = report.settings.kto
        yield Text(texts.VOTES.format(**vars(report.votes), loss=kto.loss, beta=kto.beta))
        return
    suggestion = texts.SUGGESTION.format(**vars(report.suggestion))
    yield Text(texts.SUGGESTED.format(rows=report.used, suggestion=suggestion))


def _finding(one: Finding) -> Text:
    text = Text(f"[{texts.LABELS[one.severity]}] ", style=_STYLES[one.severity])
    text.append(f"{one.message}。\n", style="")
    return text.append(f"{texts.REPAIR.format(repair=one.repair)}。", style="dim")


def _verdict(report: Report) -> Text:
    if report.stops:
        return Text(texts.STOPPED.format(stops=len(report.stops)), style="bold red")
    if report.warnings:
        return Text(texts.WARNED.format(warns=len(report.warnings)), style="yellow")
    return Text(texts.CLEAN, style="green")
