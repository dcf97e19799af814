"""Reading cards: the real deck is whole, and a broken card says where and what."""

from __future__ import annotations

import re
from collections import Counter
from typing import TYPE_CHECKING, Any

import pytest

from toujiao.errors import ToujiaoError
from toujiao.knowledge.cards import CardDeck
from toujiao.knowledge.folders import ours
from toujiao.rules.rulebook import RuleBook

if TYPE_CHECKING:
    from .conftest import Library


def test_the_deck_has_cards_of_every_category(deck: CardDeck) -> None:
    counts = Counter(card.header.category for card in deck)
    assert set(counts) == set(ours().profile.categories)
    assert len(deck) == counts.total() >= 80


def test_a_card_says_itself_where_it_stands(deck: CardDeck) -> None:
    card = deck.get("stamp-duty")
    assert (card.id, card.title) == ("stamp-duty", "印花税")
    assert card.path.endswith("cards/trading/stamp-duty.md")
    assert "stamp-duty" in deck


def test_an_unknown_card_is_told_near_ones(deck: CardDeck) -> None:
    with pytest.raises(ToujiaoError, match=r"没有 pe-ration 这张卡片。是不是想找 .*pe-ratio"):
        deck.get("pe-ration")


def test_an_unknown_card_without_near_ones_is_told_where_to_look(deck: CardDeck) -> None:
    with pytest.raises(ToujiaoError, match="toujiao knowledge list"):
        deck.get("zzzz")


@pytest.mark.parametrize(
    "text",
    [
        "",
        "没有字段的正文\n",
        "id: a\n---\n正文\n",
        "---\nid: a\n正文\n",
        "前言\n---\nid: a\n---\n正文\n",
    ],
    ids=["empty", "no header", "no opening line", "no closing line", "text before the header"],
)
def test_a_card_without_front_matter_is_told_the_shape(library: Library, text: str) -> None:
    path = library.write("cards/trading/a.md", text)
    with pytest.raises(ToujiaoError, match=f"{re.escape(str(path))}：卡片要以 --- 开头"):
        library.deck()


def test_front_matter_that_is_a_list_is_told_the_shape(library: Library) -> None:
    path = library.write("cards/trading/a.md", "---\n- a\n---\n正文\n")
    with pytest.raises(ToujiaoError, match=f"{re.escape(str(path))}.*字段: 值"):
        library.deck()


def test_broken_yaml_names_the_file_and_the_line(library: Library) -> None:
    path = library.write("cards/trading/a.md", "---\nid: a\ntitle: [甲\nlevel: 1\n---\n正文\n")
    with pytest.raises(ToujiaoError, match=re.escape(f"{path} 第 4 行：YAML 写法有误")):
        library.deck()


@pytest.mark.parametrize(
    ("change", "field", "said"),
    [
        ({"colour": "red"}, "colour", ""),
        ({"category": ""}, "category", ""),
        ({"chart": "pie"}, "chart", "pie 不是图表，可用：moving_average"),
        ({"level": 4}, "level", ""),
        ({"sources": []}, "sources", ""),
        ({"questions": ["一问", "二问"]}, "questions", ""),
        ({"title": None}, "title", ""),
    ],
)
def test_a_wrong_field_is_named_with_its_file(
    library: Library, change: dict[str, Any], field: str, said: str
) -> None:
    path = library.card(**change)
    with pytest.raises(ToujiaoError) as error:
        library.deck()
    assert str(error.value).startswith(f"{path}：字段 {field} 不对")
    assert said in str(error.value)


@pytest.mark.parametrize("bad_id", ["Sample", "摆摊费", "../a", "a b", ""])
def test_an_id_is_an_english_slug(library: Library, bad_id: str) -> None:
    text = library.card().read_text(encoding="utf-8").replace("id: sample-fee", f"id: '{bad_id}'")
    library.write("cards/trading/sample-fee.md", text)
    with pytest.raises(ToujiaoError, match="字段 id 不对"):
        library.deck()


def test_the_id_is_the_file_name(library: Library) -> None:
    library.card().rename(library.folder / "cards/trading/other.md")
    with pytest.raises(ToujiaoError, match="id 是 sample-fee，应当和文件名 other 一样"):
        library.deck()


def test_an_id_stands_in_one_file_only(library: Library) -> None:
    library.card(folder="trading")
    library.card(folder="risk")
    with pytest.raises(ToujiaoError, match="卡片 sample-fee 已经写在"):
        library.deck()


@pytest.mark.parametrize(
    "twist",
    [lambda text: "\ufeff" + text, lambda text: text.replace("\n", "\r\n")],
    ids=["byte order mark", "Windows line ends"],
)
def test_a_card_saved_by_a_windows_editor_reads_the_same(library: Library, twist: Any) -> None:
    path = library.card()
    expected = library.deck().get("sample-fee")
    path.write_bytes(twist(path.read_text(encoding="utf-8")).encode())
    assert library.deck().get("sample-fee") == expected


def test_a_card_that_is_not_utf8_names_the_file(library: Library) -> None:
    path = library.card()
    path.write_bytes(path.read_text(encoding="utf-8").encode("gbk"))
    with pytest.raises(ToujiaoError, match=f"{re.escape(str(path))}.*UTF-8"):
        library.deck()


def test_every_rule_is_stated_by_a_card(deck: CardDeck, rules: RuleBook) -> None:
    """Questions find cards only: a rule that no card states cannot be asked for."""
    stated = {rule_id for card in deck for rule_id in card.header.rules}
    assert [rule.id for rule in rules if rule.id not in stated] == []
