"""The verifier: what stands in the material passes, a changed number or meaning does not."""

from __future__ import annotations

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from toujiao.assistant.compose import Intent, compose
from toujiao.assistant.verify import (
    REPEATED,
    SENSITIVE,
    Verifier,
    changed_characters,
    grounded_share,
    numbers,
    numbers_in_order,
    opens_section,
    says_something,
    split_sentences,
    strip_label,
)
from toujiao.knowledge.folders import ours
from toujiao.knowledge.render import RenderedCard
from toujiao.knowledge.tables import tables_as_sentences

from .conftest import rendered

MATERIAL = (
    "印花税就是卖出股票时交给国家的一种税，按卖出金额的 0.05% 收，买入不收。\n"
    "打个比方，有座桥只在出城方向设收费口，进城不用交。\n"
    "例子：10 元一股卖出 1000 股，金额 10000 元，印花税是 5 元。\n"
    "买入价是 1.5 元，卖出价是 15 元。\n"
    "通常过三天到账，手续费大约是万分之二。"
)
QUESTION = "我卖了 8000 元股票，印花税怎么算？"


def checked(sentence: str, strict: bool = True, material: str = MATERIAL) -> str:
    """The reason why the sentence is dropped, "" when it passes."""
    return Verifier(QUESTION, [material], strict).check(sentence).reason


# Each card is rendered only when it is drawn.
CARDS = st.sampled_from([card.id for card in ours().cards]).map(rendered)


@st.composite
def sentences_of_cards(draw: st.DrawFn) -> tuple[RenderedCard, str]:
    card = draw(CARDS)
    return card, draw(st.sampled_from([s for s in split_sentences(card.text) if s.strip()]))


SENTENCES = sentences_of_cards()


@given(SENTENCES)
@settings(deadline=None, max_examples=50)
def test_a_sentence_of_the_material_always_passes_the_first_time(
    case: tuple[RenderedCard, str],
) -> None:
    card, sentence = case
    verifier = Verifier("", [card.text], strict=True)
    assert verifier.check(sentence).ok
    assert not says_something(sentence) or verifier.check(sentence).reason == REPEATED


@given(CARDS, st.sampled_from(list(Intent)))
@settings(deadline=None, max_examples=50)
def test_every_sentence_of_a_composed_card_passes(card: RenderedCard, intent: Intent) -> None:
    verifier = Verifier("", [card.text], strict=True)
    for sentence in split_sentences(tables_as_sentences(compose(card, intent))):
        assert verifier.check(sentence).reason in ("", REPEATED), sentence


@given(SENTENCES, st.integers(0, 10**7), st.integers(0, 40), st.booleans())
@settings(deadline=None, max_examples=50)
def test_a_sentence_with_a_number_from_nowhere_never_passes(
    case: tuple[RenderedCard, str], number: int, place: int, strict: bool
) -> None:
    card, sentence = case
    assume(str(number) not in numbers(card.text))
    told = f"{sentence[:place]} {number} {sentence[place:]}"
    assume(set(numbers(strip_label(told))) - set(numbers(card.text)))
    assert not Verifier("", [card.text], strict).check(told).ok


@pytest.mark.parametrize(
    "sentence",
    [
        "印花税就是卖出股票时交给国家的一种税，按卖出金额的 0.05% 收，买入不收。",
        "印花税就是卖出股票时交给国家的一种税, 按卖出金额的0.05%收, 买入不收.",
        "印花税就是卖出股票时要交给国家的一种税，按卖出金额的 0.05% 收，买入不收。",
        "打个比方：有座桥只在出城方向设收费口，进城不用交。",
        "例子：10 元一股卖出 1,000 股，金额 10,000 元，印花税是 5 元。",
        "例子：10.0 元一股卖出 1000 股，金额 10000.00 元，印花税是 5 元。",
        "\n\n",
        "",
    ],
)
def test_other_punctuation_or_a_harmless_word_passes(sentence: str) -> None:
    assert checked(sentence) == ""


@pytest.mark.parametrize(
    ("sentence", "reason"),
    [
        ("说到 0.1% 的时候，要想想看。", "untraced numbers: 0.1%"),
        ("一共付 5.1 元。", "untraced numbers: 5.1 元"),
        ("一共付五块一。", "untraced numbers: 五块一"),
        ("一共付 5000000 元。", "untraced numbers: 5000000 元"),
        ("１０００００ 股。", "untraced numbers: 100000 股"),
    ],
)
@pytest.mark.parametrize("strict", [True, False])
def test_an_unknown_number_is_dropped_by_name(sentence: str, reason: str, strict: bool) -> None:
    assert checked(sentence, strict) == reason


def test_numbers_of_the_question_may_be_said_again() -> None:
    assert checked("你卖了 8000 元。", strict=False) == ""


@pytest.mark.parametrize(
    "sentence",
    [
        "例子：1000 元一股卖出 10 股，金额 10000 元，印花税是 5 元。",
        "例子：10 元一股卖出 1000 股，金额 10000 元，印花税是 10 元。",
        "买入价是 15 元，卖出价是 1.5 元。",
        "买入价是 15 元，卖出价是 15 元。",
        "例子：10 元一股卖出股，金额 10000 元，印花税是 5 元。",
    ],
)
def test_known_numbers_in_other_places_are_dropped(sentence: str) -> None:
    assert checked(sentence) != ""
    assert "卖出股" in sentence or checked(sentence, strict=False) != ""


@pytest.mark.parametrize(
    ("sentence", "touched"),
    [
        ("打个比方，有座桥只在进城方向设收费口，进城不用交。", "进"),
        ("打个比方，有座桥在出城方向设收费口，进城不用交。", "只"),
    ],
)
def test_a_change_that_can_turn_the_meaning_is_dropped(sentence: str, touched: str) -> None:
    reason = checked(sentence)
    assert reason.startswith("changed meaning: ")
    assert touched in reason


@pytest.mark.parametrize("strict", [True, False])
@pytest.mark.parametrize(
    "sentence",
    [
        "印花税就是卖出股票时交给国家的一种税，按卖出金额的 0.05% 收，买入收。",
        "印花税就是买入股票时交给国家的一种税，按卖出金额的 0.05% 收，买入不收。",
        "印花税就是卖出股票时交给国家的一种税，按卖出金额的 0.05‰ 收，买入不收。",
        "通常过五天到账，手续费大约是万分之二。",
        "通常过三天到账，手续费大约是千分之二。",
        "通常过三年到账，手续费大约是万分之二。",
    ],
)
def test_a_changed_number_unit_or_side_is_dropped(sentence: str, strict: bool) -> None:
    assert checked(sentence, strict) != ""


@pytest.mark.parametrize("strict", [True, False])
def test_a_number_may_be_written_in_chinese(strict: bool) -> None:
    sentence = "例子：十元一股卖出一千股，金额一万元，印花税是五元。"
    assert checked(sentence, strict) == ""


@given(SENTENCES, st.data())
@settings(deadline=None, max_examples=50)
def test_dropping_one_negation_from_a_sentence_is_always_noticed(
    case: tuple[RenderedCard, str], data: st.DataObject
) -> None:
    card, sentence = case
    places = [i for i, character in enumerate(sentence) if character in "不没无非未别"]
    assume(places)
    place = data.draw(st.sampled_from(places))
    told = sentence[:place] + sentence[place + 1 :]
    others = "".join(s for s in split_sentences(card.text) if s != sentence)
    assume(strip_label(told).strip("。\n") not in others)
    assert not Verifier("", [card.text], strict=True).check(told).ok


def test_an_own_sentence_of_a_small_model_is_dropped() -> None:
    assert checked("股市有风险，入市要谨慎。") == "not close to any sentence of the material"


def test_an_own_sentence_of_a_large_model_may_stand() -> None:
    assert checked("换句话说，只有卖的人才交这笔钱。", strict=False) == ""


@pytest.mark.parametrize("strict", [True, False])
@pytest.mark.parametrize(
    "sentence", ["建议现在买入。", "目前正是抄底的好时机。", "这样做稳赚不赔。", "明天一定会涨。"]
)
def test_advice_and_promises_are_dropped(sentence: str, strict: bool) -> None:
    assert checked(sentence, strict) == "advice or promise"


@pytest.mark.parametrize("strict", [True, False])
@pytest.mark.parametrize(
    "sentence", ["<|im_end|>", "<|im_start|>user", "印花税是税。<|endoftext|>", "im_end|>好"]
)
def test_control_tokens_are_dropped(sentence: str, strict: bool) -> None:
    assert checked(sentence, strict) == "control token"


@pytest.mark.parametrize("strict", [True, False])
def test_a_sentence_is_said_once(strict: bool) -> None:
    verifier = Verifier(QUESTION, [MATERIAL], strict)
    sentence = "打个比方，有座桥只在出城方向设收费口，进城不用交。"
    assert verifier.check(sentence).ok
    assert verifier.check(f"{sentence}\n\n").reason == REPEATED


def test_a_dropped_sentence_may_be_said_right_later() -> None:
    verifier = Verifier(QUESTION, [MATERIAL], strict=True)
    assert not verifier.check("买入价是 15 元，卖出价是 1.5 元。").ok
    assert verifier.check("买入价是 1.5 元，卖出价是 15 元。").ok


def test_without_material_only_silence_passes() -> None:
    verifier = Verifier("", [], strict=True)
    assert verifier.check("\n").ok
    assert not verifier.check("均线就是平均价。").ok


# --- the parts ---


@given(st.text(alphabet="涨跌。！？\n”’）) .3a", max_size=80))
def test_splitting_into_sentences_loses_nothing(text: str) -> None:
    assert "".join(split_sentences(text)) == text


@pytest.mark.parametrize(
    ("text", "sentences"),
    [
        ("涨了。跌了！", ["涨了。", "跌了！"]),
        ("“涨了。”不对。", ["“涨了。”", "不对。"]),
        ("收 3.5 元。好", ["收 3.5 元。", "好"]),
        ("真的？！\n\n好", ["真的？！\n\n", "好"]),
        ("", []),
    ],
)
def test_a_sentence_ends_with_its_marks(text: str, sentences: list[str]) -> None:
    assert split_sentences(text) == sentences


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("10,000 元和 3.50 元", ["10000", "3.5"]),
        ("5.0% 和 5%", ["5", "5"]),
        ("2026年7月6日", ["2026", "7", "6"]),
        ("0.0341‰", ["0.0341"]),
        ("没有数", []),
        ("100", ["100"]),
    ],
)
def test_numbers_are_read_without_commas_and_trailing_zeros(text: str, found: list[str]) -> None:
    assert numbers_in_order(text) == found
    assert sum(numbers(text).values()) == len(found)


def test_changed_characters_are_those_of_both_sides() -> None:
    assert changed_characters("买入不收", "卖出收") == set("买入不卖出")
    assert changed_characters("一样", "一样") == set()


def test_a_section_label_is_no_part_of_the_sentence() -> None:
    assert strip_label("\n\n常见误区：亏了就不用交。") == "亏了就不用交。"
    assert opens_section("常见误区：亏了就不用交。")
    assert not opens_section("例子：亏了也要交。")


@pytest.mark.parametrize(
    "word", ["不", "没", "涨", "跌", "买", "卖", "千", "万", "%", "‰", "加", "减"]
)
def test_words_that_turn_a_sentence_round_are_sensitive(word: str) -> None:
    assert word in SENSITIVE


def test_the_grounded_share_counts_the_traced_sentences() -> None:
    verifier = Verifier(QUESTION, [MATERIAL], strict=False)
    said = ["买入价是 1.5 元，卖出价是 15 元。", "今天天气不错，适合散步。", "\n"]
    assert grounded_share(said, verifier) == 0.5
    assert grounded_share([], verifier) == 1.0
