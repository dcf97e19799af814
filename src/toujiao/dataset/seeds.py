"""Questions that no card holds: what the guard refuses, and subjects outside the cards.

They stand in the `seeds.yaml` of the knowledge; a folder without one refuses nothing, and its
subjects outside are everyday ones (`everyday.yaml`).
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from pathlib import Path

from pydantic import Field

from toujiao.errors import ToujiaoError
from toujiao.knowledge.knowledge import Knowledge
from toujiao.records import Record
from toujiao.yaml_file import read_record, read_yaml

SUBJECTS_PER_TEMPLATE = 8
_EVERYDAY = Path(__file__).parent / "everyday.yaml"


@dataclass(frozen=True)
class Seeds:
    """Questions by what they are for."""

    advice: tuple[str, ...] = ()
    unknown: tuple[str, ...] = ()


class _File(Record):
    """A seeds.yaml; in `advice`, {} is filled with every subject in turn."""

    subjects: tuple[str, ...] = Field(default=("这个",), min_length=1)
    advice: tuple[str, ...] = ()
    unknown: tuple[str, ...] = ()


def read_seeds(knowledge: Knowledge) -> Seeds | None:
    """The seeds of the knowledge, None when it has none."""
    path = knowledge.file("seeds.yaml")
    if path is None:
        return None
    data = read_record(path, _File)
    try:
        advice = [
            template.format(data.subjects[(i + j * 3) % len(data.subjects)])
            for i, template in enumerate(data.advice)
            for j in range(SUBJECTS_PER_TEMPLATE if "{}" in template else 1)
        ]
    except (KeyError, ValueError, IndexError) as error:
        raise ToujiaoError(f"{path}：advice 里只能有一个 {{}}，它会换成 subjects。") from error
    return Seeds(tuple(dict.fromkeys(advice)), data.unknown)


@cache
def everyday_questions() -> tuple[str, ...]:
    """Questions about this and that, for knowledge without seeds of its own."""
    return tuple(read_yaml(_EVERYDAY))
