"""Checks each sentence of a model before it is shown: its figures and, for a small model, its words.

A sentence is not shown when one of its figures does not stand in the material with its unit and in
its role (`facts`). A small model (`strict`) must also stay close to one sentence of the material:
it may drop or swap a harmless word, not a negation, a direction or a figure.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import cached_property

from rapidfuzz import fuzz, process
from rapidfuzz.distance import Indel

from toujiao.assistant.copies import HOLE, Copy, is_quoted, masked, sentences
from toujiao.assistant.facts import Tracer
from toujiao.assistant.figures import read_figures
from toujiao.knowledge.shapes import every_section
from toujiao.knowledge.wording import load_wording

_NUMBER = re.compile(r"\d+(?:[.,]\d+)*")
_LABEL = re.compile(rf"^({'|'.join(every_section())})：")
# A point or comma between digits belongs to the number.
_NOISE = re.compile(r"(?:[\s“”‘’《》（）()，。！？；：、!?;:]|[,.](?!\d)|(?<!\d)[,.])+")
_CONTROL_TOKEN = re.compile(r"<\||\|>|[<＜]\s*/?\s*(?:think|tool_call|tool_response)", re.I)
# A change in one of these can turn a sentence into its opposite, or into another number.
SENSITIVE = frozenset(
    "不没无非未别勿莫否禁免涨跌升降买卖高低多少大小上下红绿收付增减前后早晚正负能可必都只最"
    "加乘除赚亏盈赔快慢长短强弱进出入先内外新旧违须"
    "零一二两三四五六七八九十百千万亿半几%％‰元倍成天日周月年"
)
CLOSE_ENOUGH = 88.0
REPEATED, CONTROL_TOKEN = "repeated", "control token"


def split_sentences(text: str) -> list[str]:
    """Sentences with their end marks and line breaks, nothing lost."""
    return sentences(text)


def numbers(text: str) -> Counter[str]:
    """The numbers in a text, commas and trailing zeros removed."""
    return Counter(numbers_in_order(text))


def numbers_in_order(text: str) -> list[str]:
    """Like `numbers`, as they follow each other."""
    found = (match.replace(",", "") for match in _NUMBER.findall(text))
    return [n.rstrip("0").rstrip(".") if "." in n else n for n in found]


def strip_label(sentence: str) -> str:
    """The sentence without its section label (“打个比方：”) and surrounding space."""
    return _LABEL.sub("", sentence.strip())


def opens_section(sentence: str) -> bool:
    """Whether the sentence starts with a section label."""
    return _LABEL.match(sentence.strip()) is not None


def _bare(sentence: str) -> str:
    return _NOISE.sub("", strip_label(sentence))


def _with_holes(sentence: str) -> tuple[str, Copy]:
    """The bare sentence with a hole for every figure, and its figures."""
    text = strip_label(sentence)
    figures = read_figures(text)
    return masked(text, figures), Copy(figures, quoted=False)


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
    _sentences: dict[str, str] = field(init=False)
    _said: list[str] = field(init=False, default_factory=list)
    _seen: set[str] = field(init=False, default_factory=set)

    def __post_init__(self) -> None:
        # Also across line breaks: an answer joins the lines of a section.
        texts = [text for raw in self.material for text in (raw, raw.replace("\n", ""))]
        self._sentences = {
            bare: s for text in texts for s in split_sentences(text) if (bare := _bare(s))
        }

    @cached_property
    def _tracer(self) -> Tracer:
        """Made for the first sentence that is no copy: the voice of the cards never needs it."""
        return Tracer(self.question, self.material)

    @cached_property
    def _holed(self) -> dict[str, list[Copy]]:
        """The sentences of the material by their text with a hole for every figure."""
        found: dict[str, list[Copy]] = {}
        for sentence in self._sentences.values():
            holed, copy = _with_holes(sentence)
            found.setdefault(holed, []).append(copy)
        return found

    def _is_copy(self, sentence: str, bare: str) -> bool:
        """Whether the sentence stands in the material; a quoted claim only in its quotation marks."""
        source = self._sentences.get(bare)
        return source is not None and is_quoted(strip_label(source)) <= is_quoted(
            strip_label(sentence)
        )

    def check(self, sentence: str) -> Finding:
        """Whether the sentence may be shown."""
        bare = _bare(sentence)
        if not bare:
            return Finding(True)
        if bare in self._seen:
            return Finding(False, REPEATED)
        if _CONTROL_TOKEN.search(sentence):
            return Finding(False, CONTROL_TOKEN)
        wording = load_wording()
        if wording.find_advice(sentence) or wording.find_promise(sentence):
            return Finding(False, "advice or promise")
        fault = "" if self._is_copy(sentence, bare) else self._fault_of(sentence)
        if fault:
            return Finding(False, fault)
        self._seen.add(bare)
        self._said.append(sentence)
        return Finding(True)

    def _fault_of(self, sentence: str) -> str:
        fault = self._tracer.fault(strip_label(sentence), self._said)
        return fault or (self._fault_of_words(sentence) if self.strict else "")

    def _fault_of_words(self, sentence: str) -> str:
        """Why the sentence is not close enough to one of the material; "" when it is."""
        holed, said = _with_holes(sentence)
        near = process.extract(
            holed, self._holed.keys(), scorer=fuzz.ratio, score_cutoff=CLOSE_ENOUGH, limit=5
        )
        if not near:
            return "not close to any sentence of the material"
        sources = [
            name for name, _, _ in near if any(c.says(said.figures) for c in self._holed[name])
        ]
        if not sources:
            return "numbers differ from the nearest sentence"
        touched = [changed_characters(source, holed) & (SENSITIVE | {HOLE}) for source in sources]
        least = min(touched, key=len)
        return f"changed meaning: {''.join(sorted(least))}" if least else ""

    def nearest(self, bare: str) -> str | None:
        """The bare sentence of the material that is close enough to this one, or None."""
        best = process.extractOne(
            bare, self._sentences.keys(), scorer=fuzz.ratio, score_cutoff=CLOSE_ENOUGH
        )
        return best[0] if best else None


def says_something(sentence: str) -> bool:
    """Whether there is more in it than space and punctuation."""
    return bool(_bare(sentence))


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
    close = sum(verifier.nearest(bare) is not None for bare in checked)
    return round(close / len(checked), 3)
