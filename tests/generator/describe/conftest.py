from __future__ import annotations

import pytest
from made_pages import orchard, write

from mlesmith_env.recipes.model import Bin, Holdout
from mlesmith_generator.describe import Page
from mlesmith_generator.records import Exclusion


@pytest.fixture(scope="session")
def harvest() -> Page:
    """Regression with gaps, a category and an excluded column."""
    return write(
        orchard(),
        target="harvest_kg",
        exclusions=[Exclusion(column="orchard_id", reason="it tells rows apart (a key)")],
    )


@pytest.fixture(scope="session")
def grafted() -> Page:
    """Two classes, probabilities."""
    return write(
        orchard(),
        target="grafted",
        objective="binary",
        metric="roc_auc",
        holdout=Holdout(kind="stratified"),
        classes=("0", "1"),
    )


@pytest.fixture(scope="session")
def banded() -> Page:
    """Bands of a number, held out by group."""
    cut = Bin(
        column="harvest_kg",
        into="harvest_band",
        edges=(35.0, 42.5),
        labels=("low", "medium", "high"),
    )
    return write(
        orchard(),
        target="harvest_band",
        objective="multiclass",
        metric="quadratic_kappa",
        holdout=Holdout(kind="group", column="orchard_id"),
        transforms=[cut],
        exclusions=[Exclusion(column="harvest_kg", reason="the target is made from it")],
        classes=("low", "medium", "high"),
    )


@pytest.fixture(scope="session")
def later() -> Page:
    """Regression held out by time."""
    return write(
        orchard(), target="harvest_kg", metric="mae", holdout=Holdout(kind="time", column="planted")
    )
