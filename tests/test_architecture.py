"""The rules of docs/architecture.md that a tool can see, checked on every module of the package.

Which package may import which stands in pyproject.toml and is checked by `lint-imports`.
"""

from __future__ import annotations

import ast
import re
import subprocess
import sys
import tomllib
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
PACKAGE = ROOT / "src" / "toujiao"
MODULES = {
    str(path.relative_to(PACKAGE)): path.read_text(encoding="utf-8")
    for path in sorted(PACKAGE.rglob("*.py"))
}
TREES = {name: ast.parse(text) for name, text in MODULES.items()}
PYPROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
HEAVY = PYPROJECT["tool"]["ruff"]["lint"]["flake8-tidy-imports"]["banned-module-level-imports"]
MAY_PRINT = ("cli.py", "command.py", "terminal.py")
MOST_LINES = 300
BUGS = {"AssertionError", "RuntimeError", "TypeError", "KeyError", "AttributeError"}
NOT_FILES = {"webbrowser.open"}
_HAN = re.compile(r"[\u4e00-\u9fff]")

Checker = Callable[[ast.Module], Iterator[str]]


def heavy_imports(tree: ast.Module) -> Iterator[str]:
    """Heavy libraries imported when the module is: outside functions and `if TYPE_CHECKING`."""
    waiting: list[ast.AST] = [tree]
    while waiting:
        node = waiting.pop()
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda):
            continue
        if isinstance(node, ast.If) and ast.unparse(node.test).endswith("TYPE_CHECKING"):
            waiting += node.orelse
            continue
        if isinstance(node, ast.Import | ast.ImportFrom):
            yield from (f"line {node.lineno}: {n}" for n in _imported(node) if n in HEAVY)
        waiting += ast.iter_child_nodes(node)


def _imported(node: ast.Import | ast.ImportFrom) -> list[str]:
    if isinstance(node, ast.ImportFrom):
        return [] if node.level else [str(node.module).split(".")[0]]
    return [alias.name.split(".")[0] for alias in node.names]


def files_without_encoding(tree: ast.Module) -> Iterator[str]:
    """Text files opened with the machine's own encoding, which is GBK on Chinese Windows."""
    for call in _calls(tree):
        name = ast.unparse(call.func)
        opens = name == "open" or (name.endswith(".open") and name not in NOT_FILES)
        is_text = name.endswith((".read_text", ".write_text")) or (opens and not _is_binary(call))
        if is_text and not any(keyword.arg == "encoding" for keyword in call.keywords):
            yield f"line {call.lineno}: {name}"


def _is_binary(call: ast.Call) -> bool:
    given = [*call.args, *(k.value for k in call.keywords if k.arg == "mode")]
    modes = [a.value for a in given if isinstance(a, ast.Constant) and isinstance(a.value, str)]
    return any(re.fullmatch(r"[rwxa+]*b[rwxa+]*", mode) for mode in modes)


def prints(tree: ast.Module) -> Iterator[str]:
    """Calls of print(): only the command line talks to the terminal."""
    for call in _calls(tree):
        if isinstance(call.func, ast.Name) and call.func.id == "print":
            yield f"line {call.lineno}: {ast.unparse(call)}"


def remote_code(tree: ast.Module) -> Iterator[str]:
    """A model folder is data: nothing in it is ever run."""
    for node in ast.walk(tree):
        match node:
            case ast.keyword(arg="trust_remote_code") | ast.Constant(value="trust_remote_code"):
                yield f"line {node.lineno}"


def chinese_bugs(tree: ast.Module) -> Iterator[str]:
    """Chinese in an error that no user should ever see; what users see is a ToujiaoError."""
    for node in ast.walk(tree):
        if not isinstance(node, ast.Raise) or not isinstance(node.exc, ast.Call):
            continue
        name = ast.unparse(node.exc.func)
        if name in BUGS and _HAN.search(ast.unparse(node)):
            yield f"line {node.lineno}: {name}"


def missing_docstring(tree: ast.Module) -> Iterator[str]:
    """A module that does not say what it is."""
    if tree.body and not ast.get_docstring(tree):
        yield "no docstring"


def _calls(tree: ast.Module) -> Iterator[ast.Call]:
    return (node for node in ast.walk(tree) if isinstance(node, ast.Call))


EVERYWHERE: tuple[Checker, ...] = (
    heavy_imports,
    files_without_encoding,
    remote_code,
    chinese_bugs,
    missing_docstring,
)


@pytest.mark.parametrize("check", EVERYWHERE, ids=lambda check: check.__name__)
def test_every_module_keeps_the_rule(check: Checker) -> None:
    assert _findings(check, TREES) == {}


def test_only_the_command_line_prints() -> None:
    silent = {name: tree for name, tree in TREES.items() if Path(name).name not in MAY_PRINT}
    assert _findings(prints, silent) == {}


def _findings(check: Checker, trees: dict[str, ast.Module]) -> dict[str, list[str]]:
    return {name: found for name, tree in trees.items() if (found := list(check(tree)))}


def test_every_module_is_short() -> None:
    lengths = {name: len(text.splitlines()) for name, text in MODULES.items()}
    assert {name: n for name, n in lengths.items() if n > MOST_LINES} == {}


def test_every_module_is_named_after_what_it_does() -> None:
    words = {word for name in MODULES for word in Path(name).with_suffix("").parts}
    assert not words & {"utils", "common", "helpers", "misc"}


BAD: list[tuple[Checker, str]] = [
    (heavy_imports, "import torch.nn"),
    (heavy_imports, "if fast:\n    from transformers import Trainer"),
    (heavy_imports, "class Model:\n    import gradio"),
    (files_without_encoding, "path.read_text()"),
    (files_without_encoding, "open(path, 'w')"),
    (files_without_encoding, "path.open(mode='a')"),
    (files_without_encoding, "Path('b').open()"),
    (remote_code, "load(name, trust_remote_code=True)"),
    (remote_code, "options = {'trust_remote_code': True}"),
    (prints, "def run():\n    print('hello')"),
    (chinese_bugs, "raise AssertionError(f'{x} 不可能')"),
    (missing_docstring, "x = 1"),
]
GOOD: list[tuple[Checker, str]] = [
    (heavy_imports, "def run():\n    import torch"),
    (heavy_imports, "if TYPE_CHECKING:\n    import torch"),
    (heavy_imports, "from .datasets import rows"),
    (files_without_encoding, "path.open('rb')"),
    (files_without_encoding, "webbrowser.open(address)"),
    (files_without_encoding, "path.write_text(text, encoding='utf-8')"),
    (remote_code, "'''Never uses trust_remote_code.'''"),
    (prints, "console.print('hello')"),
    (chinese_bugs, "raise ToujiaoError('请检查路径')"),
    (missing_docstring, "'''A rule book.'''\nx = 1"),
]


@pytest.mark.parametrize(("check", "code"), BAD)
def test_the_checks_find_what_they_are_for(check: Checker, code: str) -> None:
    assert len(list(check(ast.parse(code)))) == 1


@pytest.mark.parametrize(("check", "code"), GOOD)
def test_the_checks_leave_good_code_alone(check: Checker, code: str) -> None:
    assert list(check(ast.parse(code))) == []


def test_help_starts_without_any_large_library() -> None:
    """What `toujiao --help` imports decides how fast every command starts."""
    run = subprocess.run(
        [sys.executable, "-X", "importtime", "-m", "toujiao", "--help"],
        capture_output=True,
        encoding="utf-8",
        check=True,
    )
    imported = {line.rsplit("|", 1)[-1].strip().split(".")[0] for line in run.stderr.splitlines()}
    assert "toujiao" in imported
    assert not imported & {*HEAVY, "numpy", "pydantic", "pydantic_settings", "yaml", "jinja2"}
