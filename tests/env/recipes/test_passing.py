"""Rows drawn while they pass are those that `SampleRows` draws of the whole table."""

from __future__ import annotations

import gzip
from pathlib import Path

import pandas as pd
import pytest

from mlesmith_env.recipes.draws import keys
from mlesmith_env.recipes.model import SampleRows, TableReader
from mlesmith_env.recipes.passing import Draw, Passing
from mlesmith_env.recipes.reader import read_table
from mlesmith_env.recipes.transforms import apply_transforms, transformed_table


def _write(path: Path, rows: int, first: int = 0) -> None:
    lines = [f"{first + row},text {row % 17},{row * 0.5}" for row in range(rows)]
    text = "\n".join(["id,name,value", *lines]) + "\n"
    if path.suffix == ".gz":
        path.write_bytes(gzip.compress(text.encode()))
    else:
        path.write_text(text)


def test_keys_from_a_place_on_are_those_of_the_whole():
    whole = keys(7, "sample", 1000)
    assert (keys(7, "sample", 300, first=700) == whole[700:]).all()


@pytest.mark.parametrize("count", [0, 1, 5, 70_000, 300_000])
@pytest.mark.parametrize("rows", [1, 5, 1000])
def test_any_number_of_rows_may_pass(count: int, rows: int):
    passing = Passing[int](Draw(rows, seed=3))
    for row in range(count):
        passing.offer(row)
    frame = pd.DataFrame({"row": [str(row) for row in range(count)]})
    whole = apply_transforms(frame, [SampleRows(rows=rows)], seed=3)
    assert list(passing.drawn()) == [int(row) for row in whole["row"]]


@pytest.mark.parametrize("rows", [10, 2000, 10**6])
@pytest.mark.parametrize("seed", [0, 1])
def test_a_table_of_several_files_is_the_same_either_way(tmp_path: Path, rows: int, seed: int):
    _write(tmp_path / "a.csv", 3000)
    _write(tmp_path / "b.csv.gz", 2000, first=3000)
    reader = TableReader(files=("a.csv", "a.csv"), file_column="file")
    for chosen in (reader, TableReader(files=("b.csv.gz",), compression="gzip")):
        sample = SampleRows(rows=rows)
        passed = transformed_table(chosen, [sample], seed=seed, raw=tmp_path)
        whole = apply_transforms(read_table(chosen, tmp_path), [sample], seed=seed)
        pd.testing.assert_frame_equal(passed, whole)


def test_all_rows_are_counted_though_few_are_held(tmp_path: Path):
    _write(tmp_path / "a.csv", 3000)
    frame = read_table(TableReader(files=("a.csv",)), tmp_path, draw=Draw(10, 0))
    assert len(frame) == 10
    assert frame.attrs["rows"] == 3000
