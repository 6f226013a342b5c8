"""Ratings of items by users: when they are asked for, and that the task holds."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from tests.generator.formulations.making import generated, proposals


def _films(folder: Path, names: tuple[str, str, str] = ("user_id", "movie_id", "rating")) -> Path:
    random = np.random.default_rng(11)
    folder.mkdir(parents=True)
    users, items, rows = 90, 60, 2400
    pairs = random.permutation(users * items)[:rows]
    user, item = pairs // items, pairs % items
    taste, kind = random.normal(size=(users, 2)), random.normal(size=(items, 2))
    score = 3 + random.normal(0, 0.5, users)[user] + random.normal(0, 0.6, items)[item]
    score = score + 0.5 * (taste[user] * kind[item]).sum(axis=1) + random.normal(0, 0.4, rows)
    rated = np.clip(np.rint(score), 1, 5).astype(int)
    table = pd.DataFrame({names[0]: 700 + user, names[1]: 20 + item, names[2]: rated})
    table.to_csv(folder / "ratings.csv", index=False)
    return folder


def test_a_rating_of_an_item_by_a_user_is_asked_for(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    task = generated(_films(tmp_path / "films"), "rating", tmp_path / "registry", monkeypatch)
    assert task.manifest.modality == "ratings"
    train = pd.read_csv(task.prepare().public_dir / "train.csv")
    assert {"user_id", "movie_id", "rating"} <= set(train.columns)
    rows = (task.directory / "leaderboard.csv").read_text().splitlines()[2:]
    order = [row.partition(",")[0] for row in rows]
    assert order.index("both_biases") < order.index("constant")


def test_measurements_at_places_are_no_ratings(tmp_path: Path):
    folder = _films(tmp_path / "plots", ("plot", "year", "height"))
    assert not proposals(folder, "rating")


def test_one_rating_of_each_is_no_table_of_ratings(tmp_path: Path):
    folder = _films(tmp_path / "films")
    table = pd.read_csv(folder / "ratings.csv")
    table["movie_id"] = range(len(table))
    table.to_csv(folder / "ratings.csv", index=False)
    assert not proposals(folder, "rating")
