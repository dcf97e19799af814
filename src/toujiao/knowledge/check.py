"""Checks every card and rule; each finding says which file, what is wrong and what to do.

The rules of a good card: docs/knowledge.md.
"""

from __future__ import annotations

import datetime as dt
import re
from collections import Counter
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path

from toujiao.clock import today
from toujiao.errors import ToujiaoError
from toujiao.knowledge.cards import CardDeck
from toujiao.knowledge.check_answers import check_answers
from toujiao.knowledge.knowledge import Knowledge
from toujiao.knowledge.render import RenderedCard, render_card
from toujiao.knowledge.shapes import SHAPES, misplaced
from toujiao.knowledge.wording import Wording
from toujiao.records import Card
from toujiao.rules.rulebook import RuleBook

SUMMARY_CHARACTERS = 90
_TEMPLATE = re.compile(r"\{\{.*?\}\}|\{%.*?%\}", re.DOTALL)
_TYPED_RATE = re.compile(r"(\d+(?:\.\d+)?)\s*([%％‰])")
# Names such as T+1 or 9:15 aside, a digit in a table comes from a template.
_TYPED_CELL = re.compile(r"(?<![T+:：\d.A-Za-z])\d+(?:\.\d+)?\s*(?:[%％‰元万亿股份倍天日个月年手])")
_RULE_CALL = re.compile(r"""rule\(\s*["']([a-z0-9-]+)["']""")
_HTML = re.compile(r"<[a-zA-Z/!][^>]*>")
_DEFINING = re.compile(r"^[^，。；]{0,6}[（(]|^”?(?:就是|指的?是|是指|叫作|的意思)")


def check_knowledge(knowledge: Knowledge, on: dt.date | None = None) -> list[str]:
    """All findings, empty when everything is fine. `on` is the day to judge `review_by` by."""
    deck, rules, wording = knowledge.cards, knowledge.rules, knowledge.wording
    characters = knowledge.profile.characters
    day = on or today()
    findings = [
        *_check_rules(rules, day),
        *_check_names(deck),
        *check_answers(deck, rules, day, wording),
    ]
    for card in deck:
        findings += [f"{card.path}：{text}" for text in _check_header(card, deck, rules)]
        try:
            rendered = render_card(card, rules, on)
        except ToujiaoError as error:
            findings.append(str(error))
            continue
        findings += [f"{card.path}：{text}" for text in _check_source_text(card, rules)]
        findings += [
            f"{card.path}：{text}" for text in check_rendered(rendered, wording, characters)
        ]
        findings += [
            f"{card.path}：{text}" for text in _check_jargon(card, rendered, deck, wording)
        ]
    return findings


def _check_rules(rules: RuleBook, day: dt.date) -> Iterator[str]:
    for rule in rules:
        last = rule.versions[-1]
        if last.effective_to is None and last.review_by < day:
            yield (
                f"规则 {rule.id}：已过复核日 {last.review_by}，"
                "请核对来源并更新 checked_on 和 review_by。"
            )


def _check_names(deck: CardDeck) -> Iterator[str]:
    """A question, a title or an alias leads to one card only, and stands there once."""
    owners: dict[str, list[str]] = {}
    for card in deck:
        for question, count in Counter(card.header.questions).items():
            if count > 1:
                yield f"{card.path}：questions 里“{question}”写了 {count} 次，留一个就够。"
        for name in {*map(_key, (card.title, *card.header.aliases, *card.header.questions))}:
            owners.setdefault(name, []).append(card.id)
    for name, ids in owners.items():
        if len(ids) > 1:
            yield f"“{name}” 同时出现在 {'、'.join(ids)}，只能留在一张卡片里。"


def _key(name: str) -> str:
    return name.strip().lower()


def _check_header(card: Card, deck: CardDeck, rules: RuleBook) -> Iterator[str]:
    header = card.header
    if Path(card.path).parent.name != header.category:
        yield f"category 是 {header.category}，文件却放在 {Path(card.path).parent.name}/ 下。"
    for other in header.related:
        if other not in deck:
            yield f"related 里的 {other} 不存在。"
    for rule_id in header.rules:
        if rule_id not in rules:
            yield (
                f"rules 里的 {rule_id} 不在规则库。"
                "规则写在知识目录的 rules/ 里；要用自带的规则，写 --knowledge ours,你的目录。"
            )
    used = set(_RULE_CALL.findall(card.body))
    for rule_id in sorted(used - set(header.rules)):
        yield f"正文用了规则 {rule_id}，但 rules 里没有列出。"
    for rule_id in sorted(set(header.rules) - used):
        yield f"rules 列了 {rule_id}，正文却没有用到。"


def _check_source_text(card: Card, rules: RuleBook) -> Iterator[str]:
    """A percentage held by a rule of the card, and every number of a table, must be computed."""
    typed = _TEMPLATE.sub("", card.body)
    for line in typed.splitlines():
        if line.lstrip().startswith("|") and (match := _TYPED_CELL.search(line)):
            yield f"表格里手打了“{match.group()}”，表格里的数都要用模板从规则或计算器来。"
    rates = {
        Decimal(str(value)): rule_id
        for rule_id in card.header.rules
        if rule_id in rules
        for version in rules.get(rule_id).versions
        for value in version.fields.values()
        if isinstance(value, float)
    }
    for number, sign in _TYPED_RATE.findall(typed):
        value = Decimal(number) / (1000 if sign == "‰" else 100)
        if value in rates:
            yield f"手打了 {number}{sign}，这个数在规则 {rates[value]} 里，请改成模板引用。"


def check_rendered(
    card: RenderedCard, wording: Wording, characters: tuple[int, int] | None = None
) -> Iterator[str]:
    """Findings about the text that people will see."""
    yield from misplaced(card.shape, [name for name, _ in card.sections])
    if len(card.summary) > SUMMARY_CHARACTERS:
        yield f"第一句话有 {len(card.summary)} 个字，最多 {SUMMARY_CHARACTERS} 个。"
    low, high = characters or SHAPES[card.shape].characters
    if not low <= len(card.written) <= high:
        yield f"正文有 {len(card.written)} 个字，应在 {low} 到 {high} 之间。"
    if match := _HTML.search(card.markdown):
        yield f"正文里有 HTML 标签 {match.group()}，请去掉。"
    if advice := wording.find_advice(card.text):
        yield f"像是投资建议：“{advice}”，请改写成讲道理。"
    if promise := wording.find_promise(card.text):
        yield f"出现承诺用语“{promise}”（只能放在引号里当反面例子）。"


def _check_jargon(
    card: Card, rendered: RenderedCard, deck: CardDeck, wording: Wording
) -> Iterator[str]:
    """A hard word is explained where it first stands, or by this card or one that it links to."""
    known = " ".join(
        " ".join([other.title, *other.header.aliases])
        for other in [card, *(deck.get(i) for i in card.header.related if i in deck)]
    )
    terms = wording.jargon
    for term in terms:
        text = rendered.written
        for longer in terms:  # “夏普” in “夏普比率” is no word of its own
            if term in longer and term != longer:
                text = text.replace(longer, "")
        position = text.find(term)
        if position < 0 or term in known:
            continue
        if not _DEFINING.search(text[position + len(term) :]):
            yield (
                f"术语“{term}”第一次出现时没有解释"
                "（在后面加括号说明，或在 related 里链接它的卡片）。"
            )
