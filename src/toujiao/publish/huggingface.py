"""Sends a checked folder to Hugging Face with huggingface_hub."""

from __future__ import annotations

import glob
from collections.abc import Iterator
from contextlib import contextmanager

from toujiao.errors import ToujiaoError
from toujiao.publish.contents import Contents
from toujiao.publish.rendering import hub_library
from toujiao.publish.target import Kind, Target, first_line

# How huggingface_hub begins the ValueError that says what the Hub has against a README.
_BAD_CARD = "Invalid metadata in README.md."


def send(contents: Contents, target: Target, private: bool) -> str:
    """Create the repository if need be and upload the listed files; the address of the commit."""
    hub = hub_library()
    token = hub.get_token()
    if not token:
        raise ToujiaoError(
            "没有 Hugging Face 的令牌。请在 https://huggingface.co/settings/tokens 新建一个"
            "有 write 权限的令牌，然后运行 hf auth login，或设置环境变量 HF_TOKEN。"
        )
    api = hub.HfApi(token=token)
    kind, repo_id = contents.kind, target.repo_id
    with _errors(target):
        api.create_repo(
            repo_id,
            repo_type=kind.value,
            private=private,
            exist_ok=True,
            space_sdk="gradio" if kind is Kind.SPACE else None,
        )
        # An existing repository keeps its visibility, whatever create_repo was asked for.
        is_private = bool(api.repo_info(repo_id, repo_type=kind.value).private)
    if is_private != private:
        raise target.wrong_visibility(kind, is_private)
    with _errors(target):
        commit = api.upload_folder(
            repo_id=repo_id,
            repo_type=kind.value,
            folder_path=contents.folder,
            allow_patterns=[glob.escape(file.name) for file in contents.files],
            commit_message=contents.message,
        )
    return str(commit.commit_url)


@contextmanager
def _errors(target: Target) -> Iterator[None]:
    """Whatever goes wrong between here and the Hub is for the user to read, not a traceback."""
    from huggingface_hub import errors

    try:
        yield
    except errors.HfHubHTTPError as error:
        status = error.response.status_code if error.response is not None else None
        raise target.refused(status, error) from error
    except (OSError, RuntimeError, ValueError, errors.HTTPError) as error:
        if str(error).startswith(_BAD_CARD):
            reasons = " ".join(str(error).split()[len(_BAD_CARD.split()) :])
            raise ToujiaoError(
                f"Hugging Face 不收这份 README.md 的 YAML 信息（{reasons}）。文件没有上传。"
                "请改正模板或参数，再写一次卡片。"
            ) from error
        # RuntimeError is what the Hub's transfer library (hf_xet) raises when a transfer fails,
        # ValueError comes from an answer that is not JSON: somebody else sits between.
        raise ToujiaoError(
            f"连不上 Hugging Face（{first_line(error)}）。请检查网络，再运行一次即可接着传；"
            "在国内可以改发到 ModelScope（--to ms:用户名/仓库名），"
            "或用环境变量 HF_ENDPOINT 换一个能上传的地址（有的镜像站只能下载）。"
        ) from error
