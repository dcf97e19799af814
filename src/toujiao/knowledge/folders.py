"""Opens knowledge: what ships with the package, a maker's folder, or one on top of the other."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import cache
from pathlib import Path

from toujiao.errors import ToujiaoError
from toujiao.knowledge.cards import CardDeck, read_cards
from toujiao.knowledge.knowledge import SHIPPED, Knowledge
from toujiao.knowledge.profile import PROFILE, Profile, RuleContact, check_words, read_profile
from toujiao.rules import in_use
from toujiao.rules.rulebook import RuleBook, read_rules
from toujiao.settings import settings

OURS = "ours"


@cache
def ours() -> Knowledge:
    """The knowledge that ships with the package (read once)."""
    return _checked(
        Knowledge(
            read_cards(SHIPPED / "cards"), in_use.shipped(), read_profile(SHIPPED), (SHIPPED,)
        )
    )


def open_knowledge(spec: str | Path | None = None) -> Knowledge:
    """The knowledge of a folder, of `ours`, or of several, comma-separated (`ours,my-cards`).

    None is what TOUJIAO_KNOWLEDGE says, else ours. In a list the first one leads; the later ones
    add their cards, rules, categories and contacts.
    """
    wanted = str(spec or settings().knowledge or OURS)
    names = [name.strip() for name in wanted.replace("，", ",").split(",") if name.strip()]
    if not names:
        raise ToujiaoError("--knowledge 后面要写一个知识目录，或 ours（自带的）。")
    parts = [ours() if name == OURS else read_folder(Path(name)) for name in names]
    # One alone stays what it is: its index and its guard are built once.
    return parts[0] if len(parts) == 1 else _merged(parts)


def read_folder(folder: Path) -> Knowledge:
    """The knowledge of one folder: cards/ (with cards in it), rules/ and knowledge.yaml if there."""
    if not folder.is_dir():
        raise ToujiaoError(
            f"没有 {folder} 这个知识目录（里面要有 cards/）。"
            f"请检查路径，或用 toujiao knowledge new {folder} 新建一个。"
        )
    cards = read_cards(folder / "cards")
    if not len(cards):
        raise ToujiaoError(
            f"{folder / 'cards'} 里没有卡片。"
            "卡片是 .md 文件，放在知识目录的 cards/类别/ 里；写法见 docs/knowledge.md。"
        )
    rules = read_rules(folder / "rules")
    return _checked(Knowledge(cards, rules, read_profile(folder), (folder,)))


def _checked(knowledge: Knowledge) -> Knowledge:
    """The same, or a ToujiaoError for a profile or a card that does not fit the other."""
    path, profile = knowledge.folders[0] / PROFILE, knowledge.profile
    for contact in profile.contacts:
        if isinstance(contact, RuleContact) and contact.rule not in knowledge.rules:
            raise ToujiaoError(f"{path}：contacts 里的规则 {contact.rule} 不在 rules/ 里。")
    check_words(profile, knowledge.values, path)
    for card in knowledge.cards:
        category, chart = card.header.category, card.header.chart
        if profile.categories and category not in profile.categories:
            known = "、".join(profile.categories)
            raise ToujiaoError(
                f"{card.path}：{category} 不是类别，可用：{known}（写在 {path} 的 categories 里）。"
            )
        if chart and chart not in profile.charts:
            raise ToujiaoError(
                f"{card.path}：这个知识目录没有图表 {chart}。要用，就写进 {path} 的 charts。"
            )
    return knowledge


def _merged(parts: Sequence[Knowledge]) -> Knowledge:
    """One knowledge of several; an id that stands in two is a ToujiaoError, unless replaced."""
    first, *others = parts
    cards, rules = {c.id: c for c in first.cards}, {r.id: r for r in first.rules}
    folders = list(first.folders)
    for part in others:
        replaces = part.profile.replaces
        for card in part.cards:
            if card.id in cards and card.id not in replaces:
                raise _clash("卡片", card.id, cards[card.id].path, card.path, part)
            cards[card.id] = card
        for rule in part.rules:
            if rule.id in rules and rule.id not in replaces:
                files = (_rule_file(rule.id, folders), _rule_file(rule.id, part.folders))
                raise _clash("规则", rule.id, *files, part)
            rules[rule.id] = rule
        folders += part.folders
    profile = _merged_profile([part.profile for part in parts])
    return Knowledge(CardDeck(cards.values()), RuleBook(rules.values()), profile, tuple(folders))


def _merged_profile(profiles: Sequence[Profile]) -> Profile:
    """The first one's name and words; categories, contacts and charts of all."""
    first, *others = profiles
    categories = {key: name for p in reversed(profiles) for key, name in p.categories.items()}
    return first.model_copy(
        update={
            "categories": {**first.categories, **categories},
            "contacts": tuple(dict.fromkeys(c for p in profiles for c in p.contacts)),
            "charts": tuple(dict.fromkeys(chart for p in profiles for chart in p.charts)),
            "sums": any(p.sums for p in profiles),
            "replaces": tuple(i for p in others for i in p.replaces),
        }
    )


def _rule_file(rule_id: str, folders: Iterable[Path]) -> str:
    """The newest file of a rule; its name is its id."""
    found = (p for f in reversed(list(folders)) for p in (f / "rules").rglob(f"{rule_id}.yaml"))
    return str(next(found, rule_id))


def _clash(what: str, name: str, earlier: str, later: str, part: Knowledge) -> ToujiaoError:
    return ToujiaoError(
        f"{what} {name} 写了两次：{earlier} 和 {later}。请改一个名字；"
        f"如果就是要换掉前面的，在 {part.folders[0] / PROFILE} 里写 replaces: [{name}]。"
    )
