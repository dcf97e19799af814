"""The page's texts: all used, all Chinese, none hidden in the code."""

from __future__ import annotations

import ast
import re
from pathlib import Path

from toujiao.knowledge.folders import ours
from toujiao.web.texts import _all_texts, reasons
from toujiao.web.theme import ASSETS

WEB = ASSETS.parent
CODE = {path: path.read_text(encoding="utf-8") for path in WEB.glob("*.py")}


def test_every_text_is_used() -> None:
    code = "".join(CODE.values()).replace("'", '"')
    lists = {"reasons", "chart", "foreign_labels"}
    unused = [n for n in _all_texts() if n not in lists and f'"{n}"' not in code]
    assert unused == []
    titles = ("title_", "convention_")
    drawn = [n for n in _all_texts()["chart"] if not n.startswith(titles)]
    assert [n for n in drawn if f'"{n}"' not in code] == []


def test_no_visible_chinese_in_the_code() -> None:
    found = []
    for path, source in CODE.items():
        if path.name == "command.py":  # typer reads help texts from the code
            continue
        found += [(path.name, value) for value in _strings(source) if re.search("[一-鿿]", value)]
    assert found == []


def _strings(source: str) -> list[str]:
    """The string constants that are no docstrings."""
    tree = ast.parse(source)
    documented = (ast.Module, ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef)
    docstrings = {
        id(node.body[0].value)
        for node in ast.walk(tree)
        if isinstance(node, documented) and node.body and isinstance(node.body[0], ast.Expr)
    }
    loose = {id(n.value) for n in ast.walk(tree) if isinstance(n, ast.Expr)}
    constants = (n for n in ast.walk(tree) if isinstance(n, ast.Constant))
    return [
        n.value
        for n in constants
        if isinstance(n.value, str) and id(n) not in docstrings and id(n) not in loose
    ]


def test_the_examples_are_the_ones_we_promise() -> None:
    questions = [example.question for example in ours().examples]
    assert len(questions) == len(set(questions)) >= 6
    assert "请用大白话解释什么是移动平均线（MA线）？它在炒股中有什么实际用途？" in questions
    assert "茅台现在能买吗？" in questions
    assert reasons() == ["看不懂", "不准确", "太长", "没回答到点", "其他"]


def test_assets_ship_with_the_package() -> None:
    assert {path.name for path in Path(ASSETS).iterdir()} == {"icon.svg", "page.js", "style.css"}
