"""Two tiers of error: ToujiaoError = the user can fix it; anything else is our bug.

The command line prints a ToujiaoError as one line and exits with code 1; every other
exception keeps its traceback.
"""


class ToujiaoError(Exception):
    """Something the user can fix: the message says what, where and what to do (in Chinese)."""


# What to do where a base cannot be had from the Hub: said wherever one is opened.
CANNOT_OPEN_BASE = (
    "请检查名称、文件夹和网络；连不上 Hugging Face 时，可以用环境变量 HF_ENDPOINT 换成镜像，"
    "或先从 ModelScope 下载到本地文件夹（modelscope download），再写文件夹的路径。"
)


def missing_extra(library: str, extra: str) -> ToujiaoError:
    """The error for an optional library that is not installed."""
    return ToujiaoError(f'这一步需要 {library}，还没有安装。请运行：pip install "toujiao[{extra}]"')
