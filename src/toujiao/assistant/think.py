"""Takes out of a stream what a model says to itself: `<think>…</think>`, `<tool_call>…</tool_call>`.

Works on pieces as they come: a tag may be cut anywhere, a block may never be closed, and a server
whose template opens the block sends only its end.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

_NAMES = (
    "thinking", "think", "thoughts", "thought", "reasoning", "reflection", "scratchpad",
    "tool_calls", "tool_call", "tool_response", "tools", "function_call", "antthinking",
)  # fmt: skip
_OPEN, _CLOSE = "<＜〈﹤[【", ">＞〉﹥]】"
_TAG = re.compile(
    rf"[{re.escape(_OPEN)}]\s*(?P<end>[/／]?)\s*\|?\s*(?:{'|'.join(_NAMES)})\b"
    rf"[^{re.escape(_OPEN + _CLOSE)}]*[{re.escape(_CLOSE)}]",
    re.I,
)
_UNFINISHED = re.compile(
    rf"[{re.escape(_OPEN)}]\s*[/／]?\s*\|?\s*(?P<name>[a-z_]*)(?P<more>[^{re.escape(_OPEN + _CLOSE)}]*)$",
    re.I,
)
# How such a monologue starts when its opening tag was part of the prompt.
_ALOUD = re.compile(
    r"\s*(?:(?:好的|好|嗯|首先|现在|okay|ok|alright|hmm|so)[，,。.\s]*)*"
    r"(?:用户|提问者|我(?:需要|得|要|应该)(?:先)?(?:看|想|理解|分析|回答|解释|根据|考虑)"
    r"|the user|let me|i need to|i should|we need)",
    re.I,
)
# A whole sentence that is more than 好的。
_SAYS = re.compile(r"[^好的嗯首先现在，,。！？.\s][^。！？\n]*[。！？\n]")
_LONGEST_OPENING = 64
_OPENING = 16  # characters that show how it starts
_WIDE = str.maketrans(
    {chr(code): chr(code - 0xFEE0) for code in range(0xFF21, 0xFF5B)} | {"＿": "_"}
)


def without_thinking(pieces: Iterable[str]) -> Iterator[str]:
    """The pieces without blocks of thought and of tool calls; nothing else is changed."""
    block = _Blocks()
    for piece in pieces:
        if kept := block.feed(piece):
            yield kept
    if kept := block.rest():
        yield kept


class _Blocks:
    """What has come and not been decided on, and how deep in blocks it is."""

    def __init__(self) -> None:
        self._waiting = ""
        self._depth = 0
        self._started = False

    def feed(self, piece: str) -> str:
        """Take a piece; give what is sure to be outside of any block."""
        self._waiting += piece
        if not self._started and not self._starts():
            return ""
        kept = []
        while match := _TAG.search(self._waiting.translate(_WIDE)):
            kept.append(self._take(match.start()))
            self._waiting = self._waiting[match.end() - match.start() :]
            self._enter(match)
        kept.append(self._take(self._safe_length()))
        return "".join(kept)

    def rest(self) -> str:
        """What is left at the end; a tag that is cut off is none of the answer."""
        opening = self._waiting if not self._started else ""
        self._started = True
        kept = "" if _ALOUD.match(opening) else self.feed("")
        return kept + self._tail()

    def _tail(self) -> str:
        cut = self._safe_length()
        return "" if self._depth or _ALOUD.match(self._waiting) else self._waiting[:cut]

    def _starts(self) -> bool:
        """Whether the first words are known; thought aloud waits for its closing tag."""
        if len(self._waiting) > _LONGEST_OPENING and not self._waiting.strip():
            return self._begin()
        text = self._waiting.translate(_WIDE)
        if len(text.strip()) < _OPENING and not _TAG.search(text) and not _SAYS.search(text):
            return False
        if _ALOUD.match(text):
            match = _TAG.search(text)
            if match is None or not match["end"]:
                return match is not None and not match["end"] and self._begin()
            self._waiting = self._waiting[match.end() :]
        return self._begin()

    def _begin(self) -> bool:
        self._started = True
        return True

    def _enter(self, match: re.Match[str]) -> None:
        if match["end"]:
            self._depth = max(0, self._depth - 1)
        elif not match.group()[:-1].rstrip().endswith(("/", "／")):
            self._depth += 1

    def _take(self, length: int) -> str:
        taken, self._waiting = self._waiting[:length], self._waiting[length:]
        return "" if self._depth else taken

    def _safe_length(self) -> int:
        """How much of the waiting text cannot be the beginning of a tag."""
        match = _UNFINISHED.search(self._waiting.translate(_WIDE))
        if match is None:
            return len(self._waiting)
        name, more = match["name"].lower(), match["more"]
        known = name in _NAMES if more else any(n.startswith(name) for n in _NAMES)
        return match.start() if known else len(self._waiting)
