"""Makes a raw question safe and plain before anything else looks at it.

Removes what nobody typed on purpose (control characters, markup, chat control tokens), unifies
how characters are written, and turns away what is no question: nothing at all, or a novel.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping, Sequence
from contextlib import suppress
from functools import cache
from typing import Any

from toujiao.assistant.texts import text as fixed_text
from toujiao.errors import ToujiaoError

MAX_CHARACTERS = 2000

# NFKC would turn these into ASCII look-alikes or pull them apart (… -> ..., ½ -> 1⁄2).
_KEEP_AS_IS = "，。！？；：（）“”‘’、《》【】…—～·¼½¾⅓⅔²³"
_NORMALIZE = re.compile(f"[^{_KEEP_AS_IS}]+")
_SPACES = re.compile(r"[^\S\n]+")
_CHAT_TOKEN = re.compile(r"<\|[^<>|\n]{0,40}\|>")
_BLOCK = re.compile(r"<(script|style)\b[^>]*>.*?(</\1\s*>|\Z)|<!--.*?-->", re.DOTALL | re.I)
# Only names that are HTML: "MA5<MA10>MA20" is a comparison and must stay.
_TAG = re.compile(
    r"</?(?:a|abbr|article|audio|b|base|blockquote|body|br|button|canvas|center|code|details|div|dl|dt|"
    r"em|embed|font|footer|form|h[1-6]|head|header|hr|html|i|iframe|img|input|label|li|link|main|"
    r"marquee|math|meta|nav|object|ol|option|p|param|pre|script|section|select|small|source|span|"
    r"strong|style|sub|summary|sup|svg|table|tbody|td|template|textarea|tfoot|th|thead|title|tr|"
    r"u|ul|video|think|tools?|tool_call|tool_response)(?:[\s/][^<>]*)?>",
    re.I,
)
# A tag that is cut off at the end can still run in a browser.
_OPEN_TAG = re.compile(
    r"<(?:iframe|img|object|embed|link|meta|base|svg|video|audio)[\s/][^<>]*\Z", re.I
)
_RULER = re.compile(r"^[|\s:=+-]*$")
_CELL_BORDER = re.compile(r"\s*[|\t]\s*")
_HAN = r"[\u3400-\u9fff\uf900-\ufaff]"
_MARK = r"[，。！？；：（）“”‘’、《》【】…]"
_GAP = re.compile(rf"(?<={_HAN}) (?={_HAN}|{_MARK})|(?<={_MARK}) ")
# Control, format (zero-width, text direction), surrogates, private use; variation selectors.
_UNSEEN = ("Cc", "Cf", "Cs", "Co")
_SELECTORS = range(0xFE00, 0xFE10)


def clean_question(text: str) -> str:
    """The question as one line of simplified Chinese without markup.

    Raises `ToujiaoError` when nothing to read is left or the text is over `MAX_CHARACTERS`.
    Cleaning a cleaned question changes nothing.
    """
    _check_length(text.strip())
    previous, result = None, text
    while result != previous:  # removing one thing can lay bare another: <<b>|x|>
        previous, result = result, _clean_once(result)
    _check_length(result)
    if not any(unicodedata.category(character)[0] in "LN" for character in result):
        raise ToujiaoError(fixed_text("empty_question"))
    return result


def _clean_once(text: str) -> str:
    text = _NORMALIZE.sub(lambda match: unicodedata.normalize("NFKC", match.group()), text)
    text = _drop_unseen(text)
    for markup in (_CHAT_TOKEN, _BLOCK, _TAG, _OPEN_TAG):
        text = markup.sub(" ", text)
    text = text.replace("<|", " ").replace("|>", " ")
    text = _simplified(_flatten(text))
    return _GAP.sub("", " ".join(text.split()))


def _check_length(text: str) -> None:
    if len(text) > MAX_CHARACTERS:
        raise ToujiaoError(fixed_text("long_question", length=len(text), limit=MAX_CHARACTERS))


def _drop_unseen(text: str) -> str:
    """Every kind of line break becomes a newline; other characters that do not show go away."""
    text = "\n".join(text.splitlines()).replace("\u00a0", " ")
    return "".join(
        character
        for character in text
        if character in "\n\t"
        or (unicodedata.category(character) not in _UNSEEN and ord(character) not in _SELECTORS)
    )


def _flatten(text: str) -> str:
    """Rows of a pasted table become `cell，cell；cell，cell`; other lines are joined."""
    lines = []
    for line in text.split("\n"):
        cells = [cell for cell in _CELL_BORDER.split(line.strip()) if not _RULER.match(cell)]
        if len(cells) > 1:
            lines.append("，".join(cells) + "；")
        elif cells:
            lines.append(_SPACES.sub(" ", cells[0]))
    return " ".join(lines).rstrip("；")


def _simplified(text: str) -> str:
    return str(_converter().convert(text)) if re.search(_HAN, text) else text


@cache
def _converter() -> Any:
    # Imported here: it loads its dictionaries at once, and most runs of the command need none.
    import opencc

    return opencc.OpenCC("t2s")


def asked_before(history: Sequence[Mapping[str, str]]) -> list[str]:
    """The user's earlier questions as they were read then; what cannot be read is left out."""
    asked = []
    for message in history:
        if message["role"] == "user":
            with suppress(ToujiaoError):
                asked.append(clean_question(message["content"]))
    return asked
