"""Lets a backend speak sentence by sentence, and completes the answer from the card where needed."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from toujiao.assistant.copies import END_MARKS
from toujiao.assistant.think import without_thinking
from toujiao.assistant.verify import (
    CONTROL_TOKEN,
    REPEATED,
    Verifier,
    opens_section,
    says_something,
    split_sentences,
)

# More dropped sentences than this share of all, and the model is not listened to any longer.
MOST_DROPPED = 0.25
FEWEST_SENTENCES = 3
# “不对。”, “不一定。”: a reply to the sentence before it.
SHORT_REPLY = 6
# A model that has not come to an end by now will not.
MOST_CHARACTERS = 4000
# Nor will one that has not stopped thinking by now.
MOST_THOUGHT = 40_000


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
    answer = without_thinking(_at_most(MOST_THOUGHT, pieces))
    for sentence in whole_sentences(_at_most(MOST_CHARACTERS, answer)):
        if not says_something(sentence):
            if _breaks_line(sentence, speech):
                yield _show(sentence, speech)
            continue
        finding = verifier.check(sentence)
        if finding.ok and not _hangs_on_dropped(sentence, speech):
            yield _show(sentence, speech)
            continue
        if finding.reason == CONTROL_TOKEN:  # that is where the answer was meant to end
            break
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


def _hangs_on_dropped(sentence: str, speech: Speech) -> bool:
    """Whether a bare “不对。” would be left without the misconception before it."""
    short = len(sentence.strip()) <= SHORT_REPLY
    before_quote = not speech.shown or not speech.shown[-1].rstrip().endswith("”")
    return short and bool(speech.dropped) and before_quote


def _enough(speech: Speech, fallback: str) -> bool:
    """Whether the shown sentences are an answer of their own: several, and most of those made."""
    needed = min(FEWEST_SENTENCES, len(split_sentences(fallback)))
    said = sum(map(says_something, speech.shown))
    made = said + len(speech.dropped)
    return said >= needed and len(speech.dropped) <= max(1, MOST_DROPPED * made)


def _rest_of(fallback: str, verifier: Verifier, speech: Speech) -> Iterator[str]:
    """The sentences of the composed card that were not said yet."""
    if not speech.shown:
        speech.shown.append(fallback)
        yield fallback
        return
    for sentence in split_sentences(fallback):
        if verifier.check(sentence).reason == REPEATED:
            continue
        yield _show(sentence, speech)


def _show(sentence: str, speech: Speech) -> str:
    """The sentence as it is shown: a section starts a paragraph, also where its place was lost."""
    apart = speech.shown and opens_section(sentence) and not speech.shown[-1].endswith("\n")
    text = f"\n\n{sentence.lstrip()}" if apart else sentence
    speech.shown.append(text)
    return text


def _breaks_line(sentence: str, speech: Speech) -> bool:
    """Whether it is a line break where one makes sense (not stray punctuation, not at the top)."""
    return bool(speech.shown) and not sentence.strip() and not speech.shown[-1].endswith("\n")


def _at_most(characters: int, pieces: Iterable[str]) -> Iterator[str]:
    for piece in pieces:
        yield piece
        characters -= len(piece)
        if characters <= 0:
            return


def whole_sentences(pieces: Iterable[str]) -> Iterator[str]:
    """Regroup streamed pieces into whole sentences; nothing is lost."""
    waiting, ended = "", False
    for piece in pieces:
        waiting += piece
        ended = ended or _ends_sentence(piece)
        if ended:  # without an end mark there is nothing to cut off yet
            *done, waiting = split_sentences(waiting)
            yield from done
            ended = _ends_sentence(waiting)
    yield from split_sentences(waiting)


def _ends_sentence(text: str) -> bool:
    return any(mark in text for mark in END_MARKS)
