"""Training rows: the exact inference format, nothing leaks, answers stand in their material."""

from __future__ import annotations

import datetime as dt
import json

import pytest

from toujiao.assistant.prompt import QUESTION, build_messages
from toujiao.assistant.verify import numbers
from toujiao.dataset.build import build, check_no_leak, questions_of
from toujiao.dataset.rows import gather, make_rows
from toujiao.errors import ToujiaoError
from toujiao.evaluate.questions import load_questions
from toujiao.knowledge.folders import ours
from toujiao.knowledge.render import render_card
from toujiao.knowledge.wording import load_wording

DAY = dt.date(2026, 11, 23)


@pytest.fixture(scope="module")
def rows() -> list[dict]:
    return list(make_rows(gather(ours(), DAY), seed=1))


def of_kind(rows: list[dict], kind: str) -> list[dict]:
    return [row for row in rows if row["meta"]["kind"] == kind]


def test_every_kind_of_row_is_there_in_training_and_held_out(rows):
    for kind in ("answer", "unknown", "refusal", "calculation"):
        splits = {row["meta"]["split"] for row in of_kind(rows, kind)}
        assert {"train", "question"} <= splits, kind


def test_a_row_without_history_or_distractors_is_what_the_assistant_sends(rows):
    row = next(
        r for r in of_kind(rows, "answer")
        if len(r["messages"]) == 3 and r["messages"][1]["content"].count("【") == 1
    )  # fmt: skip
    card = render_card(ours().cards.get(row["meta"]["card"]), ours().rules, DAY)
    assert row["messages"][:-1] == build_messages(
        questions_of(row)[-1], [card], ours().system_prompt
    )


def test_no_held_out_question_stands_in_any_training_turn(rows):
    train = [row for row in rows if row["meta"]["split"] == "train"]
    held_out = [row for row in rows if row["meta"]["split"] != "train"]
    check_no_leak(train, held_out)


def test_a_planted_leak_is_found(rows):
    train = [row for row in rows if row["meta"]["split"] == "train"]
    with pytest.raises(ToujiaoError, match="留出的问题"):
        check_no_leak(train, [train[0]])


def test_no_question_of_a_held_out_card_is_trained(rows):
    held_out = {r["meta"]["card"] for r in rows if r["meta"]["split"] == "card"}
    trained = {r["meta"].get("card") for r in rows if r["meta"]["split"] == "train"}
    assert held_out
    assert not held_out & trained


def test_the_evaluation_questions_are_in_no_row(rows):
    asked = {question for row in rows for question in questions_of(row)}
    for name in ("dev", "test"):
        assert not asked & {q.question for q in load_questions(name)}


def test_every_number_of_an_explanation_stands_in_its_material(rows):
    for row in of_kind(rows, "answer"):
        material = row["messages"][-2]["content"]
        assert set(numbers(row["messages"][-1]["content"])) <= set(numbers(material))


def test_no_target_gives_advice_or_promises(rows):
    wording = load_wording()
    for row in rows:
        answer = row["messages"][-1]["content"]
        assert wording.find_advice(answer) is None
        assert wording.find_promise(answer) is None


def test_the_question_comes_last_in_the_user_turn(rows):
    for row in rows[::50]:
        assert QUESTION in row["messages"][-2]["content"].splitlines()[-1]


def test_building_twice_gives_the_same_bytes(tmp_path):
    for name in ("a", "b"):
        build(ours(), tmp_path / name, DAY)
    for file in ("train.jsonl", "held_out.jsonl", "manifest.json"):
        assert (tmp_path / "a" / file).read_bytes() == (tmp_path / "b" / file).read_bytes()
    manifest = json.loads((tmp_path / "a" / "manifest.json").read_text(encoding="utf-8"))
    assert manifest["cards"] == len(ours().cards)
    assert sum(manifest["counts"].values()) > 2000
