"""One process or several (`accelerate launch`): who prepares, and what all of them must know."""

from __future__ import annotations

import os
from collections.abc import Callable
from typing import TypeVar

from toujiao.errors import ToujiaoError

T = TypeVar("T")


def process_count() -> int:
    """How many processes train together; accelerate and torchrun say it in the environment."""
    return int(os.environ.get("WORLD_SIZE", "1"))


def is_main() -> bool:
    """Whether this process prepares files and speaks to the user."""
    return int(os.environ.get("RANK", "0")) == 0


def from_main(make: Callable[[], T]) -> T:
    """What `make` gives in the main process, in every process.

    A ToujiaoError of the main process is raised in all of them, so that none waits for ever.
    """
    if process_count() == 1:
        return make()
    import torch
    from accelerate import PartialState
    from accelerate.utils import broadcast_object_list

    # Without `cpu` accelerate would start no group of processes on a machine without GPU.
    PartialState(cpu=not torch.cuda.is_available())
    packet: list[object] = [None, None]
    failure: BaseException | None = None
    if is_main():
        try:
            packet = ["made", make()]
        except BaseException as error:
            failure = error
            packet = ["failed", str(error)]
    outcome, value = broadcast_object_list(packet)
    if failure:
        raise failure
    if outcome == "failed":
        raise ToujiaoError(str(value))
    return value
