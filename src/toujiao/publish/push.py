"""Sends a folder to a hub: first a plan that can be read, then exactly that."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from toujiao.errors import ToujiaoError
from toujiao.publish.check import adapter_contents
from toujiao.publish.check_folder import folder_contents
from toujiao.publish.contents import Contents
from toujiao.publish.front_matter import README
from toujiao.publish.run import load_run
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


def plan_push(folder: Path, target: Target, private: bool) -> Plan:
    """Check a run or a published folder and list what would go up (no network)."""
    if not folder.is_dir():
        raise ToujiaoError(f"没有 {folder} 这个文件夹。请检查路径。")
    is_run = (folder / "run.json").exists() or not (folder / README).is_file()
    contents = adapter_contents(load_run(folder)) if is_run else folder_contents(folder)
    target.url(contents.kind)  # a hub that does not take this kind says so before anything is sent
    return Plan(contents, target, private)


def push(plan: Plan) -> str:
    """Carry out a plan with the user's token; returns the address of what was sent."""
    if plan.target.hub == "ms":
        from toujiao.publish.modelscope import send
    else:
        from toujiao.publish.huggingface import send
    return send(plan.contents, plan.target, plan.private)
