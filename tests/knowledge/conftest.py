"""The real cards and rules, and a small library of its own in a temporary folder."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import yaml

from toujiao.knowledge.cards import CardDeck, read_cards
from toujiao.knowledge.check import check_knowledge
from toujiao.knowledge.folders import ours
from toujiao.knowledge.knowledge import SHIPPED, Knowledge
from toujiao.knowledge.render import RenderedCard, render_card
from toujiao.knowledge.search import CardIndex
from toujiao.rules.rulebook import RuleBook, read_rules

TODAY = dt.date(2026, 11, 23)

VERSION: dict[str, Any] = {
    "value": "每次收 0.3%",
    "fields": {"rate": 0.003},
    "effective_from": dt.date(2020, 1, 1),
    "effective_to": None,
    "operative": True,
    "source": {"name": "示例交易所规则"},
    "confidence": "高",
    "checked_on": dt.date(2026, 10, 9),
    "review_by": dt.date(2027, 4, 30),
}

HEADER: dict[str, Any] = {
    "id": "sample-fee",
    "title": "摆摊费",
    "category": "trading",
    "level": 1,
    "rules": ["sample-fee"],
    "sources": [{"name": "示例交易所规则"}],
    "questions": [f"摆摊费第{n}问" for n in "一二三四五六"],
}

BODY = """\
摆摊费就是每卖出一笔，集市按成交金额收的一小笔钱。

## 打个比方
在村口的集市上卖菜，卖完一筐，管集市的人按卖得的钱收一点打扫费。
卖得多，交得多；一筐没卖掉，就一分不交。不管这筐菜挣没挣到钱，都要交。

## 怎么算
摆摊费等于成交金额乘以 {{ rule("sample-fee").rate | pct }}。
这样收，从{{ rule("sample-fee").effective_from | date_cn }}开始。
例子：卖出 {{ 10000 | yuan }}的货，要交 {{ (10000 * rule("sample-fee").rate) | yuan }}。
同一筐货来回卖三次，就要交三次，钱会一点一点变少。

## 常见误区
“亏本卖就不用交。”不对。这笔钱只看卖了多少，赚了亏了都一样交。
“金额小就可以不管。”也不对，次数多了，小钱会变成大钱。

## 风险提示
费率以后可能调整，以最新公告为准。次数多的人，先把一年要交的总数算出来看看。
{{ checked() }}，来源：{{ rule("sample-fee").source }}。以交易所最新公告为准。
"""


@dataclass(frozen=True)
class Library:
    """Writes cards and rules, right ones unless told otherwise, and reads them back."""

    folder: Path

    def card(self, body: str = BODY, folder: str = "trading", **fields: Any) -> Path:
        header = {**HEADER, **fields}
        text = f"---\n{_yaml(header)}---\n{body}"
        return self.write(f"cards/{folder}/{header['id']}.md", text)

    def rule(self, *versions: Mapping[str, Any], rule_id: str = "sample-fee") -> Path:
        rows = [{**VERSION, **version} for version in versions or ({},)]
        data = {"id": rule_id, "title": "集市摆摊费", "scope": "集市", "versions": rows}
        return self.write(f"rules/fees/{rule_id}.yaml", _yaml(data))

    def write(self, name: str, text: str) -> Path:
        path = self.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
        return path

    def deck(self) -> CardDeck:
        return read_cards(self.folder / "cards")

    def rules(self) -> RuleBook:
        return read_rules(self.folder / "rules")

    def findings(self, on: dt.date = TODAY) -> list[str]:
        # With the forbidden words and the jargon of the shipped cards.
        known = Knowledge(self.deck(), self.rules(), folders=(SHIPPED,))
        return check_knowledge(known, on)

    def rendered(self, on: dt.date = TODAY) -> RenderedCard:
        return render_card(self.deck().get("sample-fee"), self.rules(), on)


def _yaml(data: object) -> str:
    return str(yaml.safe_dump(data, allow_unicode=True, sort_keys=False))


@pytest.fixture
def library(tmp_path: Path) -> Library:
    """An empty library."""
    return Library(tmp_path)


@pytest.fixture
def good_library(library: Library) -> Library:
    """One card and its rule, both without a fault."""
    library.card()
    library.rule()
    return library


@pytest.fixture(scope="session")
def deck() -> CardDeck:
    return ours().cards


@pytest.fixture(scope="session")
def rules() -> RuleBook:
    return ours().rules


@pytest.fixture(scope="session")
def index() -> CardIndex:
    return ours().index
