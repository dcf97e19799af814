"""`toujiao knowledge check | list | show | search`."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from toujiao.records import RuleVersion

app = typer.Typer(help="看、查、检查知识卡片和规则", no_args_is_help=True)
AsOf = Annotated[
    dt.datetime | None,
    typer.Option("--as-of", formats=["%Y-%m-%d"], help="按哪一天的规则，默认今天"),
]
Folder = Annotated[
    Path | None, typer.Option("--dir", help="另一个知识目录（里面有 cards/ 和 rules/）")
]


@app.command()
def check(folder: Folder = None) -> None:
    """检查所有卡片和规则，有问题就逐条列出并以 1 退出"""
    from toujiao.errors import ToujiaoError
    from toujiao.knowledge.cards import CARDS_DIR, read_cards
    from toujiao.knowledge.check import check_knowledge
    from toujiao.rules.in_use import RULES_DIR
    from toujiao.rules.rulebook import read_rules

    own_cards = folder / "cards" if folder else CARDS_DIR
    deck = read_cards(own_cards)
    if not len(deck):
        raise ToujiaoError(f"{own_cards} 里没有卡片。请检查 --dir，卡片要放在它的 cards/ 里。")
    own_rules = folder / "rules" if folder else RULES_DIR
    rules = read_rules(own_rules if own_rules.is_dir() else RULES_DIR)
    findings = check_knowledge(deck, rules)
    for finding in findings:
        print(finding)
    print(f"{len(deck)} 张卡片，{len(rules)} 条规则，{len(findings)} 个问题。")
    raise typer.Exit(1 if findings else 0)


@app.command("list")
def list_cards(category: Annotated[str | None, typer.Argument(help="只看这一类")] = None) -> None:
    """列出卡片"""
    from toujiao.errors import ToujiaoError
    from toujiao.knowledge.cards import load_cards
    from toujiao.records import CATEGORIES

    if category and category not in CATEGORIES:
        raise ToujiaoError(f"没有 {category} 这一类，可用：{'、'.join(CATEGORIES)}。")
    for key, name in CATEGORIES.items():
        cards = [card for card in load_cards() if card.header.category == key]
        if not cards or (category and category != key):
            continue
        print(f"{name}（{key}，{len(cards)} 张）")
        for card in cards:
            print(f"  {card.id:28} {card.title}")


@app.command()
def show(card_or_rule: str, as_of: AsOf = None) -> None:
    """显示一张卡片或一条规则"""
    from toujiao.knowledge.cards import load_cards
    from toujiao.knowledge.dates import how_sure, since
    from toujiao.knowledge.render import render_card
    from toujiao.rules.in_use import shipped as load_rules

    on = as_of.date() if as_of else None
    if card_or_rule not in load_cards() and card_or_rule in load_rules():
        _show_rule(card_or_rule)
        return
    card = load_cards().get(card_or_rule)
    rendered = render_card(card, load_rules(), on)
    print(f"# {card.title}\n\n{rendered.markdown}")
    for rule in rendered.rules:
        print(
            f"规则 {rule.id}：{rule.value}（{since(rule)}，{rule.source.name}，{how_sure(rule)}）"
        )


def _show_rule(rule_id: str) -> None:
    from toujiao.knowledge import texts
    from toujiao.knowledge.dates import how_sure
    from toujiao.rules.in_use import shipped as load_rules

    rule = load_rules().get(rule_id)
    print(f"# {rule.title}\n{rule.scope}")
    if rule.versions[0].effective_from is None and rule.versions[0].operative:
        print(texts.EARLIER_NOT_LOOKED_UP)
    for version in rule.versions:
        print(f"{_period(version)}：{version.value}")
        print(
            f"  来源：{version.source.name} {version.source.url or ''}"
            f"  置信：{version.confidence}  {how_sure(version)}"
        )


def _period(version: RuleVersion) -> str:
    from toujiao.knowledge import texts

    if not version.operative:
        return texts.NOT_IN_FORCE
    start = version.effective_from or f"至少从 {version.known_since}"
    return f"{start} 至 {version.effective_to or '今'}"


@app.command()
def search(question: str, limit: Annotated[int, typer.Option(min=1, max=50)] = 5) -> None:
    """按问题找卡片"""
    from toujiao.knowledge.search import load_index

    for hit in load_index().search(question, limit):
        print(f"{hit.score:6.2f}  {hit.card.id:28} {hit.card.title}")
