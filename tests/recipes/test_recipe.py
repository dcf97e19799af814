"""Recipes hold only differences, and every mistake names the file and the key."""

from __future__ import annotations

import pytest

from toujiao.errors import ToujiaoError
from toujiao.recipes.recipe import RECIPES_DIR, Recipe, load_recipe, make_recipe


@pytest.mark.parametrize("path", sorted(RECIPES_DIR.glob("*.toml")), ids=lambda p: p.stem)
def test_every_shipped_recipe_parses(path):
    name, recipe = load_recipe(path.stem)
    assert name == path.stem
    assert recipe.base


@pytest.mark.parametrize("path", sorted(RECIPES_DIR.glob("*.toml")), ids=lambda p: p.stem)
def test_a_recipe_repeats_no_default(path):
    import tomllib

    defaults = Recipe()
    for key, value in tomllib.loads(path.read_text(encoding="utf-8")).items():
        if key != "base":
            assert value != getattr(defaults, key), f"{key} = {value} is the default"


def test_an_unknown_key_gets_a_did_you_mean():
    with pytest.raises(ToujiaoError, match="是不是想写 learning_rate"):
        make_recipe({"learning_rat": 1e-4}, "my.toml")


@pytest.mark.parametrize(("key", "value"), [("rank", 0), ("learning_rate", -1), ("schedule", "up")])
def test_a_value_out_of_range_names_the_key(key, value):
    with pytest.raises(ToujiaoError, match=key):
        make_recipe({key: value}, "my.toml")


def test_an_unknown_recipe_lists_the_shipped_ones():
    with pytest.raises(ToujiaoError, match=r"qwen3-1\.7b"):
        load_recipe("qwen9")


def test_broken_toml_names_the_file(tmp_path):
    path = tmp_path / "my.toml"
    path.write_text("rank = = 3", encoding="utf-8")
    with pytest.raises(ToujiaoError, match=r"my\.toml"):
        load_recipe(str(path))
