"""One browser session's talk: its turns, what the chat shows and what the assistant is told.

Knows no web framework, so it is tested without one.
"""

from __future__ import annotations

import re
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Protocol

from toujiao.assistant.closing import closing
from toujiao.assistant.prompt import Message
from toujiao.errors import ToujiaoError
from toujiao.knowledge.knowledge import Knowledge
from toujiao.records import Answer, Kind
from toujiao.web.texts import text

# A pasted novel is sent to the assistant (which says what is wrong) but not echoed in full.
LONGEST_ECHO = 600
# The page is redrawn this often while an answer streams; more often only costs time.
REDRAW_SECONDS = 0.05

_MARKDOWN = re.compile(r"([\\`*_{}\[\]()#+\-.!<>|~$&:=@/])")
_TAG_START = re.compile(r"<(?=[A-Za-z/!?])")
_IMAGE_START = re.compile(r"!(?=\[)")


class Bot(Protocol):
    """What the page needs of the assistant."""

    @property
    def knowledge(self) -> Knowledge: ...

    def stream(
        self, question: str, history: Sequence[Message] | None = None
    ) -> Iterator[str | Answer]: ...


@dataclass
class Turn:
    """A question and what has come back so far; `answer` is there once it is complete."""

    question: str
    text: str = ""
    answer: Answer | None = None
    started: bool = False
    failed: bool = False
    vote_id: int | None = None

    @property
    def done(self) -> bool:
        return self.failed or self.answer is not None

    def take(self, piece: str | Answer) -> None:
        """Add a piece of the stream; the record at its end has the whole text."""
        if isinstance(piece, Answer):
            self.answer, self.text = piece, piece.answer
        else:
            self.text += piece

    def fail(self, message: str) -> None:
        """Show a message instead of an answer."""
        self.text, self.failed = message, True


@dataclass
class Conversation:
    """The turns of one session, oldest first."""

    turns: list[Turn] = field(default_factory=list)
    stopped: bool = False

    @property
    def last(self) -> Turn | None:
        return self.turns[-1] if self.turns else None

    @property
    def busy(self) -> bool:
        """Whether an answer is still being written."""
        return self.last is not None and not self.last.done

    def begin(self, question: str) -> None:
        """Add a question that `run` is going to answer."""
        self.stopped = False
        self.turns.append(Turn(question))

    def run(self, bot: Bot) -> Iterator[None]:
        """Answer the last question; yields whenever there is something new to draw.

        A ToujiaoError is shown as the answer. Any other error leaves a plain sentence in the chat
        and is raised, so that it keeps its traceback.
        """
        turn = self.last
        if turn is None or turn.started:
            return
        turn.started = True
        history = self.history()
        drawn = 0.0
        try:
            for piece in bot.stream(turn.question, history):
                if self.stopped:
                    return
                turn.take(piece)
                if time.monotonic() - drawn >= REDRAW_SECONDS:
                    drawn = time.monotonic()
                    yield
        except ToujiaoError as error:
            turn.fail(str(error))
        except Exception:
            turn.fail(text("trouble"))
            yield
            raise
        finally:
            # The reader left, or the bot gave no record: the next question must not wait for it.
            turn.failed = turn.answer is None
        yield

    def stop(self, knowledge: Knowledge) -> None:
        """End the answer that is being written; what is shown of it is labelled all the same."""
        turn = self.last
        if turn is None or turn.done:
            return
        self.stopped = turn.failed = True
        label = closing(Kind.UNKNOWN, (), (), knowledge)
        turn.text = f"{turn.text.rstrip()}\n\n{text('stopped')}{label}".lstrip()

    def history(self) -> list[Message]:
        """The complete turns before the last question, as the assistant wants them."""
        messages: list[Message] = []
        for turn in self.turns:
            if turn.answer:
                messages.append({"role": "user", "content": turn.question})
                messages.append({"role": "assistant", "content": turn.answer.answer})
        return messages

    def messages(self) -> list[Message]:
        """What the chat shows, as Markdown: two messages per turn."""
        shown: list[Message] = []
        for turn in self.turns:
            shown.append({"role": "user", "content": as_plain_markdown(_echo(turn.question))})
            answer = harmless_markdown(turn.text) or text("thinking")
            shown.append({"role": "assistant", "content": answer})
        return shown

    def turn_of(self, message_index: int) -> Turn | None:
        """The turn that a message of `messages()` belongs to."""
        position = message_index // 2
        return self.turns[position] if 0 <= position < len(self.turns) else None


def as_plain_markdown(typed: str) -> str:
    """Markdown that shows the typed text as it is: no element, no emphasis, no link."""
    return _MARKDOWN.sub(r"\\\1", typed)


def harmless_markdown(answer: str) -> str:
    """The answer with any HTML shown as text and no images (they would be fetched)."""
    return _IMAGE_START.sub(r"\\!", _TAG_START.sub(r"\\<", answer))


def _echo(question: str) -> str:
    if len(question) <= LONGEST_ECHO:
        return question
    return question[:LONGEST_ECHO] + text("cut", length=len(question))
