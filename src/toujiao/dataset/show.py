"""Shows one training row as the model sees it, with the tokens that it learns from marked.

`console.print(marked(row, load_tokenizer()), soft_wrap=True)`: learned text is green, or stands in
〖…〗 where the output has no colour. `soft_wrap` keeps rich from breaking lines of its own.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from itertools import groupby
from pathlib import Path
from typing import TYPE_CHECKING, Any

from rich.console import Console
from rich.text import Text

from toujiao.errors import CANNOT_OPEN_BASE, ToujiaoError, missing_extra
from toujiao.models.resolve import is_hub_id, source_of
from toujiao.models.template import SPECIAL_TOKENS, chat_template
from toujiao.models.tiny import NAME as TINY

if TYPE_CHECKING:
    from transformers import PreTrainedTokenizerBase

LEARNED_STYLE, CONTROL_STYLE = "bold green", "reverse"
# Not 【】: every card title in the material stands in those.
OPENING, CLOSING = "〖", "〗"
_CONTROL_TOKEN = re.compile("|".join(re.escape(token) for token in SPECIAL_TOKENS))
# A control character in a row must not reach the terminal: show its picture (␛) instead.
PICTURES = {code: 0x2400 + code for code in range(0x20) if chr(code) not in "\t\n"}
PICTURES |= {0x7F: 0x2421} | dict.fromkeys(range(0x80, 0xA0), 0xFFFD)


def load_tokenizer(base: Path | str = TINY) -> PreTrainedTokenizerBase:
    """The tokenizer of a base (a folder, a Hub name or toujiao-tiny), with our template."""
    try:
        from transformers import AutoTokenizer
    except ImportError as error:
        raise missing_extra("transformers", "train") from error

    source = source_of(str(base))
    local = Path(source).is_dir()
    if not local and not (isinstance(base, str) and is_hub_id(base)):
        raise ToujiaoError(
            f"找不到分词器文件夹 {base}。请检查路径，或写模型名，如 Qwen/Qwen3-1.7B。"
        )
    try:
        tokenizer: Any = AutoTokenizer.from_pretrained(source, local_files_only=local)
    except Exception as error:  # a damaged file: tokenizers raises a bare Exception
        reason = (str(error).splitlines() or [type(error).__name__])[0].rstrip(".")
        raise ToujiaoError(f"打不开 {base} 的分词器：{reason}。{CANNOT_OPEN_BASE}") from error
    missing = [token for token in SPECIAL_TOKENS if token not in tokenizer.get_vocab()]
    if missing:
        raise ToujiaoError(f"{base} 没有 {missing[0]} 这个词元，请换一个 Qwen 系列的模型。")
    # A base's own template does not mark what is learned; training uses ours for every base.
    tokenizer.chat_template = chat_template()
    return tokenizer


def marked(
    row: Mapping[str, Any], tokenizer: PreTrainedTokenizerBase, brackets: bool | None = None
) -> Text:
    """The row's whole text with the learned part marked, then a line with the token counts.

    `brackets` also puts learned parts in 〖…〗; None = only where colours do not show.
    """
    if brackets is None:
        console = Console()
        brackets = console.color_system is None or console.no_color
    text, offsets, learned = _encode(row, tokenizer)
    shown = Text()
    for is_learned, part in _parts(text, offsets, learned):
        piece = Text(part.translate(PICTURES), style=LEARNED_STYLE if is_learned else "")
        piece.highlight_regex(_CONTROL_TOKEN, CONTROL_STYLE)
        if is_learned and brackets:
            piece = Text(OPENING) + piece + Text(CLOSING)
        shown.append_text(piece)
    return shown.append(f"\n{_counts(learned, tokenizer.model_max_length)}", style="bold")


def _encode(
    row: Mapping[str, Any], tokenizer: PreTrainedTokenizerBase
) -> tuple[str, Sequence[tuple[int, int]], Sequence[int]]:
    """(text, where in it each token stands, 1 for each learned token)."""
    messages = row["messages"]
    text = tokenizer.apply_chat_template(messages, tokenize=False)
    encoded: Any = tokenizer.apply_chat_template(
        messages,
        tokenize=True,
        return_dict=True,
        return_assistant_tokens_mask=True,
        tokenizer_kwargs={"return_offsets_mapping": True},
    )
    learned = encoded["assistant_masks"]
    if not any(learned):
        raise ToujiaoError("这一行没有要学的词元：对话里没有回答，或分词器的对话模板没有标出回答。")
    return str(text), encoded["offset_mapping"], learned


def _parts(
    text: str, offsets: Sequence[tuple[int, int]], learned: Sequence[int]
) -> Iterator[tuple[bool, str]]:
    """The text in runs of learned and not learned; together they are the text.

    A byte-level token may be a third of a Chinese character: tokens that share a character go
    together, and the character counts as learned when any of them is.
    """
    groups: list[tuple[int, bool]] = []  # (where it ends, learned)
    for (start, end), mark in zip(offsets, learned, strict=True):
        is_learned = bool(mark)
        if groups and start < groups[-1][0]:
            last_end, last_learned = groups.pop()
            end, is_learned = max(end, last_end), is_learned or last_learned
        groups.append((end, is_learned))
    begin = 0
    for is_learned, run in groupby(groups, key=lambda group: group[1]):
        *_, (end, _) = run
        yield is_learned, text[begin:end]
        begin = end
    if begin < len(text):
        yield False, text[begin:]


def _counts(learned: Sequence[int], limit: int) -> str:
    line = f"共 {len(learned)} 个词元，训练 {sum(learned)} 个"
    return (
        f"{line}（超过这个模型的上限 {limit} 个，多出的会被截掉）" if len(learned) > limit else line
    )
