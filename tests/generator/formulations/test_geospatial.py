"""Places on a map: when they carry a question, and that whole squares are hidden."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from mlesmith_env.recipes.model import Grid, TableRecipe
from mlesmith_generator.brainstorm.coordinates import map_of
from mlesmith_generator.brainstormer import ideas_for
from mlesmith_generator.profiler import profile_dataset
from mlesmith_generator.profiler.table import measure_table
from tests.generator.formulations.made_tables import wells, write
from tests.generator.formulations.making import generated, proposals


def in_a_plane(scale: float, north: str, east: str) -> pd.DataFrame:
    """Wells whose places are numbers of another scale, under other names."""
    made = wells()
    for axis, name in (("latitude", north), ("longitude", east)):
        made[name] = (scale * made.pop(axis)).round(0 if scale > 1 else 6)
    return made


@pytest.mark.parametrize(
    ("frame", "found"),
    [
        (wells(), True),
        (wells().rename(columns={"latitude": "lat", "longitude": "lng"}), True),
        (wells().rename(columns={"latitude": "Breitengrad", "longitude": "Längengrad"}), True),
        (wells().rename(columns={"latitude": "plateau", "longitude": "longing"}), False),
        (wells().assign(latitude=lambda made: 10 * made["latitude"]), False),
        (wells().assign(latitude=45.5, longitude=3.5), False),
        (in_a_plane(1e6, "YCOORD", "XCOORD"), True),
        (in_a_plane(1e5, "northing", "easting"), True),
        (in_a_plane(1.0, "Y", "X"), True),
        (in_a_plane(10.0, "y", "x"), False),
        (in_a_plane(1e5, "yield", "x"), False),
    ],
)
def test_maps_are_told_by_names_and_degrees(frame: pd.DataFrame, found: bool) -> None:
    where = map_of(measure_table(frame.astype(str).astype(object)))
    assert (where is not None) == found
    if where is not None:
        assert len(set(where.cells)) >= 60


def test_whole_squares_are_hidden(tmp_path: Path) -> None:
    proposal = proposals(write(tmp_path / "wells", wells()), "geospatial")[0]
    idea = proposal.idea
    assert (idea.target, idea.modality) == ("hardness_score", "geospatial")
    assert (idea.holdout.kind, idea.holdout.column, idea.holdout.drop_column) == (
        "group",
        "map_cell",
        True,
    )
    assert isinstance(idea.recipe, TableRecipe)
    assert isinstance(idea.recipe.transforms[0], Grid)


def test_whole_squares_of_a_plane_are_hidden(tmp_path: Path) -> None:
    folder = write(tmp_path / "wells", in_a_plane(1e6, "YCOORD", "XCOORD"))
    recipe = proposals(folder, "geospatial")[0].idea.recipe
    assert isinstance(recipe, TableRecipe)
    grid = recipe.transforms[0]
    assert isinstance(grid, Grid)
    assert (grid.latitude, grid.longitude) == ("YCOORD", "XCOORD")
    assert grid.degrees > 1_000


@pytest.mark.parametrize("names", [("latitude", "longitude"), ("YCOORD", "XCOORD")])
def test_the_place_itself_is_not_asked_for(tmp_path: Path, names: tuple[str, str]) -> None:
    frame = wells() if names[0] == "latitude" else in_a_plane(1e6, *names)
    frame["rain_total"] = (wells()["latitude"] * 30 + wells()["longitude"] * 10).round(0)
    asked = {each.idea.target for each in proposals(write(tmp_path / "wells", frame), "table")}
    assert asked
    assert not asked & set(names)


def test_what_does_not_depend_on_the_place_is_no_question_of_places(tmp_path: Path) -> None:
    frame = wells()
    random = np.random.default_rng(2)
    frame["hardness_score"] = (0.2 * frame["depth"] + random.normal(0, 2, len(frame))).round(2)
    assert not proposals(write(tmp_path / "wells", frame), "geospatial")


def test_what_is_asked_for_at_places_is_not_asked_for_at_random_rows(tmp_path: Path) -> None:
    folder = write(tmp_path / "wells", wells())
    at_random = {
        each.idea.target
        for each in proposals(folder, "table")
        if each.idea.holdout.kind in ("random", "stratified")
    }
    assert "hardness_score" in at_random
    ideas = ideas_for(profile_dataset(folder, "wells"), folder, limit=8)
    holdouts = {idea.holdout.kind for idea in ideas if "hardness" in idea.target}
    assert "group" in holdouts
    assert not holdouts & {"random", "stratified"}


def test_a_task_holds_from_end_to_end(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = write(tmp_path / "data" / "wells", wells())
    monkeypatch.setattr(
        "mlesmith_generator.formulations.table.brainstorm", lambda *given, **named: ()
    )
    task = generated(folder, "regression", tmp_path / "registry", monkeypatch)
    assert task.manifest.modality == "geospatial"
    assert "kriging" in (task.directory / "leaderboard.csv").read_text()
    assert "degrees" in task.description
    holdout = task.description.split("## Holdout")[1].split("##")[0]
    assert "`map_cell`" not in task.description  # Which never was in the raw data.
    recipe = task.manifest.recipe
    assert isinstance(recipe, TableRecipe)
    grid = next(each for each in recipe.transforms if isinstance(each, Grid))
    assert f"{grid.degrees:g}" in holdout
    assert "%" in holdout  # The share of the public rows, or of the private ones.
