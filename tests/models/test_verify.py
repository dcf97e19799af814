"""The parts of the verification that need no model: reading, comparing, judging, reporting."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from math import exp, log
from pathlib import Path

import pytest

from toujiao.errors import ToujiaoError
from toujiao.models import tiny
from toujiao.models.verify import limits
from toujiao.models.verify.exam import Exam, Item, Said
from toujiao.models.verify.judge import judge, judge_reference
from toujiao.models.verify.llama_hops import aligned, follow
from toujiao.models.verify.material import read_material
from toujiao.models.verify.measures import Measures, Observed, best, compare, top
from toujiao.models.verify.proof import Options, prove
from toujiao.models.verify.report import write_report
from toujiao.models.verify.server_hop import same_tokens
from toujiao.models.verify.texts import texts
from toujiao.settings import settings

PAGE = (Path(__file__).parents[2] / "docs" / "models.md").read_text(encoding="utf-8")
WORDS = ["市盈率", "是", "股价", "除以", "每股", "收益", "。"]
END = 7


def tokenizer(text: str, **_: object) -> dict[str, list[int]]:
    """Cuts at the words; what is no word becomes 9."""
    found = re.findall("|".join([*WORDS, "."]), text)
    return {"input_ids": [WORDS.index(word) if word in WORDS else 9 for word in found]}


def said(places: int, shift: float = 0.0) -> Said:
    """The reference says token i at place i; `shift` moves every second token."""
    rows = []
    for place in range(places):
        logits = {n: (5 if n == place else n / 8) + shift * (n % 2 == 0) for n in range(8)}
        whole = log(sum(map(exp, logits.values())))
        likeliest = sorted(logits, key=lambda n: -logits[n])
        rows.append({token: logits[token] - whole for token in likeliest})
    return rows


@pytest.fixture
def item() -> Item:
    return Item(
        messages=[{"role": "user", "content": "什么是市盈率"}],
        text="…",
        prompt=[1, 2, 3],
        answer=[*range(7), END],
        answer_text="".join(WORDS),
        ended=True,
        reference=said(8),
        base=said(8, shift=2.0),
    )


def hop(table: Said, **changes: object) -> Observed:
    """An observation of a hop that says this."""
    return replace(Observed(best(table), top(table), True, True, True, True), **changes)


GOOD = Measures(
    prompts=20,
    ids_known=20,
    ids_same=20,
    template_same=20,
    places=1000,
    agreed=1000,
    difference=0.01,
    stops_known=20,
    stops=20,
    stop_declared=True,
    from_reference=0.01,
    from_base=0.99,
)


# Comparing.


def test_a_hop_is_placed_between_reference_and_base(item: Item) -> None:
    same = compare([item], [hop(said(8))])
    assert (same.agreement, same.difference, same.nearness) == (1.0, 0.0, 1.0)
    half = compare([item], [hop(said(8, shift=1.0))])
    assert half.nearness == pytest.approx(0.5, abs=0.05)
    base = compare([item], [hop(said(8, shift=2.0))])
    assert base.nearness == 0.0
    assert base.difference == pytest.approx(2.0, abs=0.3)
    assert compare([item], [hop(said(8, shift=2.0))], expect="base").difference == 0.0


def test_only_what_a_hop_shows_is_counted(item: Item) -> None:
    seen = hop(said(8), next_tokens=[0, 1, 2, 3, 6, 5, 6, 7])
    assert compare([item], [seen]).agreed == 7
    few = compare([item], [Observed([0, 1, -1])])
    assert (few.agreed, few.places) == (2, 3)
    assert (few.nearness, few.difference, few.stops_known, few.ids_known) == (None, None, 0, 0)
    assert (few.template_same, few.stop_declared) == (None, None)


# llama.cpp's answers.


class Engine:
    """Continues as the reference does, but says 9 at some places; knows its end or not."""

    def __init__(self, item: Item, wrong: set[int], ends: bool = True) -> None:
        self.answer, self.start, self.ends = item.answer, len(item.prompt), ends
        self.wrong, self.asked = wrong, 0

    def complete(self, prompt: list[int], most: int) -> tuple[list[int], list[dict], bool]:
        self.asked += 1
        first = len(prompt) - self.start
        row = [9 if n in self.wrong else token for n, token in enumerate(self.answer)] + [4] * 20
        found = row[first : first + most]
        if self.ends and END in found:
            found = found[: found.index(END) + 1]
        return found, [{token: -1.0} for token in found], self.ends and found[-1] == END


@pytest.mark.parametrize(
    ("wrong", "requests"), [(set(), 1), ({2}, 4), ({0, 3, 7}, 6), (set(range(8)), 8)]
)
def test_a_hop_is_asked_again_behind_every_other_token(item, wrong, requests) -> None:
    engine = Engine(item, wrong)
    tokens, scores, stopped = follow(engine, item)
    assert tokens == [9 if place in wrong else token for place, token in enumerate(item.answer)]
    assert scores == [{token: -1.0} for token in tokens]
    assert stopped is (7 not in wrong)
    assert engine.asked <= requests


def test_an_engine_that_goes_on_behind_the_end_token_did_not_stop(item) -> None:
    tokens, _, stopped = follow(Engine(item, set(), ends=False), item)
    assert tokens == item.answer
    assert not stopped


def test_scores_that_llama_cpp_leaves_out_do_not_shift_the_others() -> None:
    entries = [
        {"id": token, "top_logprobs": [{"id": token, "logprob": -float(token)}]}
        for token in (5, 8, 9)
    ]
    assert aligned([5, 6, 7, 8, 9], entries) == [{5: -5.0}, {}, {}, {8: -8.0}, {9: -9.0}]


# A server's answers.


@pytest.mark.parametrize(
    ("text", "stopped", "same"),
    [
        ("市盈率是股价除以每股收益。", True, 8),
        (" 市盈率是股价除以每股收益。\n", True, 8),
        ("市盈率是股价除以每股收益。", False, 7),
        ("市盈率是股价除以每股收益。市盈率", True, 7),
        ("市盈率是股价乘以每股收益。", True, 3),
        ("市盈率是股价除以", True, 4),
        ("你好", True, 0),
        ("", True, 0),
    ],
)
def test_a_text_is_counted_in_tokens_up_to_its_first_difference(
    item: Item, text: str, stopped: bool, same: int
) -> None:
    assert same_tokens(item, text, stopped, tokenizer) == (same, 8)


# Judging.


@pytest.mark.parametrize(
    ("changes", "measure"),
    [
        ({"ids_same": 19, "template_same": 19}, "ids"),
        ({"agreed": 994}, "agreement"),
        ({"from_reference": 0.5, "from_base": 0.5}, "nearness"),
        ({"stops": 17}, "stops"),
        ({"stop_declared": False}, "stop_declared"),
    ],
)
def test_each_measure_fails_alone_and_in_one_line(changes: dict, measure: str) -> None:
    (failure,) = judge("甲", "gguf", replace(GOOD, **changes), limits.F16)
    assert failure.measure == measure
    assert failure.text.startswith("甲：")
    assert "\n" not in failure.text
    assert "请" in failure.text


@pytest.mark.parametrize("limit", [limits.MERGED, limits.F16, limits.Q8_0, limits.SERVER])
def test_good_measures_fail_nothing(limit: limits.Limits) -> None:
    assert list(judge("甲", "gguf", GOOD, limit)) == []


def test_an_id_that_differs_under_the_same_template_is_the_tokenizer() -> None:
    (failure,) = judge("甲", "gguf", replace(GOOD, ids_same=0), limits.F16)
    assert texts()["causes"]["tokenizer"] in failure.text


def test_of_a_server_that_shows_only_the_length_no_more_is_said() -> None:
    (failure,) = judge("甲", "server", replace(GOOD, ids_same=0, template_same=None), limits.SERVER)
    assert texts()["causes"]["length"] in failure.text


@pytest.mark.parametrize(
    ("after", "noted", "fails"),
    [
        (0.6, {"before": 1.0, "after": 0.5}, False),
        (0.95, {"before": 1.0, "after": 0.5}, True),
        (1.05, {}, False),
        (1.2, {}, True),
        (1.05, {"before": 1.0, "after": None}, False),
    ],
)
def test_a_loss_that_does_not_drop_as_in_training_is_another_base(
    item: Item, after: float, noted: dict, fails: bool
) -> None:
    exam = Exam((item,), END, 400, loss_before=1.0, loss_after=after)
    found = judge_reference("甲", GOOD, exam, {"held_out_loss": noted})
    assert [failure.measure for failure in found] == (["loss"] if fails else [])


def test_every_kind_of_hop_has_something_to_do_for_every_measure() -> None:
    for kind, remedies in texts()["remedies"].items():
        if kind in ("base", "reference"):
            continue
        assert "any" in remedies, kind
    assert {"ids", "never_stops", "no_effect", "loss"} <= texts()["remedies"]["reference"].keys()


# Reading a run folder.


@pytest.fixture
def run(tmp_path: Path) -> Path:
    folder = tmp_path / "run"
    (folder / "adapter").mkdir(parents=True)
    config = {"base_model_name_or_path": tiny.NAME}
    (folder / "adapter" / "adapter_config.json").write_text(json.dumps(config), encoding="utf-8")
    return folder


def row(number: int) -> str:
    messages = [{"role": "user", "content": f"问{number}"}, {"role": "assistant", "content": "答"}]
    return json.dumps({"messages": messages, "meta": {}}, ensure_ascii=False)


def held_out(folder: Path, *lines: str) -> Path:
    path = folder / "rows.jsonl"
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path


def test_prompts_are_taken_from_the_whole_of_the_data(run: Path) -> None:
    data = held_out(run, *(row(number) for number in range(100)))
    material = read_material(run, None, data, prompts=4)
    assert [row[0]["content"] for row in material.rows] == ["问0", "问25", "问50", "问75"]
    assert material.base == tiny.BASE_DIR


def test_a_base_that_is_named_goes_before_the_record(run: Path, tmp_path: Path) -> None:
    (tmp_path / "other").mkdir()
    (run / "run.json").write_text('{"base_model": "toujiao-tiny"}', encoding="utf-8")
    material = read_material(run, str(tmp_path / "other"), held_out(run, row(1)), prompts=1)
    assert material.base == tmp_path / "other"


def test_a_run_without_held_out_data_asks_for_them(run: Path) -> None:
    with pytest.raises(ToujiaoError, match="--data"):
        read_material(run, None, None, prompts=1)


@pytest.mark.parametrize(
    "line",
    ["{", "[]", '{"messages": []}', '{"messages": [{"role": "user", "content": "问"}]}', "7"],
)
def test_a_row_without_an_answer_is_told_with_its_line(run: Path, line: str) -> None:
    with pytest.raises(ToujiaoError, match="第 2 行"):
        read_material(run, None, held_out(run, row(1), line), prompts=9)


def test_empty_data_are_told(run: Path) -> None:
    with pytest.raises(ToujiaoError, match="一行数据也没有"):
        read_material(run, None, held_out(run, ""), prompts=1)


@pytest.mark.parametrize(
    ("options", "told"),
    [
        (Options(kinds=("F16", "Q5_K")), "Q5_K"),
        (Options(gguf=Path("gone.gguf")), "gone.gguf"),
        (Options(gguf=tiny.BASE_GGUF, lora=Path("gone.gguf")), "gone.gguf"),
        (Options(merged=Path("gone")), "gone"),
    ],
)
def test_a_wrong_path_is_told_before_any_work(run: Path, options: Options, told: str) -> None:
    material = read_material(run, None, held_out(run, row(1)), prompts=1)
    with pytest.raises(ToujiaoError, match=told):
        prove(material, options, pytest.fail)


# Writing the report.


def test_the_report_lies_in_the_run_folder_or_in_the_users_folder(run: Path) -> None:
    home = settings().home / "verification.json"
    assert write_report({}, run) == run / "verification.json"
    assert write_report({}, tiny.SHIPPED) == home
    (run / "verification.json").unlink()
    (run / "verification.json").mkdir()  # also root cannot replace a folder by a file
    home.unlink()
    assert write_report({"passed": True}, run) == home
    assert json.loads(home.read_text(encoding="utf-8")) == {"passed": True}
    assert not list(run.glob("*.part"))


def test_a_place_that_cannot_be_written_is_told(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("", encoding="utf-8")
    with pytest.raises(ToujiaoError, match=r"report\.json"):
        write_report({}, tmp_path, tmp_path / "file" / "report.json")


# The page.


@pytest.mark.parametrize(
    ("row", "limit"),
    [
        ("合并后", limits.MERGED),
        ("GGUF F16（合并后，或底座 + LoRA）", limits.F16),
        ("GGUF Q8_0", limits.Q8_0),
        ("GGUF Q4_0", limits.Q4_0),
        ("底座 GGUF F16（和底座比）", limits.BASE_GGUF),
        ("OpenAI 接口", limits.SERVER),
    ],
)
def test_the_page_names_the_limits_that_are_used(row: str, limit: limits.Limits) -> None:
    values = (limit.agreement, limit.nearness, limit.stops)
    cells = ["—" if value is None else f"{100 * value:g}%" for value in values]
    assert f"| {row} | {' | '.join(cells)} |" in PAGE


def test_the_page_names_the_other_constants() -> None:
    assert f"默认 {limits.PROMPTS} 个提示，每个最多 {limits.MOST_TOKENS} 个词元" in PAGE
    assert f"最可能的 {limits.TOP_TOKENS} 个词元" in PAGE
    assert f"至少要在 {limits.REFERENCE_STOPS:.0%} 的提示上" in PAGE
    assert f"效果至少 {limits.LEAST_EFFECT} nat" in PAGE
    assert f"位置少于 {limits.FEWEST_PLACES} 个" in PAGE
    assert (limits.GAIN_KEPT, limits.MOST_LOSS_RISE) == (1 / 4, 1.1)
    assert "它的四分之一" in PAGE
    assert "升高一成以上" in PAGE
