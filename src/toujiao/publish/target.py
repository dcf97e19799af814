"""Where an adapter goes: `hf:user/name`."""

from __future__ import annotations

import re
from dataclasses import dataclass

from toujiao.errors import ToujiaoError

# The Hub's own rule: letters, digits, - _ . ; neither first nor last may be - or . ; at most 96.
_PART = r"[A-Za-z0-9_](?:[A-Za-z0-9_.-]*[A-Za-z0-9_])?"
_HF = re.compile(rf"hf:(?P<repo>{_PART}/{_PART})")


@dataclass(frozen=True)
class Target:
    """A model repository on the Hugging Face Hub."""

    repo_id: str

    @property
    def url(self) -> str:
        return f"https://huggingface.co/{self.repo_id}"

    def __str__(self) -> str:
        return f"hf:{self.repo_id}"


def parse_target(text: str) -> Target:
    """Read a target; anything but hf:user/name is a ToujiaoError that says what there is."""
    match = _HF.fullmatch(text.strip())
    repo = match["repo"] if match else ""
    if not repo or len(repo) > 96 or "--" in repo or ".." in repo or repo.endswith(".git"):
        raise ToujiaoError(
            f"看不懂目标 {text}。目标只有一种写法：hf:用户名/仓库名（Hugging Face Hub），"
            "例如 hf:zhangsan/toujiao-lora。名字只用字母、数字和 - _ .，一共不超过 96 个字符。"
        )
    return Target(repo)
