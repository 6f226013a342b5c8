"""The unit of the holdout: which hidden rows stand and fall together, and how many units decide."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from mlesmith_env import sources
from mlesmith_env.recipes.draws import order
from mlesmith_env.recipes.model import TableRecipe
from mlesmith_env.recipes.table import recipe_table
from mlesmith_env.task import Task
from mlesmith_generator.gates.verdict import Finding, Scan

FEWEST = 3
"""Private groups: with one or two, the score is how a model gets on with one or two of them."""
LARGEST = 0.5
"""Share of the private rows that one group may hold: above, the score is that group's."""


def scan_private_groups(task: Task, groups: NDArray[Any] | None) -> Scan:
    """Count the groups that decide the result, where whole groups are hidden.

    Args:
        task: The task.
        groups: Group of every hidden row in the grader's order, (n,); None where rows count.
    """
    if groups is None:
        return Scan("private-groups", "rows are hidden, not groups")
    sizes = np.unique(groups[task.grader.mask("private")], return_counts=True)[1]
    private, largest = len(sizes), float(sizes.max() / sizes.sum())
    measured = f"{private} groups are private, the largest with {largest:.0%} of the private rows"
    if private >= FEWEST and largest > LARGEST:
        evidence = (
            f"{measured}: the result would tell of that one above all; group by something finer, "
            "or draw the groups anew"
        )
        finding = Finding("one-private-group", evidence, "brainstorm")
        return Scan("private-groups", measured, (finding,), float(private))
    if private >= FEWEST:
        return Scan("private-groups", measured, value=float(private))
    evidence = (
        f"{measured}, of {len(np.unique(groups))} hidden ones: the result would tell of these "
        f"alone; hide {FEWEST} private groups or more, or rows at random"
    )
    finding = Finding("few-private-groups", evidence, "brainstorm")
    return Scan("private-groups", measured, (finding,), float(private))


def groups_of(task: Task) -> NDArray[Any] | None:
    """Return the group of every hidden row in the grader's order, (n,); None where rows count.

    The groups are read from the test file, or, where the grouping column is left out of it, made
    again from the raw files. Where a `prepare.py` leaves it out, rows count.
    """
    recipe = task.manifest.recipe
    holdout = recipe.holdout
    if task.manifest.submission.kind == "ranking":
        return task.grader.truth()[:, 1].astype(np.int64)
    if holdout.kind != "group" or holdout.column is None:
        return None
    id_column, name = task.manifest.submission.id_column, holdout.column
    path = task.prepare().public_dir / "test.csv"
    if not holdout.drop_column:
        rows = pd.read_csv(path, usecols=[id_column, name], dtype=str, keep_default_na=False)
        group_of = dict(zip(rows[id_column], rows[name], strict=True))
    elif isinstance(recipe, TableRecipe):
        group_of = _from_raw(task, recipe, name)
    else:
        return None
    ids = task.grader.ids
    if any(name not in group_of for name in ids):
        return None
    return np.array([str(group_of[name]) for name in ids])


def _from_raw(task: Task, recipe: TableRecipe, column: str) -> dict[str, Any]:
    """Return the group of each id, from the raw files."""
    with sources.raw_files(task.source) as raw:
        frame = recipe_table(recipe, raw)
    ids = map(str, order(recipe.seed, "ids", len(frame)).tolist())
    return dict(zip(ids, frame[column], strict=True))
