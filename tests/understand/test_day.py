"""Which day a question is about: absolute, relative, a period, before or after a change."""

from __future__ import annotations

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from toujiao.understand.dates import read_dates, without_dates
from toujiao.understand.day import day_of

TODAY = dt.date(2026, 11, 27)  # a Friday


def period(text: str) -> tuple[str, str] | None:
    day = day_of(text, TODAY)
    return (day.first.isoformat(), day.last.isoformat()) if day.stated else None


@pytest.mark.parametrize(
    ("question", "day"),
    [
        ("2026年7月1日主板ST股票跌停是多少", "2026-07-01"),
        ("2026年7月1号呢", "2026-07-01"),
        ("2023-08-27卖股票印花税多少", "2023-08-27"),
        ("2023/8/27卖股票印花税多少", "2023-08-27"),
        ("2023.8.27卖股票印花税多少", "2023-08-27"),
        ("20230827卖的", "2023-08-27"),
        ("2023 年 8 月 27 日", "2023-08-27"),
        ("二零二六年七月六日", "2026-07-06"),
        ("二〇二三年八月二十八号", "2023-08-28"),
        ("23年8月28号卖的", "2023-08-28"),
        ("七月六号之前", "2026-07-05"),
        ("7月6日以前ST的涨停价", "2026-07-05"),
        ("8月28号卖的", "2026-08-28"),
        ("去年6月3号", "2025-06-03"),
        ("昨天卖的", "2026-11-26"),
        ("前天买的", "2026-11-25"),
        ("明天呢", "2026-11-28"),
        ("上周四买的", "2026-11-19"),
        ("这周一买的", "2026-11-23"),
        ("上个月5号", "2026-10-05"),
        ("2023年2月30日，改成2023年3月1日", "2023-03-01"),
        ("2022年3月1日买的，2024年3月1日卖", "2024-03-01"),
    ],
)
def test_one_day(question: str, day: str) -> None:
    assert period(question) == (day, day)


@pytest.mark.parametrize(
    ("question", "first", "last"),
    [
        ("2023年8月的印花税", "2023-08-01", "2023-08-31"),
        ("2022年的印花税", "2022-01-01", "2022-12-31"),
        ("1999年有创业板吗", "1999-01-01", "1999-12-31"),
        ("2026-07的规定", "2026-07-01", "2026-07-31"),
        ("去年六月", "2025-06-01", "2025-06-30"),
        ("去年主板ST昨收5元", "2025-01-01", "2025-12-31"),
        ("前年", "2024-01-01", "2024-12-31"),
        ("今年", "2026-01-01", "2026-11-27"),
        ("今年六月", "2026-06-01", "2026-06-30"),
        ("上个月", "2026-10-01", "2026-10-31"),
        ("这个月", "2026-11-01", "2026-11-27"),
        ("2026年上半年", "2026-01-01", "2026-06-30"),
        ("明年", "2027-01-01", "2027-12-31"),
        ("从2022年到2024年", "2022-01-01", "2024-12-31"),
        ("2023年13月，不对，是2023年12月", "2023-12-01", "2023-12-31"),
        ("6月份", "2026-06-01", "2026-06-30"),
    ],
)
def test_a_month_or_a_year_is_a_period(question: str, first: str, last: str) -> None:
    assert period(question) == (first, last)


@pytest.mark.parametrize(
    "question",
    [
        *("什么是市盈率", "", "3年后能翻倍吗", "买2000股要多少钱", "600519是什么", "2023.5元买入"),
        *("股价2026.50元", "每月2000-3000元定投", "本金2000年化5%复利10年", "120261年"),
        *("中证2000指数是什么", "12386是什么电话", "2023年2月30日", "昨天收盘10元，今天涨停多少"),
        *("定投23年8个月", "买了1个月5天", "持有半年", "前一天收盘价8块"),
    ],
)
def test_what_is_no_date_is_none(question: str) -> None:
    assert period(question) is None


@given(st.dates(dt.date(1990, 1, 1), dt.date(2099, 12, 31)))
def test_every_day_is_found_in_chinese_and_iso_form(day: dt.date) -> None:
    for text in (
        f"在{day.year}年{day.month}月{day.day}日那天，印花税是多少？",
        f"{day.isoformat()}的印花税",
    ):
        assert period(text) == (day.isoformat(), day.isoformat())


def test_a_given_day_wins() -> None:
    fixed = dt.date(2020, 1, 2)
    assert day_of("2023年8月的印花税", TODAY, fixed).on == fixed


def test_dates_are_blanked_out_in_place() -> None:
    text = "2023年8月1日，10元买1000股"
    blank = without_dates(text, read_dates(text, TODAY))
    assert len(blank) == len(text)
    assert blank.strip() == "，10元买1000股"


@given(
    st.text(
        alphabet="0123456789年月日号上下个周前去今明昨一二三四五六七八九十零-./ 之到", max_size=30
    )
)
def test_no_text_breaks_it(text: str) -> None:
    for mention in read_dates(text, TODAY):
        assert mention.first <= mention.last
        assert text[mention.start : mention.end] == mention.text


def test_an_amount_behind_a_month_is_no_day() -> None:
    (mention,) = read_dates("2023年3月10万变成20万", dt.date(2026, 11, 23))
    assert mention.text == "2023年3月"
