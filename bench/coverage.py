"""How many of the 725 concepts of a beginner's curriculum the cards cover: writes docs/coverage.md.

Run: python bench/coverage.py
bench/data/coverage.csv: what a reader found on 2026-11-27 with 143 cards (`before`: D a card of its
own, S explained inside another, M only named, - absent), and for which concepts a card was written
since (`new_card`, the list that the writers worked from). Counted here: the card exists, or a card
has the concept as title or alias; whether its name stands in that card, too. Whether the card is
good, no program sees.
"""

from __future__ import annotations

import csv
from collections import Counter
from collections.abc import Iterable
from pathlib import Path

from toujiao.knowledge.cards import CardDeck
from toujiao.knowledge.folders import ours

ROOT = Path(__file__).parents[1]
DATA, PAGE = ROOT / "bench" / "data" / "coverage.csv", ROOT / "docs" / "coverage.md"
FIELDS = {
    "A": "市场", "B": "交易", "C": "指标", "D": "K线", "E": "财务", "F": "估值", "G": "基金等",
    "H": "宏观", "I": "量化", "J": "策略", "K": "风险", "L": "行为", "M": "防骗",
}  # fmt: skip
HEAD = """# 概念覆盖：七百多个概念，卡片讲到了多少

给写卡片、挑缺口的人看。`python bench/coverage.py` 写出这一页，不要手改。

一份新手课程大纲有 {total} 个概念。2026-11-27 有人拿当时的 143 张卡片逐个对过；
之后照着缺的写了新卡片，现在有 {cards} 张。

- **有卡片**：那时是有一张自己的卡片；现在是有自己的，或者写进了为它和相近的几个写的那一张。所以这两列不能相减；
  “有卡片”加“讲到”可以比：那时 {before}，现在 {now}。
- **讲到**：别的卡片里解释过；**提到**：只有名字；**没有**：哪里也没有。
  “讲到”“提到”还是那次对照的结果，没有再读。
- **写了名字**：“有卡片”的里面，卡片的标题、别名、正文或问法里找得到概念的名字原样的。
  找不到的多半换了说法，也可能真没讲，挑着看一遍。

| 领域 | 概念 | 那时有卡片 | 那时讲到 | 现在有卡片 | 其中写了名字 | 讲到 | 提到 | 没有 |
|---|---:|---:|---:|---:|---:|---:|---:|---:|
"""


def cards_of(row: dict[str, str], deck: CardDeck, names: dict[str, str]) -> list[str]:
    """The cards that are the concept's own; empty where there is none."""
    listed = row["new_card"].split() or (row["old_card"].split() if row["before"] == "D" else [])
    named = names.get(row["concept"].lower())
    return [card for card in [*listed, *([named] if named else [])] if card in deck]


def holds(deck: CardDeck, ids: Iterable[str], concept: str) -> bool:
    """Whether the name of the concept stands in one of these cards."""
    return any(
        concept.lower() in f"{card.header.model_dump_json()}{card.body}".lower()
        for card in map(deck.get, ids)
    )


def main() -> None:
    """Count, and write the page."""
    deck = ours().cards
    names = {name.lower(): card.id for card in deck for name in (card.title, *card.header.aliases)}
    with DATA.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    counts: dict[str, Counter[str]] = {letter: Counter() for letter in FIELDS}
    unnamed, absent = [], []
    for row in rows:
        count, own = counts[row["id"][0]], cards_of(row, deck, names)
        count.update(["all", f"before{row['before']}", f"now{'D' if own else row['before']}"])
        if own and holds(deck, own, row["concept"]):
            count["named"] += 1
        elif own:
            unnamed.append(f"{row['concept']}（`{own[0]}`）")
        elif row["before"] in "M-":
            absent.append(row["concept"])
    columns = ("all", "beforeD", "beforeS", "nowD", "named", "nowS", "nowM", "now-")
    lines = [_line(f"{k} {FIELDS[k]}", [counts[k][c] for c in columns]) for k in FIELDS]
    total = sum(counts.values(), Counter[str]())
    lines.append(_line("合计", [total[c] for c in columns]))
    before, now = (total[f"{when}D"] + total[f"{when}S"] for when in ("before", "now"))
    text = HEAD.format(total=len(rows), cards=len(deck), before=before, now=now) + "".join(lines)
    text += f"\n## 只提到或者没有的\n\n{'、'.join(absent) or '没有了'}。\n"
    text += f"\n## 有卡片，但没找到名字原样的\n\n{'、'.join(unnamed) or '没有'}。\n"
    PAGE.write_text(text, encoding="utf-8")
    print(lines[-1].strip())


def _line(name: str, numbers: list[int]) -> str:
    return f"| {name} | {' | '.join(map(str, numbers))} |\n"


if __name__ == "__main__":
    main()
