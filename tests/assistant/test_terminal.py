"""The conversation in the terminal, with a script for the keyboard."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest

from toujiao.assistant import texts
from toujiao.assistant.pipeline import Assistant
from toujiao.assistant.terminal import run_chat, sources_of
from toujiao.knowledge.folders import ours

from .conftest import TODAY, Scripted

LABEL = texts.text("ai_label") + ours().text("education_only")
Talk = Callable[..., str]


@pytest.fixture
def talk(bot: Assistant, capsys: pytest.CaptureFixture[str]) -> Talk:
    """Types the lines one after the other and returns what was printed."""

    def run(*lines: str | type[BaseException], with_bot: Assistant = bot) -> str:
        typed = iter(lines)

        def read(prompt: str) -> str:
            assert prompt == "你："
            line = next(typed, EOFError)
            if isinstance(line, str):
                return line
            raise line

        run_chat(with_bot, read)
        return capsys.readouterr().out

    return run


def test_a_conversation_greets_answers_and_ends(talk: Talk) -> None:
    out = talk("什么是市盈率", "/quit")
    assert out.startswith(ours().text("chat_welcome"))
    assert out.rstrip().endswith(LABEL)


@pytest.mark.parametrize("end", [EOFError, KeyboardInterrupt])
def test_the_end_of_input_ends_it_quietly(talk: Talk, end: type[BaseException]) -> None:
    assert talk(end).strip() == ours().text("chat_welcome")


def test_a_follow_up_knows_what_was_said_before(talk: Talk) -> None:
    out = talk("什么是移动平均线", "那它的金叉和死叉具体指什么呢？")
    assert "金叉就是短期均线从下往上穿过长期均线" in out


def test_reset_forgets_what_was_said_before(talk: Talk) -> None:
    out = talk("什么是市盈率", "/reset", "那它怎么算呢")
    assert texts.text("chat_reset") in out
    assert "没有讲到，不敢乱说" in out


def test_reset_forgets_the_sources(talk: Talk) -> None:
    assert texts.text("chat_no_sources") in talk("什么是市盈率", "/reset", "/sources")


def test_sources_are_those_of_the_last_answer(talk: Talk) -> None:
    out = talk("什么是市盈率", "印花税怎么算", "/sources").split(LABEL)[-1]
    assert "卡片：印花税（toujiao knowledge show stamp-duty）" in out
    assert "卖出收 0.05%，买入不收（2023年8月28日起，" in out
    assert "https://" in out
    assert "市盈率" not in out


@pytest.mark.parametrize("command", ["/help", "/HELP", "／help", " /help "])
def test_help_names_the_commands(talk: Talk, command: str) -> None:
    assert texts.text("chat_help") in talk(command)


@pytest.mark.parametrize("command", ["/exit", "/", "/helpme"])
def test_an_unknown_command_points_to_help(talk: Talk, command: str) -> None:
    out = talk(command)
    assert texts.text("chat_unknown_command", command=command) in out
    assert LABEL not in out


def test_sources_before_any_answer_are_none(talk: Talk) -> None:
    assert texts.text("chat_no_sources") in talk("/sources")


@pytest.mark.parametrize("bad", ["🙂", "涨" * 3000])
def test_a_bad_question_is_one_line_and_not_the_end(talk: Talk, bad: str) -> None:
    out = talk(bad, "什么是市盈率")
    assert out.count(LABEL) == 1
    assert "Traceback" not in out


def test_a_bad_question_is_not_remembered(talk: Talk) -> None:
    out = talk("什么是市盈率", "🙂", "那它怎么算呢")
    assert out.count("参考卡片：市盈率PE") == 2


@pytest.mark.parametrize("nothing", ["", "   ", "\t"])
def test_an_empty_line_asks_again(talk: Talk, nothing: str) -> None:
    assert talk(nothing).strip() == ours().text("chat_welcome")


def test_control_c_stops_an_answer_but_not_the_conversation(talk: Talk) -> None:
    def interrupted() -> Iterator[str]:
        yield "市盈率"
        raise KeyboardInterrupt

    stopping = Assistant(Scripted(interrupted()))
    assert texts.text("chat_help") in talk("什么是市盈率", "/help", with_bot=stopping)


def test_an_answer_without_cards_has_no_sources(bot: Assistant) -> None:
    assert sources_of(bot.ask("什么是蝴蝶价差", on=TODAY)) == texts.text("chat_no_sources")
    assert sources_of(None) == texts.text("chat_no_sources")
