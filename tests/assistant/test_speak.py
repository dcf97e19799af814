"""Speaking: good sentences are shown, bad ones are not, and the card fills in where needed."""

from __future__ import annotations

import itertools
from collections.abc import Iterable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from toujiao.assistant.speak import MOST_CHARACTERS, Speech, speak, whole_sentences
from toujiao.assistant.verify import Verifier

GOOD = [
    "均线就是平均价。",
    "五天的价加起来除以五。",
    "它总是慢半拍。",
    "它算不出明天。",
    "手续费会越积越多。",
]
CARD = f"{GOOD[0]}\n\n怎么算：{GOOD[1]}\n\n风险提示：{GOOD[2]}{GOOD[3]}{GOOD[4]}"
WRONG = "五天的价加起来除以 6。"
OTHER = "股市有风险，入市要谨慎。"


def told(pieces: Iterable[str], strict: bool = True) -> tuple[str, Speech]:
    speech = Speech()
    verifier = Verifier("", [CARD], strict)
    return "".join(speak(pieces, verifier, CARD, speech)), speech


def test_a_good_answer_is_shown_as_it_is() -> None:
    text, speech = told(["".join(GOOD)])
    assert text == "".join(GOOD)
    assert not speech.fell_back
    assert speech.dropped == []


def test_one_bad_sentence_is_left_out() -> None:
    text, speech = told([GOOD[0], GOOD[1], WRONG, *GOOD[2:]])
    assert text == "".join(GOOD)
    assert not speech.fell_back
    assert [sentence for sentence, _ in speech.dropped] == [WRONG]


def test_a_bad_first_sentence_means_the_whole_card() -> None:
    text, speech = told([WRONG, *GOOD])
    assert text == CARD
    assert speech.fell_back


def test_several_bad_sentences_mean_the_rest_of_the_card() -> None:
    text, speech = told([GOOD[0], WRONG, OTHER, *GOOD[2:]])
    assert speech.fell_back
    assert text.startswith(GOOD[0])
    assert all(text.count(sentence) == 1 for sentence in GOOD)
    assert WRONG not in text
    assert OTHER not in text


def test_the_rest_of_the_card_starts_its_sections_on_new_lines() -> None:
    text, _ = told([GOOD[0], WRONG, OTHER])
    assert text == CARD


def test_a_paragraph_survives_when_its_last_sentence_is_dropped() -> None:
    text, _ = told([GOOD[0], GOOD[1], f"{WRONG}\n\n", f"风险提示：{GOOD[2]}", *GOOD[3:]])
    assert f"{GOOD[1]}\n\n风险提示：{GOOD[2]}" in text


@pytest.mark.parametrize(
    "pieces",
    [[], [""], ["   "], ["\n\n", " \n", " \n", " \n"], ["。", "！", "。 。 。 。"], ["<|im_end|>"]],
    ids=["nothing", "empty", "spaces", "line breaks", "punctuation", "control token"],
)
@pytest.mark.parametrize("strict", [True, False])
def test_a_model_that_says_nothing_leaves_it_to_the_card(pieces: list[str], strict: bool) -> None:
    text, speech = told(pieces, strict)
    assert text == CARD
    assert speech.fell_back


def test_an_answer_that_stops_after_one_sentence_is_completed() -> None:
    text, speech = told([GOOD[0]])
    assert text == CARD
    assert speech.fell_back


def test_a_card_of_two_sentences_needs_no_third() -> None:
    speech = Speech()
    short = "".join(GOOD[:2])
    text = "".join(speak([short], Verifier("", [short], strict=True), short, speech))
    assert text == short
    assert not speech.fell_back


@pytest.mark.parametrize(
    "endless",
    [GOOD[0], WRONG, OTHER, "啊", "\n", " \n", "。", "<|im_start|>", "涨、"],
    ids=["good", "wrong", "other", "one letter", "lines", "blank lines", "dots", "token", "commas"],
)
@pytest.mark.parametrize("strict", [True, False])
def test_a_model_that_never_ends_is_cut_off(endless: str, strict: bool) -> None:
    text, _ = told(itertools.repeat(endless), strict)
    assert all(sentence in text for sentence in GOOD)
    assert len(text) < MOST_CHARACTERS + 2 * len(CARD)


def test_a_large_model_that_always_finds_new_words_is_cut_off() -> None:
    words = (f"{'啊' * n}。" for n in itertools.count(1))
    text, _ = told(words, strict=False)
    assert len(text) <= MOST_CHARACTERS + 1000


@pytest.mark.parametrize("strict", [True, False])
def test_a_control_token_ends_the_answer(strict: bool) -> None:
    after = ["<|im_end|>\n", "<|im_start|>user\n", "再讲一个。"]
    text, speech = told([*GOOD, *after], strict)
    assert text == "".join(GOOD)
    assert speech.dropped == []
    assert not speech.fell_back


def test_a_sentence_is_shown_as_soon_as_the_next_one_begins() -> None:
    def pieces() -> Iterable[str]:
        yield from (GOOD[0], GOOD[1][0])
        raise AssertionError("asked for more than the first sentence needs")

    assert next(iter(speak(pieces(), Verifier("", [CARD], True), CARD, Speech()))) == GOOD[0]


TEXTS = st.text(alphabet=list("涨跌。！？\n”） .3a"), max_size=60)


@given(TEXTS, st.lists(st.integers(0, 60), max_size=12))
def test_regrouping_loses_nothing_however_the_text_is_cut(text: str, cuts: list[int]) -> None:
    edges = [0, *sorted(cuts), len(text)]
    pieces = [text[start:end] for start, end in itertools.pairwise(edges)]
    assert "".join(whole_sentences(pieces)) == text[: max(edges)]


@given(st.lists(st.integers(0, len(CARD)), max_size=20))
def test_how_a_model_is_cut_into_pieces_does_not_change_what_is_shown(cuts: list[int]) -> None:
    edges = [0, *sorted(cuts), len(CARD)]
    pieces = [CARD[start:end] for start, end in itertools.pairwise(edges)]
    assert told(pieces)[0] == CARD


@given(
    st.lists(st.sampled_from([*GOOD, WRONG, OTHER, "\n", "建议买入。", "<|im_end|>"]), max_size=12)
)
def test_whatever_a_model_says_only_the_material_is_shown(script: list[str]) -> None:
    text, speech = told(script)
    for bad in (WRONG, OTHER, "建议买入", "<|"):
        assert bad not in text
    assert all(text.count(sentence) <= 1 for sentence in GOOD)
    assert text == "".join(speech.shown)
    assert sum(sentence in text for sentence in GOOD) >= 3
