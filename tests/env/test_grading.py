"""Grades: the truth earns gold, the floor earns nothing, and nothing but the truth is rewarded."""

from __future__ import annotations

import math
import sys
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from manifests import make_anchors, make_manifest, write_answers, write_leaderboard

from mlesmith_env.errors import ManifestError, MetricError, ReadError, TamperedTaskError
from mlesmith_env.grading import Grade, Grader, progress
from mlesmith_env.manifest import Anchors, MetricSpec, Reference, SubmissionForm, Thresholds
from mlesmith_env.metrics import metric_names

TRUTH = [1.0, 5.0, 9.0, 2.0, 30.0, 4.0]
IDS = [f"a{i}" for i in range(6)]
BOARD = [("best", 2.0, 2.0), ("tuned", 3.0, 4.0), ("mean", 10.0, 10.0)]


@pytest.fixture
def make_grader(tmp_path):
    def make(truth=TRUTH, *, target="rings", board=None, **overrides) -> Grader:
        manifest = make_manifest(**overrides)
        answers = write_answers(tmp_path / "answers.csv", truth, target=target)
        leaderboard = None if board is None else write_leaderboard(tmp_path / "board.csv", board)
        return Grader(manifest, answers, leaderboard)

    return make


def frame(values, ids=IDS, column="rings") -> pd.DataFrame:
    return pd.DataFrame({"id": ids, column: values})


def classes_task(kind: str, metric: str, classes: tuple[str, ...]) -> dict[str, object]:
    """Overrides for a task that asks for one of the classes, or their probabilities."""
    columns = classes if kind == "probabilities" else ("rings",)
    return {
        "objective": "binary" if len(classes) == 2 else "multiclass",
        "metric": MetricSpec(name=metric),
        "submission": SubmissionForm(columns=columns, kind=kind, classes=classes, rows=6),
        "reference": Reference(public=make_anchors(0.2, 0.9), private=make_anchors(0.2, 0.9)),
    }


# Scores


def test_parts_are_scored_apart_and_by_id(make_grader):
    grader = make_grader()
    values = np.array(TRUTH) + np.array([3, 1, 1, -3, 1, -1])
    shuffled = frame(values).sample(frac=1, random_state=3)
    assert grader.scores(shuffled) == {"public": 3.0, "private": 1.0}
    assert grader.score(shuffled, "public") == 3.0
    assert grader.score(shuffled) == 1.0


def test_row_order_alone_changes_nothing_but_the_ids_do(make_grader):
    grader = make_grader()
    assert grader.score(frame(TRUTH[::-1], ids=IDS[::-1])) == 0.0
    assert grader.score(frame(TRUTH[::-1], ids=IDS)) > 0.0


@pytest.mark.parametrize(
    ("kind", "metric", "classes"),
    [
        ("label", "accuracy", ("no", "yes")),
        ("label", "quadratic_kappa", ("low", "mid", "high")),
        ("probability", "roc_auc", ("no", "yes")),
        ("probabilities", "roc_auc_ovr", ("low", "mid", "high")),
    ],
)
def test_the_truth_scores_perfectly_in_every_form(make_grader, tmp_path, kind, metric, classes):
    truth = [classes[i % len(classes)] for i in (0, 1, 2, 5, 3, 4)]
    grader = make_grader(truth, **classes_task(kind, metric, classes))
    perfect = grader.perfect_submission()
    assert grader.scores(perfect) == {"public": 1.0, "private": 1.0}
    path = tmp_path / "submission.csv"
    perfect.to_csv(path, index=False)
    assert grader.scores(path) == {"public": 1.0, "private": 1.0}


def test_truth_and_predictions_come_aligned_with_ids_and_usage(make_grader):
    grader = make_grader()
    assert grader.ids == tuple(IDS)
    assert grader.usage.tolist() == ["Public", "Private", "Private"] * 2
    assert grader.truth().tolist() == TRUTH
    assert grader.truth("public").tolist() == [1.0, 2.0]
    predictions = grader.predictions(frame(TRUTH).iloc[::-1])
    assert predictions.tolist() == TRUTH
    assert grader.score_predictions(predictions, "public") == 0.0


def test_nobody_can_change_the_truth_by_accident(make_grader):
    grader = make_grader()
    with pytest.raises(ValueError, match="read-only"):
        grader.truth()[0] = 7.0
    grader.truth("private")[0] = 7.0
    assert grader.truth().tolist() == TRUTH


def test_positive_probability_belongs_to_the_second_class(make_grader):
    task = classes_task("probability", "log_loss", ("dead", "alive"))
    grader = make_grader(["alive", "dead"] * 3, **task)
    assert grader.perfect_submission()["rings"].tolist() == [1.0, 0.0] * 3


# Grades


def test_a_perfect_submission_earns_gold_and_the_first_rank(make_grader):
    grader = make_grader(board=BOARD)
    for part in ("public", "private"):
        grade = grader.grade(grader.perfect_submission(), part)
        assert grade == Grade(valid=True, score=0.0, progress=1.25, rank=1, medal="gold")


def test_the_floor_earns_nothing(make_grader):
    grade = make_grader(board=BOARD).grade(frame(np.array(TRUTH) + 10.0))
    assert (grade.score, grade.progress, grade.rank, grade.medal) == (10.0, 0.0, 3, None)


def test_worse_than_the_floor_is_negative_progress_unclipped(make_grader):
    grade = make_grader().grade(frame(np.array(TRUTH) + 18.0))
    assert grade.progress == -1.0
    assert grade.medal is None


@pytest.mark.parametrize(
    ("error", "medal"),
    [
        (3.6, "gold"),
        (3.7, "silver"),
        (5.2, "silver"),
        (5.3, "bronze"),
        (6.8, "bronze"),
        (6.9, None),
    ],
)
def test_reaching_a_threshold_exactly_earns_its_medal(make_grader, error, medal):
    truth = [0.0] * 6
    assert make_grader(truth).grade(frame([error] * 6)).medal == medal


@pytest.mark.parametrize(("score", "medal"), [(0.8, "gold"), (0.7999, "silver"), (0.59, "bronze")])
def test_medals_follow_the_direction_of_the_metric(make_grader, score, medal):
    thresholds = Thresholds(median=0.3, bronze=0.5, silver=0.6, gold=0.8)
    anchors = Anchors(floor=0.2, ceiling=0.9, thresholds=thresholds)
    task = classes_task("label", "accuracy", ("no", "yes"))
    task["reference"] = Reference(public=anchors, private=anchors)
    assert make_grader(["no"] * 6, **task).grade_score(score).medal == medal


def test_a_medal_survives_the_rounding_of_another_machine(make_grader):
    grader = make_grader()
    gold = grader.manifest.reference.private.thresholds.gold
    assert grader.grade_score(gold * (1 + 1e-13)).medal == "gold"
    assert grader.grade_score(gold * (1 + 1e-6)).medal == "silver"


def test_each_part_has_its_own_anchors(make_grader):
    reference = Reference(public=make_anchors(10.0, 2.0), private=make_anchors(8.0, 4.0))
    grader = make_grader(reference=reference, board=BOARD)
    submission = frame(np.array(TRUTH) + 4.0)
    public, private = grader.grade(submission, "public"), grader.grade(submission, "private")
    assert (public.progress, private.progress) == (0.75, 1.0)
    assert (public.rank, private.rank) == (3, 2)


def test_equal_scores_share_the_better_rank(make_grader):
    board = [("a", 1.0, 4.0), ("b", 1.0, 4.0), ("c", 1.0, 5.0)]
    grader = make_grader(board=board)
    ranks = [grader.grade_score(score).rank for score in (3.9, 4.0, 4.5, 5.0, 6.0)]
    assert ranks == [1, 1, 3, 3, 4]


def test_without_a_leaderboard_there_is_no_rank(make_grader):
    assert make_grader().grade(frame(TRUTH)).rank is None


@pytest.mark.parametrize(
    "values",
    [
        [1, 2, 3, 4, 5, np.nan],
        [1, 2, 3, 4, 5, np.inf],
        [1, 2, 3, 4, 5, "abc"],
        [1, 2, 3, 4, 5, ""],
        [None] * 6,
        [True] * 6,
    ],
)
def test_no_score_for_what_is_no_number(make_grader, tmp_path, values):
    grader = make_grader(board=BOARD)
    path = tmp_path / "submission.csv"
    frame(values).to_csv(path, index=False)
    for source in (frame(values), path):
        for part in ("public", "private"):
            grade = grader.grade(source, part)
            assert not grade.valid
            assert "column 'rings'" in grade.error
            assert (grade.score, grade.progress, grade.rank, grade.medal) == (None,) * 4


def test_an_invalid_private_row_voids_the_public_score_too(make_grader):
    """Else the public score would tell which rows are private."""
    grader = make_grader()
    values = [*TRUTH[:5], np.nan]
    assert grader.usage[5] == "Private"
    assert not grader.grade(frame(values), "public").valid


def test_the_answers_file_itself_is_no_submission(make_grader, tmp_path):
    grade = make_grader().grade(tmp_path / "answers.csv")
    assert not grade.valid
    assert "'Usage' is not asked for" in grade.error


def test_a_shuffled_constant_scores_as_the_constant(make_grader):
    grader = make_grader()
    constant = frame([4.0] * 6)
    shuffled = frame([4.0] * 6, ids=IDS[::-1])
    assert grader.scores(constant) == grader.scores(shuffled)


def test_grading_the_same_file_again_gives_the_same_grade(make_grader):
    grader = make_grader(board=BOARD)
    submission = frame(np.array(TRUTH) + 3.0)
    assert len({grader.grade(submission).model_dump_json() for _ in range(3)}) == 1


def test_a_submission_larger_than_the_task_allows_is_refused(make_grader, tmp_path):
    limits = make_manifest().limits.model_copy(update={"submission_bytes": 40})
    path = tmp_path / "submission.csv"
    frame(TRUTH).to_csv(path, index=False)
    assert "larger than 40 bytes" in make_grader(limits=limits).grade(path).error


def test_predictions_off_the_domain_of_the_metric_are_invalid_and_say_so(make_grader):
    grade = make_grader(metric=MetricSpec(name="rmsle")).grade(frame([1, 2, 3, 4, 5, -1.0]))
    assert not grade.valid
    assert "(id 'a5'): -1 is outside the domain" in grade.error
    assert "at least 0" in grade.error


def test_threads_share_one_grader(make_grader):
    grader = make_grader(board=BOARD)
    submissions = [frame(np.array(TRUTH) + error) for error in range(1, 9)]
    with ThreadPoolExecutor(8) as pool:
        grades = list(pool.map(grader.grade, submissions * 4))
    assert [grade.score for grade in grades] == [float(e) for e in range(1, 9)] * 4


def test_the_answers_are_read_once(make_grader, tmp_path):
    grader = make_grader(board=BOARD)
    assert grader.grade(frame(TRUTH)).medal == "gold"
    (tmp_path / "answers.csv").unlink()
    (tmp_path / "board.csv").unlink()
    assert grader.grade(frame(TRUTH)).rank == 1


# Progress


def test_progress_is_0_at_the_floor_and_1_at_the_ceiling_both_ways():
    for floor, ceiling in ((10.0, 2.0), (0.5, 0.9), (-1.0, 1.0)):
        anchors = make_anchors(floor, ceiling)
        assert progress(floor, anchors) == 0.0
        assert progress(ceiling, anchors) == 1.0
        assert progress((floor + ceiling) / 2, anchors) == pytest.approx(0.5)


@settings(max_examples=100, deadline=None, derandomize=True)
@given(score=st.floats(allow_nan=False, allow_infinity=False))
def test_progress_is_always_finite_and_rises_with_better_scores(score):
    up, down = make_anchors(0.2, 0.9), make_anchors(0.9, 0.2)
    assert math.isfinite(progress(score, up))
    assert (progress(score, up) > 1) == (score > 0.9)
    assert (progress(score, down) > 1) == (score < 0.2)


def test_a_hopeless_score_is_a_finite_grade(make_grader):
    grade = make_grader().grade(frame([1e308, -1e308] * 3))
    assert grade.valid
    assert grade.score is not None
    assert math.isfinite(grade.score)
    assert grade.progress is not None
    assert -sys.float_info.max <= grade.progress < 0


def test_anchors_without_a_scale_are_a_fault_of_the_manifest():
    thresholds = Thresholds(median=1, bronze=2, silver=3, gold=4)
    with pytest.raises(ManifestError, match="no scale"):
        progress(1.0, Anchors(floor=1.0, ceiling=1.0, thresholds=thresholds))


# Faults of the task are errors, not grades


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        ("", "empty"),
        ("id,rings\na0,1\n", "Usage"),
        ("id,rings,Usage\na0,1,Public\n", "1 rows, the manifest says 6"),
        ("id,rings,Usage\n" + "a0,1,Public\n" * 6, "'a0' is there twice"),
        (
            "id,rings,Usage\n" + "".join(f"a{i},x,Public\n" for i in range(6)),
            "'x', which is not a number",
        ),
        ("id,rings,Usage\n" + "".join(f"a{i},nan,Public\n" for i in range(6)), "not a number"),
        ("id,rings,Usage\n" + "".join(f"a{i},1,public\n" for i in range(6)), "Usage 'public'"),
        ("id,rings,Usage\na0,1\n", "line 2"),
    ],
)
def test_a_corrupt_answers_file_is_a_typed_error_and_no_grade(tmp_path, content, reason):
    path = tmp_path / "answers.csv"
    path.write_text(content)
    grader = Grader(make_manifest(), path)
    with pytest.raises(ReadError, match=reason):
        grader.grade(frame(TRUTH))


def test_missing_answers_are_a_typed_error(tmp_path):
    with pytest.raises(ReadError, match="no such file"):
        Grader(make_manifest(), tmp_path / "answers.csv").truth()


def test_an_unknown_class_in_the_answers_is_a_typed_error(make_grader):
    grader = make_grader(["no", "maybe"] * 3, **classes_task("label", "f1", ("no", "yes")))
    with pytest.raises(
        ReadError, match="line 3 has in 'rings' 'maybe', which is none of the classes"
    ):
        grader.truth()


@pytest.mark.parametrize("metric", ["mape", "gamma_deviance"])
def test_truth_off_the_domain_of_the_metric_is_an_error_of_the_task(make_grader, metric):
    grader = make_grader([1.0, 2.0, 3.0, 4.0, 5.0, 0.0], metric=MetricSpec(name=metric))
    with pytest.raises(MetricError, match=r"row 'a5' is 0\.0"):
        grader.grade(frame(TRUTH))


def test_a_metric_that_does_not_take_the_form_is_refused_at_once(make_grader):
    for name in metric_names("label"):
        with pytest.raises(MetricError, match="choose another metric"):
            make_grader(metric=MetricSpec(name=name))


def test_a_part_without_rows_can_not_be_scored(tmp_path):
    answers = write_answers(tmp_path / "answers.csv", TRUTH, usage=["Private"] * 6)
    grader = Grader(make_manifest(), answers)
    assert grader.score(frame(TRUTH)) == 0.0
    with pytest.raises(MetricError, match="no public rows"):
        grader.score(frame(TRUTH), "public")


def test_there_are_two_parts_only(make_grader):
    grader = make_grader()
    with pytest.raises(MetricError, match="'public' or 'private'"):
        grader.grade(frame(TRUTH), "Private")


@pytest.mark.parametrize(
    ("content", "error", "reason"),
    [
        ("", ReadError, "line 1"),
        ("name,public,private\nx,1,1\n", ReadError, "line 1"),
        ("# digest: " + "1" * 64 + "\nname,public,private\n", TamperedTaskError, "digest"),
        ("# digest: " + "0" * 64 + "\nname,score\n", ReadError, "line 2"),
        ("# digest: " + "0" * 64 + "\nname,public,private\nx,1\n", ReadError, "line 3"),
        ("# digest: " + "0" * 64 + "\nname,public,private\nx,1,a\n", ReadError, "line 3"),
        ("# digest: " + "0" * 64 + "\nname,public,private\nx,1,nan\n", ReadError, "line 3"),
    ],
)
def test_a_corrupt_or_foreign_leaderboard_is_a_typed_error(tmp_path, content, error, reason):
    board = tmp_path / "leaderboard.csv"
    board.write_text(content)
    answers = write_answers(tmp_path / "answers.csv", TRUTH)
    with pytest.raises(error, match=reason):
        Grader(make_manifest(), answers, board).grade(frame(TRUTH))
