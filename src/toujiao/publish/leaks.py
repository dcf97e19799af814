"""Finds what must not leave this computer: local paths and access tokens in a text."""

from __future__ import annotations

import re

_ROOTS = (
    "home|root|Users|tmp|mnt|work|var|opt|data|workspace|content|kaggle|private|Volumes|srv|media"
    "|etc|usr|run|scratch|nfs|autodl-tmp|gemini|notebooks"
)
# Roots are listed by name: a bare "/" also begins web paths such as /v1/models, and "和/或".
_PATH = re.compile(
    rf"(?<![A-Za-z0-9_./~])/(?:{_ROOTS})/[^\s`'\"<>|，。；：、（）]+"
    r"|(?<![A-Za-z])[A-Za-z]:[\\/](?!/)[^\s`'\"<>|，。；]+"
    r"|(?<![A-Za-z0-9])~/[^\s`'\"<>|，。；]+"
    r"|file://[^\s`'\"<>|，。；]+"
)
# Hugging Face, OpenAI and its likes, ModelScope, GitHub.
_SECRET = re.compile(
    r"(?<![A-Za-z0-9])(?:hf_[A-Za-z0-9]{20,}|sk-[A-Za-z0-9_-]{20,}"
    r"|ms-[0-9a-f]{8}-[0-9a-f-]{20,}|gh[pousr]_[A-Za-z0-9]{30,}|github_pat_[A-Za-z0-9_]{30,})"
)


def leaks(text: str) -> list[str]:
    """The local paths and tokens in `text`."""
    return [f"本地路径 {path}" for path in local_paths(text)] + secrets(text)


def local_paths(text: str) -> list[str]:
    """The files of this computer that `text` names."""
    return list(dict.fromkeys(_PATH.findall(text)))


def secrets(text: str) -> list[str]:
    """The access tokens in `text`; each is named by its beginning only."""
    return list(dict.fromkeys(f"访问令牌 {match[:5]}…" for match in _SECRET.findall(text)))
