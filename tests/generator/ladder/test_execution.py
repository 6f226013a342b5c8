"""What the execution gate admits, what it refuses, and where it sends a defect back to."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import made_tasks
import numpy as np
import pandas as pd
import pytest

from mlesmith_env.manifest import Anchors, Limits, Reference
from mlesmith_env.metrics import get_metric, register_metric, unregister_metric
from mlesmith_env.recipes.model import Holdout
from mlesmith_env.task import Task
from mlesmith_generator.gates.anchoring import scan_anchors, scan_leaderboard
from mlesmith_generator.gates.execution import execution_gate, scan_ladder
from mlesmith_generator.gates.oracle import scan_oracle
from mlesmith_generator.gates.sample import scan_sample
from mlesmith_generator.gates.units import groups_of
from mlesmith_generator.gates.verdict import Scan
from mlesmith_generator.ladder import LadderResult
from mlesmith_generator.records import GateReport

_LEARNT = {"blend", "forest", "linear", "additive", "boosting", "tuned_boosting"}

NO_ERROR = {"public": 0.0, "private": 0.0}


def codes(scan: Scan | GateReport) -> set[str]:
    if isinstance(scan, GateReport):
        return {defect.code for defect in scan.defects}
    return {finding.code for finding in scan.findings if not finding.warning}


def judge(task: Task, *, provisional: bool = True) -> GateReport:
    report, _ = execution_gate(task, sandbox="subprocess", provisional=provisional)
    return report


def with_predictions(
    ladder: LadderResult, name: str, predictions: Any, score: float
) -> LadderResult:
    rungs = [
        replace(rung, predictions=predictions, scores={"public": score, "private": score})
        if rung.name == name
        else rung
        for rung in ladder.rungs
    ]
    return replace(ladder, rungs=tuple(rungs))


def test_a_good_task_passes_and_passes_again_with_the_anchors_that_it_gave(
    good_task: Task,
) -> None:
    report, ladder = execution_gate(good_task, sandbox="subprocess", provisional=True)
    assert report.defects == ()
    assert report.passed
    named = {check.name: check.measured for check in report.checks}
    assert {"ladder", "time", "headroom", "metric-bites", "discrimination"} <= set(named)
    assert "standard errors" in named["headroom"]
    finished = made_tasks.with_reference(good_task, ladder.reference, ladder.leaderboard)
    again = judge(finished, provisional=False)
    assert again.defects == ()
    assert {"anchors", "leaderboard"} <= {check.name for check in again.checks}


def test_a_target_that_nothing_explains_is_refused(tmp_path: Path) -> None:
    draws = np.random.default_rng(1)
    frame = pd.DataFrame(draws.normal(size=(300, 4)), columns=list("abcd"))
    task = made_tasks.write_task(
        tmp_path / "task", frame.assign(y=draws.integers(0, 2, 300)), "y", "probability", "roc_auc"
    )
    report = judge(task)
    assert [defect.stage for defect in report.defects] == ["brainstorm"]
    assert codes(report) == {"no-headroom"}


def test_a_column_that_solves_the_task_alone_is_named(tmp_path: Path) -> None:
    draws = np.random.default_rng(1)
    frame = pd.DataFrame({"noise": draws.normal(size=400), "age, in years": draws.normal(size=400)})
    frame["y"] = np.where(frame["age, in years"] > 0, "old", "young")
    report = judge(made_tasks.write_task(tmp_path / "task", frame, "y", "label", "accuracy"))
    assert codes(report) == {"single-column-leak"}
    assert report.defects[0].columns == ("age, in years",)


def test_a_strong_but_honest_column_is_no_leak(tmp_path: Path) -> None:
    draws = np.random.default_rng(1)
    frame = pd.DataFrame({"x": draws.normal(size=500), "w": draws.normal(size=500)})
    frame["y"] = 10 * frame["x"] + 2 * frame["w"] + draws.normal(size=500)
    report = judge(made_tasks.write_task(tmp_path / "task", frame, "y", "number", "r2"))
    assert report.defects == ()


@pytest.mark.parametrize(
    ("noise", "more", "expected"),
    [
        (0.25, 0.0, {"single-column-leak"}),  # The other hand: nothing adds to it.
        (0.25, 0.35, set()),  # A second column has its say.
        (0.8, 0.0, set()),  # One column alone, but a good deal of noise.
    ],
)
def test_a_second_measurement_of_the_target_is_refused_and_a_strong_column_kept(
    tmp_path: Path, noise: float, more: float, expected: set[str]
) -> None:
    draws = np.random.default_rng(6)
    one, other, idle = draws.normal(size=(3, 400))
    frame = pd.DataFrame({"left hand": 20 + 2 * one, "height": other, "idle": idle})
    frame["y"] = 20 + 2 * (one + more * other + noise * draws.normal(size=400))
    report = judge(made_tasks.write_task(tmp_path / "task", frame, "y", "number", "rmse"))
    assert codes(report) == expected
    assert [defect.columns for defect in report.defects] == [("left hand",)] * len(expected)


def test_a_task_whose_limits_are_too_tight_is_refused(tmp_path: Path, good_task: Task) -> None:
    frame = pd.read_csv(good_task.directory.parents[2] / "raw" / "table.csv")
    task = made_tasks.write_task(
        tmp_path / "task",
        frame,
        "stretch",
        "number",
        "rmse",
        limits=Limits(step_timeout_s=0.01),
    )
    report = judge(task)
    assert "over-time" in codes(report)


@pytest.mark.parametrize(
    "change",
    [
        lambda one, gap: one.model_copy(update={"floor": one.floor + 0.3 * gap}),
        lambda one, gap: one.model_copy(update={"ceiling": one.ceiling - 0.3 * gap}),
        lambda one, gap: one.model_copy(
            update={"thresholds": one.thresholds.model_copy(update={"gold": one.floor})}
        ),
    ],
)
def test_tampered_anchors_are_refused(
    good_task: Task, good_ladder: LadderResult, change: Any
) -> None:
    honest = good_ladder.reference
    gap = good_ladder.gap("private")
    forged: Anchors = change(honest.private, gap)
    manifest = good_task.manifest

    def scan(reference: Reference) -> Scan:
        stated = manifest.model_copy(update={"reference": reference})
        return scan_anchors(stated, good_ladder, NO_ERROR)

    assert codes(scan(honest)) == set()
    assert codes(scan(honest.model_copy(update={"private": forged}))) == {"tampered-anchors"}


def test_anchors_may_differ_as_much_as_another_library_version_makes_them(
    good_task: Task, good_ladder: LadderResult
) -> None:
    honest, gap = good_ladder.reference, good_ladder.gap("private")
    near = honest.private.model_copy(update={"ceiling": honest.private.ceiling + 0.02 * gap})
    stated = good_task.manifest.model_copy(
        update={"reference": honest.model_copy(update={"private": near})}
    )
    assert codes(scan_anchors(stated, good_ladder, NO_ERROR)) == set()


def test_a_leaderboard_with_other_scores_is_refused(
    tmp_path: Path, good_task: Task, good_ladder: LadderResult
) -> None:
    rows = list(good_ladder.leaderboard)
    worst = rows[-1]
    for forged in ([*rows[:-1], (worst[0], 0.0, 0.0)], rows[1:], [*rows, ("genius", -9.0, -9.0)]):
        lines = [f"# digest: {good_task.manifest.digest}", "name,public,private"]
        lines += [f"{name},{public!r},{private!r}" for name, public, private in forged]
        path = tmp_path / "leaderboard.csv"
        path.write_text("\n".join([*lines, ""]), encoding="utf-8")
        found = scan_leaderboard(path, good_task.manifest, good_ladder)
        assert codes(found) == {"tampered-leaderboard"}


@pytest.fixture
def strange_metrics() -> Iterator[None]:
    """A metric that sees nothing, and one whose direction is declared the wrong way round."""
    common: dict[str, Any] = {"kinds": ("number",), "formula": "-", "summary": "-"}
    register_metric(name="blind", direction="maximize", perfect=1.0, range=(0.0, 1.0), **common)(
        lambda truth, prediction: 0.5
    )
    register_metric(
        name="upside_down", direction="maximize", perfect=1e9, range=(0.0, 1e9), **common
    )(lambda truth, prediction: float(np.mean(np.abs(truth - prediction))))
    yield
    unregister_metric("blind")
    unregister_metric("upside_down")


@pytest.mark.usefixtures("strange_metrics")
@pytest.mark.parametrize(
    ("name", "code"), [("blind", "constant-metric"), ("upside_down", "inverted-metric")]
)
def test_a_metric_that_does_not_punish_errors_is_refused(
    good_task: Task, good_ladder: LadderResult, name: str, code: str
) -> None:
    metric = get_metric(name)
    grader = good_task.grader
    truth = grader.truth("private")
    rungs = tuple(
        replace(
            rung,
            scores={
                part: metric(grader.truth(part), np.asarray(rung.predictions)[grader.mask(part)])
                for part in ("public", "private")
            },
        )
        for rung in good_ladder.rungs
    )
    found = scan_oracle(metric, truth, truth, LadderResult(metric, rungs))
    assert code in codes(found)


def test_every_metric_of_the_catalogue_bites(good_ladder: LadderResult) -> None:
    draws = np.random.default_rng(5)
    numbers, labels = draws.lognormal(size=200), draws.integers(0, 5, 200)
    flags = draws.integers(0, 2, 200)
    nobody = replace(good_ladder, rungs=())
    for name, kind, truth, classes in [
        ("spearman", "number", numbers, 0),
        ("gamma_deviance", "number", numbers, 0),
        ("poisson_deviance", "number", np.floor(numbers), 0),
        ("median_ae", "number", numbers, 0),
        ("roc_auc", "probability", flags, 2),
        ("average_precision", "probability", flags, 2),
        ("log_loss", "probabilities", labels, 5),
        ("top_k_accuracy", "probabilities", labels, 5),
        ("quadratic_kappa", "label", labels, 5),
        ("mcc", "label", labels, 5),
    ]:
        metric = get_metric(name)
        oracle = np.eye(classes)[truth] if kind == "probabilities" else truth
        oracle = np.maximum(oracle, 1e-12) if name == "poisson_deviance" else oracle
        found = scan_oracle(metric, truth, oracle, nobody)
        assert found.passed, (name, found)


def test_a_sample_submission_that_is_the_answers_is_refused(
    good_task: Task, good_ladder: LadderResult
) -> None:
    truth = good_task.grader.truth()
    ladder = with_predictions(good_ladder, "sample_submission", truth, 0.0)
    assert codes(scan_sample(good_task, ladder, None, 0)) == {"sample-is-answers"}
    nearly = truth + 0.1 * np.random.default_rng(0).normal(size=len(truth))
    ladder = with_predictions(good_ladder, "sample_submission", nearly, 0.1)
    assert codes(scan_sample(good_task, ladder, None, 0)) == {"sample-scores"}


def test_a_sample_submission_that_says_nothing_may_be_random(
    good_task: Task, good_ladder: LadderResult
) -> None:
    random = np.random.default_rng(0).normal(size=len(good_task.grader.ids))
    ladder = with_predictions(good_ladder, "sample_submission", random, 2.0)
    assert codes(scan_sample(good_task, ladder, None, 0)) == set()


def _broken(ladder: LadderResult, names: set[str], status: str) -> LadderResult:
    return replace(
        ladder,
        rungs=tuple(
            replace(rung, status=status, predictions=None, scores={}, error="boom")
            if rung.name in names
            else rung
            for rung in ladder.rungs
        ),
    )


@pytest.mark.parametrize(
    ("names", "status", "expected"),
    [
        ({"blend", "forest"}, "timeout", set()),
        ({"blend", "forest"}, "out_of_memory", set()),
        ({"typical"}, "error", set()),
        ({"forest"}, "error", {"ladder-crash"}),
        ({"forest"}, "ok", {"ladder-crash"}),
        ({"sample_submission"}, "error", {"sample-invalid"}),
        (_LEARNT, "killed", {"ladder-crash"}),
    ],
)
def test_rungs_that_ran_out_of_something_are_told_and_those_that_crash_refused(
    good_task: Task,
    good_ladder: LadderResult,
    names: set[str],
    status: str,
    expected: set[str],
) -> None:
    scans = scan_ladder(good_task, _broken(good_ladder, names, status), provisional=True)
    assert set().union(*map(codes, scans)) == expected
    if not expected:
        told = [finding for finding in scans[1].findings if finding.warning]
        assert f"{min(names)} ({status}): boom" in told[0].evidence


def test_a_task_is_refused_where_one_rung_alone_is_above_the_floor(
    good_task: Task, good_ladder: LadderResult
) -> None:
    floor = good_ladder.floor_rung("private")
    assert floor.predictions is not None
    ladder = good_ladder
    strong = [rung.name for rung in ladder.worked if not rung.trivial]
    for name in strong[1:]:
        ladder = with_predictions(ladder, name, floor.predictions, floor.scores["private"])
    scans = {scan.name: scan for scan in scan_ladder(good_task, ladder, provisional=True)}
    assert codes(scans["headroom"]) == {"no-headroom"}
    assert strong[0] in scans["headroom"].findings[0].evidence


@pytest.mark.parametrize(("rows", "expected"), [(3.9, {"no-headroom"}), (4.0, set())])
def test_medals_of_which_one_row_earns_two_are_refused(
    good_task: Task, good_ladder: LadderResult, rows: float, expected: set[str]
) -> None:
    steps = {part: good_ladder.gap(part) / rows for part in ("public", "private")}
    ladder = replace(good_ladder, steps=steps)
    scans = {scan.name: scan for scan in scan_ladder(good_task, ladder, provisional=True)}
    assert codes(scans["headroom"]) == expected


def test_a_task_is_refused_where_plain_models_solve_it_and_kept_where_strong_ones_do(
    good_task: Task, good_ladder: LadderResult
) -> None:
    truth = good_task.grader.perfect_predictions()

    def solved_by(*names: str) -> set[str]:
        ladder = good_ladder
        for name in names:
            ladder = with_predictions(ladder, name, truth, 0.0)
        scans = {scan.name: scan for scan in scan_ladder(good_task, ladder, provisional=True)}
        assert [finding.code for finding in scans["ceiling"].findings]
        return codes(scans["ceiling"])

    assert solved_by("forest", "boosting", "tuned_boosting", "blend") == set()
    assert solved_by("linear", "blend") == set()
    assert solved_by("linear", "boosting", "tuned_boosting", "blend") == set()
    assert solved_by("linear", "forest", "boosting") == {"too-easy"}


@pytest.mark.parametrize(("share", "expected"), [(0.9995, {"too-easy"}), (0.9985, set())])
def test_a_rung_that_is_all_but_perfect_on_both_parts_counts_as_one_that_solves_it(
    good_task: Task, good_ladder: LadderResult, share: float, expected: set[str]
) -> None:
    floor, perfect = good_ladder.floor_rung("private").scores["private"], good_ladder.metric.perfect
    near = good_task.grader.perfect_predictions() + 1e-9
    ladder = good_ladder
    for name in ("linear", "forest", "boosting"):
        ladder = with_predictions(ladder, name, near, floor + share * (perfect - floor))
    floors = {part: good_ladder.floor_rung(part).scores[part] for part in ("public", "private")}
    assert floors["public"] == pytest.approx(floor, rel=0.3)
    scans = {scan.name: scan for scan in scan_ladder(good_task, ladder, provisional=True)}
    assert codes(scans["ceiling"]) == expected


@pytest.mark.parametrize("drop", [False, True])
def test_groups_are_known_whether_or_not_solvers_see_them(tmp_path: Path, drop: bool) -> None:
    draws = np.random.default_rng(8)
    frame = pd.DataFrame({"driver": [f"d{n % 40:02d}" for n in range(400)]})
    frame["x"], frame["y"] = draws.normal(size=400), draws.normal(size=400)
    holdout = Holdout(kind="group", column="driver", drop_column=drop)
    task = made_tasks.write_task(tmp_path / "task", frame, "y", "number", "rmse", holdout=holdout)
    groups = groups_of(task)
    assert groups is not None
    group_of_y = {
        round(y, 9): driver for y, driver in zip(frame["y"], frame["driver"], strict=True)
    }
    expected = [group_of_y[round(float(y), 9)] for y in task.grader.truth()]
    assert groups.tolist() == expected
    private = task.grader.mask("private")
    assert not set(groups[private]) & set(groups[~private])


def test_rows_count_where_rows_were_held_out(good_task: Task) -> None:
    assert groups_of(good_task) is None
