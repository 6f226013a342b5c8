"""Files and recipes of strangers: what has no end is refused in time, and says so."""

from __future__ import annotations

import bz2
import gzip
import json
import lzma
import time
from pathlib import Path

import pytest

from mlesmith_env.errors import ReadError, RecipeError
from mlesmith_env.recipes.matching import first_groups
from mlesmith_env.recipes.model import Extract, TableReader
from mlesmith_env.recipes.reader import read_table
from mlesmith_env.recipes.text import NUMBER, text_frame, values_or_none
from mlesmith_env.recipes.transforms import apply_transforms

CSV = b"a,b\n" + b"1,2\n" * 1000


def read(root: Path, name: str, content: bytes, **how: str):
    (root / name).write_bytes(content)
    return read_table(TableReader.model_validate({"files": (name,), **how}), root)


@pytest.mark.parametrize(
    ("compression", "pack"), [("gzip", gzip.compress), ("bz2", bz2.compress), ("xz", lzma.compress)]
)
def test_compressed_bombs_are_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, compression: str, pack: object
):
    packed = pack(CSV + b"0,0\n" * 10**6)  # type: ignore[operator]
    assert len(read(tmp_path, "honest", packed, compression=compression)) > 10**6
    monkeypatch.setattr("mlesmith_env.recipes.lines.SPARED_BYTES", 2**20)
    monkeypatch.setattr("mlesmith_env.recipes.lines.HIGHEST_RATIO", 2)
    with pytest.raises(ReadError, match="more than 1048576 bytes when unpacked"):
        read(tmp_path, "bomb", packed, compression=compression)


def test_a_line_without_end_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("mlesmith_env.recipes.lines.LONGEST_LINE", 2**19)
    with pytest.raises(ReadError, match="has a line of more than 524288 bytes"):
        read(tmp_path, "t.csv", CSV + b"9" * 2**21)
    assert len(read(tmp_path, "t.csv", CSV * 300)) > 1000


def test_a_document_that_is_read_as_a_whole_is_bounded(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    content = json.dumps([{"a": i} for i in range(100_000)]).encode()
    assert len(read(tmp_path, "t.json", content, format="json")) == 100_000
    monkeypatch.setattr("mlesmith_env.recipes.lines.LARGEST_DOCUMENT", 2**16)
    with pytest.raises(ReadError, match="more than 65536 bytes"):
        read(tmp_path, "t.json", content, format="json")


@pytest.mark.parametrize("depth", [15, 300, 900, 5000, 200_000])
@pytest.mark.parametrize(("opened", "closed"), [('{"a":', "}"), ("[", "]")])
def test_nested_json_is_a_table_or_refused(tmp_path: Path, depth: int, opened: str, closed: str):
    nested = opened * depth + '[{"x": 1, "y": 2}, {"x": 3, "y": 4}]' + closed * depth
    inside = f'[{{"x": 1, "y": {opened * depth}1{closed * depth}}}]'
    for content in (nested, inside):
        try:
            rows = len(read(tmp_path, "t.json", content.encode(), format="json"))
        except ReadError:
            rows = 0
        assert rows >= (depth < 20)


def test_extract_takes_the_first_group():
    table = text_frame({"a": ["x1-y", "none", None, "x22-y", "x-y"]})
    step = Extract(column="a", into="b", pattern=r"x(\d*)-")
    made = apply_transforms(table, (step,), seed=0, raw=Path())
    assert values_or_none(made["b"]) == ["1", None, None, "22", None]


def test_a_pattern_that_takes_ages_is_ended():
    began = time.monotonic()
    with pytest.raises(RecipeError, match="took more than 1 s"):
        first_groups(r"((a|a)*)$", ["a" * 40 + "b"], timeout_s=1)
    assert time.monotonic() - began < 60


def test_matching_holds_texts_of_every_kind():
    texts = ["ü x", "", "line\nbreak", "😀 x", '"quoted" x']
    assert first_groups("(.) x", texts) == ["ü", None, None, "😀", '"']
    assert first_groups("(a)", []) == []


@pytest.mark.parametrize(
    ("name", "content", "form"),
    [
        ("t.arff", "@relation x\n@attribute a string\n@data\n'q" + " " * 2 * 10**5 + "b\n", "arff"),
        ("u.arff", "@relation x\n@attribute a numeric\n@data\n{" + "1" * 2 * 10**5 + "}\n", "arff"),
        ("t.sql", "INSERT INTO t VALUES (1, " + "1" * 2 * 10**5 + "x);\n", "sql"),
        ("t.svm", "1 1:2\n1 1:" + "1" * 2 * 10**5 + "\n", "svmlight"),
    ],
)
def test_long_runs_of_one_character_take_no_ages(
    tmp_path: Path, name: str, content: str, form: str
):
    table = "t" if form == "sql" else ""
    assert len(read(tmp_path, name, content.encode(), format=form, table=table)) >= 1


def test_a_tag_without_end_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("mlesmith_env.recipes.markup.LONGEST_TOKEN", 2**20)
    rows = b"".join(b'<r a="%d" b="x"/>' % i for i in range(200_000))
    whole = b"<x>" + rows + b"</x>"
    assert len(read(tmp_path, "t.xml", whole, format="xml", table="x/r")) == 200_000
    with pytest.raises(ReadError, match="a tag or a text of more than 1048576 bytes"):
        read(tmp_path, "u.xml", b'<x><r a="' + b"9" * 2**23 + b'"/></x>', format="xml", table="x/r")


@pytest.mark.parametrize("text", ["1" * 10**6 + "x", "1.5", "1.", ".5", "1e5", "1" * 30])
def test_numbers_are_told_in_linear_time(text: str):
    assert (NUMBER.fullmatch(text) is not None) == (not text.endswith("x"))
