"""ChatML in one place: Qwen's special tokens and the chat template that marks what is learned."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import cache
from pathlib import Path

END_OF_TEXT, TURN_START, TURN_END = "<|endoftext|>", "<|im_start|>", "<|im_end|>"
SPECIAL_TOKENS = (END_OF_TEXT, TURN_START, TURN_END)
_PATH = Path(__file__).parent / "chat_template.jinja"


@cache
def chat_template() -> str:
    """The Jinja template; `{% generation %}` marks the assistant's words and its end token."""
    return _PATH.read_text(encoding="utf-8").replace("\r\n", "\n").rstrip("\n")


@cache
def inference_template() -> str:
    """The template without the markers of what is learned: the same text, read by every program.

    llama.cpp's jinja, for one, knows no `{% generation %}` block.
    """
    template = chat_template().replace("{%- generation -%}", "")
    return template.replace("{%- endgeneration -%}", "")


def go_template() -> str:
    """The template in Go's language, as Ollama's Modelfile wants it; it asks for the next turn.

    It cannot make control tokens in a message harmless: Ollama gives templates no way to.
    """
    turn = f"{TURN_START}{{{{ .Role }}}}\n{{{{ .Content }}}}{TURN_END}\n"
    return f"{{{{ range .Messages }}}}{turn}{{{{ end }}}}{TURN_START}assistant\n"


def plain_messages(messages: Iterable[Mapping[str, str]]) -> list[dict[str, str]]:
    """The messages with chat control tokens in their text made harmless (`<|` -> `<｜`)."""
    return [{**message, "content": message["content"].replace("<|", "<｜")} for message in messages]


def format_chat(messages: Iterable[Mapping[str, str]], generate: bool = True) -> str:
    """The same text as the template, without jinja (used where transformers is not installed)."""
    text = "".join(
        f"{TURN_START}{message['role']}\n{message['content']}{TURN_END}\n"
        for message in plain_messages(messages)
    )
    return f"{text}{TURN_START}assistant\n" if generate else text
