"""The result of a verification: a JSON report that stays, and what of it is shown."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from importlib.metadata import version
from pathlib import Path
from typing import Any

from toujiao.errors import ToujiaoError
from toujiao.models.fingerprint import fingerprint
from toujiao.models.output import new_file
from toujiao.models.tiny import SHIPPED
from toujiao.models.verify.comparison import Measures
from toujiao.models.verify.exam import Exam
from toujiao.models.verify.judge import Failure, Kind
from toujiao.models.verify.limits import Limits
from toujiao.models.verify.material import Material
from toujiao.settings import settings

FILE_NAME = "verification.json"
_LIBRARIES = ("torch", "transformers", "peft", "gguf", "xllamacpp", "toujiao")


@dataclass(frozen=True)
class HopResult:
    """One hop: what was measured, what it had to reach, what it failed."""

    name: str
    kind: Kind
    measures: Measures | None
    """None where there was nothing to measure: a comparison of files, or the hop did not run."""
    limit: Limits
    failures: tuple[Failure, ...]
    seconds: float

    @property
    def judged(self) -> bool:
        """Whether the hop can fail at all; the base is only there to compare with."""
        return self.kind != "base"


@dataclass(frozen=True)
class Report:
    """All hops of one verification."""

    material: Material
    exam: Exam
    hops: tuple[HopResult, ...]
    notes: tuple[str, ...]
    """What the user should know although nothing fails for it (Chinese)."""

    @property
    def failures(self) -> list[Failure]:
        """Every failed measure of every hop."""
        return [failure for hop in self.hops for failure in hop.failures]

    @property
    def places(self) -> int:
        """Tokens that every hop is compared on."""
        return sum(len(item.answer) for item in self.exam.items)

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
            "tokens": self.places,
            "held_out_loss": {"before": self.exam.loss_before, "after": self.exam.loss_after},
            "effect": self.effect,
            "hops": [_hop_json(hop) for hop in self.hops],
            "failures": [asdict(failure) for failure in self.failures],
            "notes": list(self.notes),
            "versions": {name: version(name) for name in _LIBRARIES},
            "created": dt.datetime.now(dt.UTC).isoformat(timespec="seconds"),
        }


def _hop_json(hop: HopResult) -> dict[str, Any]:
    measures = None
    if hop.measures:
        shares = {"agreement": hop.measures.agreement, "nearness": hop.measures.nearness}
        measures = asdict(hop.measures) | shares
    return {
        "name": hop.name,
        "passed": not hop.failures,
        "measures": measures,
        "limits": asdict(hop.limit),
        "seconds": round(hop.seconds, 1),
    }


def report_places(run: Path, out: Path | None) -> Iterable[Path]:
    """Where the report may go, best first: `out` alone, or the run folder, or the user's folder.

    The installed package is never written to.
    """
    if out:
        return [out]
    home = settings().home / FILE_NAME
    return [home] if run.resolve() == SHIPPED.resolve() else [run / FILE_NAME, home]


def write_report(text: str, places: Iterable[Path]) -> Path:
    """Write the JSON text to the first place that takes it, whole or not at all; returns the place."""
    reason = ""
    for path in places:
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            with new_file(path) as partial:
                partial.write_text(text + "\n", encoding="utf-8")
        except (OSError, ToujiaoError) as error:
            reason = str(error).rstrip("。")
        else:
            return path
    raise ToujiaoError(f"写不了报告（{reason}）。请用 --out 指定一个能写的文件。")
