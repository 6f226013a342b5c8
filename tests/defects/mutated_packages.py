"""Seeded defects in the package: manifest, anchors, metric, sources, files that were tampered."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from mlesmith_env.manifest import MetricSpec
from mlesmith_env.recipes.model import MapValues
from mlesmith_env.task import Task

from .bases import Base, churn, crops, demand, housing
from .cases import defect, legitimate, seeded
from .making import Exhibit, good, make, repackage

LOADING = "package-invalid"
"""The code under which a package that can not even be loaded is refused."""


def _task(root: Path, base: Base) -> Task:
    return Task.load(make(root, base).directory)


def _edited(task: Task, name: str, old: str, new: str) -> Exhibit:
    path = task.directory / name
    text = path.read_text(encoding="utf-8")
    if old not in text:
        raise AssertionError(f"{old!r} is not in {path}")
    path.write_text(text.replace(old, new, 1), encoding="utf-8")
    return Exhibit(task.directory)


# Tampered files


@defect("package", LOADING)
def manifest_edited_by_hand(root: Path) -> Exhibit:
    return _edited(good(root, housing), "task.yaml", "name: rmse", "name: mae")


@defect("package", LOADING)
def description_edited_by_hand(root: Path) -> Exhibit:
    return _edited(good(root, housing), "description.md", "## Metric", "## The metric")


@defect("package", LOADING)
def unknown_key_in_the_manifest(root: Path) -> Exhibit:
    return _edited(good(root, housing), "task.yaml", "slug:", "bonus: 3\nslug:")


@defect("package", LOADING)
def script_in_the_package(root: Path) -> Exhibit:
    task = good(root, housing)
    (task.directory / "metric.py").write_text("def evaluate(a, b):\n    return 1.0\n")
    return Exhibit(task.directory)


@defect("package", LOADING)
def stray_file_in_the_package(root: Path) -> Exhibit:
    task = good(root, housing)
    (task.directory / "answers.csv").write_text("id,rent\n1,2\n")
    return Exhibit(task.directory)


@defect("package", LOADING)
def source_record_that_was_changed(root: Path) -> Exhibit:
    task = good(root, housing)
    record = next((task.directory.parent.parent / "sources").glob("*.yaml"))
    digest = task.source.files[0].sha256
    record.write_text(record.read_text().replace(digest, digest[::-1]))
    return Exhibit(task.directory)


@defect("package", "preparation-fails", "preparation-differs")
def recipe_of_another_seed(root: Path) -> Exhibit:
    task = good(root, housing)
    recipe = task.manifest.recipe.model_copy(update={"seed": 4711})
    return repackage(task, recipe=recipe)


@defect("package", "split-wrong")
def split_of_another_dataset(root: Path) -> Exhibit:
    task = good(root, housing)
    return repackage(task, split="eval" if task.manifest.split == "train" else "train")


@defect("package", "sizes-inconsistent", "grading-fails")
def wrong_number_of_rows(root: Path) -> Exhibit:
    task = good(root, housing)
    form = task.manifest.submission
    return repackage(task, submission=form.model_copy(update={"rows": form.rows + 5}))


@defect("package", "limits-inconsistent")
def run_that_may_be_longer_than_the_episode(root: Path) -> Exhibit:
    task = good(root, housing)
    limits = task.manifest.limits.model_copy(update={"step_timeout_s": 900.0, "time_limit_s": 60.0})
    return repackage(task, limits=limits)


# Metric


@defect("package", "metric-unfit", "grading-fails", "objective-mismatch")
def metric_of_another_kind(root: Path) -> Exhibit:
    return repackage(good(root, crops), metric=MetricSpec(name="rmse"))


@defect("package", "constant-metric", "metric-unfit", "grading-fails")
def metric_that_is_constant(root: Path) -> Exhibit:
    task = _task(root, crops().but(metric="log_loss"))
    return repackage(task, metric=MetricSpec(name="top_k_accuracy", params={"k": 4}))


@defect("package", "grading-fails", "metric-unfit", "metric-undefined")
def logarithmic_error_of_negative_targets(root: Path) -> Exhibit:
    base = housing()
    frame = base.frame.assign(rent=(base.y - base.y.median()).round(2))
    return repackage(_task(root, base.but(frame=frame)), metric=MetricSpec(name="rmsle"))


@defect("package", "objective-mismatch")
def regression_called_classification(root: Path) -> Exhibit:
    return repackage(good(root, housing), objective="binary")


# Anchors: with a leaderboard beside them, as in a finished task


def _anchored(root: Path, floor: float, ceiling: float, steps: tuple[float, ...]) -> Exhibit:
    task = good(root, housing)
    (task.directory / "leaderboard.csv").write_text(
        "# digest: none\nname,public,private\nconstant,390.0,390.0\nboosting,120.0,120.0\n"
    )
    names = ("median", "bronze", "silver", "gold")
    anchors = {
        "floor": floor,
        "ceiling": ceiling,
        "thresholds": dict(zip(names, steps, strict=True)),
    }
    return repackage(task, final=True, reference={"public": anchors, "private": anchors})


@defect("package", "anchors-inverted")
def floor_and_ceiling_exchanged(root: Path) -> Exhibit:
    return _anchored(root, 120.0, 390.0, (300.0, 220.0, 160.0, 130.0))


@defect("package", "thresholds-not-monotone")
def thresholds_that_fall_back(root: Path) -> Exhibit:
    return _anchored(root, 390.0, 120.0, (300.0, 160.0, 220.0, 130.0))


@defect("package", "thresholds-not-monotone")
def thresholds_that_are_equal(root: Path) -> Exhibit:
    return _anchored(root, 390.0, 120.0, (300.0, 220.0, 220.0, 130.0))


@defect("package", "anchors-beyond-perfect")
def ceiling_better_than_perfect(root: Path) -> Exhibit:
    return _anchored(root, 390.0, -5.0, (300.0, 220.0, 160.0, 130.0))


# Targets and metrics that are not worth a task


@defect("worth", "metric-imbalance")
def accuracy_at_three_per_cent(root: Path) -> Exhibit:
    base = churn(rows=3000)
    rare = base.y.where(base.y == "No", base.y.where(base.frame.index % 14 == 0, "No"))
    return make(root, base.but(frame=base.frame.assign(churned=rare), metric="accuracy"))


def _with_a_rare_crop(rows: int) -> Base:
    base = crops()
    crop = base.y.to_numpy().copy()
    crop[np.random.default_rng(41).choice(len(crop), rows, replace=False)] = "hemp"
    return base.but(frame=base.frame.assign(crop=crop))


@seeded("worth", "metric-few-rows")
def a_mean_over_classes_of_which_one_has_two_private_rows() -> Base:
    return _with_a_rare_crop(11)


@seeded("worth", "metric-few-rows")
def a_mean_of_areas_of_which_one_has_two_private_rows() -> Base:
    return _with_a_rare_crop(11).but(metric="roc_auc_ovr")


@legitimate()
def a_mean_over_classes_of_which_one_has_four_private_rows() -> Base:
    return _with_a_rare_crop(22)


@legitimate()
def rare_classes_under_a_metric_that_counts_rows() -> Base:
    return _with_a_rare_crop(11).but(metric="log_loss")


def _scale_with_a_rare_end(rows: int) -> Base:
    """Quality of fields in three steps, nearly all at the best, with so many at the worst."""
    base = crops()
    yielded = base.frame["rain_mm"] + 40 * base.frame["soil_ph"]
    rank = yielded.rank(method="first").to_numpy()
    grade = np.select([rank <= rows, rank <= 100], ["low", "medium"], "high")
    scale = MapValues(
        column="grade", into="grade", values={name: name for name in ("low", "medium", "high")}
    )
    return base.but(
        frame=base.frame.assign(grade=grade),
        target="grade",
        objective="ordinal",
        metric="quadratic_kappa",
        transforms=(scale,),
        drop=("crop",),
    )


@seeded("worth", "metric-few-rows")
def squares_on_a_scale_of_which_one_end_has_two_private_rows() -> Base:
    return _scale_with_a_rare_end(11)


@legitimate()
def squares_on_a_scale_of_which_one_end_has_six_private_rows() -> Base:
    return _scale_with_a_rare_end(30)


@defect("worth", "target-identifier")
def target_that_is_an_identifier(root: Path) -> Exhibit:
    import numpy as np

    base = housing()
    number = 100_000 + np.random.default_rng(1).permutation(len(base.y)) * 3
    return make(root, base.but(target="contract_id").having(contract_id=number))


@defect("worth", "target-identifier")
def target_that_counts_the_rows(root: Path) -> Exhibit:
    base = housing()
    return make(root, base.but(target="entry").having(entry=range(5, 5 + len(base.y))))


@defect("worth", "target-identifier")
def classes_that_are_nearly_unique(root: Path) -> Exhibit:
    base = crops()
    frame = base.frame.assign(field=[f"field {k // 5}" for k in range(len(base.y))])
    return make(root, base.but(frame=frame, target="field", metric="accuracy", drop=("crop",)))


@defect("worth", "target-degenerate")
def target_that_hardly_varies(root: Path) -> Exhibit:
    base = churn(rows=5000)
    frame = base.frame.assign(fraud=["yes" if k % 312 == 0 else "no" for k in range(5000)])
    return make(root, base.but(frame=frame, target="fraud", drop=("churned",)))


@defect("worth", "target-degenerate")
def number_that_is_nearly_always_zero(root: Path) -> Exhibit:
    base = housing(rows=1500)
    fine = [float(k) if k % 60 == 0 else 0.0 for k in range(1500)]
    return make(root, base.but(target="fine").having(fine=fine))


@defect("worth", "target-date", "target-identifier")
def target_that_is_a_moment(root: Path) -> Exhibit:
    import numpy as np

    base = demand()
    stamp = np.random.default_rng(2).integers(1_600_000_000, 1_700_000_000, len(base.y))
    from mlesmith_env.recipes.model import Holdout

    holdout = Holdout(kind="random")
    return make(root, base.but(target="timestamp", holdout=holdout).having(timestamp=stamp))


@defect("worth", "metric-unfit")
def percentage_error_of_targets_near_zero(root: Path) -> Exhibit:
    base = housing()
    frame = base.frame.assign(rent=base.y.where(base.frame.index % 12 != 0, 0.01))
    return make(root, base.but(frame=frame, metric="mape"))


@defect("worth", "slug-generic")
def slug_that_says_nothing(root: Path) -> Exhibit:
    return repackage(good(root, housing), slug="tabular-regression-task-1")
