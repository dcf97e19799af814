"""The forbidden wordings and the jargon list (`wording.yaml`): advice, promises, hard words."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from toujiao.errors import ToujiaoError
from toujiao.records import Record
from toujiao.yaml_file import read_record

_PATH = Path(__file__).parent / "wording.yaml"
_QUOTED = re.compile(r"“[^”]*”|「[^」]*」|《[^》]*》")


@dataclass(frozen=True)
class Wording:
    """Compiled word lists."""

    advice: tuple[re.Pattern[str], ...]
    promises: tuple[str, ...]
    jargon: tuple[str, ...]

    def find_advice(self, text: str) -> str | None:
        """The first advice-like wording outside quotation marks, or None."""
        bare = _QUOTED.sub("“”", text)
        found = (pattern.search(bare) for pattern in self.advice)
        return next((match.group() for match in found if match), None)

    def find_promise(self, text: str) -> str | None:
        """The first promise outside quotation marks that is not being denied, or None."""
        bare = _QUOTED.sub("“”", text)
        for word in self.promises:
            for match in re.finditer(re.escape(word), bare):
                if not re.search(
                    r"(不|没有|别|非|禁|凡是|承诺|声称|宣传|号称|所谓).{0,8}$",
                    bare[: match.start()],
                ):
                    return word
        return None


class _Lists(Record):
    """wording.yaml; a list that is left out is empty."""

    advice: tuple[str, ...] = ()
    promises: tuple[str, ...] = ()
    jargon: tuple[str, ...] = ()


def read_wording(path: Path | None) -> Wording:
    """The lists of a wording.yaml; without a file nothing is forbidden and nothing is jargon."""
    if path is None:
        return Wording((), (), ())
    lists = read_record(path, _Lists)
    try:
        advice = tuple(re.compile(pattern) for pattern in lists.advice)
    except re.error as error:
        raise ToujiaoError(f"{path}：advice 里有不对的正则表达式（{error}）。") from error
    return Wording(advice, lists.promises, lists.jargon)


@cache
def load_wording() -> Wording:
    """The lists that ship with the package (read once)."""
    return read_wording(_PATH)
