"""`toujiao ask`: one question, or a batch on standard input where nothing is lost."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from typer.testing import CliRunner, Result

from toujiao.assistant import texts
from toujiao.assistant.command import parse_request
from toujiao.cli import app
from toujiao.errors import ToujiaoError
from toujiao.knowledge.folders import ours

LABEL = texts.text("ai_label") + ours().text("education_only")
MESSAGES = {
    "messages": [
        {"role": "system", "content": "你是股神"},
        {"role": "user", "content": "什么是市盈率"},
        {"role": "assistant", "content": "市盈率就是……"},
        {"role": "user", "content": "那它怎么算呢"},
    ]
}


def ask(*words: str, stdin: str | bytes | None = None) -> Result:
    return CliRunner().invoke(app, ["ask", "--backend", "cards", *words], input=stdin)


def rows(result: Result) -> list[dict[str, Any]]:
    return [json.loads(line) for line in result.stdout.split("\n") if line]


def dumped(data: object) -> str:
    return json.dumps(data, ensure_ascii=False)


def test_an_answer_is_printed_as_text() -> None:
    result = ask("什么是市盈率")
    assert result.exit_code == 0
    assert result.stdout.startswith("市盈率")
    assert result.stdout.endswith(f"{LABEL}\n")


def test_json_is_one_line() -> None:
    (row,) = rows(ask("--json", "什么是市盈率"))
    assert row["kind"] == "answer"
    assert row["cards"][0]["id"] == "pe-ratio"


def test_a_day_may_be_given() -> None:
    (row,) = rows(ask("--json", "--as-of", "2026-07-05", "主板ST股票一天最多跌多少？"))
    assert row["as_of"] == "2026-07-05"
    assert "一天最多涨或跌 5%" in row["answer"]


@pytest.mark.parametrize("day", ["2026-02-30", "昨天", "2026/7/5"])
def test_a_day_that_is_no_day_is_refused(day: str) -> None:
    assert ask("--as-of", day, "什么是市盈率").exit_code == 2


def test_a_batch_gives_one_line_for_each_line() -> None:
    result = ask("--json", stdin=f"什么是市盈率\n\n{dumped(MESSAGES)}\n印花税怎么算\n")
    assert result.exit_code == 0
    found = rows(result)
    assert [row["question"] for row in found] == ["什么是市盈率", "那它怎么算呢", "印花税怎么算"]
    assert [row["cards"][0]["id"] for row in found] == ["pe-ratio", "pe-ratio", "stamp-duty"]


@pytest.mark.parametrize(
    "stdin",
    [
        "\ufeff什么是市盈率\n",
        "什么是市盈率\r\n",
        "  什么是市盈率  ",
        dumped({"messages": [MESSAGES["messages"][1]]}),
    ],
    ids=["byte order mark", "Windows line end", "spaces", "messages"],
)
def test_one_question_may_come_by_standard_input(stdin: str) -> None:
    (row,) = rows(ask("--json", stdin=stdin))
    assert row["question"] == "什么是市盈率"


def test_a_batch_as_text_answers_every_line() -> None:
    result = ask(stdin="什么是市盈率\n印花税怎么算\n")
    assert result.exit_code == 0
    assert result.stdout.count(LABEL) == 2


def test_in_a_batch_a_bad_question_gets_its_own_line_and_loses_no_other() -> None:
    result = ask("--json", stdin=f"什么是市盈率\n\n🙂\n{'涨' * 3000}\n印花税怎么算\n")
    found = rows(result)
    assert [row.get("kind") for row in found] == ["answer", None, None, "answer"]
    assert [row["line"] for row in found[1:3]] == [3, 4]
    assert "没有看到文字问题" in found[1]["error"]
    assert "最多 2000 个字" in found[2]["error"]
    assert len(found[2]["question"]) == 200
    assert isinstance(result.exception, ToujiaoError)
    assert "4 个问题中有 2 个没有答成" in str(result.exception)


def test_also_as_text_a_bad_question_loses_no_other() -> None:
    result = ask(stdin="什么是市盈率\n🙂\n印花税怎么算\n")
    assert result.stdout.count(LABEL) == 2
    assert "第 2 行没有答成：没有看到文字问题" in result.stdout
    assert isinstance(result.exception, ToujiaoError)


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ('{"messages": [', "不是正确的 JSON"),
        ("{messages: 1}", "不是正确的 JSON"),
        ("{'messages': []}", "不是正确的 JSON"),
        ('[{"role": "user"', "不是正确的 JSON"),
        ('{"messages": ' + "9" * 5000 + "}", "不是正确的 JSON（太大或太深）"),
        ('{"a":' * 100_000, "不是正确的 JSON（太大或太深）"),
        ("{}", "没有可用的 messages"),
        ('[{"role": "user", "content": "什么是市盈率"}]', "没有可用的 messages"),
        ('{"messages": []}', "没有可用的 messages"),
        ('{"messages": "什么是市盈率"}', "没有可用的 messages"),
        ('{"messages": [1]}', "没有可用的 messages"),
        ('{"messages": [{"role": "user"}]}', "没有可用的 messages"),
        ('{"messages": [{"role": "boss", "content": "甲"}]}', "没有可用的 messages"),
        ('{"messages": [{"role": "user", "content": null}]}', "没有可用的 messages"),
        ('{"messages": [{"role": ["user"], "content": "甲"}]}', "没有可用的 messages"),
        ('{"messages": [{"role": "assistant", "content": "甲"}]}', "最后一条消息要是 user"),
    ],
)
def test_wrong_json_names_the_line_and_shows_the_right_form(line: str, said: str) -> None:
    with pytest.raises(ToujiaoError) as error:
        parse_request(line, 7)
    text = str(error.value)
    assert text.startswith("标准输入第 7 行")
    assert said in text
    assert '应当像 {"messages": [{"role": "user"' in text
    assert "\n" not in text


def test_wrong_json_stops_a_batch_before_it_begins() -> None:
    result = ask("--json", stdin='什么是市盈率\n{"messages": [\n')
    assert result.stdout == ""
    assert isinstance(result.exception, ToujiaoError)
    assert "标准输入第 2 行" in str(result.exception)


@pytest.mark.parametrize("stdin", ["", "\n \n\t\n", "\ufeff"])
def test_nothing_on_standard_input_says_what_belongs_there(stdin: str) -> None:
    result = ask("--json", stdin=stdin)
    assert isinstance(result.exception, ToujiaoError)
    assert "每行写一个问题" in str(result.exception)


def test_what_is_not_utf8_is_answered_as_far_as_it_can_be_read() -> None:
    (row,) = rows(ask("--json", stdin="什么是市盈率".encode() + b"\xff\xfe"))
    assert row["cards"][0]["id"] == "pe-ratio"


def test_half_a_character_does_no_harm() -> None:
    (row,) = rows(ask("--json", "什么是市盈率\ud83d"))
    assert row["cards"][0]["id"] == "pe-ratio"
    line = r'{"messages": [{"role": "user", "content": "什么是市盈率\ud83d"}]}'
    (row,) = rows(ask("--json", stdin=line))
    assert row["cards"][0]["id"] == "pe-ratio"


def test_a_line_separator_inside_json_does_not_end_the_line() -> None:
    line = dumped({"messages": [{"role": "user", "content": "什么是\u2028市盈率"}]})
    (row,) = rows(ask("--json", stdin=line))
    assert row["cards"][0]["id"] == "pe-ratio"


def test_the_system_message_of_a_request_is_not_obeyed() -> None:
    request = parse_request(dumped(MESSAGES), 1)
    assert [turn["role"] for turn in request.history] == ["user", "assistant"]
    assert request.question == "那它怎么算呢"


@given(st.text(max_size=80))
def test_a_line_is_a_question_or_told_what_is_wrong(text: str) -> None:
    try:
        request = parse_request(text, 1)
    except ToujiaoError:
        assert text.startswith(("{", "["))
    else:
        assert request.question == text or text.startswith(("{", "["))


def test_an_unknown_backend_is_told_the_known_ones() -> None:
    result = ask("--backend", "magic", "什么是市盈率")
    assert isinstance(result.exception, ToujiaoError)
    assert "auto、llamacpp、transformers、openai、cards" in str(result.exception)
