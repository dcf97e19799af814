"""The prose is true: verbs, trees, recipes, links, commands, figures and the sample dialogue."""

from __future__ import annotations

import datetime as dt
import re
import runpy
import shlex
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import typer
from rapidfuzz import fuzz

import toujiao
from toujiao.cli import app
from toujiao.knowledge.folders import ours
from toujiao.knowledge.render import checked_through
from toujiao.models.tiny import CONTEXT_LENGTH, SHAPE
from toujiao.recipes import plan
from toujiao.recipes.recipe import RECIPES_DIR, Kto, Recipe, load_recipe
from toujiao.records import Answer, Kind
from toujiao.settings import Settings

ROOT = Path(__file__).parents[1]
PACKAGE = Path(toujiao.__file__).parent
READMES = ("README.md", "README.zh-CN.md")
PAGES = {
    str(path.relative_to(ROOT)): path.read_text(encoding="utf-8")
    for path in [*ROOT.glob("*.md"), *ROOT.glob("docs/*.md")]
}
CLI: Any = typer.main.get_command(app)
DIALOGUE = runpy.run_path(str(ROOT / "tests" / "make_dialogue.py"))

_FENCE = re.compile(r"^```(\w*)\n(.*?)^```", re.DOTALL | re.MULTILINE)
_LINK = re.compile(r"\]\(([^)#\s]+)[^)]*\)")
_ROW = re.compile(r"^\| `(\w+)` \|.*\[\w+\]\((\S+)\) \|$", re.MULTILINE)
_TREE = re.compile(r"^  (\w+)/ {2,}\S", re.MULTILINE)
_COUNTS = re.compile(
    r"(?:more than |现有 )(\d+) (?:cards|多张卡片)(?: and |、)(\d+) (?:dated|多条带)"
)
_CHECKED = re.compile(r"(?:last checked on|最近一次核对是) (\d{4}-\d\d-\d\d)")


def blocks(page: str, language: str) -> list[str]:
    """The fenced blocks of one language."""
    return [code for name, code in _FENCE.findall(page) if name == language]


def commands() -> Iterator[tuple[str, str]]:
    """(page, command line) of every `toujiao …` line in a bash block."""
    for name, page in PAGES.items():
        for line in "\n".join(blocks(page, "bash")).splitlines():
            if line.startswith("toujiao "):
                yield name, re.split(r" [#<>|] ", line)[0]


def parse(arguments: list[str]) -> None:
    """Parse a command line without running it; a mistake raises."""
    command, name = CLI, "toujiao"
    while hasattr(command, "commands"):
        command, name = command.commands[arguments[0]], arguments[0]
        arguments = arguments[1:]
    command.make_context(name, arguments)


@pytest.mark.parametrize("readme", READMES)
def test_the_readmes_list_every_verb_with_its_page(readme: str) -> None:
    rows = dict(_ROW.findall(PAGES[readme]))
    assert list(rows) == list(CLI.commands)
    assert set(rows.values()) <= PAGES.keys()


def test_every_page_shows_the_commands_of_its_verb() -> None:
    for verb, page in _ROW.findall(PAGES["README.md"]):
        for command in getattr(CLI.commands[verb], "commands", [""]):
            assert f"toujiao {verb} {command}".strip() in PAGES[page], page


@pytest.mark.parametrize("readme", READMES)
def test_the_tree_in_the_readme_lists_the_packages(readme: str) -> None:
    packages = {path.parent.name for path in PACKAGE.glob("*/__init__.py")}
    assert set(_TREE.findall(PAGES[readme])) == packages


@pytest.mark.parametrize("readme", READMES)
def test_the_readme_counts_no_more_cards_and_rules_than_there_are(readme: str) -> None:
    ((cards, rules),) = _COUNTS.findall(PAGES[readme])
    assert int(cards) <= len(ours().cards)
    assert int(rules) <= len(ours().rules)


@pytest.mark.parametrize("page", [*READMES, "docs/limits.md"])
def test_the_day_of_the_last_check_is_the_rule_books(page: str) -> None:
    (day,) = _CHECKED.findall(PAGES[page])
    assert dt.date.fromisoformat(day) == checked_through(ours().rules)


@pytest.mark.parametrize("page", PAGES)
def test_links_to_files_resolve(page: str) -> None:
    links = [link for link in _LINK.findall(_FENCE.sub("", PAGES[page])) if "://" not in link]
    missing = [link for link in links if not (ROOT / page).parent.joinpath(link).exists()]
    assert missing == []


@pytest.mark.parametrize(("page", "line"), list(commands()))
def test_every_command_that_is_shown_can_be_parsed(page: str, line: str) -> None:
    parse(shlex.split(line)[1:])


@pytest.mark.parametrize("line", ["knowledge show", "web --prot 80", "knowledge sow x"])
def test_a_command_that_does_not_exist_is_noticed(line: str) -> None:
    with pytest.raises(Exception, match=r".+"):
        parse(shlex.split(line))


@pytest.mark.parametrize("page", PAGES)
def test_every_make_target_that_is_shown_exists(page: str) -> None:
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    for target in re.findall(r"^make (\w+)", "\n".join(blocks(PAGES[page], "bash")), re.MULTILINE):
        assert f"\n{target}:" in makefile


@pytest.mark.parametrize("path", sorted(RECIPES_DIR.glob("*.toml")), ids=lambda path: path.stem)
def test_every_recipe_parses_and_is_listed(path: Path) -> None:
    name, recipe = load_recipe(path.stem)
    assert f"| `{name}` | " in PAGES["docs/train.md"]
    assert recipe.base.removeprefix("Qwen/") in PAGES["docs/train.md"]


def test_the_recipe_on_the_page_is_a_recipe(tmp_path: Path) -> None:
    (text,) = blocks(PAGES["docs/train.md"], "toml")
    path = tmp_path / "mine.toml"
    path.write_text(text, encoding="utf-8")
    assert load_recipe(str(path))[1].base == "Qwen/Qwen3-0.6B"


def test_every_setting_has_a_sentence() -> None:
    docs = "".join(PAGES.values())
    assert [name for name in Recipe.model_fields if f"`{name}`" not in PAGES["docs/train.md"]] == []
    variables = [f"TOUJIAO_{name.upper()}" for name in Settings.model_fields]
    assert [name for name in variables if name not in docs] == []


def test_the_settings_for_votes_on_the_page_are_the_real_ones() -> None:
    page = PAGES["docs/train.md"]
    for value in (f"{plan.VOTES_LEARNING_RATE:.0e}", f"{plan.TINY_VOTES_LEARNING_RATE:.0e}"):
        assert value.replace("e-0", "e-") in page
    assert f"| `beta` | {Kto().beta} |" in page


def test_the_fields_and_kinds_of_an_answer_are_described() -> None:
    names = [*Answer.model_fields, *Kind]
    assert [name for name in names if f"`{name}`" not in PAGES["docs/ask.md"]] == []


def test_the_shape_of_the_embedded_model_is_the_real_one() -> None:
    numbers = {
        *(SHAPE[k] for k in ("hidden_size", "num_hidden_layers", "num_attention_heads")),
        SHAPE["num_key_value_heads"],
        CONTEXT_LENGTH,
    }
    (line,) = [line for line in PAGES["docs/models.md"].splitlines() if "结构是" in line]
    assert numbers <= {int(number) for number in re.findall(r"\d+", line)}


def test_every_trouble_names_tests_that_exist() -> None:
    """docs/troubles.md: fifteen complaints, each with the tests that plant it."""
    rows = re.findall(r"^\| (\d+) \|.*\| (`test_.*`) \|$", PAGES["docs/troubles.md"], re.MULTILINE)
    assert [int(number) for number, _ in rows] == list(range(1, 16))
    code = "".join(path.read_text(encoding="utf-8") for path in (ROOT / "tests").rglob("test_*.py"))
    named = {name for _, names in rows for name in re.findall(r"`(test_\w+)`", names)}
    assert [name for name in sorted(named) if f"def {name}(" not in code] == []


def test_the_changelog_starts_with_this_version() -> None:
    first = re.search(r"^## (\S+)", PAGES["CHANGELOG.md"], re.MULTILINE)
    assert first is not None
    assert first.group(1) == toujiao.__version__


def test_both_readmes_show_the_same_dialogue() -> None:
    shown = {DIALOGUE["shown_in"](path) for path in DIALOGUE["READMES"]}
    assert len(shown) == 1


@pytest.mark.model
def test_the_sample_dialogue_is_what_the_program_says() -> None:
    """`make dialogue` writes it anew. The model's own words may differ a little between CPUs."""
    shown = DIALOGUE["shown_in"](ROOT / "README.md").splitlines()
    now = DIALOGUE["dialogue"](toujiao.Assistant.load()).splitlines()
    assert [line for line in now if _is_fixed(line)] == [line for line in shown if _is_fixed(line)]
    assert fuzz.ratio("\n".join(now), "\n".join(shown)) > 90


def _is_fixed(line: str) -> bool:
    """Lines that come from the program and not from the model."""
    return line.startswith(("**", "> 参考", "> 规则", "> 想弄明白", "> 本回答", "> 买不买"))
