"""The result of a verification: a table and notes for people, a JSON report that stays."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from importlib.metadata import version
from pathlib import Path
from typing import TYPE_CHECKING, Any

from toujiao.errors import ToujiaoError
from toujiao.files import write_json
from toujiao.folders import VERIFICATION
from toujiao.models.fingerprint import fingerprint
from toujiao.models.resolve import base_of, source_of
from toujiao.models.tiny import SHIPPED
from toujiao.models.verify import limits
from toujiao.models.verify.exam import Exam
from toujiao.models.verify.judge import Failure, Kind
from toujiao.models.verify.limits import Limits
from toujiao.models.verify.material import Material
from toujiao.models.verify.measures import Measures
from toujiao.models.verify.texts import texts
from toujiao.models.verify.transformers_hops import folder_tokenizer, seen_prompt
from toujiao.settings import settings

if TYPE_CHECKING:
    from rich.table import Table

_LIBRARIES = ("torch", "transformers", "peft", "gguf", "xllamacpp", "toujiao")


@dataclass(frozen=True)
class HopResult:
    """One hop: what was measured, what it had to reach, what it failed."""

    name: str
    kind: Kind
    measures: Measures | None
    """None where the hop did not run."""
    limit: Limits
    failures: tuple[Failure, ...]
    seconds: float

    def as_json(self) -> dict[str, Any]:
        """The hop as plain data."""
        m = self.measures
        shares = {"agreement": m.agreement, "nearness": m.nearness} if m else {}
        return {
            "name": self.name,
            "passed": not self.failures,
            "measures": asdict(m) | shares | {"difference_of": "log-probability"} if m else None,
            "limits": asdict(self.limit),
            "seconds": round(self.seconds, 1),
        }

    def cells(self) -> Iterator[str]:
        """Its row in the table."""
        m, words = self.measures, texts()
        yield self.name
        if m is None:
            yield from [words["nothing"]] * 5
        else:
            # The base hops are compared with the base: nearness to the adapter says nothing there.
            near = m.nearness if self.limit.nearness is not None else None
            ids = words["length_only"] if m.template_same is None else "{same}/{known}"
            yield (
                ids.format(same=m.ids_same, known=m.ids_known) if m.ids_known else words["nothing"]
            )
            yield words["nothing"] if m.difference is None else f"{m.difference:.3f}"
            yield f"{m.agreement:.2%}"
            yield f"{m.stops}/{m.stops_known}" if m.stops_known else words["nothing"]
            yield words["nothing"] if near is None else f"{near:.1%}"
        yield words["failed" if self.failures else "compared" if self.kind == "base" else "passed"]


@dataclass(frozen=True)
class Report:
    """All hops of one verification."""

    material: Material
    exam: Exam
    hops: tuple[HopResult, ...]

    @property
    def failures(self) -> list[Failure]:
        """Every failed measure of every hop."""
        return [failure for hop in self.hops for failure in hop.failures]

    @property
    def effect(self) -> float:
        """Mean change that the adapter makes, in nats."""
        reference = next(hop.measures for hop in self.hops if hop.kind == "reference")
        return (reference.from_base or 0.0) if reference else 0.0

    def as_json(self) -> dict[str, Any]:
        """The report as plain data; names and units are explained in docs/models.md."""
        return {
            "format": 1,
            "passed": not self.failures,
            "base": self.material.base_name,
            "base_fingerprint": fingerprint(self.material.base),
            "adapter_fingerprint": fingerprint(self.material.adapter),
            "prompts": len(self.exam.items),
            "tokens": self.exam.places,
            "held_out_loss": {"before": self.exam.loss_before, "after": self.exam.loss_after},
            "effect": self.effect,
            "hops": [hop.as_json() for hop in self.hops],
            "failures": [asdict(failure) for failure in self.failures],
            "notes": list(self.notes()),
            "versions": {name: version(name) for name in _LIBRARIES},
            "created": dt.datetime.now(dt.UTC).isoformat(timespec="seconds"),
        }

    def table(self) -> Table:
        """One row per hop."""
        from rich.table import Table

        title = texts()["title"].format(prompts=len(self.exam.items), places=self.exam.places)
        table = Table(title=title)
        for number, column in enumerate(texts()["columns"]):
            table.add_column(column, justify="right" if number else "left", overflow="fold")
        for hop in self.hops:
            table.add_row(*hop.cells())
        return table

    def legend(self) -> str:
        """What the columns mean, and the figures that belong to no hop."""
        losses = {"before": self.exam.loss_before, "after": self.exam.loss_after}
        legend: str = texts()["legend"].format(top=limits.TOP_TOKENS, effect=self.effect, **losses)
        return legend

    def notes(self) -> Iterator[str]:
        """What the user should know although nothing fails for it (Chinese)."""
        places, material = self.exam.places, self.material
        if places < limits.FEWEST_PLACES:
            yield texts()["few_places"].format(places=places, fewest=limits.FEWEST_PLACES)
        named = base_of(material.adapter)
        folder = Path(source_of(named))
        # A Hub id is not fetched for this: its folder is only known when it is the one in use.
        if folder.is_dir() and fingerprint(folder) != fingerprint(material.base):
            yield texts()["other_base"].format(given=material.base_name, named=named)
        own = folder_tokenizer(material.base)
        if getattr(own, "chat_template", None) and not seen_prompt(own, self.exam.items[0])[1]:
            yield texts()["foreign_base_template"]


def write_report(report: dict[str, Any], run: Path, out: Path | None = None) -> Path:
    """Write the report to `out`, or to the run folder, or to the user's folder; returns the place.

    The installed package is never written to.
    """
    home, own = settings().home / VERIFICATION, run / VERIFICATION
    place = out or (home if run.resolve() == SHIPPED.resolve() else own)
    try:
        write_json(place, report)
    except ToujiaoError:
        if place != own:
            raise
        place = home
        write_json(place, report)
    return place
