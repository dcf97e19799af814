"""`toujiao knowledge check | list | show | search`, as the command line runs them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from typer.testing import CliRunner, Result

from toujiao.errors import ToujiaoError
from toujiao.knowledge.command import app

from .conftest import BODY

if TYPE_CHECKING:
    from .conftest import Library


def run(*words: str) -> Result:
    return CliRunner().invoke(app, list(words))


def test_check_of_a_sound_library_counts_and_succeeds(good_library: Library) -> None:
    result = run("check", "--dir", str(good_library.folder))
    assert result.exit_code == 0
    assert result.stdout == "1 张卡片，1 条规则，0 个问题。\n"


def test_check_lists_each_fault_on_a_line_and_fails(good_library: Library) -> None:
    path = good_library.card(BODY.replace("钱会一点", "钱会<b>一点</b>"), related=["nobody"])
    result = run("check", "--dir", str(good_library.folder))
    assert result.exit_code == 1
    lines = result.stdout.splitlines()
    assert len(lines) == 3
    assert all(line.startswith(f"{path}：") for line in lines[:2])
    assert lines[2] == "1 张卡片，1 条规则，2 个问题。"


def test_cards_on_top_of_ours_may_use_the_rules_of_the_package(library: Library) -> None:
    body = BODY.replace("sample-fee", "regulatory-fee")
    library.card(body, rules=["regulatory-fee"])
    alone = run("check", "--dir", str(library.folder))
    assert alone.exit_code == 1
    assert "写 --knowledge ours,你的目录" in alone.stdout
    result = run("check", "--knowledge", f"ours,{library.folder}")
    assert result.exit_code == 0, result.stdout


@pytest.mark.parametrize("missing", ["nowhere", ""])
def test_check_of_a_folder_without_cards_says_so(library: Library, missing: str) -> None:
    result = run("check", "--dir", str(library.folder / missing))
    assert isinstance(result.exception, ToujiaoError)
    assert "cards" in str(result.exception)


def test_list_shows_every_category_with_its_count() -> None:
    result = run("list")
    assert result.exit_code == 0
    assert "交易规则与费用（trading，" in result.stdout
    assert "stamp-duty" in result.stdout


def test_list_shows_one_category() -> None:
    lines = run("list", "risk").stdout.splitlines()
    assert lines[0].startswith("风险与组合（risk，")
    assert not any("（" in line and line[0] != " " for line in lines[1:])


def test_an_unknown_category_is_told_the_known_ones() -> None:
    result = run("list", "stocks")
    assert isinstance(result.exception, ToujiaoError)
    assert "market、trading" in str(result.exception)


def test_show_prints_a_card_and_its_rules() -> None:
    result = run("show", "stamp-duty")
    assert result.stdout.startswith("# 印花税\n")
    assert "规则 stamp-duty：卖出收 0.05%，买入不收（2023年8月28日起，" in result.stdout


def test_show_reads_a_card_as_of_a_day() -> None:
    result = run("show", "price-limit-risk-warning", "--as-of", "2026-07-05")
    assert "2026年7月5日的规定：主板ST股票每日涨跌幅，一天最多涨或跌 5%。" in result.stdout


def test_show_prints_a_rule_with_all_its_versions() -> None:
    result = run("show", "price-limit-main-board-st")
    assert "至少从 1999-01-01 至 2026-07-05：一天最多涨或跌 5%" in result.stdout
    assert "2026-07-06 至 今：一天最多涨或跌 10%" in result.stdout


def test_show_marks_a_rule_that_is_not_in_force() -> None:
    assert "已经公布，还没有看到施行" in run("show", "after-hours-fixed-price-bse").stdout


def test_show_says_when_each_rule_was_checked_and_that_a_start_was_not_found() -> None:
    lines = run("show", "board-permission").stdout.splitlines()
    listed = {line.split("：")[0].removeprefix("规则 "): line for line in lines if "规则 " in line}
    assert "资料年份2026年）" in listed["account-chinext"]
    assert "截至2026年10月9日）" in listed["account-convertible"]
    assert "（起始日没有查到，" in listed["account-delisting"]


def test_show_of_a_rule_without_a_first_day_says_that_earlier_was_not_looked_up() -> None:
    shown = run("show", "delisting-period").stdout
    assert "更早的没有查。" in shown
    assert "至少从 2020-12-31 至 今" in shown


def test_show_of_an_unknown_id_is_told_near_ones() -> None:
    result = run("show", "stamp-dutty")
    assert isinstance(result.exception, ToujiaoError)
    assert "stamp-duty" in str(result.exception)


def test_a_day_that_is_no_day_is_refused() -> None:
    result = run("show", "stamp-duty", "--as-of", "2026-02-30")
    assert result.exit_code == 2


def test_search_prints_the_best_card_first() -> None:
    lines = run("search", "什么是市盈率", "--limit", "2").stdout.splitlines()
    assert len(lines) == 2
    assert "pe-ratio" in lines[0]
