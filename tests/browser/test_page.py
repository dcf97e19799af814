"""The real program in a real browser: ask, read, vote; on a desk and on a phone; with hostile input.

Needs Debian's chromium. Every test also checks that the page wrote no error to the console and
asked nothing of any other host.
"""

from __future__ import annotations

import os
import re
import shutil
import socket
import sqlite3
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from toujiao.assistant.closing import closing as closing_lines
from toujiao.knowledge.folders import ours
from toujiao.records import Kind
from toujiao.web.texts import reasons, text

pytestmark = pytest.mark.browser

FLAGS = (
    *("--headless", "--no-sandbox", "--disable-gpu", "--no-first-run"),
    *("--disable-background-networking", "--disable-component-update", "--disable-sync"),
)
# Generous: on a busy two-core machine a page takes its time.
PATIENCE = 240
DESK, PHONE = (1360, 860), (390, 844)
MOVING_AVERAGE = "请用大白话解释什么是移动平均线（MA线）？它在炒股中有什么实际用途？"


@dataclass(frozen=True)
class Server:
    """The running program and where it keeps its data."""

    url: str
    home: Path


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    home = tmp_path_factory.mktemp("home")
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    url = f"http://127.0.0.1:{port}/"
    command = [sys.executable, "-m", "toujiao", "web", "--port", str(port), "--no-open"]
    # A proxy that does not exist: the page must come up without asking anybody.
    environment = os.environ | {"TOUJIAO_HOME": str(home), "HTTP_PROXY": "http://127.0.0.1:9"}
    log = home / "log.txt"
    with log.open("w", encoding="utf-8") as out:
        process = subprocess.Popen(command, env=environment, stdout=out, stderr=out)
    try:
        _wait_for(lambda: _answers(url) or process.poll() is not None, "the server")
        assert process.poll() is None, log.read_text(encoding="utf-8")
        yield Server(url, home)
    finally:
        process.terminate()
        process.wait(timeout=30)


@pytest.fixture(scope="module")
def chromium() -> Iterator[Any]:
    from playwright.sync_api import sync_playwright

    path = shutil.which("chromium")
    assert path, "apt-get install chromium"
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=FLAGS)
        yield browser
        browser.close()


@pytest.fixture
def open_page(server: Server, chromium: Any) -> Callable[..., Any]:
    """A context manager: the page in a window of a size; checks console and requests at the end."""

    @contextmanager
    def opened(size: tuple[int, int]) -> Iterator[Any]:
        trouble: list[str] = []
        requested: list[str] = []
        context = chromium.new_context(
            viewport={"width": size[0], "height": size[1]},
            locale="en-US",
            permissions=["clipboard-read", "clipboard-write"],
        )
        page = context.new_page()
        page.set_default_timeout(PATIENCE * 1000)
        page.on("console", lambda m: trouble.append(m.text) if m.type == "error" else None)
        page.on("pageerror", lambda error: trouble.append(str(error)))
        page.on("request", lambda request: requested.append(request.url))
        page.goto(server.url)
        page.locator("#question textarea").wait_for()
        yield page
        assert context.cookies() == []
        context.close()
        assert trouble == []
        assert requested
        foreign = [u for u in requested if not u.startswith((server.url, "data:", "blob:"))]
        assert foreign == []

    return opened


def test_ask_read_copy_and_vote(server: Server, open_page: Callable[..., Any]) -> None:
    label = closing_lines(Kind.UNKNOWN, (), (), ours()).strip()
    with open_page(DESK) as page:
        assert page.title() == ours().text("title")
        assert page.locator("html").get_attribute("lang") == "zh-CN"
        seen = _ask(page, MOVING_AVERAGE)
        assert len(seen) > 1, "the answer did not stream"
        answer = seen[-1]
        assert "移动平均线" in answer
        assert "参考卡片：" in answer
        assert answer.endswith(label)

        panel = page.locator("#panel")
        assert "移动平均线" in panel.locator(".card-text h3").inner_text()
        assert "卡片来源" in panel.inner_text()
        panel.locator(".js-plotly-plot").wait_for()
        assert "示意数据，不是真实行情" in panel.locator(".card-chart").inner_text()

        page.locator("#chat .message-buttons-left button").first.click()
        _wait_for(lambda: label in page.evaluate("navigator.clipboard.readText()"), "the copy")

        page.get_by_role("button", name="有帮助", exact=True).click()
        page.get_by_text(text("vote_thanks")).first.wait_for()
        _wait_for(lambda: len(_votes(server)) == 1, "the row")
        row = _votes(server)[0]
        assert (row["question"], row["vote"], row["reason"]) == (MOVING_AVERAGE, 1, "")
        assert row["answer"].endswith(label)
        assert "moving-average" in row["card_ids"]

        follow_up = _ask(page, "那它的金叉和死叉具体指什么呢？")[-1]
        assert "从下往上" in follow_up
        _say_what_was_wrong(page)
        _wait_for(lambda: _votes(server)[-1]["reason"] != "", "the reason")
        assert [row["vote"] for row in _votes(server)] == [1, -1]
        assert _votes(server)[-1]["reason"] == f"{reasons()[2]}：例子太多"


def test_a_phone_wide_window(server: Server, open_page: Callable[..., Any]) -> None:
    with open_page(PHONE) as page:
        _fits(page)
        assert page.locator("#question textarea").bounding_box()["y"] < PHONE[1]
        page.get_by_text("主板ST股票一天最多跌多少？").click()
        _finished(page, 1)
        answer = page.locator("#chat .bot-row").first.inner_text()
        assert "10%" in answer
        assert "2026年7月6日" in answer
        _fits(page)
        talk = page.locator("#chat").bounding_box()
        panel = page.locator("#panel").bounding_box()
        assert panel["y"] >= talk["y"] + talk["height"], "the panel stands below the chat"
        assert panel["width"] > 0.85 * PHONE[0]
        page.locator("#card-choice label").last.click()
        for tab in ("tab_cards", "tab_about"):
            page.get_by_role("tab", name=text(tab)).click()
            page.wait_for_timeout(500)
            _fits(page)
        assert "12386" in page.locator("#about").inner_text()


def test_html_stays_text(open_page: Callable[..., Any]) -> None:
    hostile = '<img src=x onerror="window.harm=1"> 什么是市盈率 ![a](http://192.0.2.1/a.png)'
    with open_page(DESK) as page:
        _ask(page, hostile)
        asked = page.locator("#chat .user-row")
        assert asked.inner_text().strip() == hostile
        assert asked.locator("img, a").count() == 0
        assert page.locator("#chat .bot-row .prose img").count() == 0
        assert page.evaluate("window.harm") is None


def test_clear_and_a_question_without_words(open_page: Callable[..., Any]) -> None:
    with open_page(DESK) as page:
        _ask(page, "茅台现在能买吗？")
        page.get_by_role("button", name="清空对话").click()
        page.locator("#chat .user-row").wait_for(state="detached")
        page.get_by_text("移动平均线是什么，有什么用？").wait_for()
        page.locator("#question textarea").fill("😀")
        page.keyboard.press("Enter")
        page.get_by_text("没有看到文字问题").wait_for()


def _ask(page: Any, question: str) -> list[str]:
    """Ask; returns the different states of the answer that could be seen."""
    before = page.locator("#chat .bot-row").count()
    page.locator("#question textarea").fill(question)
    page.keyboard.press("Enter")
    answer = page.locator("#chat .bot-row .prose").nth(before)
    answer.wait_for()
    seen = [answer.inner_text()]
    until = time.monotonic() + PATIENCE
    while time.monotonic() < until:
        now = answer.inner_text()
        if now != seen[-1]:
            seen.append(now)
        if page.locator("#question .submit-button").count():
            break
    _finished(page, before + 1)
    return [*seen, answer.inner_text().strip()]


def _finished(page: Any, answers: int) -> None:
    page.locator("#chat .bot-row").nth(answers - 1).wait_for()
    page.locator("#question .submit-button").wait_for()
    page.locator("#card-choice, #panel-empty").first.wait_for()
    page.wait_for_timeout(500)


def _say_what_was_wrong(page: Any) -> None:
    page.get_by_role("button", name="没帮助", exact=True).last.click()
    form = page.locator("#reason-form")
    form.get_by_text(reasons()[2]).click()
    form.locator("textarea, input[type=text]").first.fill("例子太多")
    form.get_by_role("button", name=text("reason_send")).click()
    form.wait_for(state="hidden")


def _fits(page: Any) -> None:
    """Nothing sticks out to the right."""
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


def _votes(server: Server) -> list[dict[str, Any]]:
    with closing(sqlite3.connect(server.home / "feedback.db")) as database:
        database.row_factory = sqlite3.Row
        return [dict(row) for row in database.execute("SELECT * FROM votes ORDER BY id")]


def _answers(url: str) -> bool:
    try:
        direct = urllib.request.build_opener(urllib.request.ProxyHandler({}))
        with direct.open(url, timeout=5) as reply:
            return bool(re.search("gradio", reply.read().decode()))
    except OSError:
        return False


def _wait_for(condition: Callable[[], bool], what: str) -> None:
    until = time.monotonic() + PATIENCE
    while not condition():
        assert time.monotonic() < until, f"{what} did not come in {PATIENCE} s"
        time.sleep(0.2)
