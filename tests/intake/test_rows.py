"""Rows of imports: what a CSV and a JSONL mean, and what cannot be read."""

from typing import Any

import pytest

from foundation.problems import Problem
from moderation.intake import rows

A, B = "https://a.example/1.jpg", "https://a.example/2.jpg"


def read(text: str | bytes, form: str = "csv") -> list[Any]:
    found = rows.read(text.encode() if isinstance(text, str) else text, form)
    return [row.code if isinstance(row, Problem) else row for row in found]


@pytest.mark.parametrize("end", ["\n", "\r\n"])
@pytest.mark.parametrize("mark", ["", "\ufeff"])
def test_csv_is_read_by_its_header(end: str, mark: str) -> None:
    text = f'{mark}external_id,url,metadata{end}p1,{A},"{{""a"": [1, ""x,y""]}}"{end}{end}p2,{B},{end}'

    assert read(text) == [
        {"url": A, "external_id": "p1", "metadata": {"a": [1, "x,y"]}},
        {"url": B, "external_id": "p2"},
    ]


def test_cell_may_hold_a_line_break() -> None:
    assert read(f'url,external_id\n{A},"p\n1"\n') == [{"url": A, "external_id": "p\n1"}]


def test_empty_url_is_kept_to_be_refused() -> None:
    assert read(f"url,external_id\n,p1\n{A},p2\n") == [
        {"url": "", "external_id": "p1"},
        {"url": A, "external_id": "p2"},
    ]


@pytest.mark.parametrize(
    ("line", "code"),
    [
        (f"{A},1,2", "invalid"),
        (A, "invalid"),
        (f"{A},{{", "malformed"),
        (f"{A},NaN", "malformed"),
        (f"{A},1e999", "malformed"),
    ],
)
def test_bad_row_of_a_csv_is_a_problem_in_its_place(line: str, code: str) -> None:
    assert read(f"url,metadata\n{A},\n{line}\n{B},\n") == [{"url": A}, code, {"url": B}]


def test_jsonl_is_an_object_a_line() -> None:
    text = f'{{"url": "{A}", "metadata": {{"a": 1}}}}\n\n  \n[1]\n"x"\nnull\n{{\n{{"a": 1e999}}\r\n{{"url": "{B}"}}'

    assert read(text, "jsonl") == [
        {"url": A, "metadata": {"a": 1}}, "invalid", "invalid", "invalid", "malformed", "malformed", {"url": B}
    ]  # fmt: skip


def test_line_separators_of_unicode_end_no_line() -> None:
    assert read(f'{{"url": "{A}", "external_id": "a\u2028b\x85c"}}', "jsonl") == [
        {"url": A, "external_id": "a\u2028b\x85c"}
    ]


@pytest.mark.parametrize(
    "data",
    [
        b"", b"\n", b"url\n", b"url\n\n\n", b"link\nx\n", b"url,colour\nx,red\n", b"url,url\nx,y\n", b"\xff\xfe",
        b'url\n"x\n', b'url\n"x"y\n', b"url\n" + b"x" * 200_000, b"\x89PNG\r\n\x1a\n",
    ],
)  # fmt: skip
def test_csv_that_cannot_be_read_is_refused_as_a_whole(data: bytes) -> None:
    with pytest.raises(Problem) as refused:
        rows.read(data, "csv")

    assert refused.value.code == "invalid"
    assert [error["pointer"] for error in refused.value.errors] == ["#/file"]


@pytest.mark.parametrize("data", [b"", b"\n \n", b"\xff"])
def test_jsonl_that_cannot_be_read_is_refused_as_a_whole(data: bytes) -> None:
    with pytest.raises(Problem, match="invalid"):
        rows.read(data, "jsonl")


def test_deep_json_is_one_bad_row() -> None:
    assert read("[" * 100_000 + f'\n{{"url": "{A}"}}', "jsonl") == ["malformed", {"url": A}]


@pytest.mark.parametrize("form", rows.FORMS)
def test_as_many_rows_as_are_allowed_and_no_more(form: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rows, "MOST", 3)
    head, line = ("url\n", f"{A}\n") if form == "csv" else ("", '{"url": "x"}\n')

    assert len(read(head + line * 3, form)) == 3
    with pytest.raises(Problem, match="invalid"):
        read(head + line * 4, form)
