"""Ratings of items by users: when they are asked for, and that the task holds."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

from tests.generator.formulations.made_worlds import films
from tests.generator.formulations.making import generated, proposals


def test_a_rating_of_an_item_by_a_user_is_asked_for(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    task = generated(films(tmp_path / "films"), "rating", tmp_path / "registry", monkeypatch)
    assert task.manifest.modality == "ratings"
    train = pd.read_csv(task.prepare().public_dir / "train.csv")
    assert {"user_id", "movie_id", "rating"} <= set(train.columns)
    rows = (task.directory / "leaderboard.csv").read_text().splitlines()[2:]
    order = [row.partition(",")[0] for row in rows]
    assert order.index("both_biases") < order.index("constant")


def test_measurements_at_places_are_no_ratings(tmp_path: Path):
    folder = films(tmp_path / "plots", ("plot", "year", "height"))
    assert not proposals(folder, "rating")


def test_one_rating_of_each_is_no_table_of_ratings(tmp_path: Path):
    folder = films(tmp_path / "films")
    table = pd.read_csv(folder / "ratings.csv")
    table["movie_id"] = range(len(table))
    table.to_csv(folder / "ratings.csv", index=False)
    assert not proposals(folder, "rating")
