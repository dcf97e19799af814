"""The parts of the verification that need no model: reading, comparing, judging, reporting."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest

from toujiao.errors import ToujiaoError
from toujiao.models import tiny
from toujiao.models.verify import limits, texts
from toujiao.models.verify.comparison import Measures, Observed, compare
from toujiao.models.verify.exam import Exam, Item, Saying
from toujiao.models.verify.judge import judge, judge_reference
from toujiao.models.verify.llama_engine import _aligned
from toujiao.models.verify.llama_hops import _Walk
from toujiao.models.verify.material import read_material
from toujiao.models.verify.proof import Options, prove
from toujiao.models.verify.report import report_places, write_report
from toujiao.models.verify.server_hop import _id, _same_tokens
from toujiao.settings import settings

PAGE = (Path(__file__).parents[2] / "docs" / "models.md").read_text(encoding="utf-8")
WORDS = ["市盈率", "是", "股价", "除以", "每股", "收益", "。"]
END = 7


def decode(tokens: list[int]) -> str:
    return "".join(WORDS[token] for token in tokens)


def logits(places: int, shift: float = 0.0) -> np.ndarray:
    """The reference says token i at place i; `shift` moves every second token."""
    table = np.tile(np.arange(8, dtype=np.float32) / 8, (places, 1))
    table[np.arange(places), np.arange(places)] = 5
    table[:, ::2] += shift
    return table


@pytest.fixture
def item(tmp_path: Path) -> Item:
    answer = [*range(7), END]
    return Item(
        messages=[{"role": "user", "content": "什么是市盈率"}],
        text="…",
        prompt=[1, 2, 3],
        answer=answer,
        answer_text=decode(answer[:-1]),
        ended=True,
        reference=Saying(tmp_path / "reference.npy", logits(8)),
        base=Saying(tmp_path / "base.npy", logits(8, shift=2.0)),
    )


def saying_as(said: np.ndarray, **changes: object) -> Observed:
    """An observation of a hop that says these logits."""
    normaliser = np.log(np.exp(said).sum(axis=1, keepdims=True))
    scores = [dict(enumerate(row)) for row in (said - normaliser).tolist()]
    seen = Observed(True, True, said.argmax(axis=1).tolist(), scores, True, said)
    return replace(seen, **changes)


GOOD = Measures(
    prompts=20,
    ids_known=20,
    ids_same=20,
    template_same=20,
    places=1000,
    agreed=1000,
    difference=0.01,
    difference_of="logit",
    stops_known=20,
    stops=20,
    stop_declared=True,
    from_reference=0.01,
    from_base=0.99,
)


# Comparing.


def test_a_hop_that_says_the_same_is_all_the_way_at_the_reference(item: Item) -> None:
    measures = compare([item], [saying_as(logits(8))])
    assert (measures.agreement, measures.difference) == (1.0, 0.0)
    assert measures.nearness == pytest.approx(1.0)


def test_a_hop_that_says_what_the_base_says_is_not_near_at_all(item: Item) -> None:
    measures = compare([item], [saying_as(logits(8, shift=2.0))])
    assert measures.nearness == 0.0
    assert measures.difference == 2.0


def test_a_hop_halfway_between_is_half_near(item: Item) -> None:
    measures = compare([item], [saying_as(logits(8, shift=1.0))])
    assert measures.nearness == pytest.approx(0.5, abs=0.05)


def test_a_base_is_compared_with_the_base(item: Item) -> None:
    measures = compare([item], [saying_as(logits(8, shift=2.0))], expect="base")
    assert measures.difference == 0.0


def test_one_other_token_of_eight_counts_as_one(item: Item) -> None:
    seen = saying_as(logits(8), next_tokens=[0, 1, 2, 3, 6, 5, 6, 7])
    assert compare([item], [seen]).agreed == 7


def test_a_server_is_only_judged_on_the_places_it_shows(item: Item) -> None:
    seen = Observed(None, None, [0, 1, -1], [], None)
    measures = compare([item], [seen])
    assert (measures.agreed, measures.places) == (2, 3)
    assert (measures.nearness, measures.difference, measures.stops_known) == (None, None, 0)


def test_without_logits_the_difference_is_one_of_log_probabilities(item: Item) -> None:
    measures = compare([item], [saying_as(logits(8, shift=1.0), logits=None)])
    assert measures.difference_of == "log-probability"
    assert 0 < measures.difference < 1


# llama.cpp's answers.


def test_a_walk_stops_at_the_first_other_token(item: Item) -> None:
    walk = _Walk(item)
    assert walk.take([0, 1], [{}, {}])
    assert not walk.take([2, 9, 4], [{}, {}, {}])
    assert walk.next_tokens == [0, 1, 2, 9]
    assert walk.left() == 4


def test_scores_that_llama_cpp_leaves_out_do_not_shift_the_others() -> None:
    entries = [
        {"id": token, "top_logprobs": [{"id": token, "logprob": -float(token)}]}
        for token in (5, 8, 9)
    ]
    assert _aligned([5, 6, 7, 8, 9], entries) == [{5: -5.0}, {}, {}, {8: -8.0}, {9: -9.0}]


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
    assert _same_tokens(item, text, stopped, decode) == same


def test_token_ids_are_read_from_llama_server_and_from_vllm() -> None:
    assert _id(SimpleNamespace(token="股", id=41)) == 41
    assert _id(SimpleNamespace(token="token_id:42")) == 42
    assert _id(SimpleNamespace(token="股")) is None


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
    assert texts.TOKENIZER_DIFFERS in failure.text


def test_of_a_server_that_shows_only_the_length_no_more_is_said() -> None:
    (failure,) = judge("甲", "server", replace(GOOD, ids_same=0, template_same=None), limits.SERVER)
    assert texts.LENGTH_DIFFERS in failure.text


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
    for kind, remedies in texts.REMEDIES.items():
        if kind in ("base", "reference"):
            continue
        assert "*" in remedies, kind
    assert {"ids", "never_stops", "no_effect", "loss"} <= texts.REMEDIES["reference"].keys()


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


def test_the_report_lies_in_the_run_folder(run: Path) -> None:
    assert write_report("{}", report_places(run, None)) == run / "verification.json"


def test_the_report_of_the_shipped_run_lies_in_the_users_folder() -> None:
    place = write_report("{}", report_places(tiny.SHIPPED, None))
    assert place == settings().home / "verification.json"


def test_a_run_folder_that_takes_no_report_leaves_it_in_the_users_folder(run: Path) -> None:
    (run / "verification.json").mkdir()  # also root cannot replace a folder by a file
    place = write_report("{}", report_places(run, None))
    assert place == settings().home / "verification.json"
    assert not list(run.glob("*.part"))


def test_a_place_that_cannot_be_written_is_told(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("", encoding="utf-8")
    with pytest.raises(ToujiaoError, match="--out"):
        write_report("{}", report_places(tmp_path, tmp_path / "file" / "report.json"))


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
