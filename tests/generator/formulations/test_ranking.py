"""Orders within groups: when they are asked for, and that the task holds."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

from tests.generator.formulations.made_worlds import races
from tests.generator.formulations.making import generated, proposals


def test_the_finish_of_a_race_is_ranked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    task = generated(races(tmp_path / "races"), "ranking", tmp_path / "registry", monkeypatch)
    public = task.prepare().public_dir
    train, test = pd.read_csv(public / "train.csv"), pd.read_csv(public / "test.csv")
    assert not set(train["race_id"]) & set(test["race_id"])
    assert "points" not in train.columns  # known only when the race is over
    assert "Position" not in train.columns


def test_a_number_that_is_no_place_is_not_ranked(tmp_path: Path):
    assert not proposals(races(tmp_path / "races", place="seconds"), "ranking")


def test_places_without_groups_are_not_ranked(tmp_path: Path):
    folder = races(tmp_path / "races")
    table = pd.read_csv(folder / "results.csv").rename(columns={"race_id": "runner"})
    table.to_csv(folder / "results.csv", index=False)
    assert not proposals(folder, "ranking")
