"""Seeded defects that only running the ladder shows. Each takes some seconds."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd

from mlesmith_env.manifest import Limits
from mlesmith_env.recipes.model import Holdout
from mlesmith_env.task import Task

from .bases import Base, clinic, crops, housing
from .cases import defect, legitimate
from .making import Exhibit, finished, make, repackage


@defect("execution", "no-headroom", execution=True)
def target_that_nothing_tells(root: Path) -> Exhibit:
    base = housing(rows=500)
    order = np.random.default_rng(3).permutation(len(base.y))
    return make(root, base.having(rent=base.y.to_numpy()[order]))


@defect("execution", "no-headroom", execution=True)
def classes_that_nothing_tells(root: Path) -> Exhibit:
    base = crops(rows=500)
    order = np.random.default_rng(3).permutation(len(base.y))
    return make(root, base.having(crop=base.y.to_numpy()[order]))


@defect("execution", "few-private-groups", execution=True)
def whole_wards_of_which_two_are_private(root: Path) -> Exhibit:
    base = clinic(patients=90)
    ward = [f"ward {ord(letter) % 8}" for letter in base.frame["patient"].str[-1]]
    holdout = Holdout(kind="group", column="ward", test_fraction=0.4, private_fraction=0.6)
    return make(root, base.but(holdout=holdout).having(ward=ward))


@defect("execution", "one-private-group", execution=True)
def whole_wards_of_which_one_is_most_of_the_private_rows(root: Path) -> Exhibit:
    base = clinic(patients=160)
    met = pd.factorize(base.frame["patient"])[0]
    ward = ["ward 0" if 9 <= each < 49 else f"ward {each + 1}" for each in met]
    holdout = Holdout(kind="group", column="ward", test_fraction=0.6, private_fraction=0.6)
    return make(root, base.but(holdout=holdout).having(ward=ward))


@legitimate(execution=True)
def whole_patients_of_whom_four_are_private() -> Base:
    holdout = Holdout(kind="group", column="patient", test_fraction=0.4, private_fraction=0.6)
    return clinic(patients=16, visits=40).but(holdout=holdout)


def _measured_twice(noise: float) -> Base:
    """Flats of which a column beside the rent is the rent, read once more with some noise."""
    base = housing(rows=500)
    rent = base.y.to_numpy(float)
    read = rent + noise * rent.std() * np.random.default_rng(8).normal(size=len(rent))
    return base.having(asked=read.round(1))


@defect("execution", "single-column-leak", execution=True)
def target_that_was_measured_twice(root: Path) -> Exhibit:
    return make(root, _measured_twice(0.08))


@legitimate(execution=True)
def target_of_which_one_column_tells_much() -> Base:
    return _measured_twice(0.35)


@defect("execution", "over-time", execution=True)
def limits_that_nobody_can_keep(root: Path) -> Exhibit:
    limits = Limits(step_timeout_s=0.15, time_limit_s=1.0)
    return make(root, housing(rows=500).but(limits=limits))


@defect("execution", "tampered-anchors", execution=True)
def anchors_that_flatter(root: Path) -> Exhibit:
    task = Task.load(finished(root, housing(rows=500)).directory)
    reference = task.manifest.reference.model_dump(mode="json")
    for part in reference.values():
        span = part["ceiling"] - part["floor"]
        part["ceiling"] = part["floor"] + 0.5 * span
        part["thresholds"] = {
            name: part["floor"] + 0.5 * (value - part["floor"])
            for name, value in part["thresholds"].items()
        }
    return repackage(task, final=True, reference=reference)


@defect("execution", "tampered-leaderboard", "tampered-anchors", execution=True)
def leaderboard_that_was_rewritten(root: Path) -> Exhibit:
    exhibit = finished(root, housing(rows=500))
    path = exhibit.directory / "leaderboard.csv"
    head, *rows = path.read_text().splitlines()
    changed = [rows[0], *(",".join([r.split(",")[0], "1.0", "1.0"]) for r in rows[1:])]
    path.write_text("\n".join([head, *changed]) + "\n")
    return exhibit
