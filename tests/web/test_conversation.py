"""The talk of one session: what is shown, what the assistant is told, what goes wrong."""

from __future__ import annotations

import pytest

from toujiao.web import conversation
from toujiao.web.conversation import Conversation, as_plain_markdown, harmless_markdown
from toujiao.web.texts import text

LABEL = "本回答由人工智能生成（AI生成内容）。仅供学习，不构成投资建议。"


@pytest.fixture(autouse=True)
def _draw_every_piece(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(conversation, "REDRAW_SECONDS", 0.0)


def asked(bot, *questions: str) -> Conversation:
    talk = Conversation()
    for question in questions:
        talk.begin(question)
        list(talk.run(bot))
    return talk


def test_an_answer_grows_piece_by_piece(bot) -> None:
    talk = Conversation()
    talk.begin("什么是均线")
    assert talk.busy
    assert talk.messages()[1]["content"] == text("thinking")
    seen = [talk.messages()[1]["content"] for _ in talk.run(bot)]
    assert seen[:2] == ["第一句。", "第一句。第二句。"]
    assert seen[-1].endswith(LABEL)
    assert not talk.busy


def test_the_next_question_carries_the_complete_turns(bot) -> None:
    talk = asked(bot, "什么是均线", "用户的错", "那金叉呢")
    assert bot.asked[-1] == (
        "那金叉呢",
        [
            {"role": "user", "content": "什么是均线"},
            {"role": "assistant", "content": talk.turns[0].text},
        ],
    )


def test_a_mistake_of_the_user_is_shown_in_the_chat(bot) -> None:
    talk = asked(bot, "用户的错")
    assert talk.messages()[1]["content"] == "请换个问法。"
    assert not talk.busy


def test_a_bug_is_shown_in_plain_words_and_raised(bot) -> None:
    talk = Conversation()
    talk.begin("我们的错")
    with pytest.raises(ZeroDivisionError):
        list(talk.run(bot))
    assert talk.messages()[1]["content"] == text("trouble")
    assert not talk.busy


def test_stopping_keeps_what_is_there_and_labels_it(bot) -> None:
    talk = Conversation()
    talk.begin("什么是均线")
    running = talk.run(bot)
    next(running)
    talk.stop(bot.knowledge)
    assert list(running) == []
    shown = talk.messages()[1]["content"]
    assert shown.startswith("第一句。\n\n")
    assert text("stopped") in shown
    assert shown.endswith(LABEL)
    assert talk.history() == []
    assert bot.closed == 1
    talk.stop(bot.knowledge)
    assert talk.messages()[1]["content"] == shown


def test_a_reader_who_leaves_does_not_block_the_talk(bot) -> None:
    talk = Conversation()
    talk.begin("什么是均线")
    running = talk.run(bot)
    next(running)
    running.close()
    assert not talk.busy
    assert bot.closed == 1


def test_a_turn_is_answered_once(bot) -> None:
    talk = asked(bot, "什么是均线")
    assert list(talk.run(bot)) == []
    assert list(Conversation().run(bot)) == []
    assert len(bot.asked) == 1


def test_which_turn_a_message_belongs_to(bot) -> None:
    talk = asked(bot, "甲", "乙")
    assert [talk.turn_of(i).question for i in range(4)] == ["甲", "甲", "乙", "乙"]
    assert talk.turn_of(4) is None
    assert talk.turn_of(-1) is None


def test_a_pasted_novel_is_not_echoed_in_full(bot) -> None:
    talk = asked(bot, "字" * 100_000)
    assert len(bot.asked[0][0]) == 100_000
    shown = talk.messages()[0]["content"]
    assert len(shown) < 1000
    assert "100000" in shown


def test_what_the_user_types_cannot_become_markup() -> None:
    assert as_plain_markdown("<img src=x>") == r"\<img src\=x\>"
    assert as_plain_markdown("**粗** [a](http://b)") == r"\*\*粗\*\* \[a\]\(http\:\/\/b\)"
    assert as_plain_markdown("市盈率是什么？") == "市盈率是什么？"


def test_what_the_bot_says_cannot_become_an_element_or_an_image() -> None:
    assert harmless_markdown("<script>x</script>") == r"\<script>x\</script>"
    assert harmless_markdown("![a](http://b/c.png)") == r"\![a](http://b/c.png)"
    assert harmless_markdown("MA5 < MA10，而且 3<5。") == "MA5 < MA10，而且 3<5。"
