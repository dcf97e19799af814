"""Two tiers of error: ToujiaoError = the user can fix it; anything else is our bug.

The command line prints a ToujiaoError as one line and exits with code 1; every other
exception keeps its traceback.
"""


class ToujiaoError(Exception):
    """Something the user can fix: the message says what, where and what to do (in Chinese)."""


def missing_extra(library: str, extra: str) -> ToujiaoError:
    """The error for an optional library that is not installed."""
    return ToujiaoError(f'这一步需要 {library}，还没有安装。请运行：pip install "toujiao[{extra}]"')
