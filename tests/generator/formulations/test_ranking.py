"""Orders within groups: when they are asked for, and that the task holds."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from tests.generator.formulations.making import generated, proposals


def _races(folder: Path, *, place: str = "Position") -> Path:
    random = np.random.default_rng(9)
    folder.mkdir(parents=True)
    rows = []
    for race in range(90):
        form = random.normal(size=10)
        start = np.argsort(np.argsort(-form + random.normal(0, 0.7, 10))) + 1
        finish = np.argsort(np.argsort(-form + random.normal(0, 0.7, 10))) + 1
        for runner in range(10):
            rows.append(
                {
                    "race_id": f"race {race}",
                    "starting_grid": start[runner],
                    "weight": round(float(60 + 3 * form[runner] + random.normal(0, 3)), 1),
                    "team": f"t{random.integers(0, 6)}",
                    place: finish[runner],
                    "points": max(0, 11 - 2 * finish[runner]),
                }
            )
    table = pd.DataFrame(rows).sample(frac=1, random_state=4)
    table.to_csv(folder / "results.csv", index=False)
    return folder


def test_the_finish_of_a_race_is_ranked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    task = generated(_races(tmp_path / "races"), "ranking", tmp_path / "registry", monkeypatch)
    public = task.prepare().public_dir
    train, test = pd.read_csv(public / "train.csv"), pd.read_csv(public / "test.csv")
    assert not set(train["race_id"]) & set(test["race_id"])
    assert "points" not in train.columns  # known only when the race is over
    assert "Position" not in train.columns


def test_a_number_that_is_no_place_is_not_ranked(tmp_path: Path):
    assert not proposals(_races(tmp_path / "races", place="seconds"), "ranking")


def test_places_without_groups_are_not_ranked(tmp_path: Path):
    folder = _races(tmp_path / "races")
    table = pd.read_csv(folder / "results.csv").rename(columns={"race_id": "runner"})
    table.to_csv(folder / "results.csv", index=False)
    assert not proposals(folder, "ranking")
