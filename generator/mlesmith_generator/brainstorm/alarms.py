"""How well a quick look at what happens around moments tells the anomalous ones."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from mlesmith_env.recipes.text import column_of, numbers
from mlesmith_generator.brainstorm.series import Layout

_STRETCHES = 40
"""Stretches that a series is long, where level and spread of one are compared with the past."""


def hidden_moments(layout: Layout, share: float) -> NDArray[np.bool_]:
    """Return which moments a holdout of the last share of each series hides, (rows,)."""
    hidden = np.zeros(len(layout.codes), dtype=np.bool_)
    for code in range(len(layout.names)):
        mine = np.flatnonzero((layout.codes == code) & (layout.places >= 0))
        mine = mine[np.argsort(layout.places[mine], kind="stable")]
        wanted = max(1, round(share * len(mine)))
        if len(mine) > wanted:
            hidden[mine[-wanted:]] = True
    return hidden


def reached_area(
    layout: Layout,
    measured: Sequence[str],
    truth: NDArray[np.float64],
    hidden: NDArray[np.bool_],
    seed: int,
) -> float:
    """Return the area under the curve of the better of two quick models on the hidden moments.

    One is boosted trees on windows around a moment, the other knows no answer: how far level and
    spread of a stretch of each series are from what they were in its past.

    Args:
        layout: The series.
        measured: Columns of numbers.
        truth: 1 for an anomaly, 0 for none, NaN where it is not known; (rows,).
        hidden: Which moments are hidden, (rows,).
        seed: Seed of the trees.
    """
    from sklearn.metrics import roc_auc_score

    order = np.lexsort((layout.places, layout.codes))
    table = np.column_stack([numbers(column_of(layout.frame, name)) for name in measured])[order]
    codes, answers, asked = layout.codes[order], truth[order], hidden[order]
    known = np.isfinite(answers)
    scores = (
        _learnt(table, codes, answers, known & ~asked, seed),
        _unusual(table, codes, asked),
    )
    return max(
        float(roc_auc_score(answers[known & asked], score[known & asked])) for score in scores
    )


def _learnt(
    table: NDArray[np.float64],
    codes: NDArray[np.int64],
    answers: NDArray[np.float64],
    shown: NDArray[np.bool_],
    seed: int,
) -> NDArray[np.float64]:
    from sklearn.ensemble import HistGradientBoostingClassifier

    parts = [table]
    for width in (5, 25):
        window = pd.DataFrame(table).groupby(codes).rolling(width, center=True, min_periods=1)
        parts += [
            np.asarray(window.mean(), dtype=np.float64),
            np.asarray(window.std(), dtype=np.float64),
        ]
    rows = np.hstack(parts)
    model = HistGradientBoostingClassifier(max_iter=40, max_leaf_nodes=15, random_state=seed)
    model.fit(rows[shown], answers[shown])
    return np.asarray(model.predict_proba(rows)[:, 1], dtype=np.float64)


def _unusual(
    table: NDArray[np.float64], codes: NDArray[np.int64], asked: NDArray[np.bool_]
) -> NDArray[np.float64]:
    score = np.zeros(len(table))
    for code in np.unique(codes):
        mine = codes == code
        series, past = pd.DataFrame(table[mine]).ffill().bfill().fillna(0.0), ~asked[mine]
        if not past.any():
            continue
        window = series.rolling(max(5, len(series) // _STRETCHES), center=True, min_periods=1)
        for what in (np.asarray(window.mean()), np.nan_to_num(np.asarray(window.std()))):
            away = np.abs(what - np.median(what[past], axis=0))
            for channel in away.T:
                rank = np.searchsorted(np.sort(channel[past]), channel, side="right") / past.sum()
                score[mine] = np.maximum(score[mine], rank)
    return score
