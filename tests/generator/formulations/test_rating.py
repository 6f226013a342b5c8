"""Ratings of items by users: when they are asked for, and that the task holds."""

from __future__ import annotations

from pathlib import Path

import pandas as pd
import pytest

from mlesmith_env.manifest import MetricSpec
from mlesmith_env.sandbox import SandboxSpec, make_sandbox
from mlesmith_env.task import Task
from mlesmith_generator.ladder import ladder_for
from tests.generator.formulations.made_worlds import films
from tests.generator.formulations.making import generated, proposals


def test_a_rating_of_an_item_by_a_user_is_asked_for(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    task = generated(films(tmp_path / "films"), "rating", tmp_path / "registry", monkeypatch)
    assert task.manifest.modality == "ratings"
    train = pd.read_csv(task.prepare().public_dir / "train.csv")
    assert {"user_id", "movie_id", "rating"} <= set(train.columns)
    rows = (task.directory / "leaderboard.csv").read_text().splitlines()[2:]
    order = [row.partition(",")[0] for row in rows]
    assert order.index("both_biases") < order.index("constant")
    for metric in ("mae", "rmse"):
        told = _told_by_blend(task, metric)
        assert (told == told.round()).all() == (metric == "mae"), "a median of steps is a step"


def _told_by_blend(task: Task, metric: str) -> pd.Series:
    """What the blend hands in where a metric is asked for."""
    manifest = task.manifest.model_copy(update={"metric": MetricSpec(name=metric)})
    blend = next(rung for rung in ladder_for(manifest) if rung.name == "blend")
    sandbox = make_sandbox("subprocess", SandboxSpec(public_dir=task.prepare().public_dir))
    sandbox.start()
    try:
        result = sandbox.run(blend.code, timeout_s=60)
        assert result.status == "ok", result.output
        taken = task.directory.parent / f"{metric}.csv"
        assert sandbox.take("submission.csv", taken, max_bytes=10**6)
        return pd.read_csv(taken)[manifest.recipe.target]
    finally:
        sandbox.close()


def test_measurements_at_places_are_no_ratings(tmp_path: Path):
    folder = films(tmp_path / "plots", ("plot", "year", "height"))
    assert not proposals(folder, "rating")


def test_one_rating_of_each_is_no_table_of_ratings(tmp_path: Path):
    folder = films(tmp_path / "films")
    table = pd.read_csv(folder / "ratings.csv")
    table["movie_id"] = range(len(table))
    table.to_csv(folder / "ratings.csv", index=False)
    assert not proposals(folder, "rating")
