"""Recipes hold only differences, and every mistake names the file and the key."""

from __future__ import annotations

import pytest

from toujiao.errors import ToujiaoError
from toujiao.recipes.recipe import (
    LAUNCH_DIR,
    RECIPES_DIR,
    Recipe,
    launch_config,
    load_recipe,
    make_recipe,
)


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


@pytest.mark.model
@pytest.mark.parametrize("path", sorted(LAUNCH_DIR.glob("*.yaml")), ids=lambda p: p.stem)
def test_every_launch_config_is_read_by_accelerate_whole(path):
    """Accelerate's own reader refuses keys that it does not know."""
    import yaml
    from accelerate.commands.config.config_args import load_config_from_file

    found = load_config_from_file(str(path))
    written = yaml.safe_load(path.read_text(encoding="utf-8"))
    assert found.num_processes == written["num_processes"] == 2
    assert found.distributed_type == written["distributed_type"]
    assert found.fsdp_config == written.get("fsdp_config", {})
    assert found.deepspeed_config == written.get("deepspeed_config", {})


def test_an_unknown_launch_config_lists_the_shipped_ones():
    with pytest.raises(ToujiaoError, match="fsdp"):
        launch_config("cluster")
