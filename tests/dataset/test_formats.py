"""Training files: every format there and back, and every mistake with its file and line."""

from __future__ import annotations

import errno
import json
import os
import re
import resource
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from toujiao.dataset.formats import FORMATS, read_rows, write_rows
from toujiao.errors import ToujiaoError
from toujiao.models.template import SPECIAL_TOKENS

DOCS = Path(__file__).parents[2] / "docs" / "dataset.md"
ASK = {"role": "user", "content": "问"}
REPLY = {"role": "assistant", "content": "答"}
SYSTEM = {"role": "system", "content": "你是投教助手。"}
GOOD: dict[str, Any] = {"messages": [ASK, REPLY]}
HUMAN = {"from": "human", "value": "问"}
GPT = {"from": "gpt", "value": "答"}

FAST = settings(deadline=None, max_examples=60)
contents = st.text(max_size=40).filter(lambda text: text.strip() and "<|" not in text)
json_values = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner),
    max_leaves=5,
)


@st.composite
def chat_rows(draw: st.DrawFn) -> dict[str, Any]:
    messages = []
    if draw(st.booleans()):
        messages.append({"role": "system", "content": draw(contents)})
    for _ in range(draw(st.integers(1, 3))):
        messages.append({"role": "user", "content": draw(contents)})
        messages.append({"role": "assistant", "content": draw(contents)})
    row: dict[str, Any] = {"messages": messages}
    if draw(st.booleans()):
        row["meta"] = draw(st.dictionaries(st.text(max_size=5), json_values, max_size=3))
    return row


def jsonl(path: Path, *rows: Any) -> Path:
    lines = [row if isinstance(row, str) else json.dumps(row, ensure_ascii=False) for row in rows]
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "rows.jsonl"


@pytest.fixture(scope="module")
def shared_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("formats") / "rows.jsonl"


# --- there and back


@pytest.mark.parametrize("name", list(FORMATS))
@FAST
@given(rows=st.lists(chat_rows(), min_size=1, max_size=4))
def test_round_trip(shared_file: Path, name: str, rows: list[dict[str, Any]]) -> None:
    assert write_rows(shared_file, rows, name) == len(rows)
    assert read_rows(shared_file) == rows
    assert read_rows(shared_file, name) == rows


@FAST
@given(rows=st.lists(chat_rows(), min_size=1, max_size=3), indent=st.sampled_from([None, 2]))
def test_array(shared_file: Path, rows: list[dict[str, Any]], indent: int | None) -> None:
    shared_file.write_text(json.dumps(rows, indent=indent), encoding="utf-8")
    assert read_rows(shared_file) == rows


@FAST
@given(data=st.binary(max_size=60) | st.text(max_size=60).map(str.encode))
def test_any_bytes_give_one_clear_line(shared_file: Path, data: bytes) -> None:
    shared_file.write_bytes(data)
    with pytest.raises(ToujiaoError, match=r"rows.jsonl") as caught:
        read_rows(shared_file)
    assert "\n" not in str(caught.value)


@FAST
@given(value=json_values, key=st.sampled_from(["messages", "instruction", "conversations", "meta"]))
def test_any_json_is_read_or_refused(shared_file: Path, value: Any, key: str) -> None:
    jsonl(shared_file, {**GOOD, key: value} if key != "instruction" else {key: value}, value)
    with pytest.raises(ToujiaoError, match=r"第 [12] 行"):
        read_rows(shared_file)


def test_documented_examples(file: Path) -> None:
    examples = re.findall(r"```json\n(.+)\n```", DOCS.read_text(encoding="utf-8"))
    assert len(examples) == len(FORMATS)
    for name, example in zip(FORMATS, examples, strict=True):
        rows = read_rows(jsonl(file, example))
        assert f"### {name}" in DOCS.read_text(encoding="utf-8")
        assert rows[0]["messages"][0] == SYSTEM
        write_rows(file, rows, name)
        assert json.loads(file.read_text(encoding="utf-8")) == json.loads(example)


# --- what is accepted


@pytest.mark.parametrize(
    ("row", "expected"),
    [
        ({"instruction": "翻译", "input": "bull", "output": "牛"}, ["翻译\nbull", "牛"]),
        ({"instruction": "", "input": "问", "output": "答"}, ["问", "答"]),
        ({"instruction": "问", "output": "答", "system": "", "history": None}, ["问", "答"]),
        ({"instruction": "问", "input": None, "output": "答", "history": []}, ["问", "答"]),
        (
            {"instruction": "三", "output": "四", "history": [["一", "二"]], "system": "零"},
            ["零", "一", "二", "三", "四"],
        ),
        ({"conversations": [{"from": "system", "value": "零"}, HUMAN, GPT]}, ["零", "问", "答"]),
        ({"conversations": [HUMAN, GPT], "system": "零"}, ["零", "问", "答"]),
        ({"messages": [{"role": "system", "content": " "}, ASK, REPLY]}, ["问", "答"]),
        ({"messages": [{**ASK, "name": None}, REPLY], "conversations": None}, ["问", "答"]),
    ],
)
def test_variants(file: Path, row: dict[str, Any], expected: list[str]) -> None:
    messages = read_rows(jsonl(file, row))[0]["messages"]
    assert [message["content"] for message in messages] == expected
    assert [message["role"] for message in messages[-2:]] == ["user", "assistant"]


def test_bom_crlf_and_blank_lines(file: Path) -> None:
    text = json.dumps(GOOD, ensure_ascii=False)
    file.write_bytes(f"\ufeff{text}\r\n\r\n{text}\r\n".encode())
    assert read_rows(file) == [GOOD, GOOD]


def test_line_separator_inside_text(file: Path) -> None:
    row = {"messages": [{**ASK, "content": "一\u2028二\u0085三"}, REPLY]}
    assert read_rows(jsonl(file, row)) == [row]


def test_unknown_fields_go_to_meta(file: Path) -> None:
    rows = read_rows(jsonl(file, {**GOOD, "id": 7, "images": [], "meta": {"card": "pe"}}))
    assert rows == [{**GOOD, "meta": {"card": "pe", "id": 7}}]


# --- mistakes in a row


@pytest.mark.parametrize(
    ("row", "message"),
    [
        ("{'messages': []}", "不是完整的 JSON（第 2 个字符附近）"),
        ('{"messages": [NaN]}', "不是完整的 JSON"),
        ('{"meta": ' + "[" * 100_000 + "}", "不是完整的 JSON"),
        ('"text"', "这一行不是 JSON 对象"),
        ({"text": "x"}, "认不出格式（messages 要有 messages；alpaca 要有 instruction"),
        ({**GOOD, "conversations": [HUMAN, GPT]}, "同时像 messages、sharegpt"),
        ({"messages": "x"}, "messages 不是数组"),
        ({"messages": []}, "没有回答"),
        ({"messages": [SYSTEM]}, "没有回答"),
        ({"messages": [ASK]}, "没有回答"),
        ({"messages": [ASK, {**REPLY, "content": ""}]}, "没有回答：第 2 条消息（assistant）是空的"),
        ({"messages": [ASK, {**REPLY, "content": None}]}, "没有回答"),
        ({"messages": [ASK, {"role": "assistant"}]}, "没有回答"),
        ({"messages": [{**ASK, "content": " \n"}, REPLY]}, "没有内容：第 1 条消息（user）是空的"),
        ({"messages": [{**ASK, "content": 5}, REPLY]}, "第 1 条消息（user）不是文字"),
        ({"messages": [{**ASK, "content": ["x"]}, REPLY]}, "不是文字"),
        ({"messages": [REPLY, ASK]}, "第 1 条消息（assistant）的顺序不对"),
        ({"messages": [ASK, ASK, REPLY]}, "第 2 条消息（user）的顺序不对"),
        ({"messages": [ASK, SYSTEM, REPLY]}, "system 只能有一条，而且放在最前面"),
        ({"messages": [SYSTEM, SYSTEM, ASK, REPLY]}, "system 只能有一条"),
        ({"messages": [ASK, REPLY, ASK]}, "没有回答"),
        (
            {"messages": [{**ASK, "role": "tool"}, REPLY]},
            "角色 'tool' 不认识，role 只能是 system、user",
        ),
        ({"messages": [{**ASK, "role": ["user"]}, REPLY]}, "不认识"),
        ({"messages": [{**ASK, "role": "x\n" * 999}, REPLY]}, "角色 'x\\nx\\n"),
        ({"messages": [{"content": "x"}, REPLY]}, "没有 role"),
        ({"messages": [{**ASK, "weight": 0}, REPLY]}, "多余的字段 'weight'"),
        ({"messages": ["x", REPLY]}, "第 1 条消息不是 JSON 对象"),
        ({**GOOD, "meta": "x"}, "meta 不是 JSON 对象"),
        ({**GOOD, "meta": {"id": 1}, "id": 2}, "'id' 在 meta 里面和外面各有一个"),
        ({**GOOD, "label": False}, "好坏标记"),
        ({**GOOD, "kto_tag": False}, "好坏标记"),
        ({**GOOD, "rejected": "x"}, "好坏标记"),
        ({**GOOD, "tools": "[{}]"}, "带有 tools"),
        ({"instruction": "问"}, "没有回答：output 是空的"),
        ({"instruction": "问", "output": ""}, "没有回答：output 是空的"),
        ({"instruction": "", "output": "答"}, "没有内容：instruction 是空的"),
        ({"instruction": ["问"], "output": "答"}, "instruction 或 input 不是文字"),
        ({"instruction": "问", "input": 0, "output": "答"}, "instruction 或 input 不是文字"),
        ({"instruction": "问", "output": "答", "history": [["一"]]}, "history 第 1 组要写成"),
        ({"instruction": "问", "output": "答", "history": [["一", ""]]}, "history 第 1 组的回答"),
        ({"instruction": "问", "output": "答", "system": 3}, "system 不是文字"),
        ({"conversations": [{**HUMAN, "from": "user"}, GPT]}, "from 只能是 system、human、gpt"),
        (
            {"conversations": [{"from": "system", "value": "x"}, HUMAN, GPT], "system": "y"},
            "system",
        ),
        ({"conversations": [GPT]}, "第 1 条消息（gpt）的顺序不对"),
    ],
)
def test_mistakes(file: Path, row: Any, message: str) -> None:
    with pytest.raises(ToujiaoError) as caught:
        read_rows(jsonl(file, "", row))
    assert str(caught.value).startswith(f"{file} 第 2 行：")
    assert message in str(caught.value)
    assert str(caught.value).endswith("。")


@pytest.mark.parametrize(
    "content",
    ['"\\ud83d"', '"a\\udc00"'],
)
def test_half_an_emoji(file: Path, content: str) -> None:
    row = f'{{"instruction": {content}, "output": "答"}}'
    with pytest.raises(ToujiaoError, match="第 1 行：有保存不了的内容"):
        read_rows(jsonl(file, row))


def test_infinite_number(file: Path) -> None:
    row = json.dumps(GOOD)[:-1] + ', "meta": {"x": 1e999}}'
    with pytest.raises(ToujiaoError, match="第 1 行：有保存不了的内容"):
        read_rows(jsonl(file, row))


@pytest.mark.parametrize("token", [*SPECIAL_TOKENS, "<|vision_start|>"])
@pytest.mark.parametrize("position", [0, 1, 2])
def test_control_tokens(file: Path, token: str, position: int) -> None:
    messages = [dict(message) for message in (SYSTEM, ASK, REPLY)]
    messages[position]["content"] += f"{token}x"
    with pytest.raises(ToujiaoError, match=f"第 2 行.*控制符 {re.escape(token)}"):
        read_rows(jsonl(file, GOOD, {"messages": messages}))


def test_mixed_formats(file: Path) -> None:
    with pytest.raises(ToujiaoError, match="第 2 行：是 alpaca 格式，应当是 messages"):
        read_rows(jsonl(file, GOOD, {"instruction": "问", "output": "答"}))


def test_all_bad_lines_are_counted(file: Path) -> None:
    with pytest.raises(ToujiaoError, match=r"第 2 行：.+另外还有 2 行也有问题：第 4、5 行。$"):
        read_rows(jsonl(file, GOOD, "x", GOOD, "y", {"messages": [ASK]}))
    with pytest.raises(ToujiaoError, match="另外还有 8 行也有问题：第 2、3、4、5、6等 行"):
        read_rows(jsonl(file, *["x"] * 9))


def test_format_named_by_the_user(file: Path) -> None:
    jsonl(file, {**GOOD, "conversations": [HUMAN, GPT]})
    assert read_rows(file, "messages")[0]["meta"] == {"conversations": [HUMAN, GPT]}
    with pytest.raises(ToujiaoError, match="第 1 行：缺少 instruction"):
        read_rows(jsonl(file, {"text": "x"}), "alpaca")
    with pytest.raises(
        ToujiaoError, match="没有 csv 这种数据格式，可用：messages、alpaca、sharegpt"
    ):
        read_rows(file, "csv")


# --- mistakes in a file


@pytest.mark.parametrize("text", ["", "\n \r\n", "\ufeff", "[]", " [ ] \n"])
def test_empty(file: Path, text: str) -> None:
    file.write_text(text, encoding="utf-8")
    with pytest.raises(ToujiaoError, match=r"rows.jsonl 是空的"):
        read_rows(file)


@pytest.mark.parametrize(
    ("encoding", "message"),
    [("gbk", "第 2 行：这个文件像是 GBK"), ("utf-16", "第 1 行：这个文件是 UTF-16")],
)
def test_other_encodings(file: Path, encoding: str, message: str) -> None:
    file.write_bytes(("\n" + json.dumps(GOOD, ensure_ascii=False)).encode(encoding))
    with pytest.raises(ToujiaoError, match=f"{message}.*另存为 UTF-8"):
        read_rows(file)


@pytest.mark.parametrize(
    ("tail", "line", "message"),
    [
        ("", 4, "这里应当是 , 或 ]"),
        ("\n{}]", 5, "这里应当是 , 或 ]"),
        (",\n]", 5, "不是完整的 JSON"),
        (",\n{'x': 1}]", 5, "不是完整的 JSON"),
        (",\n{}]", 5, "认不出格式|缺少 messages"),
        ("\n]\n{}", 6, "请删掉后面多出来的内容"),
    ],
)
def test_broken_array(file: Path, tail: str, line: int, message: str) -> None:
    row = json.dumps(GOOD)
    file.write_text(f"\n[{row},\n\n{row}{tail}", encoding="utf-8")
    with pytest.raises(ToujiaoError, match=f"第 {line} 行：.*({message})"):
        read_rows(file)


def test_no_such_file(tmp_path: Path) -> None:
    with pytest.raises(ToujiaoError, match=r"打不开 .*none.jsonl：找不到"):
        read_rows(tmp_path / "none.jsonl")
    with pytest.raises(ToujiaoError, match="这是文件夹"):
        read_rows(tmp_path)


# --- writing


@contextmanager
def small_disk() -> Iterator[None]:
    """Files of this process cannot grow beyond 4 KB (pytest's own output must not fall inside)."""
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (4096, hard))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


def test_file_that_cannot_grow(file: Path) -> None:
    write_rows(file, [GOOD])
    before = file.read_bytes()
    message = r"写不了 .*文件超过了允许的大小。已有的文件没有改动"
    with pytest.raises(ToujiaoError, match=message), small_disk():
        write_rows(file, [GOOD] * 1000)
    assert file.read_bytes() == before
    assert os.listdir(file.parent) == [file.name]


def test_full_disk(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(descriptor: int) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(ToujiaoError, match="磁盘满了，请腾出空间"):
        write_rows(file, [GOOD])
    assert not os.listdir(file.parent)


def test_bad_rows_are_not_written(file: Path) -> None:
    write_rows(file, [GOOD])
    with pytest.raises(ToujiaoError, match=r"要写进 .*的第 2 条：没有回答"):
        write_rows(file, [GOOD, {"messages": [ASK]}])
    with pytest.raises(ToujiaoError, match="没有可写进"):
        write_rows(file, [])
    with pytest.raises(ToujiaoError, match="没有 csv 这种数据格式"):
        write_rows(file, [GOOD], "csv")
    assert read_rows(file) == [GOOD]
    assert os.listdir(file.parent) == [file.name]


def test_only_regular_files_are_replaced(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    with pytest.raises(ToujiaoError, match="不是普通文件"):
        write_rows(tmp_path / "pipe", [GOOD])
    with pytest.raises(ToujiaoError, match="不是普通文件"):
        write_rows(tmp_path, [GOOD])
    with pytest.raises(ToujiaoError, match="文件名太长"):
        write_rows(tmp_path / ("x" * 300), [GOOD])


def test_folder_is_made_and_one_row_is_one_line(tmp_path: Path) -> None:
    path = tmp_path / "new" / "rows.jsonl"
    write_rows(path, [{"messages": [{**ASK, "content": "一\n二\u2028三"}, REPLY]}] * 2)
    assert path.read_bytes().count(b"\n") == 2
    assert "一\\n二\u2028三" in path.read_text(encoding="utf-8")
