"""Lets a backend speak sentence by sentence, and completes the answer from the card where needed."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from toujiao.assistant.verify import REPEATED, Verifier, opens_section, split_sentences

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
    if not speech.shown:
        speech.shown.append(fallback)
        yield fallback
        return
    for sentence in split_sentences(fallback):
        if verifier.check(sentence).reason == REPEATED:
            continue
        apart = opens_section(sentence) and not speech.shown[-1].endswith("\n")
        text = f"\n\n{sentence}" if apart else sentence
        speech.shown.append(text)
        yield text


def whole_sentences(pieces: Iterable[str]) -> Iterator[str]:
    """Regroup streamed pieces into whole sentences; nothing is lost."""
    waiting = ""
    for piece in pieces:
        waiting += piece
        *done, waiting = split_sentences(waiting) or [""]
        yield from done
    if waiting.strip():
        yield from split_sentences(waiting)
