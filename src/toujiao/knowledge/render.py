"""Renders a card for a date: every number in the text comes from a rule or a calculator.

Reads a Card, the rule book and the calculators; returns a RenderedCard (Markdown by section).
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from functools import cache
from typing import Any

from jinja2 import StrictUndefined, Template, TemplateError, UndefinedError
from jinja2.sandbox import ImmutableSandboxedEnvironment

from toujiao.calculators.catalog import namespace
from toujiao.errors import ToujiaoError
from toujiao.knowledge import texts
from toujiao.knowledge.rulebook import RuleBook
from toujiao.records import Card, CitedRule, Rule, RuleVersion

_HEADING = re.compile(r"^## +(.+?)\s*$", re.MULTILINE)


def plain_number(value: Any, digits: int = 4) -> str:
    """A number without exponent or trailing zeros, at most `digits` decimals, rounded half up."""
    number = Decimal(str(value)).quantize(Decimal(1).scaleb(-digits), rounding=ROUND_HALF_UP)
    text = format(number, "f")
    text = text.rstrip("0").rstrip(".") if "." in text else text
    return "0" if text in {"-0", ""} else text


def percent(value: Any) -> str:
    """0.0005 -> 0.05%; two decimals, five below 0.1 % (0.0000341 -> 0.00341%)."""
    number = Decimal(str(value)) * 100
    return f"{plain_number(number, 5 if abs(number) < Decimal('0.1') else 2)}%"


def permille(value: Any) -> str:
    """0.0005 -> 0.5‰"""
    return f"{plain_number(Decimal(str(value)) * 1000, 5)}‰"


def yuan(value: Any) -> str:
    """12.0 -> 12 元, 3.456 -> 3.46 元"""
    return f"{plain_number(value, 2)} 元"


def ten_thousands(value: Any) -> str:
    """500000 -> 50 万"""
    return f"{plain_number(Decimal(str(value)) / 10000, 4)} 万"


def chinese_date(value: dt.date | str | None) -> str:
    """2026-07-06 -> 2026年7月6日"""
    if value is None:
        return "日期未知"
    day = dt.date.fromisoformat(value) if isinstance(value, str) else value
    return f"{day.year}年{day.month}月{day.day}日"


FILTERS: dict[str, Callable[..., str]] = {
    "pct": percent,
    "permille": permille,
    "yuan": yuan,
    "num": plain_number,
    "wan": ten_thousands,
    "date_cn": chinese_date,
}


@dataclass(frozen=True)
class RenderedCard:
    """A card's text on a date: the opening sentence(s), the titled sections, the rules used."""

    id: str
    title: str
    summary: str
    sections: tuple[tuple[str, str], ...]
    rules: tuple[CitedRule, ...]
    chart: str | None
    preface: str = ""

    @property
    def text(self) -> str:
        """All texts without headings (what answers are checked against)."""
        return "\n".join([self.preface + self.summary, *(text for _, text in self.sections)])

    @property
    def markdown(self) -> str:
        """The whole card as Markdown."""
        parts = [
            self.preface + self.summary,
            *(f"## {name}\n{text}" for name, text in self.sections),
        ]
        return "\n\n".join(parts) + "\n"

    def section(self, *names: str) -> str | None:
        """The text of the first section whose title is one of `names`."""
        return next((text for name, text in self.sections if name in names), None)


@cache
def _environment() -> ImmutableSandboxedEnvironment:
    environment = ImmutableSandboxedEnvironment(
        undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )
    environment.filters.update(FILTERS)
    return environment


@cache
def _template(text: str) -> Template:
    """Compiled once: it takes ten times as long as rendering."""
    return _environment().from_string(text)


def checked_through(rules: RuleBook) -> dt.date:
    """The newest day on which any rule was checked: what the knowledge can vouch for."""
    days = (version.checked_on for rule in rules for version in rule.versions)
    return max(days, default=dt.date.today())


def _stated_day(card: Card, rules: RuleBook, day: dt.date) -> dt.date:
    """The oldest check date of the card's rules, or the newest of all when it has none."""
    own = [rules.current_or_latest(i, day).checked_on for i in card.header.rules if i in rules]
    return min([*own, day]) if own else min(day, checked_through(rules))


def cite(rule: Rule, version: RuleVersion) -> CitedRule:
    """The citation of one rule version."""
    return CitedRule(
        id=rule.id,
        title=rule.title,
        value=version.value,
        effective_from=version.effective_from,
        source=version.source,
    )


def render_card(card: Card, rules: RuleBook, on: dt.date | None = None) -> RenderedCard:
    """Render `card` for the day `on` (today when None).

    A card is written with today's rules in mind (“was 5 % before”), so for a day in the past its
    text stays and is led by what held on that day; the rules are cited as they were then.
    The printed "截至" date is the oldest check date of the card's own rules, so a card never claims
    to be fresher than its facts. Errors in the template name file and cause.
    """
    day = on or dt.date.today()
    written = max(day, checked_through(rules))
    used: dict[str, RuleVersion] = {}

    def rule(rule_id: str, before: bool = False) -> RuleVersion:
        used[rule_id] = current = rules.current_or_latest(rule_id, written)
        if not before:
            return current
        previous = rules.before(rule_id, written)
        if previous is None:
            raise ToujiaoError(f"规则 {rule_id} 没有更早的版本可引用。")
        return previous

    stated = _stated_day(card, rules, written)
    body = _fill_in(card, {"rule": rule, "calc": namespace(written), "as_of": stated})
    summary, sections = split_sections(body)
    preface = ""
    if earlier := _differences(used, rules, day, written):
        preface = "".join([*earlier, texts.RULE_NOW])
    cited = tuple(cite(rules.get(i), rules.in_force(i, day) or now) for i, now in used.items())
    return RenderedCard(card.id, card.title, summary, sections, cited, card.header.chart, preface)


def _fill_in(card: Card, names: Mapping[str, Any]) -> str:
    try:
        return _template(card.body).render(names)
    except UndefinedError as error:
        raise ToujiaoError(f"{card.path}：模板里有取不到的值（{error}）。") from error
    except (
        TemplateError,
        ToujiaoError,
        ArithmeticError,
        AttributeError,
        TypeError,
        ValueError,
    ) as error:
        raise ToujiaoError(f"{card.path}：模板出错（{error}）。") from error


def _differences(
    rule_ids: Iterable[str], rules: RuleBook, day: dt.date, written: dt.date
) -> list[str]:
    """What held on `day`, for the rules that were not as they are on the day of writing."""
    changed = [i for i in rule_ids if rules.in_force(i, day) != rules.in_force(i, written)]
    unknown = [rules.get(i).title for i in changed if not rules.in_force(i, day)]
    lines = [
        texts.RULE_THEN.format(
            day=chinese_date(day), title=rules.get(i).title, value=then.value.rstrip("。")
        )
        for i in changed
        if (then := rules.in_force(i, day))
    ]
    if unknown:
        lines.append(texts.NO_RULE_THEN.format(day=chinese_date(day), titles="”“".join(unknown)))
    return lines


def split_sections(body: str) -> tuple[str, tuple[tuple[str, str], ...]]:
    """Split a Markdown body into the opening paragraph and (heading, text) pairs."""
    pieces = _HEADING.split(body)
    sections = tuple(
        (name.strip(), text.strip()) for name, text in zip(pieces[1::2], pieces[2::2], strict=True)
    )
    return pieces[0].strip(), sections
