"""Questions over one table: survival, intervals, quantiles, maps, molecules; good and spoilt."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pandas as pd

from mlesmith_env.manifest import MetricSpec, Objective
from mlesmith_env.recipes.model import TableRecipe
from mlesmith_env.task import Task
from mlesmith_generator.dataset import open_dataset
from mlesmith_generator.designer import design
from mlesmith_generator.formulations import NAMED
from mlesmith_generator.profiler import profile_dataset
from mlesmith_generator.records import Idea
from mlesmith_generator.refactor import Names, refactor
from tests.generator.formulations.made_tables import (
    charges,
    followed,
    molecules,
    reviews,
    wells,
    write,
)

from .cases import defect, legitimate_built
from .making import Exhibit, Tables, repackage, reworded


def proposed(
    root: Path, frame: pd.DataFrame, formulation: str, objective: Objective, name: str = "raw"
) -> Task:
    """Make a candidate package of the first idea of a formulation with an objective."""
    folder = write(root / "data" / name, frame)
    with open_dataset(str(folder)) as dataset:
        profile = profile_dataset(dataset.folder, dataset.name, seed=0)
        found = NAMED[formulation].propose(profile, dataset.folder, limit=8, seed=0)
        idea: Idea = next(each.idea for each in found if each.idea.objective == objective)
        draft = design(idea, profile, dataset.folder, seed=0)
        registry = root / "registry"
        registry.mkdir()
        return refactor(draft, dataset, Names(registry, dataset.slug), registry, seed=0)


def survival(root: Path) -> Task:
    """Return a good task of censored times."""
    return proposed(root, followed(), "survival", "survival", "pumps")


def interval(root: Path) -> Task:
    """Return a good task of intervals."""
    return proposed(root, charges(), "spread", "interval", "patients")


def quantile(root: Path) -> Task:
    """Return a good task of a quantile."""
    return proposed(root, charges(), "spread", "quantile", "patients")


def places(root: Path) -> Task:
    """Return a good task of places on a map."""
    return proposed(root, wells(), "geospatial", "regression", "wells")


def rare_faults(rows: int = 3000, seed: int = 5) -> pd.DataFrame:
    """Machines of which a few have a fault, told by two of their measurements."""
    random = np.random.default_rng(seed)
    heat, noise = random.normal(size=(2, rows))
    fault = random.random(rows) < 1 / (1 + np.exp(6 - 2 * heat - 1.2 * noise))
    frame = pd.DataFrame({"heat": heat.round(3), "noise": noise.round(3)})
    return frame.assign(speed=random.normal(size=rows).round(3), fault=fault.astype(int))


def graded(rows: int = 500, seed: int = 6) -> pd.DataFrame:
    """Wines with a grade from 1 to 5, and what was measured of them."""
    random = np.random.default_rng(seed)
    sugar, acid, age = random.normal(size=(3, rows))
    level = sugar - acid + 0.5 * age + random.normal(0, 0.7, rows)
    grade = np.searchsorted(np.quantile(level, [0.15, 0.4, 0.7, 0.9]), level) + 1
    return pd.DataFrame(
        {"sugar": sugar.round(3), "acid": acid.round(3), "age": age.round(3), "grade": grade}
    )


# Good ones


@legitimate_built(execution=True)
def censored_times_to_a_failure(root: Path) -> Exhibit:
    return Exhibit(survival(root).directory)


@legitimate_built(execution=True)
def intervals_for_charges(root: Path) -> Exhibit:
    return Exhibit(interval(root).directory)


@legitimate_built(execution=True)
def a_quantile_of_charges(root: Path) -> Exhibit:
    return Exhibit(quantile(root).directory)


@legitimate_built(execution=True)
def wells_in_hidden_squares_of_a_map(root: Path) -> Exhibit:
    return Exhibit(places(root).directory)


@legitimate_built(execution=True)
def molecules_with_a_solubility(root: Path) -> Exhibit:
    return Exhibit(proposed(root, molecules(), "table", "regression", "molecules").directory)


@legitimate_built(execution=True)
def reviews_with_a_sentiment(root: Path) -> Exhibit:
    return Exhibit(proposed(root, reviews(), "table", "binary", "reviews").directory)


@legitimate_built(execution=True)
def rare_faults_of_machines(root: Path) -> Exhibit:
    return Exhibit(proposed(root, rare_faults(), "table", "anomaly", "machines").directory)


@legitimate_built(execution=True)
def grades_in_order(root: Path) -> Exhibit:
    return Exhibit(proposed(root, graded(), "table", "ordinal", "wines").directory)


# Survival


@defect("leak", "target-proxy")
def a_form_of_the_time_among_the_features(root: Path) -> Exhibit:
    tables = Tables.of(survival(root))
    truth = tables.answers.set_index(tables.answers.columns[0])["time"]
    hidden = truth.reindex(tables.test.iloc[:, 0]).astype(float).to_numpy()
    tables.train.insert(1, "log", np.log(tables.train["time"].astype(float) + 1).round(6))
    tables.test.insert(1, "log", np.log(hidden + 1).round(6))
    return tables.written(root)


@defect("leak", "target-copy")
def how_long_the_censored_were_watched(root: Path) -> Exhibit:
    task = survival(root)
    recipe = task.manifest.recipe
    assert isinstance(recipe, TableRecipe)
    tables = Tables.of(task)
    raw = followed()
    known = dict(zip(raw["load"], raw["watched"], strict=True))
    for frame in (tables.train, tables.test):
        frame.insert(1, "watched", [known[float(load)] for load in frame["load"]])
    return tables.written(root)


@defect("leak", "target-in-test")
def the_event_stands_in_the_test_file(root: Path) -> Exhibit:
    tables = Tables.of(survival(root))
    truth = tables.answers.set_index(tables.answers.columns[0])["event"]
    tables.test["event"] = truth.reindex(tables.test.iloc[:, 0]).to_numpy()
    return tables.written(root)


@defect("leak", "event-turned")
def events_and_censored_rows_are_turned_round(root: Path) -> Exhibit:
    tables = Tables.of(survival(root))
    times = tables.train["time"].astype(float)
    tables.train["event"] = np.where(times > times.median(), "1", "0")
    return tables.written(root)


@defect("data", "target-invalid")
def an_event_that_is_neither_seen_nor_censored(root: Path) -> Exhibit:
    tables = Tables.of(survival(root))
    tables.answers.loc[3, "event"] = "2"
    return tables.written(root)


@defect("worth", "grading-fails")
def risks_judged_as_if_they_were_numbers(root: Path) -> Exhibit:
    return repackage(survival(root), metric=MetricSpec(name="rmse"))


@defect("description", "description-incomplete")
def a_page_on_which_low_concordance_is_better(root: Path) -> Exhibit:
    task = survival(root)
    text = task.description
    word = next(each for each in ("igher", "arger") if each in text)
    return reworded(task, text, text.replace(word, {"igher": "ower", "arger": "maller"}[word]))


# Intervals and quantiles


@defect("worth", "grading-fails")
def an_interval_asked_for_as_a_number(root: Path) -> Exhibit:
    return repackage(interval(root), metric=MetricSpec(name="mae"))


@defect("leak", "target-proxy")
def the_number_in_other_units_beside_its_interval(root: Path) -> Exhibit:
    tables = Tables.of(interval(root))
    truth = tables.answers.set_index(tables.answers.columns[0])["charges"]
    hidden = truth.reindex(tables.test.iloc[:, 0]).astype(float).to_numpy()
    tables.train.insert(1, "cents", (100 * tables.train["charges"].astype(float)).round())
    tables.test.insert(1, "cents", (100 * hidden).round())
    return tables.written(root)


@defect("data", "target-invalid")
def an_interval_without_a_truth(root: Path) -> Exhibit:
    tables = Tables.of(interval(root))
    tables.answers.loc[5, "charges"] = "much"
    return tables.written(root)


@defect("description", "description-untrue")
def a_page_that_asks_for_another_coverage(root: Path) -> Exhibit:
    task = interval(root)
    told = f"{100 * (1 - float(task.manifest.metric.params['alpha'])):g} %"
    return reworded(task, told, "55 %")


@defect("description", "description-untrue")
def a_page_that_asks_for_another_quantile(root: Path) -> Exhibit:
    task = quantile(root)
    alpha = f"{float(task.manifest.metric.params['alpha']):g}"
    return (
        reworded(task, f"quantile at {alpha}", "quantile at 0.33")
        if (f"quantile at {alpha}" in task.description)
        else reworded(task, f"{alpha} quantile", "0.33 quantile")
    )


# Maps


@defect("leak", "group-crossing")
def squares_of_the_map_on_both_sides(root: Path) -> Exhibit:
    tables = Tables.of(places(root))
    half = len(tables.test) // 2
    for name in ("latitude", "longitude"):
        tables.test.loc[: half - 1, name] = tables.train[name].head(half).to_numpy()
    return tables.written(root)


@defect("description", "description-untrue")
def a_page_that_speaks_of_rows_drawn_at_random(root: Path) -> Exhibit:
    task = places(root)
    begin = task.description.index("## Holdout")
    end = task.description.index("## Rules")
    text = "## Holdout\n\nThe test rows were drawn at random from all rows.\n\n"
    return reworded(task, task.description[begin:end], text)
