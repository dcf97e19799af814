"""Figures are values with units, however they are written."""

from __future__ import annotations

import pytest

from toujiao.assistant.figures import read_figures


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("10%", "百分之十"),
        ("0.05%", "万分之五"),
        ("100%", "百分之百"),
        ("0.001%", "十万分之一"),
        ("0.5‰", "千分之零点五"),
        ("100 股", "一百股"),
        ("100 万元", "一百万元"),
        ("2.5 万元", "25000 元"),
        ("7月6日", "七月六日"),
        ("2026年7月6日", "二零二六年七月六日"),
        ("2026年7月6日", "2026-07-06"),
        ("9:15", "九点一刻"),
        ("15:05", "下午三点零五分"),
        ("2/3", "三分之二"),
        ("10:1", "十比一"),
        ("4 小时", "四个小时"),
        ("180 个自然日", "一百八十天"),
        ("5日均线", "五日均线"),
        ("第 2 个交易日", "第二个交易日"),
        ("〔2026〕41号", "〔2026〕第41号"),
        ("12386", "一二三八六。"),
    ],
)
def test_two_ways_to_write_a_figure(one: str, other: str) -> None:
    [first], [second] = read_figures(one), read_figures(other)
    assert first.fits(second)
    assert second.fits(first)


@pytest.mark.parametrize(
    ("said", "fact"),
    [
        ("5 元", "5%"),
        ("100 手", "100 股"),
        ("30 天", "30 个月"),
        ("0.05%", "0.05‰"),
        ("20 个交易日", "20 个自然日"),
        ("7月8日", "2026年7月6日"),
        ("2026年7月6日", "7月6日"),
        ("九点半", "9:15"),
        ("T+0", "T+1"),
        ("第三条", "第二条"),
        ("-5%", "5%"),
        ("三季报", "一季报"),
        ("四部门", "八部门"),
    ],
)
def test_figures_that_differ(said: str, fact: str) -> None:
    [first], [second] = read_figures(said), read_figures(fact)
    assert not first.fits(second)


def test_a_date_may_be_said_with_fewer_parts() -> None:
    [said], [fact] = read_figures("七月六日"), read_figures("2026年7月6日")
    assert said.fits(fact)
    assert not fact.fits(said)


@pytest.mark.parametrize(
    "text", ["1. 印花税", "① 印花税", "统一标准", "两者不同", "多半是骗局", "万一跌了"]
)
def test_what_counts_nothing(text: str) -> None:
    assert [figure for figure in read_figures(text) if not figure.idle] == []


def test_the_numbers_of_a_list_have_the_unit_of_its_last() -> None:
    assert [figure.kind for figure in read_figures("10、12、11 元")] == ["元", "元", "元"]
    assert [figure.kind for figure in read_figures("三到六个月")] == ["个月", "个月"]
