"""Reading exercises: every answer can be found in its own material."""

from __future__ import annotations

import random
import re

import pytest

from toujiao.assistant.verify import numbers
from toujiao.dataset.pretraining import (
    EXERCISES,
    VOCABULARY,
    Vocabulary,
    change_numbers,
    documents,
    write_exercises,
)
from toujiao.knowledge.folders import ours
from toujiao.knowledge.render import render_card

SYSTEM = "你是助手。"


@pytest.fixture(scope="module")
def cards():
    return [render_card(card, ours().rules) for card in list(ours().cards)[:30]]


def test_the_answer_of_every_exercise_stands_in_its_material(cards):
    for document in documents(cards, 300, 3, SYSTEM):
        material = document["messages"][1]["content"].replace("\n", "")
        for paragraph in document["messages"][2]["content"].split("\n\n"):
            assert paragraph in material


def test_the_same_seed_gives_the_same_exercises(cards):
    assert list(documents(cards, 20, 5, SYSTEM)) == list(documents(cards, 20, 5, SYSTEM))
    assert list(documents(cards, 20, 5, SYSTEM)) != list(documents(cards, 20, 6, SYSTEM))


def test_only_true_cards_are_learned_in_whole(cards):
    texts = {card.summary for card in cards}
    for document in documents(cards, 200, 4, SYSTEM):
        if document["learn"] == "all":
            first_line = document["messages"][1]["content"].splitlines()[1]
            assert first_line.split("】", 1)[1] in texts


def test_changed_numbers_are_changed_the_same_way_everywhere(cards):
    card = next(c for c in cards if len(numbers(c.text)) > 5)
    changed = change_numbers(card, random.Random(1))
    assert numbers(changed.text) != numbers(card.text)
    pairs = zip(re.findall(r"\d+", card.text), re.findall(r"\d+", changed.text), strict=True)
    became: dict[str, str] = {}
    for before, after in pairs:
        assert became.setdefault(before, after) == after
        assert len(before) == len(after)


def test_the_common_characters_are_the_3755_of_gb2312():
    characters = Vocabulary.common().characters
    assert len(characters) == len(set(characters)) == 3755
    assert "股" in characters


def test_exercises_and_vocabulary_are_written(tmp_path):
    write_exercises(ours(), tmp_path, 5, seed=1)
    assert len((tmp_path / EXERCISES).read_text(encoding="utf-8").splitlines()) == 5
    assert "移动平均线" in (tmp_path / VOCABULARY).read_text(encoding="utf-8")
