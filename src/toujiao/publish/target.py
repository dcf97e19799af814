"""Where something goes: `hf:user/name` (Hugging Face) or `ms:user/name` (ModelScope)."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum

from toujiao.errors import ToujiaoError, missing_extra

_TARGET = re.compile(r"(?P<hub>hf|ms):(?P<repo>[^/]+/[^/]+)")


class Kind(StrEnum):
    """What a repository holds."""

    MODEL = "model"
    DATASET = "dataset"
    SPACE = "space"


KIND_NAMES = {Kind.MODEL: "适配器", Kind.DATASET: "数据集", Kind.SPACE: "Space"}
HUB_NAMES = {"hf": "Hugging Face", "ms": "ModelScope（魔搭）"}
_ADDRESSES = {
    ("hf", Kind.MODEL): "https://huggingface.co/",
    ("hf", Kind.DATASET): "https://huggingface.co/datasets/",
    ("hf", Kind.SPACE): "https://huggingface.co/spaces/",
    # No studios: their README and start-up differ from a Space's, and are untested here.
    ("ms", Kind.MODEL): "https://modelscope.cn/models/",
    ("ms", Kind.DATASET): "https://modelscope.cn/datasets/",
}

_REFUSALS = {
    401: "令牌无效或过期。请新建一个有 write 权限的令牌，再登录一次。",
    403: "令牌没有写这个仓库的权限。请换有 write 权限的令牌，并确认用户名写对。",
    429: "请求太多。请过几分钟再试。",
}


@dataclass(frozen=True)
class Target:
    """A repository on one of the hubs."""

    repo_id: str
    hub: str = "hf"

    @property
    def hub_name(self) -> str:
        """The hub's name for people."""
        return HUB_NAMES[self.hub]

    def url(self, kind: Kind = Kind.MODEL) -> str:
        """The address of the repository; a kind that the hub does not take is a ToujiaoError."""
        if (self.hub, kind) not in _ADDRESSES:
            raise ToujiaoError(
                f"{KIND_NAMES[kind]} 只能发布到 Hugging Face，{self.hub_name} 不行。"
                f"请写 --to hf:{self.repo_id}。"
            )
        return _ADDRESSES[self.hub, kind] + self.repo_id

    def __str__(self) -> str:
        return f"{self.hub}:{self.repo_id}"

    def refused(self, status: int | None, error: Exception | str) -> ToujiaoError:
        """The hub answered no: why, by its HTTP status, and what to do."""
        reason = _REFUSALS.get(status or 0) or f"{first_line(error)}。请照这句话改正后再试。"
        return ToujiaoError(f"{self.hub_name} 拒绝了 {self}：{reason}")

    def wrong_visibility(self, kind: Kind, is_private: bool) -> ToujiaoError:
        """The repository exists with the other visibility; nothing was sent."""
        now, asked = ("私有", "公开") if is_private else ("公开", "私有")
        return ToujiaoError(
            f"仓库 {self.repo_id} 已经存在，是{now}的，而这次要的是{asked}。什么也没有上传。"
            f"请在 {self.url(kind)} 的设置里改，或{'去掉' if is_private else '加上'} --public。"
        )


def first_line(error: Exception | str) -> str:
    """The first line of an error's text, or its type."""
    lines = str(error).strip().splitlines()
    return lines[0].rstrip("。.") if lines else type(error).__name__


def parse_target(text: str) -> Target:
    """Read a target; anything but the two forms is a ToujiaoError that says what there is."""
    try:
        from huggingface_hub.utils import validate_repo_id
    except ImportError as error:
        raise missing_extra("huggingface_hub", "hub") from error

    match = _TARGET.fullmatch(text.strip())
    try:
        # ModelScope takes the same characters.
        validate_repo_id(match["repo"] if match else "")
    except ValueError:
        match = None
    if not match:
        raise ToujiaoError(
            f"看不懂目标 {text}。目标有两种写法：hf:用户名/仓库名（Hugging Face）和 "
            "ms:用户名/仓库名（ModelScope），例如 hf:zhangsan/toujiao-lora。"
            "名字只用字母、数字和 - _ .，一共不超过 96 个字符。"
        )
    return Target(match["repo"], match["hub"])


def parse_model(text: str) -> Target:
    """A target that a Space can load a model from: Hugging Face only."""
    target = parse_target(text)
    if target.hub != "hf":
        raise ToujiaoError(
            f"Space 只能从 Hugging Face 加载适配器，{text} 不行。请写 hf:用户名/仓库名。"
        )
    return target
