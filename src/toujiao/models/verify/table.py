"""The report as a table for the terminal."""

from __future__ import annotations

from typing import TYPE_CHECKING

from toujiao.models.verify import texts
from toujiao.models.verify.comparison import Measures
from toujiao.models.verify.limits import TOP_TOKENS
from toujiao.models.verify.report import HopResult, Report

if TYPE_CHECKING:
    from rich.table import Table


def make_table(report: Report) -> Table:
    """One row per hop."""
    from rich.table import Table

    title = texts.TITLE.format(prompts=len(report.exam.items), places=report.places)
    table = Table(title=title)
    for number, column in enumerate(texts.COLUMNS):
        table.add_column(column, justify="left" if number == 0 else "right", overflow="fold")
    for hop in report.hops:
        table.add_row(hop.name, *_cells(hop), _verdict(hop))
    return table


def legend(report: Report) -> str:
    """What the columns mean, and the figures that belong to no hop."""
    exam = report.exam
    losses = {"before": exam.loss_before, "after": exam.loss_after}
    return texts.LEGEND.format(top=TOP_TOKENS, effect=report.effect, **losses)


def _cells(hop: HopResult) -> tuple[str, ...]:
    m = hop.measures
    if m is None:
        return (texts.NOTHING,) * 5
    stops = f"{m.stops}/{m.stops_known}" if m.stops_known else texts.NOTHING
    # The base hops are compared with the base: nearness to the adapter says nothing there.
    near = m.nearness if hop.limit.nearness is not None else None
    itself = hop.kind == "reference"
    return (
        _ids(m),
        texts.NOTHING if itself else _difference(m),
        texts.NOTHING if itself else f"{m.agreement:.2%}",
        stops,
        texts.NOTHING if near is None else f"{near:.1%}",
    )


def _ids(m: Measures) -> str:
    if not m.ids_known:
        return texts.NOTHING
    if m.template_same is None:
        return texts.LENGTH_ONLY.format(same=m.ids_same, known=m.ids_known)
    return f"{m.ids_same}/{m.ids_known}"


def _difference(m: Measures) -> str:
    if m.difference is None:
        return texts.NOTHING
    return f"{m.difference:.3f}{'' if m.difference_of == 'logit' else ' p'}"


def _verdict(hop: HopResult) -> str:
    if hop.failures:
        return texts.FAILED
    return texts.PASSED if hop.judged else texts.COMPARED
