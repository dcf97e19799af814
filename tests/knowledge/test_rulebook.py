"""The rule book: what held on which day, and what a broken rule file is told."""

from __future__ import annotations

import datetime as dt
import re
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from toujiao.errors import ToujiaoError
from toujiao.knowledge.folders import ours
from toujiao.rules.rulebook import RuleBook, read_rules

if TYPE_CHECKING:
    from .conftest import Library

# What cards, calculators and the assistant read: id and the fields that must be there.
NEEDED: dict[str, str] = {
    "stamp-duty": "rate_sell rate_buy",
    "handling-fee-sse-szse": "rate",
    "handling-fee-bse": "rate",
    "transfer-fee": "rate",
    "regulatory-fee": "rate",
    "commission": "cap_rate minimum_yuan",
    "dividend-tax": "rate_up_to_1_month rate_1_month_to_1_year rate_over_1_year",
    "capital-gains-tax": "rate_secondary rate_restricted",
    "hk-stamp-duty": "rate",
    "price-limit-main-board": "limit",
    "price-limit-main-board-st": "limit",
    "price-limit-chinext": "limit",
    "price-limit-star": "limit",
    "price-limit-bse": "limit",
    "new-stock-no-limit-days": "days_sse_szse days_bse",
    "opening-call-auction": "start end no_cancel_start no_cancel_end",
    "continuous-auction": "morning_start morning_end afternoon_start afternoon_end",
    "t-plus-one": "days",
    "order-size": "lot_main_chinext min_star step_star min_bse step_bse",
    "tick-size": "stock fund convertible",
    "margin-ratio-financing": "ratio",
    "margin-account": "assets months",
    "programmatic-trading": "",
    "northbound-disclosure": "",
    "account-chinext": "assets months",
    "account-star": "assets months",
    "account-bse": "assets months",
    "ipo-market-value": "value_yuan days",
    "fund-redemption-fee": "under_7 under_30 under_180",
    "lpr": "one_year five_year",
    "hotline-12386": "number",
}


@pytest.mark.parametrize("rule_id", NEEDED)
def test_the_rules_that_others_rely_on_are_there_with_their_fields(
    rules: RuleBook, rule_id: str
) -> None:
    for version in rules.get(rule_id).versions:
        assert set(NEEDED[rule_id].split()) <= set(version.fields)


@pytest.mark.parametrize(
    ("rule_id", "day", "field", "expected"),
    [
        ("price-limit-main-board-st", "2026-07-05", "limit", 0.05),
        ("price-limit-main-board-st", "2026-07-06", "limit", 0.10),
        ("stamp-duty", "2023-08-27", "rate_sell", 0.001),
        ("stamp-duty", "2023-08-28", "rate_sell", 0.0005),
        ("stamp-duty", "2008-09-18", "rate_buy", 0.001),
        ("stamp-duty", "2008-09-19", "rate_buy", 0.0),
        ("northbound-quota", "2016-12-04", "daily_yi", 130),
        ("northbound-quota", "2018-05-01", "daily_yi", 520),
        ("continuous-auction", "2018-08-19", "afternoon_end", "15:00"),
        ("continuous-auction", "2018-08-20", "afternoon_end", "14:57"),
        ("severe-abnormal-fluctuation", "2025-03-03", "times", 4),
        ("capital-gains-tax", "2009-12-31", "rate_restricted", 0.0),
        ("price-limit-chinext", "2020-08-23", "limit", 0.1),
        ("price-limit-chinext", "2020-08-24", "limit", 0.2),
    ],
)
def test_a_rule_changes_on_its_day(
    rules: RuleBook, rule_id: str, day: str, field: str, expected: float | str
) -> None:
    assert getattr(rules.at(rule_id, dt.date.fromisoformat(day)), field) == expected


@given(st.sampled_from(list(ours().rules)), st.dates(dt.date(1990, 1, 1), dt.date(2035, 1, 1)))
def test_on_no_day_two_versions_hold(rule: Any, day: dt.date) -> None:
    assert sum(version.covers(day) for version in rule.versions) <= 1


def test_a_day_without_any_version_is_an_error_that_names_rule_and_day(rules: RuleBook) -> None:
    said = "1990年1月1日“A股证券交易印花税”的规定没有查到，或者那时还没有。"
    with pytest.raises(ToujiaoError, match=said):
        rules.at("stamp-duty", dt.date(1990, 1, 1))


def test_for_display_the_newest_version_stands_in(rules: RuleBook) -> None:
    shown = rules.current_or_latest("stamp-duty", dt.date(1990, 1, 1))
    assert shown == rules.get("stamp-duty").versions[-1]


def test_before_is_the_version_that_was_replaced(rules: RuleBook) -> None:
    before = rules.before("stamp-duty", dt.date(2024, 1, 1))
    assert before is not None
    assert before.rate_sell == 0.001
    assert before.effective_to == dt.date(2023, 8, 27)


def test_before_the_first_version_nothing_is_known(rules: RuleBook) -> None:
    assert rules.before("stamp-duty", dt.date(2006, 1, 1)) is None


def test_a_published_rule_that_is_not_in_force_never_holds(rules: RuleBook) -> None:
    day = dt.date(2026, 11, 23)
    assert rules.in_force("after-hours-fixed-price-bse", day) is None
    assert not rules.current_or_latest("after-hours-fixed-price-bse", day).operative
    with pytest.raises(ToujiaoError, match="没有查到，或者那时还没有"):
        rules.at("after-hours-fixed-price-bse", day)


@pytest.mark.parametrize("rule_id", ["star-fifth-standard", "chinext-fourth-standard"])
def test_what_was_only_announced_is_not_in_force(rules: RuleBook, rule_id: str) -> None:
    assert rules.in_force(rule_id, dt.date(2026, 11, 23)) is None
    assert "宣布" in rules.get(rule_id).versions[-1].value


@pytest.mark.parametrize(
    ("rule_id", "day"),
    [
        ("delisting-period", "2020-12-30"),
        ("reverse-repo", "2021-06-01"),
        ("etf-price-limit", "2020-08-23"),
        ("st-daily-buy-limit", "2020-01-02"),
        ("intraday-halt", "2018-01-02"),
        ("shareholder-reduction", "2024-05-23"),
    ],
)
def test_todays_value_is_not_given_for_days_that_nobody_looked_up(
    rules: RuleBook, rule_id: str, day: str
) -> None:
    assert rules.in_force(rule_id, dt.date.fromisoformat(day)) is None
    assert rules.in_force(rule_id, dt.date(2026, 11, 23)) is not None


def test_the_total_of_the_costs_is_the_sum_of_its_parts(rules: RuleBook) -> None:
    day = dt.date(2026, 11, 23)
    parts = ("handling-fee-sse-szse", "transfer-fee", "regulatory-fee")
    buying = sum(Decimal(str(rules.at(i, day).rate)) for i in parts)
    selling = buying + Decimal(str(rules.at("stamp-duty", day).rate_sell))
    total = rules.at("statutory-costs-total", day)
    assert (Decimal(str(total.buy)), Decimal(str(total.sell))) == (buying, selling)
    assert f"{buying * 100:f}".rstrip("0") in total.value
    assert f"{selling * 100:f}".rstrip("0") in total.value


def test_an_unknown_rule_is_told_near_ones(rules: RuleBook) -> None:
    with pytest.raises(ToujiaoError, match=r"没有 stamp-dutty.*stamp-duty"):
        rules.get("stamp-dutty")


def test_an_unknown_rule_without_near_ones_is_one_plain_line(rules: RuleBook) -> None:
    with pytest.raises(ToujiaoError, match=r"没有 zzzz 这条规则。$"):
        rules.get("zzzz")


def test_a_field_that_a_version_lacks_says_which_there_are(rules: RuleBook) -> None:
    with pytest.raises(AttributeError, match=r"no field 'rate'.*rate_sell"):
        _ = rules.at("stamp-duty", dt.date(2026, 1, 1)).rate


def test_a_rule_book_counts_and_knows_its_rules(rules: RuleBook) -> None:
    assert len(rules) == len(list(rules)) >= 100
    assert "stamp-duty" in rules
    assert "no-such-rule" not in rules


DAY = dt.date.fromisoformat


@pytest.mark.parametrize(
    ("older", "newer"),
    [
        ({"effective_to": DAY("2024-01-01")}, {"effective_from": DAY("2024-01-01")}),
        ({"effective_to": DAY("2025-06-30")}, {"effective_from": DAY("2024-01-01")}),
        ({"effective_to": None}, {"effective_from": DAY("2024-01-01")}),
        (
            {"effective_to": DAY("2023-12-31")},
            {"effective_from": None, "known_since": DAY("2023-06-01")},
        ),
    ],
    ids=["one day shared", "a year shared", "older still open", "newer without start"],
)
def test_overlapping_dates_name_the_file_and_what_to_do(
    library: Library, older: dict[str, Any], newer: dict[str, Any]
) -> None:
    path = library.rule(older, newer)
    with pytest.raises(ToujiaoError) as error:
        library.rules()
    assert str(path) in str(error.value)
    assert "日期重叠" in str(error.value)
    assert "请让前一版的 effective_to 早于" in str(error.value)


def test_a_version_not_in_force_may_overlap(library: Library) -> None:
    library.rule({}, {"effective_from": DAY("2024-01-01"), "operative": False})
    assert library.rules().at("sample-fee", DAY("2025-01-01")).effective_from == DAY("2020-01-01")


def test_a_gap_between_versions_is_a_gap(library: Library) -> None:
    library.rule({"effective_to": DAY("2021-01-01")}, {"effective_from": DAY("2023-01-01")})
    assert library.rules().in_force("sample-fee", DAY("2022-01-01")) is None


def test_a_version_that_ends_before_it_starts_is_refused(library: Library) -> None:
    path = library.rule({"effective_to": DAY("2019-01-01")})
    with pytest.raises(ToujiaoError, match=f"{re.escape(str(path))}.*结束得比开始还早"):
        library.rules()


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"source": None}, "versions.0.source"),
        ({"confidence": "大概"}, "versions.0.confidence"),
        ({"effective_from": "去年"}, "versions.0.effective_from"),
        ({"effective_from": None}, "versions.0"),
        ({"known_since": DAY("2020-01-01")}, "versions.0"),
        ({"checked_on": "去年"}, "versions.0.checked_on"),
        ({"colour": "red"}, "versions.0.colour"),
        ({"source": {"name": "甲乙", "url": "ftp://x"}}, "versions.0.source.url"),
    ],
)
def test_a_wrong_field_is_named_with_its_file(
    library: Library, change: dict[str, Any], field: str
) -> None:
    path = library.rule(change)
    with pytest.raises(ToujiaoError, match=re.escape(f"{path}：字段 {field} 不对")):
        library.rules()


def test_a_missing_field_is_named(library: Library) -> None:
    path = library.write("rules/fees/a.yaml", "id: a\ntitle: 甲\nversions: []\n")
    with pytest.raises(ToujiaoError, match=re.escape(f"{path}：字段 versions 不对")):
        library.rules()


def test_broken_yaml_names_the_file_and_the_line(library: Library) -> None:
    path = library.write("rules/fees/a.yaml", "id: a\ntitle: 甲\nversions: [1, 2\nfacts: []\n")
    with pytest.raises(ToujiaoError, match=re.escape(f"{path} 第 4 行：YAML 写法有误")):
        library.rules()


@pytest.mark.parametrize("text", ["", "- a\n- b\n", "只有一句话\n"])
def test_a_file_that_is_no_rule_says_what_it_should_be(library: Library, text: str) -> None:
    path = library.write("rules/fees/a.yaml", text)
    with pytest.raises(ToujiaoError, match=f"{re.escape(str(path))}.*字段: 值"):
        library.rules()


def test_the_id_is_the_file_name(library: Library) -> None:
    library.rule().rename(library.folder / "rules/fees/other.yaml")
    with pytest.raises(ToujiaoError, match="id 是 sample-fee，应当和文件名 other 一样"):
        library.rules()


def test_an_id_stands_in_one_file_only(library: Library) -> None:
    text = library.rule().read_text(encoding="utf-8")
    library.write("rules/other/sample-fee.yaml", text)
    with pytest.raises(ToujiaoError, match="sample-fee 已经写在"):
        library.rules()


def test_an_empty_folder_is_an_empty_rule_book(library: Library) -> None:
    assert len(read_rules(library.folder)) == 0
