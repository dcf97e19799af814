"""Which day a question is about."""

from __future__ import annotations

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from toujiao.assistant.as_of import day_in


@pytest.mark.parametrize(
    ("question", "day"),
    [
        ("2026年7月1日主板ST股票跌停是多少", "2026-07-01"),
        ("2026年7月1号呢", "2026-07-01"),
        ("2023-08-27卖股票印花税多少", "2023-08-27"),
        ("2023/8/27卖股票印花税多少", "2023-08-27"),
        ("2023.8.27卖股票印花税多少", "2023-08-27"),
        ("2023 年 8 月 27 日", "2023-08-27"),
        ("2023年8月的印花税", "2023-08-01"),
        ("2022年的印花税", "2022-01-01"),
        ("1999年有创业板吗", "1999-01-01"),
        ("从2022年到2024年", "2022-01-01"),
        ("2023年13月，不对，是2023年12月", "2023-12-01"),
        ("2023年2月30日，改成2023年3月1日", "2023-03-01"),
    ],
)
def test_a_date_is_read_as_people_write_it(question: str, day: str) -> None:
    assert day_in(question) == dt.date.fromisoformat(day)


@pytest.mark.parametrize(
    "question",
    [
        "什么是市盈率",
        "",
        "3年后能翻倍吗",
        "买2000股要多少钱",
        "600519是什么",
        "2023.5元买入",
        "股价2026.50元",
        "每月2000-3000元定投",
        "本金2000年化5%复利10年",
        "120261年",
        "中证2000指数是什么",
        "12386是什么电话",
        "8月27日呢",
        "2023年2月30日",
    ],
)
def test_what_is_no_date_is_none(question: str) -> None:
    assert day_in(question) is None


@given(st.dates(dt.date(1990, 1, 1), dt.date(2099, 12, 31)))
def test_every_day_is_found_in_chinese_and_iso_form(day: dt.date) -> None:
    assert day_in(f"在{day.year}年{day.month}月{day.day}日那天，印花税是多少？") == day
    assert day_in(f"{day.isoformat()}的印花税") == day


@given(st.text(max_size=50))
def test_no_text_breaks_it(text: str) -> None:
    assert day_in(text) is None or isinstance(day_in(text), dt.date)
