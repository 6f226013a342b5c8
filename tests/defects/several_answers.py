"""Several answers a row: labels that hold at once, numbers measured together; good and spoilt."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd

from mlesmith_env.manifest import MetricSpec
from mlesmith_env.task import Task
from tests.generator.formulations.made_worlds import faults, genres, loads, ticks

from .cases import defect, legitimate_built
from .making import Exhibit, Tables, first, repackage, reworded


def machines(folder: Path) -> Path:
    """Write machines with measurements and four faults."""
    folder.mkdir(parents=True)
    pd.DataFrame(faults()).to_csv(folder / "faults.csv", index=False)
    return folder


def plants(folder: Path) -> Path:
    """Write machines with a number of bolts and a state that go with the faults, not exactly."""
    folder.mkdir(parents=True)
    frame = pd.DataFrame(faults(seed=4))
    random = np.random.default_rng(4)
    count = frame.filter(like="fault").sum(axis=1) + random.integers(0, 2, len(frame))
    frame.insert(3, "bolts", count)
    frame.insert(4, "noise", np.where(count + random.integers(0, 3, len(frame)) > 2, "loud", "low"))
    frame.to_csv(folder / "faults.csv", index=False)
    return folder


def pupils(folder: Path) -> Path:
    """Write two scores of pupils and what they go with."""
    folder.mkdir(parents=True)
    pd.DataFrame(loads()).to_csv(folder / "scores.csv", index=False)
    return folder


def labels(root: Path) -> Task:
    """Return a good task of labels."""
    return first(root, machines, "multilabel")


def scores(root: Path) -> Task:
    """Return a good task of two numbers."""
    return first(root, pupils, "multi_regression")


@legitimate_built(execution=True)
def several_faults_of_machines(root: Path) -> Exhibit:
    return Exhibit(labels(root).directory)


@legitimate_built()
def several_faults_beside_an_honest_count(root: Path) -> Exhibit:
    return Exhibit(first(root, plants, "multilabel").directory)


@legitimate_built(execution=True)
def two_scores_of_pupils(root: Path) -> Exhibit:
    return Exhibit(scores(root).directory)


# Labels


def _with_code(root: Path, name: str, code: object) -> Exhibit:
    """Put what a function makes of the labels of a row into both public files."""
    tables = Tables.of(labels(root))
    truth = list(tables.task.manifest.truth)
    seen = tables.train[truth].astype(int)
    hidden = pd.DataFrame({label: tables.truth(label).astype(int) for label in truth})
    assert callable(code)
    return tables.told(name, code(seen), code(hidden)).written(root)


@defect("leak", "target-in-test")
def one_of_the_labels_stands_in_the_test_file(root: Path) -> Exhibit:
    tables = Tables.of(labels(root))
    tables.test["fault_b"] = tables.truth("fault_b")
    return tables.written(root)


@defect("leak", "target-copy", "target-proxy")
def a_label_in_words_under_another_name(root: Path) -> Exhibit:
    return _with_code(root, "notes", lambda known: known["fault_c"].map({0: "fine", 1: "worn"}))


@defect("leak", "target-copy", "target-proxy")
def a_label_with_a_few_slips_under_another_name(root: Path) -> Exhibit:
    def slip(known: pd.DataFrame) -> pd.Series:
        told = known["fault_a"].copy()
        told.iloc[7] = 1 - told.iloc[7]
        return told

    return _with_code(root, "checked", slip)


@defect("leak", "truth-combined")
def how_many_labels_hold(root: Path) -> Exhibit:
    return _with_code(root, "repairs", lambda known: known.sum(axis=1))


@defect("leak", "truth-combined")
def whether_any_label_holds(root: Path) -> Exhibit:
    return _with_code(root, "state", lambda known: known.any(axis=1).map({True: "no", False: "ok"}))


@defect("leak", "truth-combined", "target-proxy")
def all_labels_in_one_code(root: Path) -> Exhibit:
    return _with_code(root, "code", lambda known: known.astype(str).agg("".join, axis=1).radd("E"))


@defect("leak", "truth-combined", "target-copy", "target-proxy")
def all_labels_in_one_shuffled_code(root: Path) -> Exhibit:
    numbers = np.random.default_rng(8).permutation(100)[:16]

    def code(known: pd.DataFrame) -> np.ndarray:
        return numbers[known.to_numpy() @ (8, 4, 2, 1)]

    return _with_code(root, "batch", code)


@defect("leak", "duplicate-rows")
def hidden_machines_that_training_has(root: Path) -> Exhibit:
    tables = Tables.of(labels(root))
    features = [name for name in tables.test.columns if name != "id"]
    truth = list(tables.task.manifest.truth)
    tables.test.loc[:29, features] = tables.train.loc[:29, features].to_numpy()
    key = tables.answers.set_index("id").index.get_indexer(tables.test["id"].head(30))
    tables.answers.loc[key, truth] = tables.train.loc[:29, truth].to_numpy()
    return tables.written(root)


@defect("data", "target-invalid")
def a_label_that_half_holds(root: Path) -> Exhibit:
    tables = Tables.of(labels(root))
    tables.answers.loc[3, "fault_d"] = "0.5"
    return tables.written(root)


@defect("data", "sample-reveals-answers")
def sample_probabilities_that_know_one_label(root: Path) -> Exhibit:
    tables = Tables.of(labels(root))
    known = tables.truth("fault_b").astype(float)
    return tables.guessed({"fault_b": 0.3 + 0.3 * known}).written(root)


@defect("data", "sample-malformed")
def sample_probabilities_above_one(root: Path) -> Exhibit:
    tables = Tables.of(labels(root))
    tables.sample["fault_a"] = "1.5"
    return tables.written(root)


@defect("worth", "metric-unfit", "grading-fails")
def labels_judged_as_one_class(root: Path) -> Exhibit:
    return repackage(labels(root), metric=MetricSpec(name="roc_auc"))


@defect("data", "target-constant")
def a_label_that_no_hidden_row_has(root: Path) -> Exhibit:
    tables = Tables.of(labels(root))
    tables.answers["fault_c"] = "0"
    return tables.written(root)


@defect("description", "description-untrue")
def a_page_on_which_fewer_right_labels_are_better(root: Path) -> Exhibit:
    return reworded(labels(root), "higher is better", "lower is better")


@defect("description", "description-untrue", "description-incomplete")
def a_page_with_a_label_that_is_none(root: Path) -> Exhibit:
    return reworded(labels(root), "`fault_b`", "`fault_z`")


@defect("description", "description-untrue")
def a_page_with_a_label_too_many(root: Path) -> Exhibit:
    return reworded(labels(root), "four labels", "five labels")


@defect("description", "description-untrue")
def a_page_with_other_numbers_of_a_label(root: Path) -> Exhibit:
    task = labels(root)
    row = next(line for line in task.description.splitlines() if line.startswith("| `fault_b` | 1"))
    count = row.split("|")[2].strip()
    return reworded(task, row, row.replace(count, str(int(count) + 40)))


# Lists of labels


def listed(root: Path) -> Task:
    """Return a good task of labels that one cell lists."""
    return first(root, genres, "multilabel")


@legitimate_built()
def labels_that_a_cell_lists(root: Path) -> Exhibit:
    return Exhibit(listed(root).directory)


@legitimate_built()
def boxes_that_were_ticked(root: Path) -> Exhibit:
    return Exhibit(first(root, ticks, "multilabel").directory)


def _as_list(root: Path, name: str, form: str) -> Exhibit:
    """Put the list that the labels come from back, under a name and in a form."""
    tables = Tables.of(listed(root))
    truth = list(tables.task.manifest.truth)
    told: list[list[str]] = []
    for frame in (tables.train, pd.DataFrame({label: tables.truth(label) for label in truth})):
        held = frame[truth].astype(float).to_numpy() > 0
        told.append([form.format("; ".join(np.array(truth)[row])) for row in held])
    return tables.told(name, told[0], told[1]).written(root)


@defect("leak", "label-in-text", "truth-combined")
def the_list_of_labels_under_another_name(root: Path) -> Exhibit:
    return _as_list(root, "shelf", "{}")


@defect("leak", "label-in-text")
def a_sentence_that_names_the_labels(root: Path) -> Exhibit:
    return _as_list(root, "remarks", "it was filed among {}, they say")


@defect("leak", "target-copy", "target-proxy")
def one_listed_label_in_words_of_its_own(root: Path) -> Exhibit:
    tables = Tables.of(listed(root))
    words = {"1": "sung", "0": "spoken"}
    seen, hidden = (told.map(words) for told in (tables.train["Musical"], tables.truth("Musical")))
    return tables.told("sound", seen, hidden).written(root)


@defect("description", "description-untrue", "description-incomplete")
def a_page_with_a_listed_label_that_is_none(root: Path) -> Exhibit:
    return reworded(listed(root), "`Western`", "`Northern`")


# Numbers


def _with_number(root: Path, name: str, number: object) -> Exhibit:
    tables = Tables.of(scores(root))
    truth = list(tables.task.manifest.truth)
    seen = tables.train[truth].astype(float)
    hidden = pd.DataFrame({each: tables.truth(each).astype(float) for each in truth})
    assert callable(number)
    return tables.told(name, number(seen).round(3), number(hidden).round(3)).written(root)


@defect("leak", "target-in-test")
def the_second_number_stands_in_the_test_file(root: Path) -> Exhibit:
    tables = Tables.of(scores(root))
    tables.test["essay_score"] = tables.truth("essay_score")
    return tables.written(root)


@defect("leak", "target-proxy", "target-copy")
def the_second_number_in_percent(root: Path) -> Exhibit:
    return _with_number(root, "percent", lambda known: known["essay_score"] / 40 * 100)


@defect("leak", "truth-combined")
def the_total_of_both_numbers(root: Path) -> Exhibit:
    return _with_number(root, "total", lambda known: known.sum(axis=1))


@defect("leak", "truth-combined")
def how_far_both_numbers_are_apart(root: Path) -> Exhibit:
    return _with_number(
        root, "gap", lambda known: (known["essay_score"] - known["exam_score"]).abs()
    )


@defect("leak", "truth-combined")
def the_better_of_both_numbers(root: Path) -> Exhibit:
    return _with_number(root, "best", lambda known: known.max(axis=1))


@defect("leak", "target-arithmetic")
def a_number_in_two_parts(root: Path) -> Exhibit:
    tables = Tables.of(scores(root))
    random = np.random.default_rng(3)
    parts: list[pd.DataFrame] = []
    for told in (tables.train["exam_score"], tables.truth("exam_score")):
        whole = told.astype(float).to_numpy()
        part = (whole * random.uniform(0.2, 0.8, len(whole))).round(3)
        parts.append(pd.DataFrame({"oral": part, "written": (whole - part).round(3)}))
    for name in ("oral", "written"):
        tables.told(name, parts[0][name].to_numpy(), parts[1][name].to_numpy())
    return tables.written(root)


@defect("data", "target-invalid")
def a_number_that_is_a_word(root: Path) -> Exhibit:
    tables = Tables.of(scores(root))
    tables.answers.loc[4, "essay_score"] = "good"
    return tables.written(root)


@defect("data", "sample-reveals-answers")
def a_sample_that_knows_the_second_number(root: Path) -> Exhibit:
    tables = Tables.of(scores(root))
    return tables.guessed({"essay_score": tables.truth("essay_score")}).written(root)


@defect("worth", "metric-unfit", "grading-fails")
def two_numbers_judged_as_one(root: Path) -> Exhibit:
    return repackage(scores(root), metric=MetricSpec(name="rmse"))


@defect("description", "description-untrue")
def a_page_on_which_larger_errors_are_better(root: Path) -> Exhibit:
    return reworded(scores(root), "lower is better", "higher is better")


@defect("description", "description-untrue", "description-incomplete")
def a_page_that_asks_for_one_other_number(root: Path) -> Exhibit:
    return reworded(scores(root), "`essay_score`", "`sport_score`")


@defect("description", "description-untrue")
def a_page_with_another_range_of_the_second_number(root: Path) -> Exhibit:
    task = scores(root)
    row = [line for line in task.description.splitlines() if line.startswith("| `essay_score`")][-1]
    highest = row.split("|")[5].strip()
    return reworded(task, row, row.replace(highest, f"{3 * float(highest):.4g}"))
