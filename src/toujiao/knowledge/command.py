"""`toujiao knowledge check | list | show | search | new`."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from toujiao.knowledge.option import KnowledgeOption

if TYPE_CHECKING:
    from toujiao.records import Rule, RuleVersion

app = typer.Typer(help="看、查、检查知识卡片和规则，新建自己的知识目录", no_args_is_help=True)
AsOf = Annotated[
    dt.datetime | None,
    typer.Option("--as-of", formats=["%Y-%m-%d"], help="按哪一天的规则，默认今天"),
]


@app.command()
def check(
    knowledge: KnowledgeOption = None,
    folder: Annotated[Path | None, typer.Option("--dir", help="和 --knowledge 一样")] = None,
) -> None:
    """检查所有卡片和规则，有问题就逐条列出并以 1 退出"""
    from toujiao.knowledge.check import check_knowledge
    from toujiao.knowledge.folders import open_knowledge

    known = open_knowledge(knowledge or folder)
    findings = check_knowledge(known)
    for finding in findings:
        print(finding)
    print(f"{len(known.cards)} 张卡片，{len(known.rules)} 条规则，{len(findings)} 个问题。")
    raise typer.Exit(1 if findings else 0)


@app.command("list")
def list_cards(
    category: Annotated[str | None, typer.Argument(help="只看这一类")] = None,
    knowledge: KnowledgeOption = None,
) -> None:
    """列出卡片"""
    from toujiao.errors import ToujiaoError
    from toujiao.knowledge.folders import open_knowledge

    known = open_knowledge(knowledge)
    if category and category not in known.categories:
        raise ToujiaoError(f"没有 {category} 这一类，可用：{'、'.join(known.categories)}。")
    for key, name in known.categories.items():
        if category and category != key:
            continue
        cards = [card for card in known.cards if card.header.category == key]
        print(f"{name}（{key}，{len(cards)} 张）")
        for card in cards:
            print(f"  {card.id:28} {card.title}")


@app.command()
def show(card_or_rule: str, as_of: AsOf = None, knowledge: KnowledgeOption = None) -> None:
    """显示一张卡片或一条规则"""
    from toujiao.knowledge.dates import how_sure, since
    from toujiao.knowledge.folders import open_knowledge

    known = open_knowledge(knowledge)
    if card_or_rule not in known.cards and card_or_rule in known.rules:
        _show_rule(known.rules.get(card_or_rule))
        return
    rendered = known.render(card_or_rule, as_of.date() if as_of else None)
    print(f"# {rendered.title}\n\n{rendered.markdown}")
    for rule in rendered.rules:
        print(
            f"规则 {rule.id}：{rule.value}（{since(rule)}，{rule.source.name}，{how_sure(rule)}）"
        )


def _show_rule(rule: Rule) -> None:
    from toujiao.knowledge import texts
    from toujiao.knowledge.dates import how_sure

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
def search(
    question: str,
    limit: Annotated[int, typer.Option(min=1, max=50)] = 5,
    knowledge: KnowledgeOption = None,
) -> None:
    """按问题找卡片"""
    from toujiao.knowledge.folders import open_knowledge

    for hit in open_knowledge(knowledge).index.search(question, limit):
        print(f"{hit.score:6.2f}  {hit.card.id:28} {hit.card.title}")


@app.command()
def new(folder: Annotated[Path, typer.Argument(help="新目录，还不存在，或是空的")]) -> None:
    """新建一个能用的知识目录：两张卡片、一条规则，照着改成自己的"""
    from toujiao.knowledge.example import write_example

    for path in write_example(folder):
        print(path)
    print(
        f"\n已经能用了：\n  toujiao knowledge check --knowledge {folder}"
        f"\n  toujiao ask 书能借多少天 --knowledge {folder}"
        f"\n  toujiao web --knowledge {folder}\n写法见 docs/knowledge.md。"
    )
