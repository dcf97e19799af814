"""Reads the knowledge cards (`cards/<category>/<id>.md`): YAML front matter and a Markdown body."""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Iterator
from pathlib import Path

from pydantic import ValidationError

from toujiao.errors import ToujiaoError
from toujiao.records import Card, CardHeader
from toujiao.yaml_file import explain_invalid, load_yaml, read_source


class CardDeck:
    """All cards by id."""

    def __init__(self, cards: Iterable[Card]) -> None:
        self._cards = {card.id: card for card in cards}

    def __iter__(self) -> Iterator[Card]:
        return iter(self._cards.values())

    def __len__(self) -> int:
        return len(self._cards)

    def __contains__(self, card_id: object) -> bool:
        return card_id in self._cards

    def get(self, card_id: str) -> Card:
        """The card of this id; an unknown id is a ToujiaoError that names near ones."""
        if card_id not in self._cards:
            near = difflib.get_close_matches(card_id, self._cards, n=3, cutoff=0.5)
            hint = (
                f"是不是想找 {'、'.join(near)}？" if near else "用 toujiao knowledge list 看全部。"
            )
            raise ToujiaoError(f"没有 {card_id} 这张卡片。{hint}")
        return self._cards[card_id]


def parse_card(text: str, path: Path) -> Card:
    """Parse one card file; anything wrong is a ToujiaoError that names the file and the field."""
    parts = text.removeprefix("\ufeff").replace("\r\n", "\n").split("---\n", 2)
    if len(parts) != 3 or parts[0].strip():
        raise ToujiaoError(f"{path}：卡片要以 --- 开头，接着是字段，再以 --- 结束，然后是正文。")
    data = load_yaml(parts[1], path, first_line=2)
    if not isinstance(data, dict):
        raise ToujiaoError(f"{path}：两个 --- 之间应当是一组“字段: 值”。")
    data.setdefault("category", path.parent.name)
    try:
        header = CardHeader.model_validate(data)
    except ValidationError as error:
        raise explain_invalid(error, path) from error
    if header.id != path.stem:
        raise ToujiaoError(f"{path}：id 是 {header.id}，应当和文件名 {path.stem} 一样。")
    return Card(header=header, body=parts[2].strip() + "\n", path=str(path))


def read_cards(directory: Path) -> CardDeck:
    """Read every card under `directory`; a repeated id is a ToujiaoError."""
    seen: dict[str, str] = {}
    cards = []
    for path in sorted(directory.rglob("*.md")):
        card = parse_card(read_source(path), path)
        if card.id in seen:
            raise ToujiaoError(f"{path}：卡片 {card.id} 已经写在 {seen[card.id]} 里了。")
        seen[card.id] = card.path
        cards.append(card)
    return CardDeck(cards)
