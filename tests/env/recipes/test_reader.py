"""Reading a table as text, exactly as its reader says."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from mlesmith_env.errors import ReadError
from mlesmith_env.recipes.model import TableReader
from mlesmith_env.recipes.reader import file_labels, read_table
from mlesmith_env.recipes.text import clean_names, numbers, text_series


def read(folder: Path, content: str | bytes, **options: object) -> pd.DataFrame:
    (folder / "t.csv").write_bytes(content.encode() if isinstance(content, str) else content)
    return read_table(TableReader.model_validate({"files": ("t.csv",), **options}), folder)


def test_values_stay_the_text_that_they_are(tmp_path: Path) -> None:
    frame = read(tmp_path, 'a,b,c\n007,1e5,"1,234"\n1.50,TRUE, x \n')
    assert frame.to_numpy().tolist() == [["007", "1e5", "1,234"], ["1.50", "TRUE", "x"]]


def test_missing_is_nan_in_text_columns(tmp_path: Path) -> None:
    frame = read(tmp_path, "a,b\n ? ,1\n,NA\nx,None\n", missing=("?", "NA"))
    assert frame.isna().to_numpy().tolist() == [[True, False], [True, True], [False, False]]
    assert all(dtype == "str" for dtype in frame.dtypes)


def test_a_column_that_is_missing_throughout_is_text(tmp_path: Path) -> None:
    frame = read(tmp_path, "a,b\n,1\n,2\n")
    assert frame["a"].dtype == "str"
    assert frame["a"].isna().all()


def test_rows_without_a_value_are_left_out_and_short_ones_filled(tmp_path: Path) -> None:
    frame = read(tmp_path, "a,b,c\n1,2,3\n\n,,\n4\n5,6,7,,\n")
    assert frame.fillna("-").to_numpy().tolist() == [
        ["1", "2", "3"],
        ["4", "-", "-"],
        ["5", "6", "7"],
    ]


def test_many_rows_that_are_too_long_are_refused(tmp_path: Path) -> None:
    with pytest.raises(ReadError, match="10 of 10 rows hold more values than the 2 columns"):
        read(tmp_path, "a,b\n" + "1,2,3\n" * 10)


def test_line_breaks_inside_values_become_newlines(tmp_path: Path) -> None:
    frame = read(tmp_path, b'a,b\r\n"x\r\ny",1\r\n"p\rq",2\r\n')
    assert list(frame["a"]) == ["x\ny", "p\nq"]


def test_names_replace_or_stand_for_a_header(tmp_path: Path) -> None:
    headerless = read(tmp_path, "1,2\n3,4\n", header_rows=0)
    assert list(headerless.columns) == ["column_1", "column_2"]
    assert len(headerless) == 2
    named = read(tmp_path, "a,b\n3,4\n", columns=("x", "y"))
    assert list(named.columns) == ["x", "y"]
    assert len(named) == 1


def test_title_and_footer_lines(tmp_path: Path) -> None:
    frame = read(tmp_path, "title\n\na,b\n1,2\n3,4\nsource: x\n", skip_rows=2, skip_footer=1)
    assert frame.to_numpy().tolist() == [["1", "2"], ["3", "4"]]


def test_decimal_commas_become_points_in_numbers_only(tmp_path: Path) -> None:
    frame = read(tmp_path, "a;b\n1,5;a,b\n-1.234,25;1,2,3\n", delimiter=";", decimal=",")
    assert frame.to_numpy().tolist() == [["1.5", "a,b"], ["-1234.25", "1,2,3"]]


def test_a_sample_is_even_ordered_and_knows_the_whole(tmp_path: Path) -> None:
    text = "n\n" + "".join(f"{i}\n" for i in range(10_000))
    (tmp_path / "t.csv").write_text(text)
    reader = TableReader(files=("t.csv",))
    frame = read_table(reader, tmp_path, max_rows=100)
    kept = [int(value) for value in frame["n"]]
    assert len(kept) == 100
    assert kept == sorted(kept)
    assert kept[0] < 200
    assert kept[-1] > 9_800
    assert max(np.diff(kept)) < 300
    assert frame.attrs["rows"] == 10_000
    assert read_table(reader, tmp_path).attrs["rows"] == 10_000


def test_a_sample_of_a_small_table_is_all_of_it(tmp_path: Path) -> None:
    (tmp_path / "t.csv").write_text("n\n1\n2\n3\n")
    frame = read_table(TableReader(files=("t.csv",)), tmp_path, max_rows=100)
    assert list(frame["n"]) == ["1", "2", "3"]


def test_several_files_tell_their_rows_apart(tmp_path: Path) -> None:
    for name in ("red.csv", "white.csv"):
        (tmp_path / name).write_text("a\n1\n2\n")
    reader = TableReader(files=("white.csv", "red.csv"), file_column="kind")
    frame = read_table(reader, tmp_path)
    assert list(frame["kind"]) == ["white", "white", "red", "red"]


def test_files_with_other_columns_are_not_mixed(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text("a,b\n1,2\n")
    (tmp_path / "b.csv").write_text("a,c\n1,2\n")
    with pytest.raises(ReadError, match=r"'b\.csv' has other columns than 'a\.csv'"):
        read_table(TableReader(files=("a.csv", "b.csv")), tmp_path)


def test_labels_of_files_are_as_short_as_they_can_be() -> None:
    assert file_labels(["x/a.csv", "y/b.csv.gz"]) == ("a", "b")
    assert file_labels(["d/2019/a.csv", "d/2020/a.csv"]) == ("2019/a", "2020/a")


@pytest.mark.parametrize("path", ["../t.csv", "/etc/passwd", "a/../../t.csv", "nothing.csv"])
def test_paths_outside_the_dataset_are_refused(tmp_path: Path, path: str) -> None:
    with pytest.raises(ReadError):
        read_table(TableReader(files=(path,)), tmp_path)


def test_the_wrong_encoding_is_told(tmp_path: Path) -> None:
    with pytest.raises(ReadError, match="not utf-8 text"):
        read(tmp_path, "a\nñ\n".encode("latin-1"))
    with pytest.raises(ReadError, match="not an encoding"):
        read(tmp_path, "a\n1\n", encoding="klingon")


def test_a_value_longer_than_the_default_limit_of_the_csv_module(tmp_path: Path) -> None:
    frame = read(tmp_path, f"a,b\n{'x' * 300_000},1\n")
    assert len(frame["a"][0]) == 300_000


def test_numbers_in_json_keep_their_spelling(tmp_path: Path) -> None:
    (tmp_path / "t.csv").write_text('[{"a": 1.50, "b": [1, 2], "c": "é"}, {"a": 1e400}]')
    frame = read_table(TableReader(files=("t.csv",), format="json"), tmp_path)
    assert list(frame["a"]) == ["1.50", "1e400"]
    assert frame["b.1"][0] == "1"


def test_half_characters_in_json_do_not_break_files(tmp_path: Path) -> None:
    (tmp_path / "t.csv").write_text('[{"a\\ud800": "x\\udfff", "b": "p\\r\\nq\\u0000"}]')
    frame = read_table(TableReader(files=("t.csv",), format="json"), tmp_path)
    assert list(frame.columns) == ["a?", "b"]
    assert frame.iloc[0].tolist() == ["x?", "p\nq"]


def test_deep_json_is_refused_not_fatal(tmp_path: Path) -> None:
    (tmp_path / "t.csv").write_text("[" * 100_000)
    with pytest.raises(ReadError):
        read_table(TableReader(files=("t.csv",), format="json"), tmp_path)


def test_records_with_other_keys_share_one_table(tmp_path: Path) -> None:
    lines = [json.dumps({"a": 1}), json.dumps({"b": {"c": "x"}})]
    (tmp_path / "t.csv").write_text("\n".join(lines))
    frame = read_table(TableReader(files=("t.csv",), format="jsonl"), tmp_path)
    assert list(frame.columns) == ["a", "b.c"]
    assert frame.isna().to_numpy().tolist() == [[False, True], [True, False]]


def test_names_are_unique_and_never_empty() -> None:
    assert clean_names(["", " a ", "a", "", "a_2", "b\nc"]) == (
        "row",
        "a",
        "a_3",
        "column_4",
        "a_2",
        "b c",
    )


def test_only_plain_numbers_count() -> None:
    column = text_series(["1", "-2.5e3", ".5", "1_000", "inf", "nan", "0x1f", "1e999", "٣", None])
    values = numbers(column)
    assert values[:3].tolist() == [1.0, -2500.0, 0.5]
    assert np.isnan(values[3:]).all()
