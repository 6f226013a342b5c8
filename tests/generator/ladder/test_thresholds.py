"""Medals follow from the ladder by one rule that always gives a usable scale."""

from __future__ import annotations

import itertools

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from mlesmith_env.task import Task
from mlesmith_generator.ladder import LadderResult, anchors_from
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
