"""The Ollama folder: the template gives our text, and Ollama would read what was meant."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
from pathlib import Path

import pytest
from typer.testing import CliRunner

from toujiao.cli import app
from toujiao.errors import ToujiaoError
from toujiao.models.ollama import MODEL_FILE, MODELFILE, modelfile, write_ollama
from toujiao.models.template import END_OF_TEXT, TURN_END, format_chat, go_template

Messages = list[dict[str, str]]
CONVERSATIONS: list[Messages] = [
    [{"role": "user", "content": "什么是市盈率？"}],
    [{"role": "system", "content": "你是投教助手。\n只讲知识。"},
     {"role": "user", "content": "什么是 \"T+1\"？ {{ .Role }} {% if x %}"}],
    [{"role": "system", "content": "你是投教助手。"}, {"role": "user", "content": "你好"},
     {"role": "assistant", "content": "你好，想学什么？"}, {"role": "user", "content": "  均线\n\n"}],
]  # fmt: skip

GO = """
package main
import ("encoding/json"; "os"; "text/template")
type Message struct { Role string; Content string }
func main() {
    var given struct { Template string; Conversations [][]*Message }
    if err := json.NewDecoder(os.Stdin).Decode(&given); err != nil { panic(err) }
    parsed := template.Must(template.New("").Option("missingkey=zero").Parse(given.Template))
    for _, messages := range given.Conversations {
        if err := parsed.Execute(os.Stdout, map[string]any{"Messages": messages}); err != nil { panic(err) }
        os.Stdout.Write([]byte{0})
    }
}
"""


def render(template: str, messages: Messages) -> str:
    """Go's text/template, as far as ours uses it: one range over .Messages, and fields.

    Anything else in it fails the test, so this cannot quietly say yes.
    """
    match = re.fullmatch(
        r"(.*?)\{\{ range \.Messages \}\}(.*?)\{\{ end \}\}(.*)", template, re.DOTALL
    )
    assert match, template
    before, turn, after = match.groups()
    assert "{{" not in before + after
    fields = re.findall(r"\{\{(.*?)\}\}", turn)
    assert set(fields) <= {" .Role ", " .Content "}

    def fill(message: dict[str, str]) -> str:
        return re.sub(r"\{\{ \.(Role|Content) \}\}", lambda field: message[field[1].lower()], turn)

    return before + "".join(map(fill, messages)) + after


def read_modelfile(text: str) -> list[tuple[str, str]]:
    """(instruction, value) the way Ollama's parser reads them: quotes off, the unprintable gone."""
    found = re.findall(r'^([A-Z]+) +("""(?:.|\n)*?"""|.*)$', text, re.MULTILINE)
    assert "".join(f"{name} {value}\n" for name, value in found) == text
    kept = [
        (name, "".join(c for c in value if c.isprintable() or c in "\n\t")) for name, value in found
    ]
    return [(name, value.removeprefix('"""').removesuffix('"""')) for name, value in kept]


@pytest.mark.parametrize("messages", CONVERSATIONS)
def test_the_template_gives_the_text_of_the_chat_template(messages):
    assert render(go_template(), messages) == format_chat(messages)


@pytest.mark.skipif(shutil.which("go") is None, reason="needs Go")
def test_go_itself_gives_the_text_of_the_chat_template(tmp_path):
    (tmp_path / "main.go").write_text(GO, encoding="utf-8")
    given = {"Template": go_template(), "Conversations": CONVERSATIONS}
    command = ["go", "run", str(tmp_path / "main.go")]
    result = subprocess.run(
        command, input=json.dumps(given), capture_output=True, check=True, text=True
    )
    assert result.stdout.split("\0")[:-1] == [format_chat(messages) for messages in CONVERSATIONS]


def test_ollama_reads_template_stops_system_and_licence_as_they_are():
    read = read_modelfile(
        modelfile(2048, "你是“投教”助手。\n第二行", ["Licence A\n\nText", "Notice"])
    )
    assert ("FROM", f"./{MODEL_FILE}") in read
    assert ("TEMPLATE", go_template()) in read
    assert ("SYSTEM", "你是“投教”助手。\n第二行") in read
    assert [value for name, value in read if name == "LICENSE"] == ["Licence A\n\nText", "Notice"]
    parameters = [value for name, value in read if name == "PARAMETER"]
    assert parameters == [f'stop "{TURN_END}"', f'stop "{END_OF_TEXT}"', "num_ctx 2048",
                          "temperature 0", "repeat_penalty 1.0"]  # fmt: skip


def test_what_the_modelfile_cannot_hold_is_refused():
    with pytest.raises(ToujiaoError, match="三个双引号"):
        modelfile(2048, 'say """ now', [])


@pytest.fixture(scope="module")
def folder(tmp_path_factory) -> Path:
    """The Ollama folder of the shipped run."""
    from toujiao.models.tiny import SHIPPED

    target = tmp_path_factory.mktemp("ollama") / "out"
    arguments = ["models", "ollama", str(SHIPPED), str(target), "--kind", "Q4_0"]
    result = CliRunner().invoke(app, arguments)
    assert result.exit_code == 0, result.output
    assert "ollama create" in result.output
    return target


@pytest.mark.model
def test_the_folder_of_a_run_has_its_system_prompt_licence_and_context(folder):
    from toujiao.models.tiny import CONTEXT_LENGTH, SHIPPED

    read = dict(read_modelfile((folder / MODELFILE).read_text(encoding="utf-8")))
    record = json.loads((SHIPPED / "run.json").read_text(encoding="utf-8"))
    assert read["SYSTEM"] == record["system_prompt"]
    assert f"PARAMETER num_ctx {CONTEXT_LENGTH}\n" in (folder / MODELFILE).read_text(
        encoding="utf-8"
    )
    assert "Apache License" in (folder / "LICENSE").read_text(encoding="utf-8")
    assert "Apache License" in (folder / MODELFILE).read_text(encoding="utf-8")
    assert "ollama create" in (folder / "README.md").read_text(encoding="utf-8")


@pytest.mark.model
def test_the_gguf_stops_where_the_modelfile_stops(folder):
    import gguf

    reader = gguf.GGUFReader(folder / MODEL_FILE)
    tokens = reader.get_field("tokenizer.ggml.tokens").contents()
    assert tokens[reader.get_field("tokenizer.ggml.eos_token_id").contents()] == TURN_END
    assert tokens[reader.get_field("tokenizer.ggml.padding_token_id").contents()] == END_OF_TEXT
    assert {TURN_END, END_OF_TEXT} <= set(tokens)


@pytest.mark.model
def test_a_failure_leaves_no_folder(bases, make_adapter, tmp_path):
    adapter = make_adapter(bases["qwen2"], size=0.0)
    with pytest.raises(ToujiaoError, match="全是零"):
        list(write_ollama(str(adapter), tmp_path / "out"))
    assert not list(tmp_path.glob("*out*"))


@pytest.mark.model
def test_a_base_without_a_run_gets_no_system_line(bases, tmp_path):
    list(write_ollama(str(bases["qwen2"]), tmp_path / "out", "F16"))
    assert "\nSYSTEM" not in (tmp_path / "out" / MODELFILE).read_text(encoding="utf-8")
