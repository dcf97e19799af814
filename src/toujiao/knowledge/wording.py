"""The forbidden wordings and the jargon list (`wording.yaml`): advice, promises, hard words."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from toujiao.yaml_file import load_yaml

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


@cache
def load_wording() -> Wording:
    """The lists that ship with the package (read once)."""
    data = load_yaml(_PATH.read_text(encoding="utf-8"), _PATH)
    return Wording(
        advice=tuple(re.compile(pattern) for pattern in data["advice"]),
        promises=tuple(data["promises"]),
        jargon=tuple(data["jargon"]),
    )
