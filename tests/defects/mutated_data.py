"""Seeded defects in the prepared data: what a broken or dishonest preparation would leave."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd

from .bases import churn, clinic, crops, demand, housing
from .cases import defect
from .making import Exhibit, Tables, good


def _random(seed: int = 21) -> np.random.Generator:
    return np.random.default_rng(seed)


# Files


@defect("data", "answers-exposed")
def labels_in_an_extra_file(root: Path) -> Exhibit:
    tables = Tables.of(good(root, churn))
    exhibit = tables.written(root)
    tables.answers.drop(columns="Usage").to_csv(
        exhibit.prepared.public_dir / "metadata.csv", index=False
    )
    return exhibit


@defect("data", "answers-exposed")
def labels_in_an_extra_json_file(root: Path) -> Exhibit:
    tables = Tables.of(good(root, crops))
    exhibit = tables.written(root)
    lines = [
        f'{{"row": {a}, "kind": "{b}"}}'
        for a, b in zip(tables.answers["id"], tables.answers["crop"], strict=True)
    ]
    (exhibit.prepared.public_dir / "extra").mkdir()
    (exhibit.prepared.public_dir / "extra" / "notes.jsonl").write_text("\n".join(lines))
    return exhibit


@defect("data", "unexpected-file")
def unexpected_file_in_public(root: Path) -> Exhibit:
    exhibit = Tables.of(good(root, housing)).written(root)
    (exhibit.prepared.public_dir / ".cache").write_text("left behind")
    return exhibit


@defect("data", "unexpected-file")
def link_in_public(root: Path) -> Exhibit:
    exhibit = Tables.of(good(root, housing)).written(root)
    link = exhibit.prepared.public_dir / "more"
    link.symlink_to(exhibit.prepared.private_dir)
    return exhibit


@defect("data", "missing-file")
def test_file_missing(root: Path) -> Exhibit:
    exhibit = Tables.of(good(root, housing)).written(root)
    (exhibit.prepared.public_dir / "test.csv").unlink()
    return exhibit


@defect("data", "preparation-differs")
def preparation_that_is_not_deterministic(root: Path) -> Exhibit:
    tables = Tables.of(good(root, housing))
    tables.train = tables.train.sample(frac=1.0, random_state=99)
    return tables.written(root)


@defect("data", "preparation-differs")
def answers_of_other_rows(root: Path) -> Exhibit:
    tables = Tables.of(good(root, housing))
    order = _random().permutation(len(tables.answers))
    tables.answers["rent"] = tables.answers["rent"].to_numpy()[order]
    return tables.written(root)


# Columns, ids, sizes


@defect("data", "target-in-test")
def target_left_in_test(root: Path) -> Exhibit:
    tables = Tables.of(good(root, housing))
    tables.test["rent"] = tables.answers["rent"].to_numpy()
    return tables.written(root)


@defect("data", "columns-differ")
def column_in_train_only(root: Path) -> Exhibit:
    tables = Tables.of(good(root, housing))
    tables.test = tables.test.drop(columns="floor")
    return tables.written(root)


@defect("data", "columns-differ")
def column_twice(root: Path) -> Exhibit:
    tables = Tables.of(good(root, housing))
    tables.train = tables.train.rename(columns={"floor": "built"})
    tables.test = tables.test.rename(columns={"floor": "built"})
    return tables.written(root)


@defect("data", "id-duplicate")
def id_twice_in_test(root: Path) -> Exhibit:
    tables = Tables.of(good(root, housing))
    tables.test.loc[3, "id"] = tables.test.loc[7, "id"]
    return tables.written(root)


@defect("data", "id-crossing")
def test_rows_with_their_ids_in_train(root: Path) -> Exhibit:
    tables = Tables.of(good(root, housing))
    extra = tables.test.assign(rent=tables.answers["rent"].to_numpy()).head(60)
    tables.train = pd.concat([tables.train, extra], ignore_index=True)
    return tables.written(root)


@defect("data", "ids-inconsistent")
def sample_submission_of_other_ids(root: Path) -> Exhibit:
    tables = Tables.of(good(root, housing))
    tables.sample["id"] = tables.train["id"].head(len(tables.sample)).to_numpy()
    return tables.written(root)


@defect("data", "ids-inconsistent", "sizes-inconsistent")
def rows_missing_from_test(root: Path) -> Exhibit:
    tables = Tables.of(good(root, housing))
    tables.test = tables.test.iloc[20:]
    return tables.written(root)


@defect("data", "too-few-rows")
def too_few_private_rows(root: Path) -> Exhibit:
    tables = Tables.of(good(root, housing))
    tables.answers["Usage"] = "Public"
    tables.answers.loc[:9, "Usage"] = "Private"
    return tables.written(root)


@defect("data", "usage-invalid", "grading-fails")
def usage_of_a_third_kind(root: Path) -> Exhibit:
    tables = Tables.of(good(root, housing))
    tables.answers.loc[5, "Usage"] = "Ignored"
    return tables.written(root)


@defect("data", "class-missing")
def class_that_training_never_shows(root: Path) -> Exhibit:
    tables = Tables.of(good(root, crops))
    tables.train = tables.train[tables.train["crop"] != "rye"]
    return tables.written(root)


@defect("data", "target-missing", "grading-fails")
def answers_with_gaps(root: Path) -> Exhibit:
    tables = Tables.of(good(root, crops))
    tables.answers.loc[4:9, "crop"] = ""
    return tables.written(root)


@defect("data", "target-missing")
def training_targets_with_gaps(root: Path) -> Exhibit:
    tables = Tables.of(good(root, housing))
    tables.train.loc[10:80, "rent"] = ""
    return tables.written(root)


@defect("data", "target-invalid", "grading-fails")
def class_that_nobody_declared(root: Path) -> Exhibit:
    tables = Tables.of(good(root, crops))
    tables.answers.loc[:30, "crop"] = "spelt"
    return tables.written(root)


# Sample submission


@defect("data", "sample-reveals-answers")
def sample_submission_equal_to_the_answers(root: Path) -> Exhibit:
    tables = Tables.of(good(root, housing))
    tables.sample["rent"] = tables.answers["rent"].to_numpy()
    return tables.written(root)


@defect("data", "sample-reveals-answers")
def sample_submission_near_the_answers(root: Path) -> Exhibit:
    tables = Tables.of(good(root, churn))
    truth = (tables.answers["churned"] == "Yes").to_numpy()
    tables.sample["churned"] = np.clip(_random().normal(0.35 + 0.3 * truth, 0.2), 0, 1).round(3)
    return tables.written(root)


@defect("data", "sample-malformed")
def sample_submission_without_a_column(root: Path) -> Exhibit:
    tables = Tables.of(good(root, housing))
    tables.sample = tables.sample.rename(columns={"rent": "prediction"})
    return tables.written(root)


@defect("data", "sample-malformed")
def sample_submission_with_words(root: Path) -> Exhibit:
    tables = Tables.of(good(root, housing))
    tables.sample["rent"] = "to be filled in"
    return tables.written(root)


# Rows across the holdout


def _with_test_rows(tables: Tables, share: float) -> pd.DataFrame:
    rows = tables.test.assign(**{tables.target: tables.answers[tables.target].to_numpy()})
    rows = rows.sample(frac=share, random_state=5)
    rows["id"] = [str(10_000_000 + 7919 * k % 99991) for k in range(len(rows))]
    return rows


def _shuffled(frame: pd.DataFrame) -> pd.DataFrame:
    return frame.sample(frac=1.0, random_state=8).reset_index(drop=True)


@defect("leak", "duplicate-rows")
def test_rows_in_train(root: Path) -> Exhibit:
    tables = Tables.of(good(root, housing))
    tables.train = _shuffled(pd.concat([tables.train, _with_test_rows(tables, 0.1)]))
    return tables.written(root)


@defect("leak", "duplicate-rows")
def a_few_test_rows_in_train(root: Path) -> Exhibit:
    tables = Tables.of(good(root, churn))
    tables.train = _shuffled(pd.concat([tables.train, _with_test_rows(tables, 0.02)]))
    return tables.written(root)


@defect("leak", "near-duplicate-rows", "duplicate-rows")
def test_rows_in_train_slightly_changed(root: Path) -> Exhibit:
    tables = Tables.of(good(root, crops))
    rows, random = _with_test_rows(tables, 0.15), _random(3)
    for name, by in (("mean_temperature", 0.02), ("nitrogen", 0.05), ("soil_ph", 0.004)):
        rows[name] = (
            (rows[name].astype(float) + random.normal(0, by, len(rows))).round(3).astype(str)
        )
    tables.train = _shuffled(pd.concat([tables.train, rows]))
    return tables.written(root)


@defect("leak", "private-rows-in-public")
def private_rows_that_are_public_ones(root: Path) -> Exhibit:
    tables = Tables.of(good(root, housing))
    public = np.flatnonzero(tables.answers["Usage"] == "Public")
    private = np.flatnonzero(tables.answers["Usage"] == "Private")
    to, source = private[:60], public[:60]
    features = [name for name in tables.test.columns if name != "id"]
    tables.test.loc[to, features] = tables.test.loc[source, features].to_numpy()
    tables.answers.loc[to, "rent"] = tables.answers.loc[source, "rent"].to_numpy()
    return tables.written(root)


@defect("leak", "group-crossing")
def declared_groups_that_cross(root: Path) -> Exhibit:
    tables = Tables.of(good(root, clinic))
    names = tables.train["patient"].unique()
    place = _random().choice(len(tables.test), 40, replace=False)
    tables.test.loc[place, "patient"] = _random(1).choice(names, 40)
    return tables.written(root)


@defect("leak", "time-crossing")
def future_rows_in_train(root: Path) -> Exhibit:
    tables = Tables.of(good(root, demand))
    here, there = np.arange(30), np.arange(30)
    dates = tables.train.loc[here, "date"].to_numpy().copy()
    tables.train.loc[here, "date"] = tables.test.loc[there, "date"].to_numpy()
    tables.test.loc[there, "date"] = dates
    return tables.written(root)


@defect("leak", "target-copy")
def label_copy_in_test_only(root: Path) -> Exhibit:
    tables = Tables.of(good(root, churn))
    answers = dict(zip(tables.answers["id"], tables.answers["churned"], strict=True))
    tables.test["paperless"] = tables.test["id"].map(answers).str.lower()
    return tables.written(root)


@defect("leak", "target-proxy")
def encoded_label_in_test_only(root: Path) -> Exhibit:
    tables = Tables.of(good(root, churn))
    answers = dict(zip(tables.answers["id"], tables.answers["churned"], strict=True))
    tables.test["paperless"] = tables.test["id"].map(answers).map({"Yes": "no", "No": "yes"})
    return tables.written(root)


@defect("leak", "parts-differ")
def public_rows_of_another_kind(root: Path) -> Exhibit:
    tables = Tables.of(good(root, housing))
    order = np.argsort(tables.test["area"].astype(float).to_numpy())
    tables.answers["Usage"] = "Private"
    tables.answers.loc[order[:100], "Usage"] = "Public"
    return tables.written(root)


@defect("leak", "order-leak")
def sample_submission_sorted_by_the_answers(root: Path) -> Exhibit:
    tables = Tables.of(good(root, housing))
    order = np.argsort(tables.answers["rent"].astype(float).to_numpy())
    tables.sample = tables.sample.iloc[order].reset_index(drop=True)
    return tables.written(root)


@defect("leak", "parts-differ")
def feature_in_another_unit_in_test(root: Path) -> Exhibit:
    tables = Tables.of(good(root, housing))
    tables.test["area"] = (tables.test["area"].astype(float) * 10.76).round(1).astype(str)
    return tables.written(root)


# Ids and order


def _renamed(tables: Tables, ids: dict[str, str]) -> Tables:
    for frame in (tables.train, tables.test, tables.sample, tables.answers):
        frame["id"] = frame["id"].map(ids)
    return tables


def _truth(tables: Tables) -> pd.Series:
    parts = (tables.train, tables.answers)
    return pd.concat([part.set_index("id")[tables.target] for part in parts])


@defect("leak", "id-leak")
def ids_that_rise_with_the_target(root: Path) -> Exhibit:
    tables = Tables.of(good(root, housing))
    truth = _truth(tables).astype(float).sort_values()
    return _renamed(tables, {old: str(k) for k, old in enumerate(truth.index)}).written(root)


@defect("leak", "id-leak")
def ids_in_runs_of_a_class(root: Path) -> Exhibit:
    tables = Tables.of(good(root, crops))
    truth = _truth(tables).sample(frac=1.0, random_state=1)
    run = truth.groupby(truth).cumcount() // 12
    start = {pair: k for k, pair in enumerate(sorted(set(zip(run, truth, strict=True))))}
    order = sorted(range(len(truth)), key=lambda k: start[run.iloc[k], truth.iloc[k]])
    ids = {truth.index[row]: f"row-{k:05d}" for k, row in enumerate(order)}
    return _renamed(tables, ids).written(root)


@defect("leak", "id-leak")
def ids_with_a_prefix_for_the_class(root: Path) -> Exhibit:
    tables = Tables.of(good(root, churn))
    truth = _truth(tables)
    ids = {o: f"{'B7' if y == 'Yes' else 'A2'}-{k}" for k, (o, y) in enumerate(truth.items())}
    return _renamed(tables, ids).written(root)


@defect("leak", "id-leak")
def even_and_odd_ids(root: Path) -> Exhibit:
    tables = Tables.of(good(root, churn))
    truth = _truth(tables).sample(frac=1.0, random_state=2)
    ids = {old: str(2 * k + (y == "Yes")) for k, (old, y) in enumerate(truth.items())}
    return _renamed(tables, ids).written(root)


@defect("leak", "order-leak")
def test_rows_sorted_by_the_target(root: Path) -> Exhibit:
    tables = Tables.of(good(root, housing))
    order = np.argsort(tables.answers["rent"].astype(float).to_numpy())
    tables.test = tables.test.iloc[order].reset_index(drop=True)
    return tables.written(root)


@defect("leak", "order-leak")
def training_rows_in_blocks_of_a_class(root: Path) -> Exhibit:
    tables = Tables.of(good(root, crops))
    order = tables.train["crop"].map({"maize": 0, "rye": 1, "barley": 2, "wheat": 3}).argsort()
    tables.train = tables.train.iloc[order].reset_index(drop=True)
    return tables.written(root)
