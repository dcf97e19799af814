"""What the user should know about a pair although nothing fails for it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from toujiao.models.fingerprint import fingerprint
from toujiao.models.resolve import base_of, source_of
from toujiao.models.verify import limits, texts
from toujiao.models.verify.exam import Exam
from toujiao.models.verify.material import Material
from toujiao.models.verify.transformers_hops import folder_tokenizer, seen_prompt


def collect(material: Material, exam: Exam) -> Iterator[str]:
    """Chinese lines: few tokens, another base than the adapter names, the base's own template."""
    places = sum(len(item.answer) for item in exam.items)
    if places < limits.FEWEST_PLACES:
        yield texts.FEW_PLACES.format(places=places, fewest=limits.FEWEST_PLACES)
    named = base_of(material.adapter)
    folder = Path(source_of(named))
    # A Hub id is not fetched for this: its folder is only known when it is the one in use.
    if folder.is_dir() and fingerprint(folder) != fingerprint(material.base):
        yield texts.OTHER_BASE.format(given=material.base_name, named=named)
    tokenizer = folder_tokenizer(material.base)
    if getattr(tokenizer, "chat_template", None) and not seen_prompt(tokenizer, exam.items[0])[1]:
        yield texts.FOREIGN_BASE_TEMPLATE
