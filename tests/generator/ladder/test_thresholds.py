"""Medals follow from the ladder by one rule that always gives a usable scale."""

from __future__ import annotations

import itertools
from pathlib import Path

import made_tasks
import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from mlesmith_env.task import Task
from mlesmith_generator.ladder import LadderResult, anchors_from
from mlesmith_generator.ladder.result import RungResult
from mlesmith_generator.ladder.steps import row_step
from mlesmith_generator.ladder.thresholds import SEPARATION, thresholds_between

shares = st.lists(st.floats(-0.5, 1.0), min_size=0, max_size=8)


@given(shares, st.floats(-1e6, 1e6), st.floats(1e-3, 1e6), st.booleans())
def test_thresholds_are_strictly_monotone_between_floor_and_ceiling(
    progress: list[float], floor: float, scale: float, maximize: bool
) -> None:
    ceiling = floor + scale if maximize else floor - scale
    scores = np.array([floor + share * (ceiling - floor) for share in [*progress, 1.0]])
    marks = thresholds_between(floor, ceiling, scores).model_dump()
    steps = [(marks[name] - floor) / (ceiling - floor) for name in marks]
    assert list(marks) == ["median", "bronze", "silver", "gold"]
    assert steps[0] > 0
    assert steps[-1] <= 1 + 1e-9
    assert all(b - a > SEPARATION * 0.99 for a, b in itertools.pairwise(steps))


def test_the_best_rung_earns_gold_and_the_floor_nothing(
    good_task: Task, good_ladder: LadderResult
) -> None:
    reference = anchors_from(good_ladder)
    for part, anchors in (("public", reference.public), ("private", reference.private)):
        best, worst = good_ladder.ceiling_rung(part), good_ladder.floor_rung(part)
        assert best.scores[part] == anchors.ceiling <= anchors.thresholds.gold
        assert worst.scores[part] == anchors.floor > anchors.thresholds.median
        assert all(rung.scores[part] >= anchors.ceiling for rung in good_ladder.worked)


def test_the_leaderboard_is_sorted_by_private_score(good_ladder: LadderResult) -> None:
    private = [row[2] for row in good_ladder.leaderboard]
    assert private == sorted(private)
    assert len(private) == len(good_ladder.rungs)


@given(shares, st.integers(4, 80), st.booleans())
def test_two_medals_are_two_results_where_rows_are_counted(
    progress: list[float], rows: int, maximize: bool
) -> None:
    """From gold to median each takes one row less: no result earns two of them."""
    total = 2 * rows
    floor, ceiling = (0.5, 1.0) if maximize else (0.5, 0.0)
    scores = np.array([floor + share * (ceiling - floor) for share in [*progress, 1.0]])
    marks = thresholds_between(floor, ceiling, scores, step=1 / total).model_dump()
    rows_right = [mark * total if maximize else (1 - mark) * total for mark in marks.values()]
    needed = [int(np.ceil(round(count, 6))) for count in rows_right]
    assert needed == sorted(set(needed))
    assert rows < needed[0]
    assert needed[-1] <= total


@pytest.mark.parametrize("metric", ["accuracy", "cohen_kappa", "f1_macro", "mcc"])
def test_a_step_is_what_one_row_changes(tmp_path: Path, metric: str) -> None:
    draws = np.random.default_rng(4)
    frame = pd.DataFrame({"x": draws.normal(size=300)})
    frame["y"] = np.where(frame["x"] > 0, "up", "down")
    task = made_tasks.write_task(tmp_path / "task", frame, "y", "label", metric)
    grader = task.grader
    perfect = RungResult(
        name="all of them",
        trivial=False,
        status="ok",
        seconds=0.0,
        predictions=grader.perfect_predictions(),
        scores={"public": 1.0, "private": 1.0},
    )
    step = row_step(grader, "private", [perfect])
    rows = int(grader.mask("private").sum())
    # Of two classes of about one size, agreement beyond chance moves twice as fast as hits.
    expected = {"accuracy": 1 / rows, "f1_macro": 1 / rows}.get(metric, 2 / rows)
    assert step == pytest.approx(expected, rel=1e-6 if metric == "accuracy" else 0.2)
    assert row_step(grader, "private", []) == 0.0


def test_scores_of_numbers_know_no_steps(good_ladder: LadderResult) -> None:
    assert set(good_ladder.steps.values()) == {0.0}
