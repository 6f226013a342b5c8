"""Anomalies among moments: when they are asked for, and that the task holds."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from mlesmith_env.recipes.model import DropColumns, TableRecipe
from mlesmith_generator.formulations import formulation_of
from tests.defects.alarm_tasks import pumps
from tests.generator.formulations.making import generated, proposals


def _write(folder: Path, frame: pd.DataFrame) -> Path:
    folder.mkdir(parents=True)
    frame.to_csv(folder / "readings.csv", index=False)
    return folder


def test_flags_of_faults_are_asked_for_at_the_end_of_the_series(tmp_path: Path) -> None:
    (first,) = proposals(_write(tmp_path / "pumps", pumps()), "watch")
    idea = first.idea
    assert (idea.objective, idea.modality, idea.target) == ("anomaly", "time-series", "fault")
    assert (idea.holdout.kind, idea.holdout.column, idea.holdout.group) == ("last", "time", None)
    assert idea.form is not None
    assert idea.form.classes == ("0", "1")
    assert isinstance(idea.recipe, TableRecipe)
    (drop,) = [each for each in idea.recipe.transforms if isinstance(each, DropColumns)]
    assert drop.columns == ("alarm_note",)


def test_several_series_are_each_hidden_at_their_end(tmp_path: Path) -> None:
    frame = pd.concat([pumps(seed=seed).assign(pump=f"p{seed}") for seed in (2, 3, 4)])
    (first,) = proposals(_write(tmp_path / "pumps", frame), "watch")
    assert first.idea.holdout.group == "pump"


@pytest.mark.parametrize("kind", ["no times", "another name", "no signal", "early only"])
def test_look_alikes_are_not_asked_for(tmp_path: Path, kind: str) -> None:
    frame = pumps()
    if kind == "no times":
        frame = frame.drop(columns="time")
    elif kind == "another name":
        frame = frame.rename(columns={"fault": "weekend"}).drop(columns="alarm_note")
    elif kind == "no signal":
        frame["fault"] = np.random.default_rng(1).permutation(frame["fault"])
    else:
        frame.loc[1400:, "fault"] = 0
    assert proposals(_write(tmp_path / "pumps", frame), "watch") == []


def test_a_task_holds_from_end_to_end(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = _write(tmp_path / "data" / "pumps", pumps())
    task = generated(folder, "anomaly", tmp_path / "registry", monkeypatch)
    assert formulation_of(task.manifest).name == "watch"
    assert task.manifest.recipe.holdout.kind == "last"
    assert "stretches" in task.description
