"""Where something goes: `hf:user/name` (Hugging Face) or `ms:user/name` (ModelScope)."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum

from toujiao.errors import ToujiaoError

# Both hubs: letters, digits, - _ . ; neither first nor last may be - or . ; at most 96.
_PART = r"[A-Za-z0-9_](?:[A-Za-z0-9_.-]*[A-Za-z0-9_])?"
_TARGET = re.compile(rf"(?P<hub>hf|ms):(?P<repo>{_PART}/{_PART})")


class Kind(StrEnum):
    """What a repository holds."""

    MODEL = "model"
    DATASET = "dataset"
    SPACE = "space"


KIND_NAMES = {Kind.MODEL: "适配器", Kind.DATASET: "数据集", Kind.SPACE: "Space"}


@dataclass(frozen=True)
class Hub:
    """A hub: its name for people, and the address of each kind of repository."""

    name: str
    addresses: dict[Kind, str]


HUBS = {
    "hf": Hub(
        "Hugging Face",
        {
            Kind.MODEL: "https://huggingface.co/",
            Kind.DATASET: "https://huggingface.co/datasets/",
            Kind.SPACE: "https://huggingface.co/spaces/",
        },
    ),
    # No studios: their README and start-up differ from a Space's, and are untested here.
    "ms": Hub(
        "ModelScope（魔搭）",
        {
            Kind.MODEL: "https://modelscope.cn/models/",
            Kind.DATASET: "https://modelscope.cn/datasets/",
        },
    ),
}


@dataclass(frozen=True)
class Target:
    """A repository on one of the hubs."""

    repo_id: str
    hub: str = "hf"

    @property
    def hub_name(self) -> str:
        return HUBS[self.hub].name

    def url(self, kind: Kind = Kind.MODEL) -> str:
        """The address of the repository; a kind that the hub does not take is a ToujiaoError."""
        addresses = HUBS[self.hub].addresses
        if kind not in addresses:
            raise ToujiaoError(
                f"{KIND_NAMES[kind]} 只能发布到 Hugging Face，{self.hub_name} 不行。"
                f"请写 --to hf:{self.repo_id}。"
            )
        return addresses[kind] + self.repo_id

    def __str__(self) -> str:
        return f"{self.hub}:{self.repo_id}"


def parse_target(text: str) -> Target:
    """Read a target; anything but the two forms is a ToujiaoError that says what there is."""
    match = _TARGET.fullmatch(text.strip())
    repo = match["repo"] if match else ""
    if not match or len(repo) > 96 or "--" in repo or ".." in repo or repo.endswith(".git"):
        raise ToujiaoError(
            f"看不懂目标 {text}。目标有两种写法：hf:用户名/仓库名（Hugging Face）和 "
            "ms:用户名/仓库名（ModelScope），例如 hf:zhangsan/toujiao-lora。"
            "名字只用字母、数字和 - _ .，一共不超过 96 个字符。"
        )
    return Target(repo, match["hub"])


def parse_model(text: str) -> Target:
    """A target that a Space can load a model from: Hugging Face only."""
    target = parse_target(text)
    if target.hub != "hf":
        raise ToujiaoError(
            f"Space 只能从 Hugging Face 加载适配器，{text} 不行。请写 hf:用户名/仓库名。"
        )
    return target
