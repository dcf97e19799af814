"""Renders a card for a date: every number in the text comes from a rule or a calculator.

Reads a Card, the rule book and the calculators; returns a RenderedCard (Markdown by section).
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from functools import cache
from typing import Any

from jinja2 import StrictUndefined, Template, TemplateError, UndefinedError
from jinja2.sandbox import ImmutableSandboxedEnvironment

from toujiao.calculators.catalog import namespace
from toujiao.clock import today
from toujiao.errors import ToujiaoError
from toujiao.knowledge import texts
from toujiao.knowledge.dates import checked_date, dates_of, unread
from toujiao.knowledge.dates import chinese_date as chinese_date
from toujiao.knowledge.shapes import CONCEPT
from toujiao.knowledge.tables import tables_as_sentences
from toujiao.records import Card, CitedRule, Rule, RuleVersion
from toujiao.rules.in_use import using
from toujiao.rules.rulebook import RuleBook

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


FILTERS: dict[str, Callable[..., str]] = {
    "pct": percent,
    "permille": permille,
    "yuan": yuan,
    "num": plain_number,
    "wan": ten_thousands,
    "date_cn": chinese_date,
    "checked_cn": checked_date,
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
    shape: str = CONCEPT

    @property
    def text(self) -> str:
        """All texts without headings (what answers are checked against)."""
        told = (tables_as_sentences(text) for _, text in self.sections)
        return "\n".join([self.preface + self.summary, *told])

    @property
    def written(self) -> str:
        """All texts without headings, tables as they stand in the file."""
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
    """The newest day on which any rule was checked: what the knowledge can vouch for.

    Dates known only by month or year name no day and do not count.
    """
    dates = [version.checked_on or "" for rule in rules for version in rule.versions]
    days = [dt.date.fromisoformat(date) for date in dates if len(date) == len("2026-10-09")]
    return max(days, default=today())


def cite(rule: Rule, version: RuleVersion) -> CitedRule:
    """The citation of one rule version."""
    return CitedRule(
        id=rule.id,
        title=rule.title,
        value=version.value,
        effective_from=version.effective_from,
        source=version.source,
        operative=version.operative,
        confidence=version.confidence,
        checked_on=version.checked_on,
    )


class _Stated:
    """The rules that a template states, noted while it runs; `listed` are those of its card."""

    def __init__(self, rules: RuleBook, day: dt.date, listed: Sequence[str] = ()) -> None:
        self._rules, self._day, self._listed = rules, day, listed
        self.now: dict[str, RuleVersion] = {}
        self.earlier: list[RuleVersion] = []

    def rule(self, rule_id: str, before: bool = False) -> RuleVersion:
        """The version of the day, or the one before it."""
        self.now[rule_id] = current = self._rules.current_or_latest(rule_id, self._day)
        if not before:
            return current
        previous = self._rules.before(rule_id, self._day)
        if previous is None:
            raise ToujiaoError(f"规则 {rule_id} 没有更早的版本可引用。")
        self.earlier.append(previous)
        return previous

    def names(self) -> dict[str, Any]:
        """What a template can use."""
        return {"rule": self.rule, "checked": self.checked, "calc": namespace(self._day)}

    def checked(self) -> str:
        """When each rule of the card was checked."""
        listed = [i for i in self._listed if i in self._rules]
        stated = [(self._rules.get(i).title, self.rule(i)) for i in listed]
        return dates_of(stated, any(map(unread, self.earlier)))


def render_card(card: Card, rules: RuleBook, on: dt.date | None = None) -> RenderedCard:
    """Render `card` for the day `on` (today when None).

    A card is written with today's rules in mind (“was 5 % before”), so for a day in the past its
    text stays and is led by what held on that day; the rules are cited as they were then.
    `checked()` prints when each of its rules was checked, so a card never claims to be fresher
    than its facts. Errors in the template name file and cause.
    """
    day = on or today()
    written = max(day, checked_through(rules))
    stated = _Stated(rules, written, card.header.rules)
    with using(rules):  # a calculator in the text asks the same book
        body = _fill_in(card.body, card.path, stated.names())
    summary, sections = split_sections(body)
    used = stated.now
    preface = _preface(used, rules, day, written)
    cited = tuple(_cited(used, rules, day, written))
    return RenderedCard(
        card.id, card.title, summary, sections, cited, card.header.chart, preface, card.header.shape
    )


def fill_in(
    text: str, where: str, rules: RuleBook, day: dt.date, used: dict[str, None] | None = None
) -> str:
    """A template of one sentence with the numbers of `day`; the ids of its rules go into `used`."""
    stated = _Stated(rules, day)
    with using(rules):
        filled = _fill_in(text, where, stated.names())
    if used is not None:
        used.update(dict.fromkeys(stated.now))
    return filled


def _cited(
    used: Mapping[str, RuleVersion], rules: RuleBook, day: dt.date, written: dt.date
) -> Iterator[CitedRule]:
    """The rules as they were on `day`; one that is only known for later days is not cited."""
    for rule_id, now in used.items():
        then = rules.in_force(rule_id, day)
        if then or not now.covers(written):
            yield cite(rules.get(rule_id), then or now)


def _fill_in(text: str, where: str, names: Mapping[str, Any]) -> str:
    try:
        return _template(text).render(names)
    except UndefinedError as error:
        raise ToujiaoError(f"{where}：模板里有取不到的值（{error}）。") from error
    except (
        TemplateError,
        ToujiaoError,
        ArithmeticError,
        AttributeError,
        TypeError,
        ValueError,
    ) as error:
        raise ToujiaoError(f"{where}：模板出错（{error}）。") from error


def _preface(rule_ids: Iterable[str], rules: RuleBook, day: dt.date, written: dt.date) -> str:
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
    last = texts.RULE_NOW if lines else texts.RULE_LATER
    if unknown:
        lines.append(texts.NO_RULE_THEN.format(day=chinese_date(day), titles="”“".join(unknown)))
    return "".join([*lines, last]) if lines else ""


def split_sections(body: str) -> tuple[str, tuple[tuple[str, str], ...]]:
    """Split a Markdown body into the opening paragraph and (heading, text) pairs."""
    pieces = _HEADING.split(body)
    sections = tuple(
        (name.strip(), text.strip()) for name, text in zip(pieces[1::2], pieces[2::2], strict=True)
    )
    return pieces[0].strip(), sections
