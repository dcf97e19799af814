"""A row as the model sees it: nothing of its text is lost and the answers alone are marked."""

from __future__ import annotations

import io
import itertools
import re
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from rich.console import Console
from rich.text import Text

from toujiao.dataset import show
from toujiao.dataset.show import CLOSING, LEARNED_STYLE, OPENING, load_tokenizer, marked
from toujiao.errors import ToujiaoError
from toujiao.models import resolve
from toujiao.models.template import TURN_END, chat_template, format_chat
from toujiao.models.tiny import CONTEXT_LENGTH, train_tokenizer

pytestmark = pytest.mark.model

SENTENCES = ["市盈率就是股价除以每股收益。", "你是投教助手 system user assistant"]
SYSTEM = {"role": "system", "content": "你是投教助手"}
QUESTION = {
    "role": "user",
    "content": "资料：\n【市盈率】[bold]股价除以每股收益。\n问题：什么是市盈率？",
}
ANSWER = {"role": "assistant", "content": "市盈率就是股价除以每股收益😀。\n\n龘，e\u0301，\ufffd。"}
ROW = {"messages": [SYSTEM, QUESTION, ANSWER]}
contents = st.text(min_size=1, max_size=30).filter(lambda text: text.strip() and "<|" not in text)


@pytest.fixture(scope="module")
def tokenizer() -> Any:
    return train_tokenizer(SENTENCES * 5, size=300)


def printed(text: Text, **options: Any) -> str:
    out = io.StringIO()
    Console(file=out, width=40, **options).print(text, soft_wrap=True)
    return out.getvalue()


def learned_parts(text: Text) -> list[str]:
    """Runs of text in the style of what is learned."""
    where = {
        index
        for span in text.spans
        if LEARNED_STYLE in str(span.style)
        for index in range(span.start, span.end)
    }
    runs = itertools.groupby(range(len(text)), key=lambda index: index in where)
    return ["".join(text.plain[i] for i in run) for is_learned, run in runs if is_learned]


def body(text: Text) -> str:
    """Without the line of counts."""
    return text.plain.rsplit("\n", 1)[0]


def test_answers_are_marked(tokenizer: Any) -> None:
    more = {"role": "assistant", "content": "好"}
    messages = [SYSTEM, QUESTION, ANSWER, QUESTION, more]
    text = marked({"messages": messages}, tokenizer, brackets=False)
    assert body(text) == format_chat(messages, generate=False)
    assert learned_parts(text) == [ANSWER["content"] + TURN_END, "好" + TURN_END]


def test_counts(tokenizer: Any) -> None:
    encoded = tokenizer.apply_chat_template(
        ROW["messages"], tokenize=True, return_dict=True, return_assistant_tokens_mask=True
    )
    total, learned = len(encoded["input_ids"]), sum(encoded["assistant_masks"])
    assert total > learned > len(SENTENCES[0])
    last = marked(ROW, tokenizer).plain.rsplit("\n", 1)[1]
    assert last == f"共 {total} 个词元，训练 {learned} 个"


def test_longer_than_the_model_reads(tokenizer: Any) -> None:
    long = {"role": "user", "content": "股" * (CONTEXT_LENGTH + 1)}
    last = marked({"messages": [long, ANSWER]}, tokenizer).plain.rsplit("\n", 1)[1]
    assert f"超过这个模型的上限 {CONTEXT_LENGTH} 个" in last


def test_brackets_where_no_colour_shows(tokenizer: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    with_brackets = marked(ROW, tokenizer)
    assert f"{OPENING}{ANSWER['content']}{TURN_END}{CLOSING}" in with_brackets.plain
    assert OPENING not in body(marked(ROW, tokenizer, brackets=False))
    monkeypatch.setattr(show, "Console", lambda: Console(force_terminal=True, color_system="256"))
    assert OPENING not in marked(ROW, tokenizer).plain
    monkeypatch.setattr(show, "Console", lambda: Console(force_terminal=True, no_color=True))
    assert OPENING in marked(ROW, tokenizer).plain


def test_printed_text_is_the_text(tokenizer: Any) -> None:
    plain = marked(ROW, tokenizer, brackets=True).plain
    assert printed(marked(ROW, tokenizer, brackets=True)) == plain + "\n"
    coloured = printed(marked(ROW, tokenizer, brackets=False), force_terminal=True)
    assert "\x1b[1;32m市盈率" in coloured
    assert "\x1b[7m<|im_start|>\x1b[0msystem" in coloured


def test_control_characters_do_not_reach_the_terminal(tokenizer: Any) -> None:
    answer = {"role": "assistant", "content": "\x1b[2J\r\x07\x9b\x7f好"}
    text = printed(marked({"messages": [QUESTION, answer]}, tokenizer))
    assert f"{OPENING}␛[2J␍␇\ufffd␡好{TURN_END}{CLOSING}" in text


@settings(deadline=None, max_examples=60)
@given(turns=st.lists(contents, min_size=2, max_size=6).filter(lambda turns: len(turns) % 2 == 0))
def test_any_text(tokenizer: Any, turns: list[str]) -> None:
    roles = itertools.cycle(("user", "assistant"))
    messages = [{"role": role, "content": text} for role, text in zip(roles, turns, strict=False)]
    text = marked({"messages": messages}, tokenizer, brackets=False)
    expected = format_chat(messages, generate=False).translate(show.PICTURES)
    assert body(text) == expected
    answers = [m["content"].translate(show.PICTURES) + TURN_END for m in messages[1::2]]
    # Line breaks at the start of an answer may share a token with the template's own.
    assert [part.lstrip() for part in learned_parts(text)] == [part.lstrip() for part in answers]


def test_template_that_marks_nothing(tokenizer: Any) -> None:
    with pytest.raises(ToujiaoError, match="没有要学的词元"):
        marked({"messages": [QUESTION]}, tokenizer)


# --- load_tokenizer


@pytest.fixture
def folder(tokenizer: Any, tmp_path: Path) -> Path:
    tokenizer.save_pretrained(tmp_path / "base")
    return tmp_path / "base"


def test_folder_gets_our_template(folder: Path, tokenizer: Any) -> None:
    (folder / "chat_template.jinja").write_text("{{ messages }}", encoding="utf-8")
    for source in (folder, str(folder)):
        loaded = load_tokenizer(source)
        assert loaded.chat_template == chat_template()
        assert marked(ROW, loaded).plain == marked(ROW, tokenizer).plain


def test_default_is_the_embedded_base(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(resolve, "BASE_DIR", folder)
    assert load_tokenizer().get_vocab() == load_tokenizer(folder).get_vocab()


@pytest.mark.parametrize(
    "content",
    ["", "{", "{}", '{"added_tokens": [], "model": {"type": "BPE"}}', '{"added_tokens": 1}'],
)
def test_damaged_folder(folder: Path, content: str) -> None:
    (folder / "tokenizer.json").write_text(content, encoding="utf-8")
    with pytest.raises(ToujiaoError, match=r"打不开 .*base 的分词器"):
        load_tokenizer(folder)


def test_not_a_chat_tokenizer(folder: Path) -> None:
    path = folder / "tokenizer.json"
    path.write_text(path.read_text(encoding="utf-8").replace("<|im_", "<|in_"), encoding="utf-8")
    (folder / "tokenizer_config.json").unlink()
    with pytest.raises(ToujiaoError, match=re.escape("没有 <|im_start|> 这个词元")):
        load_tokenizer(folder)


@pytest.mark.parametrize("source", ["none/of/these", "none", Path("no/folder")])
def test_no_such_folder(source: Path | str) -> None:
    with pytest.raises(ToujiaoError, match=f"找不到分词器文件夹 {source}"):
        load_tokenizer(source)
