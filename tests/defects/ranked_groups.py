"""Orders within groups: what tells them, what tells them wrongly, and honest ones."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd

from mlesmith_env.manifest import MetricSpec
from mlesmith_env.task import Task
from tests.generator.formulations.made_worlds import races

from .cases import defect, legitimate_built
from .making import Exhibit, Tables, first, repackage, reworded


def ranked(root: Path) -> Task:
    """Return a good task of races."""
    return first(root, races, "ranking")


def odds(folder: Path) -> Path:
    """Write races with odds in units of their own, which tell most of the order."""
    table = pd.read_csv(races(folder) / "results.csv")
    random = np.random.default_rng(2)
    unit = table["race_id"].map(lambda race: 2 + int(race.split()[1]) % 17)
    told = np.exp(-0.5 * table["Position"] + random.normal(0, 0.7, len(table)))
    table.insert(1, "odds", (unit * told).round(3))
    table.to_csv(folder / "results.csv", index=False)
    return folder


@legitimate_built()
def races_with_odds_that_tell_most_of_the_order(root: Path) -> Exhibit:
    return Exhibit(first(root, odds, "ranking").directory)


@legitimate_built(execution=True)
def the_finish_of_races(root: Path) -> Exhibit:
    return Exhibit(ranked(root).directory)


def _told(root: Path, name: str, told: object) -> Exhibit:
    """Put what a function makes of race and relevance into both public files."""
    tables = Tables.of(ranked(root))
    assert callable(told)
    seen = told(tables.train["race_id"], tables.train["relevance"].astype(int))
    hidden = told(tables.test["race_id"], tables.truth("relevance").astype(int))
    return tables.told(name, seen, hidden).written(root)


@defect("leak", "target-proxy", "target-copy")
def the_place_under_another_name(root: Path) -> Exhibit:
    return _told(root, "slot", lambda races, relevance: 11 - relevance)


@defect("leak", "order-told")
def times_that_put_every_race_in_order(root: Path) -> Exhibit:
    random = np.random.default_rng(1)

    def seconds(races: pd.Series, relevance: pd.Series) -> np.ndarray:
        length = {race: random.uniform(100, 900) for race in sorted(set(races))}
        return (races.map(length) * (1.4 - 0.02 * relevance)).round(2).to_numpy()

    return _told(root, "clock", seconds)


@defect("leak", "order-told")
def gaps_to_the_winner(root: Path) -> Exhibit:
    random = np.random.default_rng(1)

    def gaps(races: pd.Series, relevance: pd.Series) -> np.ndarray:
        pace = {race: random.uniform(0.1, 30) for race in sorted(set(races))}
        return (races.map(pace) * (10 - relevance)).round(3).to_numpy()

    return _told(root, "behind", gaps)


@defect("leak", "target-in-test")
def the_relevance_stands_in_the_test_file(root: Path) -> Exhibit:
    tables = Tables.of(ranked(root))
    tables.test["relevance"] = tables.truth()
    return tables.written(root)


@defect("leak", "group-crossing")
def races_with_runners_on_both_sides(root: Path) -> Exhibit:
    tables = Tables.of(ranked(root))
    known = tables.test.assign(relevance=tables.truth())[tables.train.columns].iloc[::4]
    tables.train = pd.concat([tables.train, known], ignore_index=True)
    tables.test = tables.test[~tables.test["id"].isin(known["id"])]
    for name in ("answers", "sample"):
        frame = getattr(tables, name)
        setattr(tables, name, frame[frame["id"].isin(tables.test["id"])])
    return tables.written(root)


@defect("leak", "order-leak", "order-told")
def hidden_runners_stand_in_the_order_of_their_finish(root: Path) -> Exhibit:
    tables = Tables.of(ranked(root))
    order = np.lexsort((-tables.truth().astype(int), tables.test["race_id"]))
    tables.test = tables.test.iloc[order]
    return tables.written(root)


@defect("data", "answers-inconsistent")
def answers_with_other_races_than_the_test_file(root: Path) -> Exhibit:
    tables = Tables.of(ranked(root))
    tables.answers["race_id"] = tables.answers["race_id"].sample(frac=1, random_state=1).to_numpy()
    return tables.written(root)


@defect("data", "target-invalid")
def a_relevance_that_is_a_word(root: Path) -> Exhibit:
    tables = Tables.of(ranked(root))
    tables.answers.loc[2, "relevance"] = "winner"
    return tables.written(root)


@defect("data", "constant-metric", "metric-undefined")
def every_runner_in_a_race_of_his_own(root: Path) -> Exhibit:
    tables = Tables.of(ranked(root))
    own = {name: f"race {place}" for place, name in enumerate(tables.test["id"])}
    tables.test["race_id"] = tables.test["id"].map(own)
    tables.answers["race_id"] = tables.answers["id"].map(own)
    return tables.written(root)


@defect("data", "sample-reveals-answers")
def sample_scores_that_know_the_finish(root: Path) -> Exhibit:
    tables = Tables.of(ranked(root))
    noise = np.random.default_rng(5).normal(0, 2, len(tables.test))
    return tables.guessed({"score": tables.truth().astype(float) + noise}).written(root)


@defect("worth", "metric-unfit", "grading-fails")
def an_order_judged_by_its_distance(root: Path) -> Exhibit:
    return repackage(ranked(root), metric=MetricSpec(name="rmse"))


@defect("description", "description-untrue")
def a_page_on_which_a_worse_order_is_better(root: Path) -> Exhibit:
    return reworded(ranked(root), "higher is better", "lower is better")


@defect("description", "description-untrue", "description-incomplete")
def a_page_that_orders_within_another_column(root: Path) -> Exhibit:
    return reworded(ranked(root), "within each `race_id`", "within each `team`")


@defect("description", "description-untrue")
def a_page_on_which_the_first_five_count(root: Path) -> Exhibit:
    return reworded(ranked(root), "k = 10", "k = 5")
