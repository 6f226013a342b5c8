"""Anomalies among moments: when they are asked for, and that the task holds."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from mlesmith_env.recipes.model import DropColumns, TableRecipe, Within
from mlesmith_env.recipes.transforms import transformed_table
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


def _listed(folder: Path, form: str, paces: tuple[str, ...] = ("min", "min", "5min")) -> Path:
    """Write pumps a file each, and the spans of their faults in a file beside them."""
    (folder / "pumps").mkdir(parents=True)
    spans: dict[str, list[tuple[str, str]]] = {}
    for number, pace in enumerate(paces):
        frame = pumps(1500, seed=number).drop(columns="alarm_note")
        frame["time"] = pd.date_range("2022-05-01", periods=len(frame), freq=pace).astype(str)
        frame.drop(columns="fault").to_csv(folder / f"pumps/north{number}.csv", index=False)
        turns = np.flatnonzero(np.diff(frame["fault"], prepend=0, append=0))
        times = [str(time) for time in frame["time"]]
        pairs = [(times[a], times[b - 1]) for a, b in turns.reshape(-1, 2).tolist()]
        spans[f"raw/north{number}.csv"] = pairs
    if form == "json":
        spans["raw/another.csv"] = []
        (folder / "fault_windows.json").write_text(json.dumps(spans))
    else:
        rows = [(Path(key).stem, *pair) for key, pairs in spans.items() for pair in pairs]
        table = pd.DataFrame(rows, columns=["series", "start", "end"])
        table.to_csv(folder / f"{form}.csv", index=False)
    return folder


@pytest.mark.parametrize(("form", "flag"), [("json", "anomaly"), ("events", "event")])
def test_spans_listed_beside_series_are_asked_for(tmp_path: Path, form: str, flag: str) -> None:
    (first,) = proposals(_listed(tmp_path / "works", form), "watch")
    idea = first.idea
    assert (idea.target, idea.objective, idea.holdout.group) == (flag, "anomaly", "file")
    assert isinstance(idea.recipe, TableRecipe)
    (within,) = [each for each in idea.recipe.transforms if isinstance(each, Within)]
    frame = transformed_table(
        idea.recipe.reader, idea.recipe.transforms, seed=0, raw=tmp_path / "works"
    )
    faults = [pumps(1500, seed=number)["fault"].sum() for number in range(3)]
    assert frame.loc[frame[within.into] == "1", "file"].value_counts().tolist() == sorted(
        faults, reverse=True
    )


@pytest.mark.parametrize("kind", ["another name", "other series", "other times"])
def test_lists_of_something_else_are_not_asked_for(tmp_path: Path, kind: str) -> None:
    folder = _listed(tmp_path / "works", "shifts" if kind == "another name" else "json")
    path = folder / "fault_windows.json"
    if kind == "other series":
        path.write_text(path.read_text().replace("north", "south"))
    elif kind == "other times":
        path.write_text(path.read_text().replace("2022-05", "2019-05"))
    assert proposals(folder, "watch") == []


def test_a_task_of_listed_spans_holds_from_end_to_end(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = _listed(tmp_path / "data" / "works", "json")
    task = generated(folder, "anomaly", tmp_path / "registry", monkeypatch)
    assert "`fault_windows.json`" in task.description
    assert "5-minute step" in task.description


def test_a_task_holds_from_end_to_end(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = _write(tmp_path / "data" / "pumps", pumps())
    task = generated(folder, "anomaly", tmp_path / "registry", monkeypatch)
    assert formulation_of(task.manifest).name == "watch"
    assert task.manifest.recipe.holdout.kind == "last"
    assert "stretches" in task.description
