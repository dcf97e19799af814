"""The fixed sentences: every one can be filled in, and the required ones are there."""

import string

import pytest

from toujiao.assistant import texts
from toujiao.knowledge.folders import ours
from toujiao.knowledge.profile import neutral_words
from toujiao.knowledge.wording import load_wording

REQUIRED = ("ai_label", "unknown_related", "calculation_lead")


def placeholders(text: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(text) if name}


def says_no_advice(filled: str) -> bool:
    wording = load_wording()
    return wording.find_advice(filled) is None and wording.find_promise(filled) is None


@pytest.mark.parametrize("name", sorted(texts.all_texts()))
def test_every_text(name: str) -> None:
    raw = texts.all_texts()[name]
    filled = texts.text(name, **dict.fromkeys(placeholders(raw), "甲"))
    assert filled
    assert "{" not in filled
    assert "。 " not in filled
    assert says_no_advice(filled)


def test_required_texts() -> None:
    assert set(REQUIRED) <= set(texts.all_texts())
    assert "人工智能" in texts.text("ai_label")
    assert ours().text("education_only") == "仅供学习，不构成投资建议。"


def test_mistakes_are_ours() -> None:
    with pytest.raises(KeyError):
        texts.text("no_such_text")
    with pytest.raises(KeyError):
        texts.text("unknown_related")
    with pytest.raises(KeyError):
        ours().text("no_such_text")


@pytest.mark.parametrize("name", sorted(neutral_words()))
def test_every_sentence_of_the_subject(name: str) -> None:
    values = dict.fromkeys(placeholders(neutral_words()[name]), "甲")
    filled = ours().text(name, **{k: v for k, v in values.items() if k not in ours().values})
    assert filled
    assert "{" not in filled
    assert says_no_advice(filled)
