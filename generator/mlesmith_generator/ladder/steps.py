"""How much of a score one row is worth, where rows are right or wrong and nothing between."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from mlesmith_env.grading import Grader
from mlesmith_env.manifest import Part
from mlesmith_generator.ladder.result import RungResult

MOST_ROWS = 60
"""Rows that are tried out; of more, as many are taken at even distances."""


def row_step(grader: Grader, part: Part, rungs: Sequence[RungResult]) -> float:
    """Return by how much one row more that is wrong changes the best rung's score on a part.

    It is the median over the rows that this rung has right, each called the next class instead.
    Of predictions that are no labels, and where no rung has a row right, it is 0: their scores
    know steps as small as one likes.

    Args:
        grader: Grader of the task.
        part: Which rows count.
        rungs: The rungs that worked.
    """
    form = grader.manifest.submission
    if form.kind != "label" or not rungs:
        return 0.0
    sign, mask, truth = grader.metric.sign, grader.mask(part), grader.truth(part)
    best = max(rungs, key=lambda rung: sign * rung.scores[part])
    told = np.asarray(best.predictions)[mask]
    right = np.flatnonzero(told == truth)
    if not len(right):
        return 0.0
    tried = right[np.linspace(0, len(right) - 1, min(len(right), MOST_ROWS)).round().astype(int)]
    cases = [(np.arange(len(told)), _mistaken(told, row, len(form.classes))) for row in tried]
    scores = grader.scoring(part)(cases)
    changes = np.abs(scores[np.isfinite(scores)] - best.scores[part])
    return float(np.median(changes)) if len(changes) else 0.0


def _mistaken(told: np.ndarray, row: int, classes: int) -> np.ndarray:
    """Return the codes with that of one row moved to the class beside it."""
    changed = told.copy()
    changed[row] = told[row] + 1 if told[row] + 1 < classes else told[row] - 1
    return changed
