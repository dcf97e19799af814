"""Sends a folder to a hub: first a plan that can be read, then exactly that."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from toujiao.errors import ToujiaoError
from toujiao.folders import RECORD
from toujiao.publish.card import published_adapter
from toujiao.publish.contents import Contents, read_contents
from toujiao.publish.gate import README
from toujiao.publish.target import Target


@dataclass(frozen=True)
class Plan:
    """Everything that a push does, known beforehand."""

    contents: Contents
    target: Target
    private: bool

    def lines(self) -> Iterator[str]:
        """The plan for the user, line by line."""
        seen = "私有" if self.private else "公开"
        yield f"目标    {self.target}（{self.target.url(self.contents.kind)}，{seen}）"
        yield from self.contents.lines()


@contextmanager
def planned(what: Path, target: Target, private: bool = True) -> Iterator[Plan]:
    """What would go up from a run or a published folder, checked (no network).

    The plan holds inside the block: a run's files lie in a temporary folder.
    """
    if not what.is_dir():
        raise ToujiaoError(f"没有 {what} 这个文件夹。请检查路径。")
    if (what / RECORD).exists() or not (what / README).is_file():
        with published_adapter(what, target=target) as card:
            yield Plan(card.contents, target, private)
        return
    contents = read_contents(what)
    target.url(contents.kind)  # a hub that does not take this kind says so before anything is sent
    yield Plan(contents, target, private)


def push(plan: Plan) -> str:
    """Carry out a plan with the user's token; returns the address of what was sent."""
    if plan.target.hub == "ms":
        from toujiao.publish.modelscope import send
    else:
        from toujiao.publish.huggingface import send
    return send(plan.contents, plan.target, plan.private)
