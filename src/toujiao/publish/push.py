"""Sends an adapter folder to the Hub: first a plan that can be read, then exactly that."""

from __future__ import annotations

import glob
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from toujiao.errors import ToujiaoError, missing_extra
from toujiao.publish.adapter import sha256_of
from toujiao.publish.check import check_folder, folder_files
from toujiao.publish.licences import Licence
from toujiao.publish.run import load_run
from toujiao.publish.target import Target


@dataclass(frozen=True)
class PlannedFile:
    """One file that goes up."""

    name: str
    size: int
    sha256: str


@dataclass(frozen=True)
class Plan:
    """Everything that a push does, known beforehand."""

    folder: Path
    target: Target
    private: bool
    base_model: str
    base_on_hub: bool
    licence: Licence
    files: tuple[PlannedFile, ...]
    left_out: tuple[str, ...]


def plan_push(folder: Path, target: Target, private: bool) -> Plan:
    """Check the run's adapter folder and list what would go up (no network)."""
    run = load_run(folder)
    base_model, inheritance = check_folder(run)
    public, hidden = folder_files(run.adapter)
    files = [
        PlannedFile(
            path.as_posix(), (run.adapter / path).stat().st_size, sha256_of(run.adapter / path)
        )
        for path in public
    ]
    return Plan(
        folder=run.adapter,
        target=target,
        private=private,
        base_model=base_model,
        base_on_hub="/" in base_model,
        licence=inheritance.licence,
        files=tuple(files),
        left_out=tuple(path.as_posix() for path in hidden),
    )


def push(plan: Plan) -> str:
    """Carry out a plan with the user's token; returns the address of the commit."""
    try:
        from huggingface_hub import HfApi, get_token
    except ImportError as error:
        raise missing_extra("huggingface_hub", "hub") from error

    token = get_token()
    if not token:
        raise ToujiaoError(
            "没有 Hugging Face 的令牌。请在 https://huggingface.co/settings/tokens 新建一个"
            "有 write 权限的令牌，然后运行 hf auth login，或设置环境变量 HF_TOKEN。"
        )
    api = HfApi(token=token)
    repo_id = plan.target.repo_id
    with _network_errors(plan.target):
        api.create_repo(repo_id, repo_type="model", private=plan.private, exist_ok=True)
        # An existing repository keeps its visibility, whatever create_repo was asked for.
        is_private = bool(api.repo_info(repo_id, repo_type="model").private)
    if is_private != plan.private:
        now, asked = ("私有", "公开") if is_private else ("公开", "私有")
        raise ToujiaoError(
            f"仓库 {repo_id} 已经存在，是{now}的，而这次要的是{asked}。什么也没有上传。"
            f"请在 {plan.target.url}/settings 改，或{'去掉' if is_private else '加上'} --public。"
        )
    with _network_errors(plan.target):
        commit = api.upload_folder(
            repo_id=repo_id,
            repo_type="model",
            folder_path=plan.folder,
            allow_patterns=[glob.escape(file.name) for file in plan.files],
            commit_message=f"Publish a toujiao LoRA adapter for {plan.base_model}",
        )
    return str(commit.commit_url)


@contextmanager
def _network_errors(target: Target) -> Iterator[None]:
    """Whatever goes wrong between here and the Hub is for the user to read, not a traceback."""
    from huggingface_hub import errors

    try:
        yield
    except errors.HfHubHTTPError as error:
        status = error.response.status_code if error.response is not None else None
        raise ToujiaoError(f"Hugging Face 拒绝了 {target}：{_reason(status, error)}") from error
    except (OSError, RuntimeError, errors.HTTPError) as error:
        # RuntimeError is what the Hub's transfer library (hf_xet) raises when a transfer fails.
        raise ToujiaoError(
            f"连不上 Hugging Face（{_first_line(error)}）。请检查网络；"
            "在国内可以设置 HF_ENDPOINT 换一个镜像地址，再运行一次即可接着传。"
        ) from error


def _reason(status: int | None, error: Exception) -> str:
    if status == 401:
        return "令牌无效或过期。请新建一个有 write 权限的令牌，再运行 hf auth login。"
    if status == 403:
        return "令牌没有写这个仓库的权限。请换有 write 权限的令牌，并确认用户名写对。"
    if status == 429:
        return "请求太多。请过几分钟再试。"
    return f"{_first_line(error)}。请照这句话改正后再试。"


def _first_line(error: Exception) -> str:
    lines = str(error).strip().splitlines()
    return lines[0] if lines else type(error).__name__
