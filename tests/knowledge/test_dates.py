"""When a rule was checked: as precise as the evidence, never invented, always shown."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

import pytest

from toujiao.errors import ToujiaoError
from toujiao.knowledge.dates import checked_date, dates_of, how_sure, since
from toujiao.knowledge.render import checked_through
from toujiao.records import CitedRule, Source
from toujiao.rules.rulebook import RuleBook

if TYPE_CHECKING:
    from .conftest import Library

# Evidence that names no day: a month, a year or nothing at all.
VAGUE: dict[str | None, str] = {
    "2026-04": "short-swing-trading",
    "2026-06": "cross-border-brokers star-reform",
    "2026-07": "block-trade-price-bse chinext-market-maker",
    "2026-08": "lpr high-frequency-trading programmatic-trading programmatic-trading-details "
    "tick-size",
    "2026-09": "otc-derivatives pension-account whistleblower commission-level",
    "2026-10": "closing-auction-fund-sse",
    "2023": "commission",
    "2026": "account-chinext account-star star-growth-tier futures-programmatic "
    "high-frequency-fee margin-account northbound-programmatic capital-gains-tax block-trade "
    "order-size-cap",
    None: "account-derivatives accounts-per-person report-deadlines hk-connect-account "
    "maintenance-ratio ai-content-label hotline-12386 licensed-advice",
}


def cited(
    since_day: str | None = None, operative: bool = True, confidence: str = "高"
) -> CitedRule:
    return CitedRule.model_validate(
        {
            "id": "a",
            "title": "甲",
            "value": "甲",
            "effective_from": since_day,
            "source": Source(name="某通知"),
            "operative": operative,
            "confidence": confidence,
            "checked_on": "2026-04",
        }
    )


@pytest.mark.parametrize(
    ("date", "said"), [(date, i) for date, ids in VAGUE.items() for i in ids.split()]
)
def test_vague_evidence_stays_vague(rules: RuleBook, date: str | None, said: str) -> None:
    assert rules.get(said).versions[-1].checked_on == date


def test_what_nobody_looked_up_has_no_checking_date(rules: RuleBook) -> None:
    versions = [version for rule in rules for version in rule.versions]
    assert {v.checked_on for v in versions if v.confidence == "K"} == {None}


@pytest.mark.parametrize(
    ("written", "read"),
    [
        (dt.date(2026, 10, 9), "2026-10-09"),
        ("2026-10-09", "2026-10-09"),
        ("2026-04", "2026-04"),
        (2026, "2026"),
        ("2026", "2026"),
        (None, None),
    ],
)
def test_a_checking_date_may_be_a_day_a_month_a_year_or_unknown(
    library: Library, written: object, read: str | None
) -> None:
    library.rule({"checked_on": written})
    assert library.rules().get("sample-fee").versions[0].checked_on == read


@pytest.mark.parametrize(
    "written",
    [
        "2026-13",
        "2026-02-30",
        "2026年",
        "2026 春",
        "2026-4",
        "26",
        26,
        20261009,
        True,
        2026.5,
        dt.datetime(2026, 10, 9, 12, 0),
        "",
    ],
)
def test_any_other_checking_date_is_refused(library: Library, written: object) -> None:
    path = library.rule({"checked_on": written})
    with pytest.raises(ToujiaoError, match=r"不是核对日期，可以写到日.*不要编") as error:
        library.rules()
    assert str(error.value).startswith(f"{path}：字段 versions.0.checked_on 不对")


@pytest.mark.parametrize(
    ("date", "said"),
    [
        ("2026-10-09", "截至2026年10月9日"),
        ("2026-04", "资料截至2026年4月"),
        ("2026", "资料年份2026年"),
        (None, "未核到日期"),
    ],
)
def test_a_checking_date_is_said_as_precisely_as_it_is_known(date: str | None, said: str) -> None:
    assert checked_date(date) == said


@pytest.mark.parametrize(("confidence", "doubt"), [("高", 0), ("中", 0), ("中K", 1), ("低", 1)])
def test_a_fact_whose_original_nobody_opened_is_said_to_be_so(confidence: str, doubt: int) -> None:
    assert how_sure(cited(confidence=confidence)).count("未核到原文") == doubt


def test_since_when_a_rule_holds() -> None:
    assert since(cited("2026-07-06")) == "2026年7月6日起"
    assert since(cited()) == "起始日没有查到"
    assert since(cited(operative=False)) == "已经公布，还没有看到施行"


def test_rules_of_one_date_stand_together() -> None:
    assert dates_of([("甲", cited()), ("乙", cited())]) == "资料截至2026年4月"
    listed = dates_of([("甲", cited()), ("乙", cited(confidence="低")), ("丙", cited())])
    assert listed == "甲、丙（资料截至2026年4月）；乙（资料截至2026年4月，未核到原文）"


def test_a_vague_date_is_no_day_that_the_knowledge_was_checked_through(library: Library) -> None:
    library.rule({"checked_on": "2026-10-09"})
    library.rule({"checked_on": "2026-12"}, rule_id="other-fee")
    assert checked_through(library.rules()) == dt.date(2026, 10, 9)
