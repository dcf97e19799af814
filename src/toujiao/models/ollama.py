"""Writes a folder that `ollama create` takes: one merged GGUF, a Modelfile, a short README.

Ollama gets the merged model: it takes no LoRA files any more (0.34.1), and its own engine, which
runs Qwen3, never applied them.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from toujiao.errors import ToujiaoError
from toujiao.files import read_json
from toujiao.models.export import model_and_adapter
from toujiao.models.gguf_writer import write_model
from toujiao.models.output import check_new_folder, copy_legal, new_folder
from toujiao.models.template import END_OF_TEXT, TURN_END, go_template
from toujiao.models.weights import open_weights

MODEL_FILE, MODELFILE = "model.gguf", "Modelfile"
# A longer context costs memory from the first word on; who needs it changes one line.
_LONGEST_CONTEXT = 8192
_NAME = "toujiao"
_README = f"""# 在 Ollama 里使用

```bash
ollama create {_NAME} -f {MODELFILE}
ollama run {_NAME}
```

在这个文件夹里运行。`{_NAME}` 是模型在 Ollama 里的名字，可以换。
聊天模板、停止符、系统提示词和采样设置都在 `{MODELFILE}` 里，和训练时一致。
模型的回答由人工智能生成，只用于学习，不是投资建议。
"""


def write_ollama(
    source: str, target: Path, kind: str = "Q8_0", base: str | None = None
) -> Iterator[str]:
    """Write the new folder `target` for a model, or for a run or adapter merged into its base.

    Yields lines for the user. ToujiaoError as `write_model` raises it, or when `target` exists;
    then nothing is written.
    """
    check_new_folder(target)
    folder, adapter = model_and_adapter(source, base)
    with new_folder(target, open_weights(folder).size) as new:
        report = write_model(folder, new / MODEL_FILE, kind, adapter)
        if report:
            yield f"改动保留了 {report.share:.1%}。"
        copy_legal(folder, new)
        if adapter:
            copy_legal(adapter, new)
        licences = [path.read_text(encoding="utf-8-sig") for path in _legal_files(new)]
        context = min(
            read_json(folder / "config.json")["max_position_embeddings"], _LONGEST_CONTEXT
        )
        system = _system_prompt(adapter or folder)
        (new / MODELFILE).write_text(modelfile(context, system, licences), encoding="utf-8")
        (new / "README.md").write_text(_README, encoding="utf-8")
    yield f"已写入 {target}。在这个文件夹里运行：ollama create {_NAME} -f {MODELFILE}"


def modelfile(context: int, system: str, licences: list[str]) -> str:
    """The Modelfile's text: what the model was trained with, so that Ollama asks it the same way.

    `context` is in tokens; no SYSTEM line for an empty `system`.
    """
    lines = [
        f"FROM ./{MODEL_FILE}",
        f"TEMPLATE {_quoted(go_template())}",
        *(f'PARAMETER stop "{token}"' for token in (TURN_END, END_OF_TEXT)),
        f"PARAMETER num_ctx {context}",
        "PARAMETER temperature 0",
        "PARAMETER repeat_penalty 1.0",
        *([f"SYSTEM {_quoted(system)}"] if system else []),
        *(f"LICENSE {_quoted(text)}" for text in licences),
    ]
    return "\n".join(lines) + "\n"


def _quoted(text: str) -> str:
    if '"""' in text:
        raise ToujiaoError(f"Modelfile 里不能写连着的三个双引号，请从这段文字里去掉：{text[:40]}……")
    return f'"""{text}"""'


def _system_prompt(adapter: Path) -> str:
    """What the run says the model was trained with; nothing when there is no run.json."""
    for folder in (adapter.parent, adapter):
        if (folder / "run.json").is_file():
            return str(read_json(folder / "run.json").get("system_prompt") or "")
    return ""


def _legal_files(folder: Path) -> list[Path]:
    others = {MODEL_FILE, MODELFILE, "README.md"}
    return sorted(path for path in folder.iterdir() if path.name not in others)
