"""A file is written whole or not at all; what is wrong in one that is read names file and line."""

from __future__ import annotations

import hashlib
import json
import os
import stat
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from toujiao.errors import ToujiaoError
from toujiao.files import (
    read_json,
    read_rows,
    replacing,
    sha256,
    values,
    write_json,
    write_lines,
    write_rows,
    write_text,
)


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "rows.jsonl"


def test_rows_come_back_as_they_were(file: Path) -> None:
    rows = [{"一": "1\n\u2028行"}, {}, {"n": [1.5, None]}]
    assert write_rows(file, rows) == 3
    assert read_rows(file) == rows
    file.write_text(json.dumps(rows), encoding="utf-8")
    assert read_rows(file) == rows
    assert [line for line, _ in values(file)] == [1, 1, 1]


def test_no_rows_is_an_empty_file_and_no_file_only_where_it_may_be_missing(file: Path) -> None:
    assert read_rows(file, optional=True) == []
    with pytest.raises(ToujiaoError, match=r"打不开 .*rows.jsonl：找不到"):
        read_rows(file)
    assert write_rows(file, []) == 0
    assert read_rows(file) == []


@pytest.mark.parametrize(("line", "what"), [("{", "不是完整的 JSON"), ("3", "不是 JSON 对象")])
def test_a_row_that_is_none_names_file_and_line(file: Path, line: str, what: str) -> None:
    file.write_text(f'{{"a": 1}}\n\n{line}\n', encoding="utf-8")
    with pytest.raises(ToujiaoError, match=f"rows.jsonl 第 3 行：.*{what}"):
        read_rows(file)


@pytest.mark.parametrize(
    ("text", "what"), [("{", "不是完整的 JSON"), ("[]", "不是一个 JSON 对象"), (None, "找不到")]
)
def test_a_file_that_holds_no_object_says_so(file: Path, text: str | None, what: str) -> None:
    if text is not None:
        file.write_text(text, encoding="utf-8")
    with pytest.raises(ToujiaoError, match=f"rows.jsonl.*{what}"):
        read_json(file)


def test_an_object_is_written_for_people_and_read_back(file: Path) -> None:
    write_json(file, {"题": "均线", "where": Path("x")})
    assert file.read_text(encoding="utf-8") == '{\n  "题": "均线",\n  "where": "x"\n}\n'
    assert read_json(file) == {"题": "均线", "where": "x"}


def test_text_ends_with_one_line_break(file: Path) -> None:
    for text in ("a\n\nb", "a\n\nb\n"):
        write_text(file, text)
        assert file.read_bytes() == b"a\n\nb\n"


def test_a_failure_half_way_leaves_the_old_file_and_nothing_else(file: Path) -> None:
    write_text(file, "old")

    def broken(error: Exception) -> Iterator[str]:
        yield "new"
        raise error

    with pytest.raises(ToujiaoError, match=r"磁盘满了.*没有改动"):
        write_lines(file, broken(OSError(28, "No space left on device")))
    with pytest.raises(KeyError):
        write_lines(file, broken(KeyError("ours")))
    assert file.read_text(encoding="utf-8") == "old\n"
    assert list(file.parent.iterdir()) == [file]


def test_a_folder_is_made_and_one_that_cannot_be_is_told(tmp_path: Path) -> None:
    write_text(tmp_path / "new" / "a.txt", "x")
    with pytest.raises(ToujiaoError, match=r"写不了.*a\.txt.*不是文件夹"):
        write_text(tmp_path / "new" / "a.txt" / "b.txt", "x")


def test_others_may_read_what_was_written(file: Path) -> None:
    before = os.umask(0o022)
    try:
        write_text(file, "x")
    finally:
        os.umask(before)
    assert stat.S_IMODE(file.stat().st_mode) == 0o644


def test_two_that_write_the_same_file_do_not_mix(file: Path) -> None:
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda n: write_lines(file, [str(n)] * 500), range(24)))
    assert len(set(file.read_text(encoding="utf-8").split())) == 1
    assert list(file.parent.iterdir()) == [file]


def test_bytes_may_be_written_too_and_the_sum_is_that_of_the_file(file: Path) -> None:
    with replacing(file) as partial:
        partial.write_bytes(b"\x00" * 100_000)
    assert sha256(file) == hashlib.sha256(b"\x00" * 100_000).hexdigest()
