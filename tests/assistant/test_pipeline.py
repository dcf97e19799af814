"""The whole way of a question: guard, sum, cards, model, check, closing lines."""

from __future__ import annotations

import datetime as dt
import inspect
import itertools
import json
from collections.abc import Iterable, Iterator

import pytest

from toujiao import Assistant as PublicAssistant
from toujiao import clock
from toujiao.assistant import texts
from toujiao.assistant.clean import MAX_CHARACTERS
from toujiao.assistant.compose import Intent, compose
from toujiao.assistant.pipeline import Assistant
from toujiao.assistant.prompt import Message
from toujiao.errors import ToujiaoError
from toujiao.knowledge.folders import ours
from toujiao.knowledge.shapes import ANALOGY, PITFALL
from toujiao.records import Answer, Kind

from .conftest import TODAY, Scripted, rendered

FOUR = (
    "请用大白话解释什么是移动平均线（MA线）？它在炒股中有什么实际用途？",
    "那它的金叉和死叉具体指什么呢？",
    "主板ST股票一天最多跌多少？",
    "茅台现在能买吗？",
)
LABEL = texts.text("ai_label") + ours().text("education_only")
# The contract of `toujiao ask --json`.
FIELDS = [
    "question",
    "kind",
    "answer",
    "short",
    "cards",
    "rules",
    "calculation",
    "missing",
    "as_of",
]
FIELDS += ["grounded", "backend", "model", "adapter", "seconds", "first_token_seconds"]
ONE_OF_EACH = {
    Kind.ANSWER: "什么是市盈率",
    Kind.CALCULATION: "10元买入1000股，11元卖出，手续费一共多少？",
    Kind.ASK_BACK: "买入价10元，手续费多少",
    Kind.REFUSAL: "茅台现在能买吗？",
    Kind.SCAM_WARNING: "有人拉我进荐股群，老师带着买，稳赚，是真的吗",
    Kind.UNKNOWN: "什么是蝴蝶价差",
    Kind.OFF_TOPIC: "今天天气怎么样",
}


# --- the four questions in a row ---


@pytest.fixture(scope="module")
def conversation(bot: Assistant) -> list[str]:
    history: list[Message] = []
    answers = []
    for number, question in enumerate(FOUR, start=1):
        answer, history = bot.chat(question, history=history, system=None)
        answers.append(answer)
        assert len(history) == 2 * number
        assert history[-2:] == [
            {"role": "user", "content": question},
            {"role": "assistant", "content": answer},
        ]
    return answers


def test_the_first_is_explained_with_a_picture_a_sum_and_its_use(conversation: list[str]) -> None:
    answer = conversation[0]
    assert answer.startswith("移动平均线（MA）就是")
    assert all(
        f"{label}：" in answer for label in (ANALOGY, "怎么算", "怎么用", PITFALL, "风险提示")
    )
    assert "参考卡片：移动平均线" in answer


def test_the_follow_up_is_about_the_averages_of_before(conversation: list[str]) -> None:
    answer = conversation[1]
    assert answer.startswith("金叉就是短期均线从下往上穿过长期均线")
    assert "死叉就是短期均线从上往下穿过长期均线" in answer


def test_the_limit_is_the_new_one_with_its_day_and_the_old_one(conversation: list[str]) -> None:
    answer = conversation[2]
    assert "沪深主板是 10%" in answer
    assert "从2026年7月6日起" in answer
    assert "那天以前，主板 ST 股票的涨跌幅是 5%" in answer


def test_the_hint_is_refused_and_something_is_taught(conversation: list[str]) -> None:
    answer = conversation[3]
    assert "我不能替你拿主意" in answer
    assert "想弄明白，可以先看这些卡片：" in answer
    assert "？" in answer


# --- every kind of answer ---


@pytest.fixture(scope="module")
def answers(bot: Assistant) -> dict[Kind, Answer]:
    return {kind: bot.ask(question, on=TODAY) for kind, question in ONE_OF_EACH.items()}


@pytest.mark.parametrize("kind", list(Kind))
def test_every_kind_of_question_gets_its_kind_of_answer(
    answers: dict[Kind, Answer], kind: Kind
) -> None:
    assert answers[kind].kind == kind


@pytest.mark.parametrize("kind", list(Kind))
def test_every_answer_says_something_and_ends_with_the_label(
    answers: dict[Kind, Answer], kind: Kind
) -> None:
    text = answers[kind].answer
    assert text.endswith(f"\n{LABEL}")
    assert text.count(LABEL) == 1
    assert len(text) > len(LABEL) + 20
    assert text == text.strip()


@pytest.mark.parametrize("kind", list(Kind))
def test_the_json_has_the_fields_of_the_contract(answers: dict[Kind, Answer], kind: Kind) -> None:
    line = answers[kind].model_dump_json()
    assert "\n" not in line
    data = json.loads(line)
    assert list(data) == FIELDS
    assert data["kind"] == str(kind)
    assert data["as_of"] == "2026-11-23"
    assert 0 <= data["grounded"] <= 1
    assert 0 <= data["first_token_seconds"] <= data["seconds"]
    shown = answers[kind].model_copy(update={"messages": ()})  # kept for votes, not shown
    assert Answer.model_validate_json(line) == shown


def test_cards_and_rules_are_cited_by_id(answers: dict[Kind, Answer], bot: Assistant) -> None:
    data = bot.ask("印花税怎么算", on=TODAY).model_dump(mode="json")
    assert data["cards"][0] == {"id": "stamp-duty", "title": "印花税"}
    rule = data["rules"][0]
    assert {"id", "value", "effective_from", "source"} <= set(rule)
    assert (rule["id"], rule["effective_from"]) == ("stamp-duty", "2023-08-28")
    assert rule["source"]["name"]
    assert data["backend"] == "cards"
    assert data["model"] is None
    assert data["grounded"] == 1.0


def test_a_calculation_comes_with_its_inputs_and_its_working(answers: dict[Kind, Answer]) -> None:
    answer = answers[Kind.CALCULATION]
    assert answer.calculation is not None
    assert set(answer.calculation) == {"name", "inputs", "results", "steps"}
    assert all(step in answer.answer for step in answer.calculation["steps"])
    assert answer.backend == "calculator"
    assert answer.cards


def test_only_a_calculation_has_one(answers: dict[Kind, Answer]) -> None:
    assert [k for k, a in answers.items() if a.calculation] == [Kind.CALCULATION]


def test_the_unknown_is_admitted_with_near_cards_and_a_number_to_call(
    answers: dict[Kind, Answer],
) -> None:
    answer = answers[Kind.UNKNOWN]
    assert "没有讲到，不敢乱说" in answer.answer
    assert "也许你想了解的是：" in answer.answer
    assert "12386" in answer.answer
    assert answer.cards == ()
    assert answer.rules == ()


# --- for a day ---


def test_a_day_in_the_question_decides_which_rule_holds(bot: Assistant) -> None:
    answer = bot.ask("2026年7月1日主板ST股票一天最多跌多少？")
    assert answer.as_of == dt.date(2026, 7, 1)
    assert answer.answer.startswith(
        "2026年7月1日的规定：主板ST股票每日涨跌幅，一天最多涨或跌 5%。后来有变化，现在是这样。"
    )
    (cited,) = [rule for rule in answer.rules if rule.id == "price-limit-main-board-st"]
    assert "5%" in cited.value
    assert answer.grounded == 1.0


@pytest.mark.parametrize(
    ("day", "said"),
    [
        ("2026-07-05", "2026年7月5日的规定：主板ST股票每日涨跌幅，一天最多涨或跌 5%。"),
        ("2026-07-06", "沪深主板是 10%，从2026年7月6日起执行"),
    ],
)
def test_a_day_given_apart_decides_as_well(bot: Assistant, day: str, said: str) -> None:
    answer = bot.ask("主板ST股票一天最多跌多少？", on=dt.date.fromisoformat(day))
    assert answer.as_of == dt.date.fromisoformat(day)
    assert answer.answer.startswith(said)


def test_a_sum_uses_the_rates_of_its_day(bot: Assistant) -> None:
    question = "10元买入1000股，11元卖出，手续费一共多少？"
    old = bot.ask(question, on=dt.date(2023, 8, 25)).calculation
    new = bot.ask(question, on=TODAY).calculation
    assert old is not None
    assert new is not None
    assert old["results"] != new["results"]


def test_without_a_day_it_is_today(bot: Assistant) -> None:
    assert bot.ask("什么是市盈率").as_of == clock.today()


# --- what the model says ---

QUESTION = "什么是市盈率"
CARD = rendered("pe-ratio")
RIGHT = compose(CARD, Intent.EXPLAIN)
WRONG = "市盈率是 987654 倍。"


def asked(script: str | Iterable[str], strict: bool = True) -> Answer:
    return Assistant(Scripted(script, strict)).ask(QUESTION, on=TODAY)


def test_a_right_answer_is_shown_as_the_model_said_it() -> None:
    answer = asked(RIGHT)
    assert answer.answer.startswith(RIGHT + "\n\n参考卡片：")
    assert (answer.backend, answer.model, answer.adapter) == ("scripted", "script", "none")
    assert answer.grounded == 1.0


def test_a_wrong_number_is_left_out_and_the_rest_stays() -> None:
    first, *rest = RIGHT.split("\n\n")
    answer = asked("\n\n".join([first, WRONG, *rest]))
    assert WRONG not in answer.answer
    assert answer.backend == "scripted"
    assert answer.answer.startswith(RIGHT)


@pytest.mark.parametrize(
    "script",
    [
        WRONG,
        "",
        "\n \n \n",
        "<|im_end|>",
        "<|im_start|>assistant\n<|im_end|>",
        CARD.summary.replace("就是", "不是"),
        "建议现在买入。",
        "好的，我来告诉你哪只股票会涨。",
        "123 456 789",
    ],
    ids=["number", "empty", "lines", "token", "tokens", "negation", "advice", "chat", "digits"],
)
def test_a_useless_answer_is_replaced_by_the_card(script: str) -> None:
    answer = asked(script)
    assert answer.backend == "cards"
    assert answer.answer.startswith(RIGHT)
    assert answer.grounded == 1.0


@pytest.mark.parametrize("strict", [True, False])
@pytest.mark.parametrize("piece", [CARD.summary, "哈", WRONG, "\n", "<|im_start|>"])
def test_an_endless_answer_ends(piece: str, strict: bool) -> None:
    answer = asked(itertools.repeat(piece), strict)
    assert answer.answer.endswith(LABEL)
    assert answer.answer.count(CARD.summary) == 1


def test_a_large_model_may_use_its_own_words() -> None:
    words = "打个比方吧。买一台咖啡机，看它几年能挣回本钱。这个年数就像市盈率。"
    answer = asked(words, strict=False)
    assert answer.answer.startswith(words)
    assert answer.backend == "scripted"
    assert answer.grounded < 1


def test_also_a_large_model_gives_no_advice_and_no_number_from_nowhere() -> None:
    words = [
        "咖啡机几年挣回本钱。",
        "建议逢低买入。",
        "这个年数像市盈率。",
        "越短越便宜吗？",
        "也不一定。",
    ]
    answer = asked("".join([*words, WRONG]), strict=False)
    assert "建议" not in answer.answer.split("参考卡片")[0]
    assert WRONG not in answer.answer


@pytest.mark.parametrize("kind", [k for k in Kind if k != Kind.ANSWER])
def test_only_questions_about_cards_reach_the_model(kind: Kind) -> None:
    backend = Scripted("不该说的话。", strict=False)
    answer = Assistant(backend).ask(ONE_OF_EACH[kind], on=TODAY)
    assert backend.asked == []
    assert "不该说的话" not in answer.answer
    assert answer.model is None
    assert answer.messages == ()


def test_an_answer_keeps_what_the_model_saw_and_what_was_shown_as_its_words() -> None:
    """For votes: without the program's own lines, and not for `--json`."""
    backend = Scripted(RIGHT + WRONG)
    answer = Assistant(backend).ask("什么是市盈率", on=TODAY)
    *seen, said = answer.messages
    assert seen == backend.asked[-1]
    assert said["role"] == "assistant"
    assert answer.answer.startswith(said["content"])
    assert WRONG not in said["content"]
    assert LABEL not in said["content"]
    assert "messages" not in answer.model_dump()


def test_the_model_is_handed_the_cards_the_history_and_the_cleaned_question() -> None:
    backend = Scripted(RIGHT)
    history = [
        {"role": "user", "content": "什么是股票"},
        {"role": "assistant", "content": "一份公司。\n\n长。"},
    ]
    Assistant(backend).ask("  什么是<b>市盈率</b>？<|im_end|> ", history, on=TODAY)
    (messages,) = backend.asked
    assert [m["role"] for m in messages] == ["system", "user", "assistant", "user"]
    assert messages[0]["content"] == ours().system_prompt
    assert messages[2]["content"] == "一份公司。"
    assert messages[3]["content"].startswith(f"资料：\n【{CARD.title}】{CARD.summary}\n")
    question = messages[3]["content"].splitlines()[-1]
    assert question.startswith("问题：什么是")
    assert "市盈率" in question
    assert "<" not in question


def test_another_system_prompt_goes_to_the_model() -> None:
    backend = Scripted(RIGHT)
    Assistant(backend).chat(QUESTION, None, "只说一句话。")
    assert backend.asked[0][0] == {"role": "system", "content": "只说一句话。"}


def test_what_is_streamed_is_what_is_answered() -> None:
    *pieces, answer = Assistant(Scripted(RIGHT)).stream(QUESTION, on=TODAY)
    assert isinstance(answer, Answer)
    assert len(pieces) > 5
    assert "".join(str(piece) for piece in pieces) == answer.answer


def test_a_model_that_breaks_down_tells_the_user() -> None:
    def broken() -> Iterator[str]:
        yield CARD.summary
        raise ToujiaoError("连不上模型服务器。")

    with pytest.raises(ToujiaoError, match="连不上"):
        asked(broken())


# --- chat and its gestures ---


def test_chat_has_the_signature_of_the_original_release() -> None:
    assert PublicAssistant is Assistant
    parameters = inspect.signature(Assistant.chat).parameters
    assert list(parameters) == ["self", "question", "history", "system"]
    assert parameters["history"].default is None
    assert parameters["system"].default is None


def test_a_history_that_is_handed_in_stays_as_it_is(bot: Assistant) -> None:
    history = [{"role": "user", "content": "什么是股票"}, {"role": "assistant", "content": "……"}]
    before = [dict(message) for message in history]
    _, longer = bot.chat("什么是市盈率", history)
    assert history == before
    assert longer[:2] == before
    assert len(longer) == 4


def test_a_question_that_points_back_is_about_the_one_before(bot: Assistant) -> None:
    _, history = bot.chat("什么是市盈率")
    answer = bot.ask("那它怎么算呢", history)
    assert answer.cards[0].id == "pe-ratio"
    assert answer.question == "那它怎么算呢"


def test_a_conversation_may_begin_with_a_question_that_points_nowhere(bot: Assistant) -> None:
    assert bot.ask("那它怎么算呢").kind == Kind.UNKNOWN


@pytest.mark.parametrize("question", ["", "   ", "\u200b", "？？", "<script></script>", "🙂🙂"])
def test_no_question_is_an_error_that_helps(bot: Assistant, question: str) -> None:
    with pytest.raises(ToujiaoError, match="没有看到文字问题"):
        bot.ask(question)


@pytest.mark.parametrize("length", [MAX_CHARACTERS + 1, 100_000])
def test_a_novel_is_turned_away_with_its_length(bot: Assistant, length: int) -> None:
    with pytest.raises(ToujiaoError, match=f"{length} 个字，最多 {MAX_CHARACTERS} 个字"):
        bot.ask("涨" * length)


def test_a_long_question_within_the_limit_is_answered(bot: Assistant) -> None:
    question = "什么是市盈率？" + "我是新手，请慢慢讲。" * 190
    assert bot.ask(question[:MAX_CHARACTERS]).answer.endswith(LABEL)
