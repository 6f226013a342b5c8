"""Several labels, several numbers: when they are asked for, and that the tasks hold."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from tests.generator.formulations.made_worlds import faults, genres, loads, ticks
from tests.generator.formulations.making import generated, proposals


def _write(folder: Path, data: dict[str, object]) -> Path:
    folder.mkdir(parents=True, exist_ok=True)
    pd.DataFrame(data).to_csv(folder / "table.csv", index=False)
    return folder


def test_flags_of_one_kind_are_labels(tmp_path: Path):
    (proposal,) = proposals(_write(tmp_path / "machines", faults()), "multilabel")
    form = proposal.idea.form
    assert form is not None
    assert form.truth == form.columns == ("fault_a", "fault_b", "fault_c", "fault_d")


def test_the_classes_of_one_column_written_out_are_no_labels(tmp_path: Path):
    data = faults()
    chosen = np.random.default_rng(3).integers(0, 4, 500)
    for place, name in enumerate(("fault_a", "fault_b", "fault_c", "fault_d")):
        data[name] = (chosen == place).astype(int)
    assert not proposals(_write(tmp_path / "machines", data), "multilabel")


def test_flags_that_describe_rows_are_no_labels(tmp_path: Path):
    data = {name.replace("fault", "smokes"): values for name, values in faults().items()} | {
        "price": np.random.default_rng(4).gamma(3, 100, 500).round(2)
    }
    assert not proposals(_write(tmp_path / "patients", data), "multilabel")


def test_labels_that_nobody_has_are_left_out_and_told(tmp_path: Path):
    data = faults() | {"fault_e": np.r_[np.ones(3, int), np.zeros(497, int)]}
    (proposal,) = proposals(_write(tmp_path / "machines", data), "multilabel")
    assert [each.column for each in proposal.idea.exclusions] == ["fault_e"]


def test_unknown_labels_stay_unknown(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    data = pd.DataFrame(faults()).astype(object)
    gaps = np.random.default_rng(5).random((500, 4)) < 0.15
    data.iloc[:, 6:] = data.iloc[:, 6:].mask(gaps)
    folder = _write(tmp_path / "machines", dict(data.items()))
    task = generated(folder, "multilabel", tmp_path / "registry", monkeypatch)
    answers = pd.read_csv(task.prepare().private_dir / "answers.csv")
    assert answers["fault_a"].isna().any()
    assert "unknown" in task.description


@pytest.mark.parametrize("form", ["{}|{}", "{}, {}", "['{}', '{}']", "{};{}"])
def test_labels_that_a_cell_lists_are_asked_for(tmp_path: Path, form: str):
    (found,) = proposals(genres(tmp_path / "films", form=form), "multilabel")
    assert set(found.idea.form.columns if found.idea.form else ()) == {
        "Drama", "Comedy", "Horror", "Western", "Musical", "Crime"
    }  # fmt: skip
    assert [each.column for each in found.idea.exclusions] == ["genres"]


def test_values_with_a_comma_are_no_lists(tmp_path: Path):
    folder = genres(tmp_path / "films")
    table = pd.read_csv(folder / "films.csv")
    said = ["Yes, always", "No, never", "Yes, rarely", "No, not yet", "Other, say which"]
    table["genres"] = np.random.default_rng(2).choice(said, len(table))
    table.to_csv(folder / "films.csv", index=False)
    assert not proposals(folder, "multilabel")


def test_names_are_no_labels(tmp_path: Path):
    folder = genres(tmp_path / "films")
    table = pd.read_csv(folder / "films.csv")
    drawn = np.random.default_rng(2).integers(0, 4000, (len(table), 3))
    table["genres"] = [", ".join(f"word{n}" for n in row) for row in drawn]
    table.to_csv(folder / "films.csv", index=False)
    assert not proposals(folder, "multilabel")


def test_a_column_that_names_the_labels_is_left_out(tmp_path: Path):
    folder = genres(tmp_path / "films")
    table = pd.read_csv(folder / "films.csv")
    table["shelf"] = "Films / " + table["genres"].fillna("").str.replace("|", " and ").str.upper()
    table.to_csv(folder / "films.csv", index=False)
    (found,) = proposals(folder, "multilabel")
    assert "shelf" in {each.column for each in found.idea.exclusions}


def test_boxes_that_were_ticked_are_asked_for(tmp_path: Path):
    (found,) = proposals(ticks(tmp_path / "kitchen"), "multilabel")
    assert found.idea.form is not None
    assert found.idea.form.columns == ("Bread", "Rice", "Cheese", "Fish", "Beans")


def test_a_task_of_listed_labels_passes_all_gates(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    folder = genres(tmp_path / "films")
    task = generated(folder, "multilabel", tmp_path / "registry", monkeypatch)
    train = pd.read_csv(task.prepare().public_dir / "train.csv")
    assert "genres" not in train.columns
    assert (train[list(task.manifest.truth)].sum(axis=1) > 1).any()
    assert "`genres`" in task.description


def test_numbers_that_were_measured_together_are_asked_together(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    folder = _write(tmp_path / "pupils", loads())
    task = generated(folder, "multi_regression", tmp_path / "registry", monkeypatch)
    assert task.manifest.truth == ("exam_score", "essay_score")


def test_a_number_that_gives_the_other_is_no_second_question(tmp_path: Path):
    data = loads()
    data["essay_score"] = 2 * np.asarray(data["exam_score"])
    assert not proposals(_write(tmp_path / "pupils", data), "multi_regression")


def test_measurements_are_no_outcomes(tmp_path: Path):
    data = loads()
    renamed = {"width_mm": data.pop("exam_score"), "length_mm": data.pop("essay_score")}
    assert not proposals(_write(tmp_path / "parts", data | renamed), "multi_regression")


def _yields(dated: dict[str, object], level: np.ndarray) -> dict[str, object]:
    random = np.random.default_rng(12)
    noise = random.normal(0, 1, (len(level), 4))
    return {
        **dated,
        "feed": (level + 1.2 * noise[:, 0]).round(3),
        "heat": (0.5 * level + 1.2 * noise[:, 1]).round(3),
        "pressure": random.normal(0, 1, len(level)).round(3),
        "oil_yield": (20 + 5 * level + 1.5 * noise[:, 2]).round(2),
        "gas_yield": (12 + 3 * level + 3 * noise[:, 3]).round(2),
    }


@pytest.mark.parametrize(("followed", "kind"), [(True, "time"), (False, "random")])
def test_numbers_of_a_course_are_hidden_from_a_day_on(
    tmp_path: Path, followed: bool, kind: str
) -> None:
    random = np.random.default_rng(13)
    level = random.normal(0, 1, 700)
    if followed:
        for day in range(1, len(level)):
            level[day] = 0.95 * level[day - 1] + 0.31 * level[day]
    days = pd.date_range("2018-01-01", periods=700).strftime("%Y-%m-%d")
    found = proposals(_write(tmp_path / "well", _yields({"day": days}, level)), "multi_regression")
    assert [each.idea.holdout.kind for each in found] == [kind]
