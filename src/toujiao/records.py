"""The records that travel between stages: sources, rules, cards, answers.

Everything here is plain data (pydantic models), so each can be written to JSON and read back.
"""

from __future__ import annotations

import datetime as dt
import re
from enum import StrEnum
from typing import Annotated, Any, Literal, Self

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, field_validator, model_validator

CHARTS = (
    "moving_average",
    "macd",
    "kdj",
    "rsi",
    "bollinger",
    "candlestick",
    "volume",
    "drawdown",
    "compounding",
    "obv",
    "atr",
)


Message = dict[str, str]
"""One turn of a chat as every model takes it: `role` and `content`."""


class Record(BaseModel):
    """Base of all records: immutable, and a field that nobody knows is an error."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class Source(Record):
    """Where a statement comes from."""

    name: str = Field(min_length=2)
    url: str | None = Field(default=None, pattern=r"^https?://")
    note: str | None = None

    def __str__(self) -> str:
        return self.name


_MONTH_OR_YEAR = re.compile(r"(?:19|20)\d\d(?:-(?:0[1-9]|1[0-2]))?")
_DAY = re.compile(r"\d{4}-\d\d-\d\d")


def _as_precise_as_known(value: object) -> str | None:
    """A day, a month or a year as text (2026-10-09, 2026-04, 2026); None stays None."""
    if value is None:
        return None
    text = value if isinstance(value, str) else ""
    if type(value) in (dt.date, int):
        text = str(value)
    if _MONTH_OR_YEAR.fullmatch(text) or (_DAY.fullmatch(text) and _is_day(text)):
        return text
    raise ValueError(
        f"{value} 不是核对日期，可以写到日（2026-10-09）、月（2026-04）、年（2026），"
        "不知道就写 null，不要编"
    )


def _is_day(text: str) -> bool:
    try:
        dt.date.fromisoformat(text)
    except ValueError:
        return False
    return True


# The newest day of the evidence for a rule, only as precise as it is known.
CheckedOn = Annotated[str | None, BeforeValidator(_as_precise_as_known)]

# 中K and K: nobody has opened the original; the reader is told so (knowledge/dates.py).
Confidence = Literal["高", "中", "中K", "低", "K"]


class RuleVersion(Record):
    """One wording of a market rule, in force from `effective_from` to `effective_to` inclusive.

    `effective_from` None: the first day was not found; `known_since` is then a day from which the
    rule is sure to have been so, and nothing is claimed about earlier days. `effective_to` None:
    still in force. `fields` holds the machine-readable values (rates as fractions, money in yuan);
    they can be read as attributes.
    """

    value: str = Field(min_length=2)
    fields: dict[str, Any] = Field(default_factory=dict)
    effective_from: dt.date | None
    known_since: dt.date | None = None
    effective_to: dt.date | None
    operative: bool = True
    source: Source
    confidence: Confidence
    checked_on: CheckedOn
    review_by: dt.date

    @model_validator(mode="after")
    def _has_a_beginning(self) -> Self:
        if self.operative and self.effective_from is None and self.known_since is None:
            raise ValueError(
                "没有起始日（effective_from 是 null）时，要写 known_since："
                "哪天起肯定是这样，更早的算没有查"
            )
        if self.effective_from is not None and self.known_since is not None:
            raise ValueError("effective_from 和 known_since 只写一个：知道起始日就不用 known_since")
        return self

    @property
    def begins(self) -> dt.date | None:
        """The first day that this version is known to hold for."""
        return self.effective_from or self.known_since

    def covers(self, day: dt.date) -> bool:
        """Whether this version is known to be the one in force on `day`."""
        starts = self.begins is not None and self.begins <= day
        ends = self.effective_to is None or day <= self.effective_to
        return starts and ends and self.operative

    def __getattr__(self, name: str) -> Any:
        fields = self.__dict__.get("fields", {})
        if name in fields:
            return fields[name]
        raise AttributeError(f"rule version has no field {name!r}; it has: {', '.join(fields)}")


AnswerKind = Literal["yesno", "howmuch", "when", "howto", "diff", "why"]
Shape = Literal["概念", "规则", "办事", "比较"]


class ShortAnswer(Record):
    """A question with its answer in one breath, on a card or on a rule.

    `ask` are ways to put it, `about` words that must stand in the question (“科创板|688” = one of
    them): they keep the answer on one board from being given for another. `say` answers by itself;
    `then` is one sentence of caution or the exception. Both are templates: numbers come from rules
    and calculators.
    """

    ask: tuple[str, ...] = Field(min_length=1, max_length=4)
    kind: AnswerKind
    about: tuple[str, ...] = ()
    say: str = Field(min_length=2)
    then: str | None = None


class Rule(Record):
    """A dated market rule with all its known versions, oldest first."""

    id: str = Field(pattern=r"^[a-z0-9][a-z0-9-]*$")
    title: str
    facts: tuple[str, ...] = ()
    scope: str = ""
    versions: tuple[RuleVersion, ...] = Field(min_length=1)
    answers: tuple[ShortAnswer, ...] = ()


class CardHeader(Record):
    """The front matter of a card file."""

    id: str = Field(pattern=r"^[a-z0-9][a-z0-9-]*$")
    shape: Shape = "概念"
    title: str = Field(min_length=1)
    aliases: tuple[str, ...] = ()
    category: str = Field(min_length=1)
    level: Literal[1, 2, 3]
    related: tuple[str, ...] = ()
    sources: tuple[Source, ...] = Field(min_length=1)
    rules: tuple[str, ...] = ()
    chart: str | None = None
    questions: tuple[str, ...] = Field(min_length=6)
    answers: tuple[ShortAnswer, ...] = ()

    @field_validator("chart")
    @classmethod
    def _known_chart(cls, value: str | None) -> str | None:
        if value is not None and value not in CHARTS:
            raise ValueError(f"{value} 不是图表，可用：{'、'.join(CHARTS)}")
        return value


class Card(Record):
    """A card as it stands in its file: header and unrendered Markdown body."""

    header: CardHeader
    body: str
    path: str

    @property
    def id(self) -> str:
        return self.header.id

    @property
    def title(self) -> str:
        return self.header.title


class Kind(StrEnum):
    """What sort of answer was given."""

    ANSWER = "answer"
    CALCULATION = "calculation"
    ASK_BACK = "ask_back"
    REFUSAL = "refusal"
    SCAM_WARNING = "scam_warning"
    UNKNOWN = "unknown"
    OFF_TOPIC = "off_topic"


class CitedCard(Record):
    """A card that an answer rests on."""

    id: str
    title: str


class CitedRule(Record):
    """A rule that an answer rests on, in the version in force on the answer's date."""

    id: str
    title: str
    value: str
    effective_from: dt.date | None
    source: Source
    operative: bool = True
    confidence: Confidence = "高"
    checked_on: CheckedOn = None


class Answer(Record):
    """One answer with everything needed to check it (the `toujiao ask --json` contract).

    `grounded` is the share of sentences traced to the cards; `seconds` counts from the question.
    `short` is the sentence or two that answer by themselves, where the store holds them.
    `missing` names what has to be said before a sum can be worked out (`kind` is ask_back then).
    `messages` is what the model saw and, at the end, what was shown as its words: a vote keeps it,
    `--json` does not show it.
    """

    question: str
    kind: Kind
    answer: str
    short: str | None = None
    cards: tuple[CitedCard, ...] = ()
    rules: tuple[CitedRule, ...] = ()
    calculation: dict[str, Any] | None = None
    missing: tuple[str, ...] = ()
    as_of: dt.date
    grounded: float = Field(ge=0, le=1)
    backend: str
    model: str | None = None
    adapter: str | None = None
    seconds: float
    first_token_seconds: float
    messages: tuple[Message, ...] = Field(default=(), exclude=True, repr=False)
