"""Labels of whole series: where they are found, and that the task holds."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from mlesmith_env.manifest import Manifest
from mlesmith_env.recipes.model import Combine, Gather, TableRecipe
from mlesmith_generator.brainstorm.courses import courses
from mlesmith_generator.brainstormer import ideas_for
from mlesmith_generator.formulations import formulation_of
from mlesmith_generator.formulations.sequences import PROGRAMS
from mlesmith_generator.profiler import profile_dataset
from tests.generator.formulations.making import generated, proposals


def knocks(rows: int = 160, length: int = 40, seed: int = 1) -> tuple[np.ndarray, np.ndarray]:
    """Vibrations of a door: one knock or two, at any moment; (rows, length) and (rows,)."""
    random = np.random.default_rng(seed)
    twice = np.arange(rows) % 2
    place = random.integers(3, length - 14, rows)
    series = random.normal(0, 0.15, (rows, length))
    for row in range(rows):
        for first in (place[row], place[row] + 8)[: 1 + twice[row]]:
            series[row, first : first + 4] += [1.0, 0.7, -0.5, 0.2]
    return series.round(3), np.where(twice == 1, "two", "one")


def ts_file(folder: Path, *, numbers: bool = False) -> Path:
    series, label = knocks()
    values = series.max(axis=1).round(3).astype(str) if numbers else label
    folder.mkdir(parents=True)
    said = "@targetlabel true" if numbers else "@classLabel true one two"
    head = ["@problemName Knocks", "@timeStamps false", "@univariate true", said, "@data"]
    lines = [f"{','.join(map(str, row))}:{name}" for row, name in zip(series, values, strict=True)]
    (folder / "Knocks_ALL.ts").write_text("\n".join([*head, *lines]) + "\n")
    return folder


def long_table(folder: Path) -> Path:
    series, label = knocks()
    rows, length = series.shape
    frame = pd.DataFrame(
        {
            "recording_id": np.repeat([f"r{row:04d}" for row in range(rows)], length),
            "step": np.tile(np.arange(length), rows),
            "vibration": series.ravel(),
            "knocks": np.repeat(label, length),
        }
    )
    folder.mkdir(parents=True)
    frame.to_csv(folder / "recordings.csv", index=False)
    return folder


def folder_of_files(folder: Path) -> Path:
    series, label = knocks()
    (folder / "parts").mkdir(parents=True)
    for row, values in enumerate(series, 1):
        pair = pd.DataFrame({"left": values, "right": np.roll(values, 1)})
        pair.to_csv(folder / "parts" / f"door_{row}.csv", index=False)
    labels = pd.DataFrame({"door_id": range(1, len(label) + 1), "knocks": label})
    labels.to_csv(folder / "labels.csv", index=False)
    return folder


def wide_table(folder: Path) -> Path:
    random = np.random.default_rng(2)
    place = np.linspace(0, 3, 48)
    fast = np.arange(150) % 2
    phase = random.uniform(0, 6, (150, 1))
    series = np.sin((1.0 + 0.7 * fast[:, None]) * place * 2 + phase) + random.normal(
        0, 0.1, (150, 48)
    )
    frame = pd.DataFrame(series.round(3), columns=[f"m{step}" for step in range(48)])
    frame.insert(0, "kind", np.where(fast == 1, "fast", "slow"))
    folder.mkdir(parents=True)
    frame.to_csv(folder / "curves.csv", index=False)
    return folder


def test_ts_files_ask_for_their_label_and_for_nothing_else(tmp_path: Path) -> None:
    folder = ts_file(tmp_path / "knocks")
    ideas = ideas_for(profile_dataset(folder, "knocks"), folder, limit=5)
    assert [idea.formulation for idea in ideas] == ["sequences"]
    assert (ideas[0].objective, ideas[0].modality) == ("binary", "time-series")


def test_numbers_as_labels_are_regression(tmp_path: Path) -> None:
    (first,) = proposals(ts_file(tmp_path / "knocks", numbers=True), "sequences")
    assert first.idea.objective == "regression"


def test_rows_with_one_key_are_gathered(tmp_path: Path) -> None:
    first = proposals(long_table(tmp_path / "doors"), "sequences")[0].idea
    assert isinstance(first.recipe, TableRecipe)
    (gather,) = [each for each in first.recipe.transforms if isinstance(each, Gather)]
    assert (gather.by, gather.columns, first.target) == (
        ("recording_id",),
        ("vibration",),
        "knocks",
    )


def test_labels_of_gathered_rows_come_in_the_order_of_the_table(tmp_path: Path) -> None:
    path = long_table(tmp_path / "doors") / "recordings.csv"
    frame = pd.read_csv(path)
    names = [f"{name}_seen" for name in ("knocks", "wood", "age", "floor", "house", "lock")]
    drawn = np.random.default_rng(3).choice(["low", "high"], (160, len(names)))
    frame[names] = np.repeat(drawn, 40, axis=0)
    frame.drop(columns="knocks").to_csv(path, index=False)
    (found,) = courses(profile_dataset(path.parent, "doors"), path.parent, 0)
    assert list(found.labels) == names


def test_files_of_one_case_find_their_label_in_the_table_beside_them(tmp_path: Path) -> None:
    first = proposals(folder_of_files(tmp_path / "doors"), "sequences")[0].idea
    assert first.target == "knocks"
    assert first.measured["channels"] == "2"


def test_consecutive_measurements_in_columns_are_one_series(tmp_path: Path) -> None:
    first = proposals(wide_table(tmp_path / "curves"), "sequences")[0].idea
    assert isinstance(first.recipe, TableRecipe)
    (joined,) = [each for each in first.recipe.transforms if isinstance(each, Combine)]
    assert len(joined.columns) == 48
    assert first.target == "kind"


@pytest.mark.parametrize("kind", ["shuffled columns", "a key without steps", "own numbers"])
def test_look_alikes_are_no_series(tmp_path: Path, kind: str) -> None:
    random = np.random.default_rng(3)
    if kind == "own numbers":  # Thirty measurements of their own.
        frame = pd.DataFrame(random.normal(size=(300, 30)), columns=[f"x{k}" for k in range(30)])
        frame["kind"] = np.where(frame["x3"] + frame["x9"] > 0, "a", "b")
    elif kind == "shuffled columns":
        frame = pd.read_csv(wide_table(tmp_path / "first") / "curves.csv")
        order = random.permutation([name for name in frame.columns if name != "kind"])
        frame = pd.DataFrame(frame[["kind", *order]])
    else:  # Orders of customers are no course of anything.
        customer = random.integers(0, 150, 4000)
        frame = pd.DataFrame(
            {
                "customer_id": customer,
                "amount": random.gamma(2, 20, 4000).round(2),
                "segment": np.array(["home", "trade"])[customer % 2],
            }
        )
    folder = tmp_path / "data"
    folder.mkdir()
    frame.to_csv(folder / "table.csv", index=False)
    assert proposals(folder, "sequences") == []


def test_a_task_holds_from_end_to_end(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = ts_file(tmp_path / "data" / "knocks")
    task = generated(folder, "binary", tmp_path / "registry", monkeypatch)
    manifest: Manifest = task.manifest
    assert formulation_of(manifest).name == "sequences"
    lines = (task.directory / "leaderboard.csv").read_text(encoding="utf-8").splitlines()[2:]
    names = {line.partition(",")[0] for line in lines}
    assert {program.name for program in PROGRAMS if not program.kinds} <= names
    assert "40 numbers" in task.description
    assert "of length 40" in task.description
