"""A submission is scored only where it plainly says what was asked; else the message says why."""

from __future__ import annotations

import csv
import os
import socket
import sys
import time
import tracemalloc
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from mlesmith_env.errors import InvalidSubmissionError, ManifestError
from mlesmith_env.manifest import SubmissionForm
from mlesmith_env.metrics import NON_NEGATIVE, POSITIVE
from mlesmith_env.spelling import Spellings, canonical
from mlesmith_env.submission import read_submission

IDS = ("a1", "b2", "c3")
NUMBER = SubmissionForm(columns=("y",), kind="number", rows=3)
LABEL = SubmissionForm(columns=("y",), kind="label", classes=("cat", "dog"), rows=3)
PROBABILITY = SubmissionForm(columns=("y",), kind="probability", classes=("no", "yes"), rows=3)
SIMPLEX = SubmissionForm(
    columns=("p_x", "p_y", "p_z"), kind="probabilities", classes=("x", "y", "z"), rows=3
)


@pytest.fixture
def write(tmp_path):
    def write(content: str | bytes) -> Path:
        path = tmp_path / "submission.csv"
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return path

    return write


def rows(*cells: str, header: str = "id,y") -> str:
    return "\n".join([header, *cells]) + "\n"


def refusal(source: Path | pd.DataFrame, form: SubmissionForm = NUMBER, **options: object) -> str:
    with pytest.raises(InvalidSubmissionError) as caught:
        read_submission(source, form, IDS, **options)
    message = str(caught.value)
    assert len(message) < 2000
    return message


# What is accepted


def test_rows_are_matched_by_id_and_columns_by_name(write):
    path = write("y,id\n3,c3\n1.5,a1\n-2e3,b2\n")
    assert read_submission(path, NUMBER, IDS).tolist() == [1.5, -2000.0, 3.0]


def test_every_kind_gives_its_canonical_array(write):
    labels = read_submission(write(rows("b2,dog", "a1,cat", "c3,dog")), LABEL, IDS)
    assert labels.tolist() == [0, 1, 1]
    assert labels.dtype.kind == "i"
    chances = read_submission(write(rows("b2,0", "a1,1", "c3,.25")), PROBABILITY, IDS)
    assert chances.tolist() == [1.0, 0.0, 0.25]
    text = rows("c3,0,0,1", "a1,1,0,0", "b2,.5,.25,.25", header="id,p_x,p_y,p_z")
    simplex = read_submission(write(text), SIMPLEX, IDS)
    assert simplex.tolist() == [[1, 0, 0], [0.5, 0.25, 0.25], [0, 0, 1]]


def test_columns_of_classes_are_matched_by_name(write):
    text = rows("a1,1,0,0", "b2,1,0,0", "c3,1,0,0", header="id,p_z,p_x,p_y")
    assert read_submission(write(text), SIMPLEX, IDS).tolist() == [[0, 0, 1]] * 3


@pytest.mark.parametrize(
    "text",
    [
        "\ufeffid,y\na1,1\nb2,2\nc3,3\n",
        "id,y\r\na1,1\r\nb2,2\r\nc3,3\r\n",
        "id,y\ra1,1\rb2,2\rc3,3\r",
        'id,y\n"a1","1"\n"b2","2"\n"c3","3"',
        "\n\nid,y\n\na1,1\n\nb2,2\nc3,3\n\n\n",
        "id,y\na1, 1\nb2,+2 \nc3,3.\n",
    ],
    ids=["bom", "crlf", "cr", "quoted", "blank-lines", "blanks-around-numbers"],
)
def test_harmless_ways_of_writing_csv_are_accepted(write, text):
    assert read_submission(write(text), NUMBER, IDS).tolist() == [1.0, 2.0, 3.0]


def test_frames_read_as_their_files_do(write):
    rng = np.random.default_rng(0)
    for dtype in ("float64", "float32", "int64", "Int64", "Float64", "object", "str"):
        values = rng.integers(0, 50, 3)
        frame = pd.DataFrame({"id": IDS, "y": pd.Series(values).astype(dtype)})
        frame = frame.sample(frac=1, random_state=1)
        path = write(frame.to_csv(index=False))
        assert read_submission(frame, NUMBER, IDS).tolist() == values.tolist()
        assert read_submission(path, NUMBER, IDS).tolist() == values.tolist()


def test_categorical_and_boolean_frames_name_labels():
    frame = pd.DataFrame({"id": IDS, "y": pd.Categorical(["dog", "cat", "dog"])})
    assert read_submission(frame, LABEL, IDS).tolist() == [1, 0, 1]
    form = LABEL.model_copy(update={"classes": ("false", "true")})
    frame = pd.DataFrame({"id": IDS, "y": np.array([True, False, True])})
    assert read_submission(frame, form, IDS).tolist() == [1, 0, 1]


def test_frame_columns_that_are_numbers_name_classes():
    form = SubmissionForm(columns=("0", "1"), kind="probabilities", classes=("0", "1"), rows=3)
    frame = pd.DataFrame(np.full((3, 2), 0.5), columns=[0, 1])
    frame["id"] = IDS
    assert read_submission(frame, form, IDS).tolist() == [[0.5, 0.5]] * 3


@settings(max_examples=50, deadline=None, derandomize=True)
@given(
    values=st.lists(st.floats(allow_nan=False, allow_infinity=False), min_size=3, max_size=3),
    order=st.permutations(range(3)),
)
def test_written_numbers_come_back_exactly(tmp_path_factory, values, order):
    path = tmp_path_factory.getbasetemp() / "exact.csv"
    frame = pd.DataFrame({"id": IDS, "y": values}).iloc[list(order)]
    frame.to_csv(path, index=False)
    assert read_submission(path, NUMBER, IDS).tolist() == values
    assert read_submission(frame, NUMBER, IDS).tolist() == values


def test_rounding_of_probabilities_is_forgiven_and_removed(write):
    over = read_submission(
        write(rows("a1,1.0000000000000002", "b2,-1e-9", "c3,1")), PROBABILITY, IDS
    )
    assert over.tolist() == [1.0, 0.0, 1.0]
    text = rows(*(f"{i},0.3333,0.3333,0.3333" for i in IDS), header="id,p_x,p_y,p_z")
    simplex = read_submission(write(text), SIMPLEX, IDS)
    assert simplex.sum(axis=1) == pytest.approx(1.0, abs=1e-15)


# How ids and labels may be spelt


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("7", "7"),
        ("007", "7"),
        ("7.0", "7"),
        ("+7.", "7"),
        (" 7 ", "7"),
        ("-0.0", "0"),
        ("1.50", "1.5"),
        ("-1.5", "-1.5"),
        ("true", "True"),
        ("FALSE", "False"),
        ("7e0", None),
        ("0x7", None),
        ("7_0", None),
        ("1,000", None),
        ("\u0667", None),
        ("seven", None),
        ("", None),
        ("tRUE", None),
    ],
)
def test_a_plain_number_or_truth_value_has_one_canonical_spelling(text, expected):
    assert canonical(text) == expected


def test_a_spelling_means_a_known_text_only_where_it_is_the_only_one():
    assert Spellings(["007", "x"]).find(["7", "7.0", "007", "x"]).tolist() == [0, 0, 0, 1]
    both = Spellings(["007", "7"])
    assert both.find(["007", "7", "7.0"]).tolist() == [0, 1, -1]
    assert Spellings(["a"]).find(["A", " a", "a ", "", "nan"]).tolist() == [-1] * 5


def test_long_ids_are_never_rounded_into_one_another():
    known = Spellings(["9007199254740993", "1" * 40])
    assert known.find(["9007199254740992", "1" * 39 + "0"]).tolist() == [-1, -1]
    assert known.find(["9007199254740993.0", "0" + "1" * 40]).tolist() == [0, 1]


def test_ids_that_pandas_made_floats_of_still_match(write):
    path = write("id,y\n11.0,1\n012,2\n13,3\n")
    assert read_submission(path, NUMBER, ("11", "12", "13")).tolist() == [1.0, 2.0, 3.0]
    frame = pd.DataFrame({"id": [13.0, 12.0, 11.0], "y": [3, 2, 1]})
    assert read_submission(frame, NUMBER, ("11", "12", "13")).tolist() == [1.0, 2.0, 3.0]


def test_two_spellings_of_one_id_are_a_duplicate(write):
    path = write("id,y\n7,1\n7.0,2\n8,3\n")
    with pytest.raises(InvalidSubmissionError, match="'7' stands in line 2 and again in line 3"):
        read_submission(path, NUMBER, ("7", "8", "9"))


def test_labels_that_pandas_respelt_still_match(write):
    form = LABEL.model_copy(update={"classes": ("1", "2", "3")})
    assert read_submission(write(rows("a1,1.0", "b2,3", "c3,2.0")), form, IDS).tolist() == [0, 2, 1]
    form = LABEL.model_copy(update={"classes": ("false", "true")})
    assert read_submission(write(rows("a1,True", "b2,False", "c3,true")), form, IDS).tolist() == [
        1,
        0,
        1,
    ]


def test_labels_with_commas_quotes_and_line_ends_survive(write):
    classes = ("a,b", 'say "hi"', "two\nlines", "naïve 🐚")
    form = LABEL.model_copy(update={"classes": classes})
    frame = pd.DataFrame({"id": ["i0", "i1", "i2", "i3"], "y": classes})
    path = write(frame.to_csv(index=False))
    assert read_submission(path, form, ("i0", "i1", "i2", "i3")).tolist() == [0, 1, 2, 3]
    assert read_submission(frame, form, ("i0", "i1", "i2", "i3")).tolist() == [0, 1, 2, 3]


# What is refused: values


@pytest.mark.parametrize(
    ("cell", "reason"),
    [
        ("abc", "'abc' is not a number"),
        ("", "empty"),
        ("  ", "empty"),
        ("nan", "missing"),
        ("NaN", "missing"),
        ("NA", "missing"),
        ("None", "missing"),
        ("inf", "infinite"),
        ("-Infinity", "infinite"),
        ("1e999", "infinite"),
        ("-1e400", "infinite"),
        ("0x10", "not a number"),
        ("1_000", "not a number"),
        ('"1,000"', "not a number"),
        ("1 000", "not a number"),
        ("True", "not a number"),
        ("false", "not a number"),
        ("1e", "not a number"),
        ("e5", "not a number"),
        (".", "not a number"),
        ("--1", "not a number"),
        ("1.2.3", "not a number"),
        ("1j", "not a number"),
        ("12%", "not a number"),
        ("$5", "not a number"),
        ("\u0663", "not a number"),
        ("²", "not a number"),
        ("[1]", "not a number"),
        ("=1+1", "not a number"),
        ("9" * 500, "not a number"),
    ],
)
@pytest.mark.parametrize("form", [NUMBER, PROBABILITY], ids=["number", "probability"])
def test_a_cell_that_is_no_finite_number_is_refused_by_column_row_and_remedy(
    write, form, cell, reason
):
    message = refusal(write(rows("c3,0.5", f"a1,{cell}", "b2,1")), form)
    assert reason in message
    assert "column 'y', line 3 (id 'a1')" in message
    assert "write a plain decimal number" in message


@pytest.mark.parametrize(
    "value", [None, np.nan, pd.NA, np.inf, -np.inf, "abc", True, np.bool_(False), 1j, [1], b"1"]
)
def test_a_frame_value_that_is_no_finite_number_is_refused(value):
    frame = pd.DataFrame({"id": IDS, "y": pd.Series([0.5, value, 1.0], dtype=object)})
    message = refusal(frame)
    assert "column 'y', the row at position 1 (id 'b2')" in message
    assert "write a plain decimal number" in message


def test_frames_of_wrong_types_are_refused():
    for values in ([True, False, True], pd.to_datetime(["2020-01-01"] * 3), [np.nan] * 3):
        assert "column 'y'" in refusal(pd.DataFrame({"id": IDS, "y": values}))
    nullable = pd.DataFrame({"id": IDS, "y": pd.array([1, None, 2], dtype="Int64")})
    assert "missing" in refusal(nullable)


@pytest.mark.parametrize("cell", ["Dog", " dog", "dog ", "doggo", "1", "0", "nan"])
def test_a_label_that_is_no_class_is_refused_and_the_classes_are_named(write, cell):
    message = refusal(write(rows("a1,dog", f"b2,{cell}", "c3,cat")), LABEL)
    assert f"column 'y', line 3 (id 'b2'): '{cell}' is not one of the classes" in message
    assert "'cat', 'dog'" in message


def test_an_empty_label_is_refused(write):
    assert "the label is empty" in refusal(write(rows("a1,dog", "b2,", "c3,cat")), LABEL)
    frame = pd.DataFrame({"id": IDS, "y": ["dog", None, "cat"]})
    assert "the label is empty" in refusal(frame, LABEL)


@pytest.mark.parametrize("cell", ["1.001", "-0.01", "50", "-1e-3"])
def test_a_probability_outside_the_unit_interval_is_refused(write, cell):
    message = refusal(write(rows("a1,0", f"b2,{cell}", "c3,1")), PROBABILITY)
    assert "column 'y', line 3 (id 'b2')" in message
    assert "between 0 and 1" in message


@pytest.mark.parametrize("cells", ["0.5,0.5,0.5", "0,0,0", "0.3,0.3,0.395", "1,1,1"])
def test_probabilities_off_the_simplex_are_refused_with_their_sum(write, cells):
    text = rows("a1,1,0,0", f"b2,{cells}", "c3,0,1,0", header="id,p_x,p_y,p_z")
    message = refusal(write(text), SIMPLEX)
    assert "line 3 (id 'b2')" in message
    assert "divide every row by its sum" in message


def test_negative_probabilities_that_sum_to_one_are_refused(write):
    text = rows("a1,1,0,0", "b2,1.5,-0.5,0", "c3,0,1,0", header="id,p_x,p_y,p_z")
    message = refusal(write(text), SIMPLEX)
    assert "column 'p_x', line 3 (id 'b2'): 1.5 is not a probability" in message


def test_a_number_outside_the_domain_of_the_metric_is_refused_with_the_bound(write):
    path = write(rows("a1,1", "b2,-0.5", "c3,0"))
    message = refusal(path, domain=NON_NEGATIVE)
    assert "column 'y', line 3 (id 'b2'): -0.5" in message
    assert "at least 0" in message
    assert "(2 such rows); predictions must be above 0" in refusal(path, domain=POSITIVE)


# What is refused: rows


@pytest.mark.parametrize(
    ("cells", "reason"),
    [
        (("a1,1", "b2,2"), "1 of 3 ids have no row, such as 'c3'"),
        (("a1,1", "b2,2", "c3,3", "a1,1"), "'a1' stands in line 2 and again in line 5"),
        (("a1,1", "b2,2", "c3,3", "d4,4"), "line 5: id 'd4' is not one of the test ids"),
        (("a1,1", "b2,2", ",3"), "line 4: the id is empty"),
        (("a1,1", "b2,2", "C3,3"), "id 'C3' is not one of the test ids"),
        (("a1,1", "b2,2", " c3,3"), "id ' c3' is not one of the test ids"),
        (("0,1", "1,2", "2,3"), "(3 such rows)"),
        ((), "3 of 3 ids have no row"),
        (("a1,1", "b2,2,2", "c3,3"), "line 3 has 3 values, the header has 2"),
        (("a1,1", "b2", "c3,3"), "line 3 has 1 values, the header has 2"),
        (("a1,1", '"b2,2', "c3,3"), "line 4 is not CSV"),
        (("a1,1", '"b2"x,2', "c3,3"), "line 3 is not CSV"),
    ],
)
def test_wrong_rows_are_refused_by_line_and_id(write, cells, reason):
    assert reason in refusal(write(rows(*cells)))


def test_lines_are_counted_as_an_editor_counts_them(write):
    assert "line 6 (id 'b2')" in refusal(write("\nid,y\n\na1,1\n\nb2,x\nc3,3\n"))


def test_a_frame_without_rows_or_with_duplicate_ids_is_refused():
    empty = pd.DataFrame({"id": pd.Series(dtype=str), "y": pd.Series(dtype=float)})
    assert "3 of 3 ids have no row" in refusal(empty)
    twice = pd.DataFrame({"id": ["a1", "a1", "b2"], "y": [1.0, 2.0, 3.0]})
    assert "position 0 and again in the row at position 1" in refusal(twice)
    missing = pd.DataFrame({"id": ["a1", None, "b2"], "y": [1.0, 2.0, 3.0]})
    assert "the id is empty" in refusal(missing)


# What is refused: columns


@pytest.mark.parametrize(
    ("header", "reasons"),
    [
        ("id", ["column 'y' is missing"]),
        ("y", ["column 'id' is missing"]),
        ("id,prediction", ["'y' is missing", "'prediction' is not asked for"]),
        ("id,y,z", ["'z' is not asked for"]),
        ("id,y,y", ["'y' is there twice"]),
        ("id,id,y", ["'id' is there twice"]),
        ("Id,Y", ["spelt exactly so"]),
        ("id, y", ["spelt exactly so"]),
        (",id,y", ["to_csv(index=False)"]),
        ("id;y", ["separated by commas"]),
        ("id\ty", ["separated by commas"]),
        ("a1,1", ["columns 'id', 'y' are missing", "columns 'a1', '1' are not asked for"]),
    ],
)
def test_wrong_columns_are_refused_with_the_columns_that_must_be(write, header, reasons):
    message = refusal(write(rows("a1,1", header=header)))
    assert all(reason in message for reason in reasons)


def test_wrong_frame_columns_are_refused():
    assert "'y' is missing" in refusal(pd.DataFrame({"id": IDS}))
    twice = pd.DataFrame([["a1", 1, 1]], columns=["id", "y", "y"])
    assert "there twice" in refusal(twice)
    indexed = pd.DataFrame({"id": IDS, "y": [1, 2, 3]}).set_index("id")
    assert "reset_index()" in refusal(indexed)


# What is refused: files


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"", "empty"),
        (b"\n \r\n\t\n", "empty"),
        (b"\xef\xbb\xbf", "empty"),
        (b"id,y\na1,1\nb2,\xff\nc3,3\n", "line 3 is not UTF-8 (byte 0xff)"),
        ("id,y\nä1,1\n".encode("latin-1"), "line 2 is not UTF-8"),
        ("id,y\na1,1\n".encode("utf-16"), "UTF-16"),
        ("id,y\na1,1\n".encode("utf-16-le"), "NUL"),
        (b"id,y\na1,1\nb2,\x002\n", "line 3 holds a NUL byte"),
        (b"\x1f\x8b\x08\x00\x00\x00", "NUL"),
        (b"PK\x03\x04\x14\x00\x08", "NUL"),
        (b"PAR1\x15\x04\x15", "is not asked for"),
        (b'{"id": ["a1"], "y": [1]}', "missing"),
        (b"<html><body>404</body></html>", "'id', 'y' are missing"),
    ],
)
def test_files_that_are_no_text_table_are_refused(write, content, reason):
    assert reason in refusal(write(content))


def test_a_missing_file_is_refused(tmp_path):
    assert "no such file" in refusal(tmp_path / "nothing.csv")
    assert "no such file" in refusal(tmp_path / "no" / "folder.csv")
    assert "no such file" in refusal(tmp_path / ("x" * 300))
    assert "no file name holds a NUL" in refusal(Path("a\0b"))


def test_a_link_is_refused_even_to_a_good_file(write, tmp_path):
    good = write(rows("a1,1", "b2,2", "c3,3"))
    link = tmp_path / "link.csv"
    link.symlink_to(good)
    assert "symbolic link" in refusal(link)
    link.unlink()
    link.symlink_to(link)
    assert "symbolic link" in refusal(link)


@pytest.mark.timeout(20)
def test_pipes_folders_devices_and_sockets_are_refused_without_waiting(tmp_path):
    pipe = tmp_path / "pipe.csv"
    os.mkfifo(pipe)
    assert "pipe" in refusal(pipe)
    assert "folder" in refusal(tmp_path)
    assert "device" in refusal(Path("/dev/zero"))
    with socket.socket(socket.AF_UNIX) as server:
        place = tmp_path / "s"
        server.bind(str(place))
        assert "socket" in refusal(place)


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read everything")
def test_an_unreadable_file_is_refused(write):
    path = write(rows("a1,1", "b2,2", "c3,3"))
    path.chmod(0)
    assert "permission" in refusal(path)


def test_a_file_beyond_the_limit_is_refused_unread(tmp_path):
    path = tmp_path / "huge.csv"
    with path.open("wb") as file:
        file.truncate(1 << 40)
    tracemalloc.start()
    message = refusal(path, max_bytes=1000)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert "larger than 1,000 bytes" in message
    assert peak < 1e6


def test_the_limit_itself_is_allowed(write):
    text = rows("a1,1", "b2,2", "c3,3")
    assert len(read_submission(write(text), NUMBER, IDS, max_bytes=len(text))) == 3
    assert "larger" in refusal(write(text), max_bytes=len(text) - 1)


SIZE = 4_000_000


@pytest.fixture
def boundless_csv():
    """The csv module as other code of the same process may have left it."""
    before = csv.field_size_limit(sys.maxsize)
    yield
    csv.field_size_limit(before)


@pytest.mark.parametrize(
    "bomb",
    [
        "id,y\n" + "," * SIZE,
        "," * SIZE,
        "id,y\n" + "\n" * SIZE,
        "\n" * SIZE,
        "\r" * SIZE + "id,y",
        "id,y\n" + "a1,1\n" * (SIZE // 5),
        "id,y\na1,1\nb2,2\nc3," + "9" * SIZE,
        'id,y\na1,"' + "\n" * SIZE,
        'id,y\na1,"' + "x" * SIZE,
        "id," + '"\n",' * (SIZE // 4),
        "id,y\na1," + '"\n",' * (SIZE // 4),
        "x" * SIZE,
        '"' * SIZE,
        "id,y\n" + '""' * (SIZE // 2),
    ],
    ids=[
        "columns-in-a-row",
        "columns-in-the-header",
        "blank-lines",
        "blank-lines-only",
        "carriage-returns",
        "rows",
        "long-number",
        "quoted-line-ends",
        "long-quoted-field",
        "many-quoted-columns-in-the-header",
        "many-quoted-columns",
        "one-long-name",
        "quotes",
        "quote-pairs",
    ],
)
@pytest.mark.timeout(60)
@pytest.mark.usefixtures("boundless_csv")
def test_files_made_to_exhaust_the_reader_are_refused_in_little_memory(write, bomb):
    path = write(bomb)
    tracemalloc.start()
    refusal(path)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 12 * SIZE


def test_a_file_with_some_rows_twice_still_says_which(write):
    text = rows(*(f"{i},1" for i in IDS for _ in range(3)))
    assert "'a1' stands in line 2 and again in line 3" in refusal(write(text))


@settings(max_examples=200, deadline=None, derandomize=True)
@given(st.one_of(st.binary(max_size=80), st.text(max_size=60).map(str.encode)))
def test_any_bytes_give_predictions_or_the_one_typed_error(tmp_path_factory, content):
    path = tmp_path_factory.getbasetemp() / "any.csv"
    for prefix in (b"", b"id,y\n", b"id,y\na1,1\nb2,2\nc3,"):
        path.write_bytes(prefix + content)
        try:
            values = read_submission(path, NUMBER, IDS)
        except InvalidSubmissionError:
            continue
        assert np.isfinite(values).all()
        assert values.shape == (3,)


@pytest.mark.parametrize(
    "changes",
    [
        {"columns": ("y", "z")},
        {"kind": "label"},
        {"kind": "probability", "classes": ("a", "b", "c")},
        {"kind": "probabilities", "classes": ("a", "b")},
        {"kind": "label", "classes": ("a", "a")},
        {"columns": ("id",)},
    ],
)
def test_a_form_that_contradicts_itself_is_a_fault_of_the_manifest(write, changes):
    form = NUMBER.model_copy(update=changes)
    with pytest.raises(ManifestError, match="submission"):
        read_submission(write(rows("a1,1")), form, IDS)


def test_a_hundred_thousand_rows_are_read_at_once(tmp_path):
    n = 100_000
    rng = np.random.default_rng(0)
    ids = [f"{i:08x}" for i in rng.permutation(n)]
    frame = pd.DataFrame({"id": ids, "y": rng.normal(size=n)}).sample(frac=1, random_state=0)
    path = tmp_path / "large.csv"
    frame.to_csv(path, index=False)
    form = NUMBER.model_copy(update={"rows": n})
    start = time.process_time()
    values = read_submission(path, form, ids)
    # Half a second on an idle machine, in processor time; room for a slow one.
    assert time.process_time() - start < 2.0
    assert values.tolist() == frame.set_index("id").loc[ids, "y"].tolist()
