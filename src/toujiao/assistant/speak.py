"""Lets a backend speak sentence by sentence, and completes the answer from the card where needed."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from toujiao.assistant.verify import Verifier, split_sentences

# More dropped sentences than this share of all, and the model is not listened to any longer.
MOST_DROPPED = 0.25
FEWEST_SENTENCES = 3


@dataclass
class Speech:
    """What was shown, what was dropped (with the reason), and whether the card had to step in."""

    shown: list[str] = field(default_factory=list)
    dropped: list[tuple[str, str]] = field(default_factory=list)
    fell_back: bool = False


def speak(
    pieces: Iterable[str], verifier: Verifier, fallback: str, speech: Speech
) -> Iterator[str]:
    """Yield the sentences that pass; switch to the rest of `fallback` when too many do not."""
    for sentence in whole_sentences(pieces):
        finding = verifier.check(sentence)
        if finding.ok:
            speech.shown.append(sentence)
            yield sentence
            continue
        speech.dropped.append((sentence, finding.reason))
        first_failed = not speech.shown
        too_many = len(speech.dropped) > 1 and len(speech.dropped) > MOST_DROPPED * (
            len(speech.shown) + len(speech.dropped)
        )
        if first_failed or too_many:
            break
    if _enough(speech, fallback):
        return
    speech.fell_back = True
    yield from _rest_of(fallback, verifier, speech)


def _enough(speech: Speech, fallback: str) -> bool:
    """Whether the shown sentences are an answer of their own: several, and most of those made."""
    needed = min(FEWEST_SENTENCES, len(split_sentences(fallback)))
    made = len(speech.shown) + len(speech.dropped)
    return len(speech.shown) >= needed and len(speech.dropped) <= max(1, MOST_DROPPED * made)


def _rest_of(fallback: str, verifier: Verifier, speech: Speech) -> Iterator[str]:
    """The sentences of the composed card that were not said yet."""
    for sentence in split_sentences(fallback):
        if verifier.check(sentence).reason == "repeated":
            continue
        text = sentence
        if not speech.shown:
            text = sentence.lstrip()
        elif sentence.strip() and _starts_section(sentence) and not _ends_line(speech.shown):
            text = f"\n\n{sentence.lstrip()}"
        speech.shown.append(text)
        yield text


def _starts_section(sentence: str) -> bool:
    return "：" in sentence[:6]


def _ends_line(shown: list[str]) -> bool:
    return shown[-1].endswith("\n")


def whole_sentences(pieces: Iterable[str]) -> Iterator[str]:
    """Regroup streamed pieces into whole sentences; nothing is lost."""
    waiting = ""
    for piece in pieces:
        waiting += piece
        *done, waiting = split_sentences(waiting) or [""]
        yield from done
    if waiting.strip():
        yield from split_sentences(waiting)
