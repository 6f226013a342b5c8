"""Rows of a task straight from a frame, for tests of single scans."""

from __future__ import annotations

import numpy as np
import pandas as pd

from mlesmith_env.manifest import Objective
from mlesmith_env.recipes.model import Holdout
from mlesmith_generator.gates.rows import TaskRows


def rows_of(
    frame: pd.DataFrame,
    target: str,
    objective: Objective,
    *,
    holdout: Holdout | None = None,
    seed: int = 0,
) -> TaskRows:
    """Return the frame split at random, 70 % for training, as text with opaque ids."""
    random = np.random.default_rng(seed)
    shuffled = frame.iloc[random.permutation(len(frame))].reset_index(drop=True)
    text = pd.DataFrame(
        {
            name: pd.array(
                [None if pd.isna(value) else str(value) for value in shuffled[name]], dtype="str"
            )
            for name in shuffled.columns
        }
    )
    text.insert(0, "id", [str(k) for k in random.permutation(len(text))])
    cut = int(0.7 * len(text))
    train, test = text[:cut].reset_index(drop=True), text[cut:].reset_index(drop=True)
    usage = np.where(random.random(len(test)) < 0.6, "Private", "Public")
    return TaskRows.of(
        train,
        test.drop(columns=target),
        test[["id", target]].assign(Usage=usage),
        target=target,
        objective=objective,
        holdout=holdout or Holdout(kind="random"),
    )


def numbers(rows: int = 1200, columns: int = 6, seed: int = 3) -> pd.DataFrame:
    """Return independent standard normal columns `x0`, `x1`, …"""
    random = np.random.default_rng(seed)
    names = [f"x{place}" for place in range(columns)]
    return pd.DataFrame(random.normal(size=(rows, columns)).round(4), columns=names)
