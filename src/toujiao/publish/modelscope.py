"""Sends a checked folder to ModelScope with its official client, modelscope_hub.

The address is MODELSCOPE_ENDPOINT, the token MODELSCOPE_API_TOKEN or what `ms login` stored.
"""

from __future__ import annotations

import glob
import io
import logging
import re
from collections.abc import Iterator
from contextlib import contextmanager, redirect_stdout
from typing import TYPE_CHECKING, Any

from toujiao.errors import ToujiaoError, missing_extra
from toujiao.publish.contents import Contents
from toujiao.publish.target import Kind, Target, first_line

if TYPE_CHECKING:
    from modelscope_hub import HubApi

# How the client writes an HTTP status into the text of an error: "[E3001] [401] …".
_STATUS = re.compile(r"\[(4\d\d)\]")


def send(contents: Contents, target: Target, private: bool) -> str:
    """Create the repository if need be and upload the listed files; the address of the repository."""
    try:
        from modelscope_hub import HubApi, HubConfig
    except ImportError as error:
        raise missing_extra("modelscope_hub", "modelscope") from error

    config = HubConfig()
    if not config.token:
        raise ToujiaoError(
            "没有 ModelScope 的令牌。请在 https://modelscope.cn/my/myaccesstoken 复制访问令牌，"
            "然后运行 ms login，或设置环境变量 MODELSCOPE_API_TOKEN。"
        )
    api = HubApi(config)
    kind = contents.kind
    with _errors(target):
        if not api.repo_exists(target.repo_id, kind.value):
            api.create_repo(
                target.repo_id,
                kind.value,
                visibility="private" if private else "public",
                license=contents.licence,
            )
        is_private = _is_private(api, target, kind)
    if is_private != private:
        raise target.wrong_visibility(kind, is_private)
    _upload(api, contents, target)
    return target.url(kind)


def _is_private(api: HubApi, target: Target, kind: Kind) -> bool:
    """What the hub says; when it does not say, an upload could become public by accident."""
    from modelscope_hub import Visibility

    seen = api.get_repo(target.repo_id, kind.value).visibility
    if seen is None:
        raise ToujiaoError(
            f"ModelScope 没有说 {target.repo_id} 是公开还是私有，什么也没有上传。"
            f"请到 {target.url(kind)} 看一下，过一会儿再试。"
        )
    return int(seen) != Visibility.PUBLIC


def _upload(api: HubApi, contents: Contents, target: Target) -> None:
    """Send the listed files; the client's final error names no reason, so the first one is kept."""
    refusals: list[str] = []

    def note(event: dict[str, Any]) -> None:
        if event.get("error"):
            refusals.append(str(event["error"]))

    try:
        with _errors(target), _quiet():
            api.upload_folder(
                target.repo_id,
                contents.kind.value,
                contents.folder,
                allow_patterns=[glob.escape(file.name) for file in contents.files],
                commit_message=contents.message,
                # The cache would be written into the folder that is being published.
                use_cache=False,
                progress_callback=note,
            )
    except ToujiaoError as error:
        status = _STATUS.search(refusals[0]) if refusals else None
        if status is None:
            raise
        raise target.refused(int(status[1]), refusals[0]) from error


@contextmanager
def _quiet() -> Iterator[None]:
    """The client prints an English report and logs every failed file."""
    logger = logging.getLogger("modelscope_hub")
    before = logger.level
    logger.setLevel(logging.CRITICAL)
    try:
        with redirect_stdout(io.StringIO()):
            yield
    finally:
        logger.setLevel(before)


@contextmanager
def _errors(target: Target) -> Iterator[None]:
    """Whatever goes wrong between here and the hub is for the user to read, not a traceback."""
    from modelscope_hub.errors import APIError, HubError
    from requests import RequestException

    try:
        yield
    except (HubError, RequestException, OSError) as error:
        status = error.status_code if isinstance(error, APIError) else None
        if status is not None and status < 500:
            raise target.refused(status, error) from error
        raise ToujiaoError(
            f"连不上 ModelScope，或它没有收下（{first_line(error)}）。请检查网络，再运行一次；"
            "已经传到的大文件不会再传。"
        ) from error
