"""What a model says to itself is never shown, however the stream is cut."""

from __future__ import annotations

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from toujiao.assistant.speak import Speech, speak
from toujiao.assistant.think import without_thinking
from toujiao.assistant.verify import Verifier

ANSWER = "均线就是平均价。五天的价加起来除以五。MA5<MA10，DIF>0，[5]，它总是慢半拍。"
SECRET = "悄悄话"
TAGS = [
    ("<think>", "</think>"),
    ("<Think>", "</Think>"),
    ("<THINK>", "</THINK>"),
    ("<thinking>", "</thinking>"),
    ("< think >", "< / think >"),
    ("＜think＞", "＜/think＞"),
    ("<ｔｈｉｎｋ>", "</ｔｈｉｎｋ>"),
    ("<think type='a'>", "</think>"),
    ("<tool_call>", "</tool_call>"),
    ("[THINK]", "[/THINK]"),
    ("<reasoning>", "</reasoning>"),
]
OPENINGS = [opening for opening, _ in TAGS]


def kept(text: str, cuts: list[int]) -> str:
    edges = [0, *sorted(min(cut, len(text)) for cut in cuts), len(text)]
    return "".join(without_thinking(text[a:b] for a, b in itertools.pairwise(edges)))


CUTS = st.lists(st.integers(0, 120), max_size=30)


@given(st.sampled_from(TAGS), st.integers(0, len(ANSWER)), CUTS)
def test_a_block_is_taken_out_and_nothing_else(
    tags: tuple[str, str], place: int, cuts: list[int]
) -> None:
    text = f"{ANSWER[:place]}{tags[0]}{SECRET}。\n{SECRET}{tags[1]}{ANSWER[place:]}"
    assert kept(text, cuts) == ANSWER


@given(st.sampled_from(OPENINGS), st.integers(0, len(ANSWER)), CUTS)
def test_a_block_without_end_goes_to_the_end(tag: str, place: int, cuts: list[int]) -> None:
    assert kept(f"{ANSWER[:place]}{tag}{SECRET}。{SECRET}", cuts) == ANSWER[:place]


@given(st.text(alphabet="<>think/＜＞涨。 [a]", max_size=60), CUTS)
def test_how_the_stream_is_cut_changes_nothing(text: str, cuts: list[int]) -> None:
    assert kept(text, cuts) == kept(text, [])


@given(st.text(alphabet="涨跌。！\n<>35MA =，", max_size=80), CUTS)
def test_a_text_without_blocks_is_left_alone(text: str, cuts: list[int]) -> None:
    assert kept(f"{text}。", cuts) == f"{text}。"


@pytest.mark.parametrize(
    "text",
    [
        f"<think>{SECRET}<think>{SECRET}</think>{SECRET}</think>{ANSWER}",
        f"<think></think>{ANSWER}",
        f"<think/>{ANSWER}",
        f"</think>{ANSWER}",
        f"{ANSWER}<thin",
        f"{ANSWER}</think>",
        f"<think>{SECRET}</think>{ANSWER}<tool_call>{{}}</tool_call>",
        f"好的，用户问的是均线，{SECRET}。</think>{ANSWER}",
        f"Okay, the user asks about {SECRET}.\n</think>{ANSWER}",
    ],
)
@pytest.mark.parametrize("size", [1, 3, 7, 1000])
def test_odd_blocks(text: str, size: int) -> None:
    pieces = (text[i : i + size] for i in range(0, len(text), size))
    assert "".join(without_thinking(pieces)) == ANSWER


def test_thought_aloud_that_never_ends_is_no_answer() -> None:
    assert "".join(without_thinking(["用户问的是均线，", "我想想，应该先解释什么是均线。"])) == ""


@given(st.sampled_from(TAGS), CUTS, st.booleans())
def test_speaking_never_shows_a_thought(
    tags: tuple[str, str], cuts: list[int], strict: bool
) -> None:
    card = "均线就是平均价。\n\n怎么算：五天的价加起来除以五。它总是慢半拍。"
    text = f"{tags[0]}{SECRET}。均线要除以 6。{tags[1]}{card}"
    edges = [0, *sorted(min(cut, len(text)) for cut in cuts), len(text)]
    pieces = (text[a:b] for a, b in itertools.pairwise(edges))
    assert "".join(speak(pieces, Verifier("", [card], strict), card, Speech())) == card


def test_a_thought_without_end_does_not_hang() -> None:
    endless = itertools.chain(["<think>"], itertools.repeat("嗯，"))
    card = "均线就是平均价。"
    assert "".join(speak(endless, Verifier("", [card], False), card, Speech())) == card
