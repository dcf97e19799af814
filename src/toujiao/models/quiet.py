"""Turns off other libraries' progress bars and advice: our commands show their own progress."""

from __future__ import annotations

import logging
import warnings

from toujiao.errors import missing_extra


def quiet_libraries() -> None:
    """Errors only from other libraries; ToujiaoError when torch, transformers or peft is missing."""
    for name in ("bitsandbytes", "httpx"):  # peft imports the first where it is installed
        logging.getLogger(name).setLevel(logging.ERROR)
    try:
        import peft  # noqa: F401
        import torch  # noqa: F401
        from transformers.utils import logging as transformers_logging
    except ImportError as error:
        raise missing_extra("torch、transformers 和 peft", "train") from error
    transformers_logging.set_verbosity_error()
    transformers_logging.disable_progress_bar()
    warnings.filterwarnings("ignore", category=FutureWarning, module="transformers")
