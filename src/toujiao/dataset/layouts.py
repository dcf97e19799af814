"""The three layouts of a training row and what makes the conversation in it a right one."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from toujiao.assistant.prompt import Message
from toujiao.files import Row

SYSTEM, USER, ASSISTANT = "system", "user", "assistant"
OWN_ROLES = {SYSTEM: SYSTEM, USER: USER, ASSISTANT: ASSISTANT}
SHAREGPT_ROLES = {"system": SYSTEM, "human": USER, "gpt": ASSISTANT}
_SHAREGPT_NAMES = {ours: theirs for theirs, ours in SHAREGPT_ROLES.items()}
# Wider than our own special tokens: Qwen bases have more of this form (<|vision_start|>).
_CONTROL_TOKEN = re.compile(r"<\|[^<>|\s]{1,40}\|>")


class MistakeError(Exception):
    """What is wrong with one row and what to do, still without file and line."""


class Turn(NamedTuple):
    """One message as found in the file; `where` is what a person finds it by."""

    where: str
    role: str
    text: Any


def parse_messages(item: Row) -> list[Turn]:
    """Turns of {"messages": [{"role", "content"}]}."""
    return _parse_list(item, "messages", "role", "content", OWN_ROLES)


def dump_messages(messages: Sequence[Message]) -> Row:
    """The inverse of `parse_messages`."""
    return {"messages": [dict(message) for message in messages]}


def parse_sharegpt(item: Row) -> list[Turn]:
    """Turns of {"conversations": [{"from", "value"}], "system"?}."""
    turns = _parse_list(item, "conversations", "from", "value", SHAREGPT_ROLES)
    return [*_parse_system(item), *turns]


def dump_sharegpt(messages: Sequence[Message]) -> Row:
    """The inverse of `parse_sharegpt`; the system prompt goes to its own field."""
    fields: Row = {
        "conversations": [
            {"from": _SHAREGPT_NAMES[message["role"]], "value": message["content"]}
            for message in messages
            if message["role"] != SYSTEM
        ]
    }
    if messages[0]["role"] == SYSTEM:
        fields["system"] = messages[0]["content"]
    return fields


def parse_alpaca(item: Row) -> list[Turn]:
    """Turns of {"instruction", "input"?, "output", "system"?, "history"?: [[question, answer]]}.

    `input` follows `instruction` on a new line, as other tools read it.
    """
    turns = _parse_system(item)
    for number, pair in enumerate(_list(item, "history"), 1):
        where = f"history 第 {number} 组"
        if not isinstance(pair, list) or len(pair) != 2:
            raise MistakeError(f'{where}要写成 ["问题", "回答"]')
        turns.append(Turn(f"{where}的问题", USER, pair[0]))
        turns.append(Turn(f"{where}的回答", ASSISTANT, pair[1]))
    parts = [part for part in (item["instruction"], item.get("input")) if part not in (None, "")]
    if not all(isinstance(part, str) for part in parts):
        raise MistakeError("instruction 或 input 不是文字，请改成用引号括起来的一段文字")
    question = Turn("instruction ", USER, "\n".join(parts))
    return [*turns, question, Turn("output ", ASSISTANT, item.get("output"))]


def dump_alpaca(messages: Sequence[Message]) -> Row:
    """The inverse of `parse_alpaca`; the whole question goes to `instruction`."""
    texts = [message["content"] for message in messages if message["role"] != SYSTEM]
    *earlier, question, answer = texts
    fields: Row = {"instruction": question, "input": "", "output": answer}
    if messages[0]["role"] == SYSTEM:
        fields["system"] = messages[0]["content"]
    if earlier:
        fields["history"] = [list(pair) for pair in zip(earlier[::2], earlier[1::2], strict=True)]
    return fields


def checked_messages(turns: Sequence[Turn]) -> list[Message]:
    """Chat messages: system (may be absent), then questions and answers, an answer last.

    An empty system prompt is the same as none.
    """
    kept = [turn for turn in turns if not (turn.role == SYSTEM and _is_blank(turn))]
    for turn in kept:
        _check_text(turn)
    talk = kept[1:] if kept and kept[0].role == SYSTEM else kept
    for number, turn in enumerate(talk):
        if turn.role == SYSTEM:
            raise MistakeError(f"{turn.where}的位置不对：system 只能有一条，而且放在最前面")
        if turn.role != (ASSISTANT if number % 2 else USER):
            raise MistakeError(
                f"{turn.where}的顺序不对：提问和回答要一问一答地交替，从提问开始，以回答结束"
            )
    if not talk or talk[-1].role != ASSISTANT:
        raise MistakeError("没有回答：最后一条要是助手的回答，请补上或删掉这一行")
    return [{"role": turn.role, "content": turn.text} for turn in kept]


def _is_blank(turn: Turn) -> bool:
    return turn.text is None or (isinstance(turn.text, str) and not turn.text.strip())


def _check_text(turn: Turn) -> None:
    if _is_blank(turn):
        what = "没有回答" if turn.role == ASSISTANT else "没有内容"
        raise MistakeError(f"{what}：{turn.where}是空的，请补上或删掉这一行")
    if not isinstance(turn.text, str):
        raise MistakeError(f"{turn.where}不是文字，请改成用引号括起来的一段文字")
    token = _CONTROL_TOKEN.search(turn.text)
    if token:
        raise MistakeError(f"{turn.where}里有控制符 {token.group()}，模型会当真，请删掉或改写")


def quote(value: Any) -> str:
    """A value from the file, on one line and short."""
    text = repr(value)
    return text if len(text) <= 30 else f"{text[:29]}…"


def as_object(value: Any, what: str) -> Row:
    """The value if it is a JSON object."""
    if not isinstance(value, dict):
        raise MistakeError(f'{what}不是 JSON 对象，要写成 {{"字段": 内容}}')
    return value


def _list(item: Row, key: str) -> list[Any]:
    value = item.get(key)
    if value is not None and not isinstance(value, list):
        raise MistakeError(f"{key} 不是数组，要写成 [ … ]")
    return value or []


def _parse_system(item: Row) -> list[Turn]:
    return [Turn("system ", SYSTEM, item.get("system"))]


def _parse_list(
    item: Row, key: str, role_key: str, text_key: str, roles: Mapping[str, str]
) -> list[Turn]:
    """The turns of a list of objects; `roles` maps the layout's names to ours."""
    turns = []
    for number, value in enumerate(_list(item, key), 1):
        where = f"第 {number} 条消息"
        fields = {
            name: field for name, field in as_object(value, where).items() if field is not None
        }
        unknown = [name for name in fields if name not in (role_key, text_key)]
        if unknown:
            raise MistakeError(
                f"{where}有多余的字段 {quote(unknown[0])}，只能有 {role_key} 和 {text_key}，请删掉"
            )
        role = fields.get(role_key)
        if not isinstance(role, str) or role not in roles:
            problem = f"角色 {quote(role)} 不认识" if role_key in fields else f"没有 {role_key}"
            raise MistakeError(f"{where}的{problem}，{role_key} 只能是 {'、'.join(roles)}")
        turns.append(Turn(f"{where}（{role}）", roles[role], fields.get(text_key)))
    return turns
