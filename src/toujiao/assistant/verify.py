"""Checks each sentence of a model before it is shown: its numbers and, for a small model, its words.

A sentence whose numbers stand in no card, rule, calculation or question is not shown. A small model
(`strict`) must also stay close to one sentence of the material: it may drop or swap a harmless
word, not a negation, a direction or a digit.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field

from rapidfuzz import fuzz, process
from rapidfuzz.distance import Indel

from toujiao.knowledge.check import ANALOGY, PITFALL, RISK, WORKED
from toujiao.knowledge.wording import load_wording

_SENTENCE = re.compile(r"[^。！？\n]*[。！？\n]+[”’）)]*|[^。！？\n]+")
_NUMBER = re.compile(r"\d+(?:[.,]\d+)*")
_LABEL = re.compile(rf"^({'|'.join((ANALOGY, *WORKED, PITFALL, RISK))})：")
_NOISE = re.compile(r"[\s“”‘’《》（）()，。！？；：、,.!?;:]+")
# A change in one of these can turn a sentence into its opposite.
SENSITIVE = frozenset(
    "不没无非未别勿莫涨跌升降买卖高低多少大小上下红绿收付增减前后早晚正负能可必都只最"
)
CLOSE_ENOUGH = 88.0
REPEATED = "repeated"


def split_sentences(text: str) -> list[str]:
    """Sentences with their end marks and line breaks, nothing lost."""
    return _SENTENCE.findall(text)


def numbers(text: str) -> Counter[str]:
    """The numbers in a text, commas and trailing zeros removed."""
    found = (match.replace(",", "") for match in _NUMBER.findall(text))
    return Counter(n.rstrip("0").rstrip(".") if "." in n else n for n in found)


def strip_label(sentence: str) -> str:
    """The sentence without its section label (“打个比方：”) and surrounding space."""
    return _LABEL.sub("", sentence.strip())


def opens_section(sentence: str) -> bool:
    """Whether the sentence starts with a section label."""
    return _LABEL.match(sentence.strip()) is not None


def _bare(sentence: str) -> str:
    return _NOISE.sub("", strip_label(sentence))


@dataclass(frozen=True)
class Finding:
    """The verdict on one sentence; `reason` is for logs and tests."""

    ok: bool
    reason: str = ""


@dataclass
class Verifier:
    """Checks sentences against the material of one question."""

    question: str
    material: list[str]
    strict: bool
    _sentences: list[str] = field(init=False)
    _known: set[str] = field(init=False)
    _seen: set[str] = field(init=False, default_factory=set)

    def __post_init__(self) -> None:
        self._sentences = [
            bare for text in self.material for s in split_sentences(text) if (bare := _bare(s))
        ]
        self._known = set(numbers(self.question))
        for text in self.material:
            self._known |= set(numbers(text))

    def check(self, sentence: str) -> Finding:
        """Whether the sentence may be shown."""
        bare = _bare(sentence)
        if not bare:
            return Finding(True)
        if bare in self._seen:
            return Finding(False, REPEATED)
        loose = set(numbers(strip_label(sentence))) - self._known
        if loose:
            return Finding(False, f"untraced numbers: {', '.join(sorted(loose))}")
        wording = load_wording()
        if wording.find_advice(sentence) or wording.find_promise(sentence):
            return Finding(False, "advice or promise")
        finding = self._check_words(bare) if self.strict else Finding(True)
        if finding.ok:
            self._seen.add(bare)
        return finding

    def _check_words(self, bare: str) -> Finding:
        best = process.extractOne(bare, self._sentences, scorer=fuzz.ratio)
        if best is None or best[1] < CLOSE_ENOUGH:
            return Finding(False, "not close to any sentence of the material")
        source = best[0]
        if numbers(bare) != numbers(source):
            return Finding(False, "numbers differ from the nearest sentence")
        changed = changed_characters(source, bare)
        if touched := changed & SENSITIVE:
            return Finding(False, f"changed meaning: {''.join(sorted(touched))}")
        return Finding(True)


def changed_characters(source: str, sentence: str) -> set[str]:
    """Characters inserted, deleted or replaced between the two."""
    changed: set[str] = set()
    for edit in Indel.opcodes(source, sentence):
        if edit.tag != "equal":
            changed |= set(source[edit.src_start : edit.src_end])
            changed |= set(sentence[edit.dest_start : edit.dest_end])
    return changed


def grounded_share(sentences: Iterable[str], verifier: Verifier) -> float:
    """Share of the sentences whose content can be traced to the material (1.0 for none)."""
    checked = [bare for s in sentences if (bare := _bare(s))]
    if not checked:
        return 1.0
    close = sum(
        1
        for bare in checked
        if (best := process.extractOne(bare, verifier._sentences, scorer=fuzz.ratio))
        and best[1] >= CLOSE_ENOUGH
    )
    return round(close / len(checked), 3)
