"""What the answers say: advice, promises, numbers that come from nowhere."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from toujiao.assistant.verify import numbers_in_order
from toujiao.dataset.audit import texts
from toujiao.dataset.audit.findings import Finding, Severity, examples, finding
from toujiao.knowledge.wording import load_wording

# “1. ” or “（2）” at the start of a line counts the lines and says nothing.
_ORDINAL = re.compile(r"^[ \t]*[（(]?\d{1,2}(?:[.、)）](?!\d)|\s)", re.MULTILINE)


def check_content(rows: Sequence[Mapping[str, Any]]) -> Iterator[Finding]:
    """Wording that an educational assistant may not learn, and unsourced numbers."""
    wording = load_wording()
    found: dict[str, dict[int, str]] = {"advice": {}, "promise": {}, "unsourced-number": {}}
    for number, row in enumerate(rows, 1):
        answers = [m["content"] for m in row["messages"] if m["role"] == "assistant"]
        for answer in answers:
            if advice := wording.find_advice(answer):
                found["advice"].setdefault(number, advice)
            if promise := wording.find_promise(answer):
                found["promise"].setdefault(number, promise)
        if loose := unsourced_numbers(row["messages"]):
            found["unsourced-number"][number] = "、".join(loose[:5])
    for code, where in found.items():
        if where:
            shown = (texts.IN_ROW.format(row=row, what=what) for row, what in where.items())
            yield finding(code, Severity.WARN, where, examples=examples(shown))


def unsourced_numbers(messages: Sequence[Mapping[str, str]]) -> list[str]:
    """Numbers of the answers that stand in no earlier message of the conversation."""
    known: set[str] = set()
    loose: list[str] = []
    for message in messages:
        text = unicodedata.normalize("NFKC", message["content"])
        if message["role"] == "assistant":
            said = numbers_in_order(_ORDINAL.sub("", text))
            loose += [number for number in said if number not in known]
            known.update(said)
        else:
            known.update(numbers_in_order(text))
    return list(dict.fromkeys(loose))
