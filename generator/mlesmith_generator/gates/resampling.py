"""How sure a difference of scores is: the paired bootstrap over the unit of the holdout."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from mlesmith_env.manifest import Part
from mlesmith_env.metrics.cases import Case, ScoreCases
from mlesmith_env.task import Task
from mlesmith_generator.ladder import RungResult

RESAMPLES = 200
MOST_ROWS = 2_000
"""Rows of one resample. More are not needed: the error is scaled by the root of the share."""
CASES_AT_ONCE = 200
"""Scores that are asked for at once: a `metric.py` is started for each such block."""
_CELLS = 2_000_000
"""Numbers that such a block may hold."""
FEWEST_GROUPS = 3
"""Below this many groups rows are drawn: groups would say nothing."""


@dataclass(frozen=True)
class Resampled:
    """Scores of several predictions on the same resamples of the hidden rows.

    Attributes:
        scores: (resamples, predictions); NaN where a resample has no score.
        scale: Factor from the spread of the resamples to the standard error on all rows.
        unit: What was drawn, in words.
    """

    scores: NDArray[np.float64]
    scale: float
    unit: str

    def error_of_difference(self, a: int, b: int) -> float:
        """Return the standard error of score `a` less score `b`; infinite where unknown."""
        difference = self.scores[:, a] - self.scores[:, b]
        known = difference[np.isfinite(difference)]
        if len(known) < len(difference) / 2:
            return float("inf")
        return float(np.std(known, ddof=1)) * self.scale


def resample(
    score: ScoreCases,
    rows: int,
    predictions: Sequence[NDArray[Any]],
    *,
    groups: NDArray[Any] | None = None,
    resamples: int = RESAMPLES,
    seed: int = 0,
) -> Resampled:
    """Score predictions on bootstrap resamples (Efron 1979) of the same rows.

    Of more than `MOST_ROWS` rows, m out of n are drawn and the error is scaled by the root of m/n
    (Bickel, Götze and van Zwet 1997).

    Args:
        score: What scores cases over the rows.
        rows: Number of the rows, n.
        predictions: Canonical predictions, each with n rows.
        groups: Group of each row, (n,), where whole groups were held out.
        resamples: How many are drawn.
        seed: Seed of the draws.
    """
    draws = np.random.default_rng(seed)
    members = _members(groups) if groups is not None else []
    if len(members) >= FEWEST_GROUPS:
        drawn = max(FEWEST_GROUPS, min(len(members), round(len(members) * MOST_ROWS / rows)))
        # With few groups the plain bootstrap is too sure: n/(n-1), as for a variance.
        scale = np.sqrt(drawn / len(members)) * np.sqrt(len(members) / (len(members) - 1))
        unit = f"{len(members)} groups"
    else:
        drawn = min(rows, MOST_ROWS)
        scale = np.sqrt(drawn / rows)
        unit = f"{rows} rows"
    scores = np.empty((resamples, len(predictions)))
    width = sum(prediction[:1].size for prediction in predictions)
    at_once = max(1, min(CASES_AT_ONCE // len(predictions), _CELLS // (drawn * width)))
    for start in range(0, resamples, at_once):
        cases: list[Case] = []
        for _ in range(start, min(resamples, start + at_once)):
            if len(members) >= FEWEST_GROUPS:
                chosen = draws.integers(0, len(members), drawn)
                picked = np.concatenate([members[group] for group in chosen])
            else:
                picked = draws.integers(0, rows, drawn)
            cases += [(picked, prediction[picked]) for prediction in predictions]
        found = score(cases).reshape(-1, len(predictions))
        scores[start : start + len(found)] = found
    return Resampled(scores, float(scale), unit)


def _members(groups: NDArray[Any]) -> list[NDArray[np.intp]]:
    """Return the rows of every group."""
    _, codes = np.unique(groups.astype(str), return_inverse=True)
    order = np.argsort(codes, kind="stable")
    starts = np.flatnonzero(np.diff(codes[order])) + 1
    return list(np.split(order, starts))


def rows_of(predictions: NDArray[Any] | None, mask: NDArray[np.bool_]) -> NDArray[Any]:
    """Return the predictions of some of the rows; no rows where there are none."""
    return np.empty(0) if predictions is None else predictions[mask]


def resample_rungs(
    task: Task,
    part: Part,
    rungs: Sequence[RungResult],
    *,
    groups: NDArray[Any] | None,
    resamples: int = RESAMPLES,
    seed: int = 0,
) -> Resampled:
    """Score what rungs of a ladder handed in on resamples of one part of the hidden rows.

    Args:
        task: The task.
        part: Which rows.
        rungs: The rungs, which worked.
        groups: Group of each hidden row, where whole groups are resampled; else None.
        resamples: How many.
        seed: Seed of the draw.
    """
    mask = task.grader.mask(part)
    return resample(
        task.grader.scoring(part),
        int(mask.sum()),
        [rows_of(rung.predictions, mask) for rung in rungs],
        groups=None if groups is None else groups[mask],
        resamples=resamples,
        seed=seed,
    )
