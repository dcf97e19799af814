"""What to tell the user when a hub says no; the same words for every hub."""

from __future__ import annotations

from toujiao.errors import ToujiaoError
from toujiao.publish.target import Kind, Target

_REASONS = {
    401: "令牌无效或过期。请新建一个有 write 权限的令牌，再登录一次。",
    403: "令牌没有写这个仓库的权限。请换有 write 权限的令牌，并确认用户名写对。",
    429: "请求太多。请过几分钟再试。",
}


def refused(target: Target, status: int | None, error: Exception | str) -> ToujiaoError:
    """The hub answered no: why, by its HTTP status, and what to do."""
    reason = _REASONS.get(status or 0) or f"{first_line(error)}。请照这句话改正后再试。"
    return ToujiaoError(f"{target.hub_name} 拒绝了 {target}：{reason}")


def wrong_visibility(target: Target, kind: Kind, is_private: bool) -> ToujiaoError:
    """The repository exists with the other visibility; nothing was sent."""
    now, asked = ("私有", "公开") if is_private else ("公开", "私有")
    return ToujiaoError(
        f"仓库 {target.repo_id} 已经存在，是{now}的，而这次要的是{asked}。什么也没有上传。"
        f"请在 {target.url(kind)} 的设置里改，或{'去掉' if is_private else '加上'} --public。"
    )


def first_line(error: Exception | str) -> str:
    """The first line of an error's text, or its type."""
    lines = str(error).strip().splitlines()
    return lines[0].rstrip("。.") if lines else type(error).__name__
