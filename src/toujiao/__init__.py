"""toujiao (投教): explains the Chinese stock market in plain words, and never gives advice.

The public names are resolved on first use, so `import toujiao` stays light.
"""

from typing import TYPE_CHECKING, Any

__version__ = "0.1.0"
__all__ = ["Answer", "Assistant", "ToujiaoError", "__version__"]

if TYPE_CHECKING:
    from toujiao.assistant.pipeline import Assistant
    from toujiao.errors import ToujiaoError
    from toujiao.records import Answer

_HOMES = {
    "Answer": "toujiao.records",
    "Assistant": "toujiao.assistant.pipeline",
    "ToujiaoError": "toujiao.errors",
}


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module 'toujiao' has no attribute {name!r}")
    from importlib import import_module

    return getattr(import_module(_HOMES[name]), name)
