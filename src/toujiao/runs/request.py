"""What the user asked a run to be made of, and the checks that stand before any run."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from toujiao.errors import ToujiaoError
from toujiao.models.loading import refuse_qwen1
from toujiao.recipes.recipe import Recipe, load_recipe
from toujiao.train.run_folder import create_run_folder

Say = Callable[[Any], None]


@dataclass(frozen=True)
class Request:
    """What the user asked for."""

    recipe: str
    data: Path
    """A folder of `toujiao dataset build`, a file of rows in any known format, or one of votes."""

    held_out: Path | None = None
    out: Path = Path("runs")
    run: str | None = None
    force: bool = False
    log_to: tuple[str, ...] = ()

    def load_recipe(self) -> tuple[str, Recipe]:
        """(name, recipe), with the trackers that were asked for."""
        name, recipe = load_recipe(self.recipe)
        refuse_qwen1(recipe.base)
        return name, recipe.model_copy(update={"log_to": self.log_to or recipe.log_to})

    def new_folder(self, name: str) -> Path:
        """The run's new folder: as the user named it, else `name` and the time."""
        return create_run_folder(self.run or name, self.out, stamped=self.run is None)

    def refuse(self, stops: object, what: str) -> None:
        """ToujiaoError for findings that would ruin the run, unless the user insists."""
        if stops and not self.force:
            raise ToujiaoError(f"{what}（见上），没有开始。改好再来，或加 --force。")
