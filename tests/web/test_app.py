"""The page as a whole: it is built, asks nothing of other hosts, and its handlers do their work."""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Iterator
from typing import Any

import gradio as gr
import pytest

from toujiao.errors import ToujiaoError
from toujiao.feedback.store import DOWN, UP, FeedbackStore
from toujiao.knowledge.folders import ours
from toujiao.web import chat_events
from toujiao.web.app import create_app, import_gradio
from toujiao.web.card_view import CardView
from toujiao.web.chat_events import ChatEvents
from toujiao.web.conversation import Conversation
from toujiao.web.texts import text
from toujiao.web.theme import STYLE, build_theme


@pytest.fixture
def events(bot, store: FeedbackStore) -> Iterator[ChatEvents]:
    with gr.Blocks():
        yield ChatEvents(bot, store, CardView.build(bot.knowledge))


@pytest.fixture
def toasts(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """What the page would show in a corner."""
    shown: list[str] = []
    monkeypatch.setattr(gr, "Info", lambda message, **_: shown.append(message))
    monkeypatch.setattr(gr, "Warning", lambda message, **_: shown.append(message))
    return shown


def ask(events: ChatEvents, question: str) -> tuple[Conversation, tuple[Any, ...]]:
    talk = Conversation()
    events.begin(question, talk)
    list(events.answer(talk))
    return talk, events.finish(talk)


def test_the_page_is_built(bot, store: FeedbackStore) -> None:
    config = create_app(bot, store).get_config_file()
    assert config["title"] == ours().text("title")
    assert all(event["api_visibility"] == "private" for event in config["dependencies"])
    shown = json.dumps(config, ensure_ascii=False, default=str)
    assert all(example.label in shown for example in ours().examples)
    assert "96110" in shown  # the page about limits
    assert text("qr_title") not in shown


def test_the_qr_code_is_there_only_with_an_address(bot, store: FeedbackStore) -> None:
    config = create_app(bot, store, "http://192.168.1.5:7860").get_config_file()
    shown = json.dumps(config, ensure_ascii=False, default=str)
    assert text("qr_title") in shown
    assert "http://192.168.1.5:7860" in shown


def test_the_look_asks_nothing_of_other_hosts() -> None:
    theme = build_theme()
    assert theme._stylesheets == []
    assert "@font-face" not in theme._get_theme_css()
    assert not re.search(r"https?://|@import|url\(", STYLE.read_text(encoding="utf-8"))


def test_telemetry_is_off(monkeypatch: pytest.MonkeyPatch) -> None:
    import_gradio()
    from gradio.analytics import analytics_enabled

    assert not analytics_enabled()


def test_gradio_is_missing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "plotly", None)
    with pytest.raises(ToujiaoError, match=r"toujiao\[web\]"):
        import_gradio()


def test_a_question_and_its_panel(events: ChatEvents) -> None:
    talk, (box, empty, choice, chart, note, words) = ask(events, "  什么是均线  ")
    assert talk.turns[0].question == "什么是均线"
    assert box.submit_btn == text("send")
    assert (empty.visible, chart.visible, note.visible) == (False, True, True)
    assert choice.value == "moving-average"
    assert words.value.startswith("### 移动平均线")


def test_another_card_without_a_chart(events: ChatEvents) -> None:
    talk, _ = ask(events, "什么是均线")
    chart, note, words = events.open_card("stamp-duty", talk)
    assert (chart.visible, note.visible) == (False, False)
    assert words.value.startswith("### 印花税")


@pytest.mark.parametrize("nothing", ["", "   ", "\n\t"])
def test_an_empty_question_changes_nothing(events: ChatEvents, nothing: str) -> None:
    talk = Conversation()
    events.begin(nothing, talk)
    assert talk.turns == []


def test_a_second_question_waits_for_the_first(events: ChatEvents) -> None:
    talk = Conversation()
    events.begin("甲", talk)
    events.begin("乙", talk)
    assert [turn.question for turn in talk.turns] == ["甲"]
    assert len(events.finish(talk)) == 6


def test_without_an_answer_the_panel_says_so(events: ChatEvents) -> None:
    _, (_, empty, choice, chart, *_) = ask(events, "用户的错")
    assert text("panel_no_cards") in empty.value
    assert (choice.visible, chart.visible) == (False, False)


def test_stop_and_reset(events: ChatEvents) -> None:
    talk = Conversation()
    events.begin("甲", talk)
    messages, box = events.stop(talk)
    assert text("stopped") in messages[-1]["content"]
    assert box.submit_btn == text("send")
    fresh, messages, *_ = events.reset()
    assert fresh.turns == []
    assert messages == []


def test_a_thumb_is_stored_changed_and_taken_back(
    events: ChatEvents, store: FeedbackStore, toasts: list[str]
) -> None:
    talk, _ = ask(events, "什么是均线")
    voted, form, *_ = events.vote(talk, 1, True)
    assert voted is None
    assert form.visible is False
    assert store.count() == {UP: 1, DOWN: 0}
    voted, form, *_ = events.vote(talk, 1, False)
    assert form.visible is True
    assert store.count() == {UP: 0, DOWN: 1}
    events.give_reason(voted, "太长", "  例子太多 ")
    assert store.list_votes()[0].reason == "太长：例子太多"
    events.vote(talk, 1, "")
    assert store.count() == {UP: 0, DOWN: 0}
    assert toasts == [
        *(text("vote_thanks"), text("vote_thanks")),
        *(text("reason_thanks"), text("vote_withdrawn")),
    ]


def test_a_vote_keeps_what_is_needed_to_learn_from_it(
    events: ChatEvents, store: FeedbackStore, toasts: list[str]
) -> None:
    talk, _ = ask(events, "什么是均线")
    events.vote(talk, 1, True)
    (vote,) = store.list_votes()
    assert vote.question == "什么是均线"
    assert vote.answer == talk.turns[0].text
    assert vote.card_ids == ("moving-average", "stamp-duty")
    assert (vote.model, vote.adapter) == ("tiny#1", "lora#2")


def test_a_message_that_is_no_answer_takes_no_vote(
    events: ChatEvents, store: FeedbackStore, toasts: list[str]
) -> None:
    talk, _ = ask(events, "用户的错")
    events.vote(talk, 1, True)
    events.vote(talk, 9, False)
    assert toasts == [text("vote_impossible")] * 2
    assert not store.exists()


def test_a_store_that_fails_is_told_in_the_corner(
    events: ChatEvents, toasts: list[str], tmp_path: Any
) -> None:
    (tmp_path / "home").write_text("", encoding="utf-8")
    talk, _ = ask(events, "什么是均线")
    voted, form, *_ = events.vote(talk, 1, False)
    assert voted is None
    assert form.visible is False
    assert "feedback.db" in toasts[0]
    events.give_reason(7, "太长", "")
    assert "feedback.db" in toasts[1]


def test_no_reason_is_fine(events: ChatEvents, store: FeedbackStore, toasts: list[str]) -> None:
    assert events.give_reason(None, None, "").visible is False
    assert events.close_form().visible is False
    assert toasts == []


def test_the_empty_panel_counts_the_cards() -> None:
    assert "交易规则与费用" in chat_events.empty_panel(ours())
